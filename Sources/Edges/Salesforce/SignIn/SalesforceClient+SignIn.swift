internal import CivilTime
import Foundation
import NIOHTTP1

extension SalesforceClient {
    /// The org and the user of the session; signs in if there is none.
    ///
    /// - Throws: `SalesforceError`; of kind `authentication` when Salesforce refuses the credentials.
    package func identity() async throws -> OrgIdentity {
        try await session().session.identity
    }

    /// The scopes of the session as Salesforce lists them, or nil where it does not.
    package func scopes() async throws -> String? {
        try await session().session.scopes
    }

    /// Withdraws the refresh token and with it all its sessions; without one, the session in hand.
    ///
    /// A token that Salesforce does not know any more is as good as withdrawn.
    package func signOut() async throws {
        let refreshToken = refreshTokens.current()
        let token = refreshToken.isEmpty ? try await session().session.accessToken : refreshToken
        let request = SalesforceRequest(
            family: .oauth,
            method: .POST,
            target: "/services/oauth2/revoke",
            action: "sign out",
            body: .bytes(
                Array(PercentEncoding.form(["token": token]).utf8),
                contentType: "application/x-www-form-urlencoded"
            ),
            answerLimit: 1 << 20
        )
        do {
            try await repeated(request) { attempt in
                try await self.exchange(request, session: nil, attempt: attempt) { _ in }
            }
        } catch let error as SalesforceError where ["invalid_token", "unsupported_token_type"].contains(error.code) {
            // Nothing is left to withdraw.
        }
    }

    // MARK: - Implementation

    func session() async throws -> SessionKeeper.Held {
        try await sessions.session { try await self.signIn() }
    }

    private func signIn() async throws -> Session {
        let request = try await tokenRequest()
        let session = try await repeated(request) { attempt in
            // A fresh assertion each time: one may have expired while the client waited.
            let current = attempt == 1 ? request : try await self.tokenRequest()
            return try await self.exchange(current, session: nil, attempt: attempt) { answer in
                try Session(tokenAnswer: answer.body, action: answer.action)
            }
        }
        // Written down before the session is used: the old token, or the code, is worthless from now on.
        if let token = session.newRefreshToken { try await refreshTokens.replace(with: token) }
        return session
    }

    private func tokenRequest() async throws -> SalesforceRequest {
        switch configuration.grant {
        case .jwtBearer(let clientID, let username, let privateKeyPEM):
            let assertion = try await JWTAssertion(
                clientID: clientID,
                username: username,
                audience: configuration.audience ?? configuration.loginURL,
                privateKeyPEM: privateKeyPEM
            ).signed(at: now())
            let form = PercentEncoding.form([
                "grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer",
                "assertion": assertion,
            ])
            return tokenRequest("sign in as \(username)", form)
        case .clientCredentials(let clientID, let clientSecret):
            var request = tokenRequest(
                "sign in with client credentials",
                PercentEncoding.form(["grant_type": "client_credentials"])
            )
            let pair = Data("\(clientID):\(clientSecret)".utf8).base64EncodedString()
            request.headers.append(("Authorization", "Basic \(pair)"))
            return request
        case .refreshToken(let clientID, let clientSecret, _):
            return refreshRequest(clientID, clientSecret)
        case .authorizationCode(let clientID, let clientSecret, let code, let redirectURI, let verifier):
            guard refreshTokens.current().isEmpty else { return refreshRequest(clientID, clientSecret) }
            let form = PercentEncoding.form([
                "grant_type": "authorization_code",
                "code": code,
                "client_id": clientID,
                "redirect_uri": redirectURI,
                "code_verifier": verifier,
            ])
            var request = tokenRequest("sign in by browser", form + Self.secret(clientSecret))
            // A code can be used once; sent again it would only be refused.
            request.isRepeatable = false
            return request
        }
    }

    private func refreshRequest(_ clientID: String, _ clientSecret: String?) -> SalesforceRequest {
        let form = PercentEncoding.form([
            "grant_type": "refresh_token",
            "refresh_token": refreshTokens.current(),
            "client_id": clientID,
        ])
        return tokenRequest("sign in with the refresh token", form + Self.secret(clientSecret))
    }

    private func tokenRequest(_ action: String, _ form: String) -> SalesforceRequest {
        SalesforceRequest(
            family: .oauth,
            method: .POST,
            target: "/services/oauth2/token",
            action: action,
            headers: [("Accept", "application/json")],
            body: .bytes(Array(form.utf8), contentType: "application/x-www-form-urlencoded"),
            answerLimit: 1 << 20
        )
    }

    private static func secret(_ clientSecret: String?) -> String {
        clientSecret.map { "&" + PercentEncoding.form(["client_secret": $0]) } ?? ""
    }
}
