extension Org {
    /// The id token that goes with a session of scope `openid` (reference 01 §2.3), nil with any other.
    func identityToken(
        _ user: Credentials,
        _ app: ConnectedApp,
        _ session: Session,
        _ nonce: String?,
        _ call: Call
    ) -> String? {
        guard session.scope.split(separator: " ").contains("openid"), let key = signingKey() else { return nil }
        let now = clock.now.milliseconds / 1_000
        let half = SHA256.hash(Array(session.token.utf8)).prefix(16)
        let header = JSONValue.members([
            "kid": .string(Self.keyName), "typ": .string("JWT"), "alg": .string("RS256"),
        ])
        var claims = JSONValue.members([
            "at_hash": .string(Base64.encode(Array(half), urlSafe: true)),
            "sub": .string(identityURL(user, call)), "aud": .string(app.id), "iss": .string(call.origin),
            "exp": .number(String(now + 120)), "iat": .number(String(now)),
        ])
        if let nonce { claims.set("nonce", .string(nonce)) }
        let text = [header, claims].map { Base64.encode($0.encoded(), urlSafe: true) }.joined(separator: ".")
        // A key that can't sign leaves the answer without a token, as that of an app without the scope.
        guard let signature = try? key.signature(of: text) else { return nil }
        return "\(text).\(Base64.encode(signature, urlSafe: true))"
    }

    /// `GET /id/keys`: the public key that id tokens are held against.
    func identityKeys() -> Answer {
        let keys = signingKey().map { key in
            JSONValue.members([
                "kty": .string("RSA"), "alg": .string("RS256"), "use": .string("sig"), "kid": .string(Self.keyName),
                "n": .string(Base64.encode(key.modulus, urlSafe: true)),
                "e": .string(Base64.encode(key.exponent, urlSafe: true)),
            ])
        }
        return .json(.members(["keys": .array([keys].compactMap { $0 })]))
    }

    /// `GET /.well-known/openid-configuration`.
    func discovery(_ call: Call) -> Answer {
        let base = "\(call.origin)/services/oauth2"
        return .json(
            .members([
                "issuer": .string(call.origin), "authorization_endpoint": .string("\(base)/authorize"),
                "token_endpoint": .string("\(base)/token"), "revocation_endpoint": .string("\(base)/revoke"),
                "userinfo_endpoint": .string("\(base)/userinfo"), "jwks_uri": .string("\(call.origin)/id/keys"),
                "introspection_endpoint": .string("\(base)/introspect"),
                "scopes_supported": .array(
                    ["api", "id", "openid", "refresh_token", "full", "web"].map(JSONValue.string)
                ),
                "response_types_supported": .array([.string("code")]),
                "subject_types_supported": .array([.string("public")]),
                "id_token_signing_alg_values_supported": .array([.string("RS256")]),
                "token_endpoint_auth_methods_supported": .array(
                    ["client_secret_post", "client_secret_basic"].map(JSONValue.string)
                ),
                "code_challenge_methods_supported": .array([.string("S256")]),
            ])
        )
    }

    // MARK: - Implementation

    private static var keyName: String { "emulator" }

    private func signingKey() -> IdentityKey? {
        if let identityKey { return identityKey }
        identityKey = try? IdentityKey()
        return identityKey
    }
}
