internal import Ledger
internal import Salesforce
internal import SyncModel

/// Signs destinations in and out: by key at once, by browser in two steps.
package actor SignIns {
    /// How far a sign-in has come.
    package struct Standing: Sendable, Equatable {
        package var isDone: Bool
        /// What a browser has to open, and where it comes back to.
        package var address: String?
        package var redirectURI: String?
        package var username: String?
        package var orgID: String?
        /// The org whose state this destination has, where it is another one.
        package var formerOrgID: String?
    }

    private let conductor: Conductor
    private let secrets: SecretAccess
    private let tokens: TokenStore
    private var begun: [String: BrowserSignIn] = [:]

    package init(_ conductor: Conductor) {
        self.conductor = conductor
        secrets = conductor.parts.secrets
        tokens = TokenStore(stateFolder: conductor.parts.stateFolder, secrets: conductor.parts.secrets)
    }

    /// Signs in by key, or begins a sign-in by browser; one that was begun before is of no use any more.
    ///
    /// - Throws: `EngineError`, `SalesforceError`.
    package func begin(_ name: String) async throws -> Standing {
        let destination = try await conductor.destination(named: name)
        guard case .authorizationCode(let clientID, let clientSecret, let redirectURI) = destination.authorization
        else {
            // Anew, not with the session in hand: what was changed in the org is to show.
            await conductor.orgs.retire(destination.name)
            return try await standing(of: destination, try await conductor.client(of: destination))
        }
        let signIn = try BrowserSignIn(
            loginURL: destination.loginURL,
            clientID: clientID,
            clientSecret: try clientSecret.map { try secrets.text($0) },
            redirectURI: redirectURI
        )
        begun[destination.name] = signIn
        return Standing(isDone: false, address: signIn.address, redirectURI: signIn.redirectURI)
    }

    /// Takes the address that the browser came back to, and keeps the refresh token that it gives.
    ///
    /// - Throws: `EngineError` when no sign-in was begun; `SalesforceError` when Salesforce or the person refused.
    package func finish(_ name: String, redirected: String) async throws -> Standing {
        let destination = try await conductor.destination(named: name)
        guard let signIn = begun[destination.name] else {
            throw EngineError(
                code: .notNow,
                subject: "sign in to \(destination.name)",
                detail: "no sign-in was begun since the daemon started",
                hint: "sequencectl login \(destination.name)"
            )
        }
        let grant = try signIn.grant(fromRedirect: redirected)
        var configuration = try destination.configuration(secrets, tokens, grant: grant)
        configuration.concurrentRequests = 1
        let (tokens, place) = (tokens, destination.name)
        let client = try SalesforceClient(
            configuration,
            observer: conductor.calls.listener(of: place),
            refreshTokenReplaced: { try tokens.store($0, of: place) }
        )
        do {
            let standing = try await standing(of: destination, client)
            begun[destination.name] = nil
            try await client.shutdown()
            guard try tokens.token(of: destination.name) != nil else {
                throw EngineError(
                    code: .secret,
                    subject: "refresh token of \(destination.name)",
                    detail: "Salesforce gave none: allow the scope refresh_token to the app, then sign in again"
                )
            }
            await conductor.orgs.retire(destination.name)
            return standing
        } catch {
            // The first error is the one that tells.
            try? await client.shutdown()
            throw error
        }
    }

    /// Withdraws a destination's session or token, and forgets it.
    ///
    /// - Returns: whether there was anything to withdraw.
    package func end(_ name: String) async throws -> Bool {
        let destination = try await conductor.destination(named: name)
        if case .authorizationCode = destination.authorization, try tokens.token(of: destination.name) == nil {
            return false
        }
        defer { begun[destination.name] = nil }
        try await conductor.client(of: destination).signOut()
        _ = try tokens.remove(of: destination.name)
        await conductor.orgs.retire(destination.name)
        return true
    }

    // MARK: - Implementation

    private func standing(of destination: DestinationDefinition, _ client: SalesforceClient) async throws -> Standing {
        let identity = try await client.identity()
        let soql = "SELECT Username FROM User WHERE Id = \(SOQL.quoted(identity.userID))"
        // The name is a courtesy: a user who may not read users is signed in all the same.
        let username = try? await client.query(soql, atMost: 1).first?.text("Username")
        let former = try await conductor.parts.ledger.value("org:\(destination.name)")
        return Standing(
            isDone: true,
            username: username,
            orgID: identity.orgID,
            formerOrgID: former == identity.orgID ? nil : former
        )
    }
}
