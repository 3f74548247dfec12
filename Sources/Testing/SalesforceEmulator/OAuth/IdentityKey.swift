import CryptoExtras
import Foundation

/// The RSA key that signs the id tokens of one run.
///
/// A new one each time: nobody's secret can lie in the program.
struct IdentityKey {
    private let key: _RSA.Signing.PrivateKey
    /// The public key's two numbers.
    let modulus: [UInt8]
    let exponent: [UInt8]

    init() throws {
        key = try _RSA.Signing.PrivateKey(keySize: .bits2048)
        let numbers = try key.publicKey.getKeyPrimitives()
        modulus = Array(numbers.modulus)
        exponent = Array(numbers.publicExponent)
    }

    /// By RS256.
    func signature(of text: String) throws -> [UInt8] {
        Array(try key.signature(for: Data(text.utf8), padding: .insecurePKCS1v1_5).rawRepresentation)
    }
}
