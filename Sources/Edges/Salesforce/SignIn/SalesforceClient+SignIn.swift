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
        if let token = session.newRefreshToken, case .refreshToken = configuration.grant {
            // Written down before the session is used: the old token is worthless from now on.
            try await refreshTokens.replace(with: token)
        }
        return session
    }

    private func tokenRequest() async throws -> SalesforceRequest {
        var headers: [(name: String, value: String)] = [("Accept", "application/json")]
        let form: String
        let action: String
        switch configuration.grant {
        case .jwtBearer(let clientID, let username, let privateKeyPEM):
            action = "sign in as \(username)"
            let assertion = try await JWTAssertion(
                clientID: clientID,
                username: username,
                audience: configuration.audience ?? configuration.loginURL,
                privateKeyPEM: privateKeyPEM
            ).signed(at: now())
            form = PercentEncoding.form([
                "grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer",
                "assertion": assertion,
            ])
        case .clientCredentials(let clientID, let clientSecret):
            action = "sign in with client credentials"
            let pair = Data("\(clientID):\(clientSecret)".utf8).base64EncodedString()
            headers.append(("Authorization", "Basic \(pair)"))
            form = PercentEncoding.form(["grant_type": "client_credentials"])
        case .refreshToken(let clientID, let clientSecret, _):
            action = "sign in with the refresh token"
            var pairs = PercentEncoding.form([
                "grant_type": "refresh_token",
                "refresh_token": refreshTokens.current(),
                "client_id": clientID,
            ])
            if let clientSecret { pairs += "&" + PercentEncoding.form(["client_secret": clientSecret]) }
            form = pairs
        }
        return SalesforceRequest(
            family: .oauth,
            method: .POST,
            target: "/services/oauth2/token",
            action: action,
            headers: headers,
            body: .bytes(Array(form.utf8), contentType: "application/x-www-form-urlencoded"),
            answerLimit: 1 << 20
        )
    }
}
