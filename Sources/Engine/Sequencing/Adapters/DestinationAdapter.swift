internal import Salesforce
internal import SyncModel

extension DestinationDefinition {
    /// The client's configuration, its secrets read.
    ///
    /// - Throws: `EngineError` for a secret that can't be had, or a way to sign in that is not in this version.
    func configuration(_ secrets: SecretAccess) throws -> SalesforceConfiguration {
        let grant: SalesforceConfiguration.Grant =
            switch authorization {
            case .jwtBearer(let clientID, let username, let privateKey):
                .jwtBearer(clientID: clientID, username: username, privateKeyPEM: try secrets.text(privateKey))
            case .clientCredentials(let clientID, let clientSecret):
                .clientCredentials(clientID: clientID, clientSecret: try secrets.text(clientSecret))
            case .authorizationCode:
                throw EngineError(
                    code: .notInThisVersion,
                    subject: "flow authorization-code of destination \(name)",
                    detail: "use jwt-bearer or client-credentials"
                )
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
}
