/// Stands in for the reading of keys, which is another library's: no fuzzed input has one.
func publicKey(_ pem: String) throws {}

/// Stands in for the key that signs id tokens, which is the same library's.
struct IdentityKey {
    let modulus: [UInt8] = []
    let exponent: [UInt8] = []

    init() throws {}

    func signature(of text: String) throws -> [UInt8] { [] }
}
