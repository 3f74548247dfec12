internal import Salesforce
internal import SyncModel

extension DestinationDefinition {
    /// The client's configuration, its secrets read.
    ///
    /// - Throws: `EngineError` for a secret that can't be had, or a destination that nobody has signed in to.
    func configuration(
        _ secrets: SecretAccess,
        _ tokens: TokenStore,
        grant given: SalesforceConfiguration.Grant? = nil
    ) throws -> SalesforceConfiguration {
        let grant: SalesforceConfiguration.Grant =
            if let given {
                given
            } else {
                try self.grant(secrets, tokens)
            }
        return SalesforceConfiguration(
            loginURL: loginURL,
            apiVersion: apiVersion,
            grant: grant,
            caFile: caFile,
            proxy: proxy,
            concurrentRequests: limits.concurrentRequests,
            clientName: "sequenced/\(SoftwareVersion.text)",
            // A call that fails for longer is the run's to wait for, with its reason.
            retryFor: .seconds(5)
        )
    }

    // MARK: - Implementation

    private func grant(_ secrets: SecretAccess, _ tokens: TokenStore) throws -> SalesforceConfiguration.Grant {
        switch authorization {
        case .jwtBearer(let clientID, let username, let privateKey):
            return .jwtBearer(clientID: clientID, username: username, privateKeyPEM: try secrets.text(privateKey))
        case .clientCredentials(let clientID, let clientSecret):
            return .clientCredentials(clientID: clientID, clientSecret: try secrets.text(clientSecret))
        case .authorizationCode(let clientID, let clientSecret, _):
            guard let token = try tokens.token(of: name) else {
                throw EngineError(
                    code: .secret,
                    subject: "sign-in of destination \(name)",
                    detail: "nobody has signed in yet",
                    hint: "sequencectl login \(name)"
                )
            }
            return .refreshToken(
                clientID: clientID,
                clientSecret: try clientSecret.map { try secrets.text($0) },
                token: token
            )
        }
    }
}
