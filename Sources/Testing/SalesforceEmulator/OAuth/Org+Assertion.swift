extension Org {
    /// The assertion in a token request, and the PEM texts of the keys that may have signed it.
    func assertionToVerify(in call: Call) -> (String, [String])? {
        guard call.segments == ["services", "oauth2", "token"], call.method == "POST",
            let pairs = formPairs(String(decoding: call.body, as: UTF8.self)),
            let assertion = pairs.first(where: { $0.name == "assertion" })?.value, let claims = claims(of: assertion),
            let issuer = claims["iss"]?.string, let app = apps[issuer]
        else { return nil }
        return (assertion, app.certificates)
    }

    /// The JWT bearer grant (reference 01 §2.1).
    ///
    /// Whether the signature is genuine was found out before.
    func bearerAssertion(_ call: Call, _ form: Form) throws(OAuthError) -> Answer {
        let assertion = try form.require("assertion")
        guard let claims = claims(of: assertion) else { throw OAuthError("invalid_grant", "invalid assertion") }
        guard let issuer = claims["iss"]?.string, let app = apps[issuer] else {
            throw OAuthError("invalid_client_id", "client identifier invalid")
        }
        guard call.genuineAssertion else { throw OAuthError("invalid_grant", "invalid assertion") }
        guard isAudience(claims["aud"], call) else { throw OAuthError("invalid_grant", "audience is invalid") }
        guard let expiry = claims["exp"]?.double else { throw OAuthError("invalid_grant", "invalid assertion") }
        let left = expiry * 1000 - Double(clock.now.milliseconds)
        guard left > 0 else { throw OAuthError("invalid_grant", "assertion expired") }
        guard left <= 300_000 + 5_000 else { throw OAuthError("invalid_grant", "invalid assertion") }
        guard let subject = claims["sub"]?.string ?? claims["prn"]?.string, users[subject.lowercased()] != nil else {
            throw OAuthError("invalid_grant", "user hasn't approved this consumer")
        }
        if let approved = app.users, !approved.contains(subject.lowercased()) {
            throw OAuthError("invalid_grant", "user hasn't approved this consumer")
        }
        return grant(try active(subject), app, scope: "api id", call, isSigned: false)
    }

    // MARK: - Implementation

    private func claims(of assertion: String) -> JSONValue? {
        let parts = assertion.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let header = Base64.decode(String(parts[0])),
            let body = Base64.decode(String(parts[1])),
            // What is no JSON is no assertion.
            let head = try? JSONReader.read(header), head["alg"]?.string == "RS256",
            let claims = try? JSONReader.read(body)
        else { return nil }
        return claims
    }

    private func isAudience(_ value: JSONValue?, _ call: Call) -> Bool {
        let named = value?.array?.compactMap(\.string) ?? [value?.string].compactMap { $0 }
        let accepted = ["https://login.salesforce.com", "https://test.salesforce.com", call.origin]
        return named.contains { audience in
            let bare = audience.hasSuffix("/") ? String(audience.dropLast()) : audience
            return accepted.contains(bare) || accepted.contains { bare == "\($0)/services/oauth2/token" }
        }
    }
}
