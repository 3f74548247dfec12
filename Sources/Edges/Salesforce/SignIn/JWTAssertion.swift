internal import CivilTime
import JWTKit

/// Signs the assertions of the JWT bearer grant (reference 01-auth, 2.1).
struct JWTAssertion: Sendable {
    private struct Claims: JWTPayload {
        let iss: String
        let sub: String
        let aud: String
        /// Whole seconds: a fraction is refused.
        let exp: Int64

        func verify(using algorithm: some JWTAlgorithm) async throws {}
    }

    /// How long an assertion is good for; Salesforce takes at most three minutes, and its clock may run behind ours.
    static let lifetime = Duration.seconds(150)

    let clientID: String
    let username: String
    let audience: String
    private let keys: JWTKeyCollection

    /// - Throws: `SalesforceError` of kind `refusedHere` if the key is no RSA key in PEM; it never shows the key.
    init(clientID: String, username: String, audience: String, privateKeyPEM: String) async throws {
        self.clientID = clientID
        self.username = username
        self.audience = audience
        do {
            keys = await JWTKeyCollection().add(
                rsa: try Insecure.RSA.PrivateKey(pem: privateKeyPEM),
                digestAlgorithm: .sha256
            )
        } catch {
            throw SalesforceError(
                kind: .refusedHere,
                code: SalesforceError.Code.invalidConfiguration,
                message: "the private key is not an RSA key in PEM form (PKCS#8 or PKCS#1, without a passphrase)",
                action: "sign in as \(username)"
            )
        }
    }

    func signed(at now: Timestamp) async throws -> String {
        let claims = Claims(iss: clientID, sub: username, aud: audience, exp: (now + Self.lifetime).seconds)
        return try await keys.sign(claims)
    }
}
