import JWTKit

/// Whether one of the keys (X.509 certificates or public keys in PEM) made the token's RS256 signature.
func isSigned(_ token: String, byOneOf keys: [String]) async -> Bool {
    for pem in keys {
        // A PEM that is no RSA key cannot have signed it; the next may have.
        guard let key = try? publicKey(pem) else { continue }
        let collection = JWTKeyCollection()
        await collection.add(rsa: key, digestAlgorithm: .sha256)
        // A signature that does not fit is an answer, not an error.
        if (try? await collection.verify(token, as: AnyClaims.self)) != nil { return true }
    }
    return false
}

/// The RSA key in a certificate's or public key's PEM.
func publicKey(_ pem: String) throws -> Insecure.RSA.PublicKey {
    pem.contains("BEGIN CERTIFICATE") ? try .init(certificatePEM: pem) : try .init(pem: pem)
}

/// The claims are judged elsewhere; here only the signature counts.
private struct AnyClaims: JWTPayload {
    func verify(using algorithm: some JWTAlgorithm) async throws {}
}
