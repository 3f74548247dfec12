internal import Ledger
package import Salesforce
package import SyncModel

/// One destination at work: its client, and who writes which object.
package actor Org {
    package nonisolated let definition: DestinationDefinition
    private let secrets: SecretAccess
    private let tokens: TokenStore
    private let calls: CallJournal
    private var connected: SalesforceClient?
    private var retired: [SalesforceClient] = []

    package init(
        definition: DestinationDefinition,
        secrets: SecretAccess,
        tokens: TokenStore,
        calls: CallJournal
    ) {
        self.definition = definition
        self.secrets = secrets
        self.tokens = tokens
        self.calls = calls
    }

    /// The client; made, but not signed in, at the first call.
    ///
    /// - Throws: `EngineError` when a secret can't be read or the configuration is refused.
    package func client() throws -> SalesforceClient {
        if let connected { return connected }
        let (tokens, name) = (tokens, definition.name)
        let client = try SalesforceClient(
            definition.configuration(secrets, tokens),
            observer: calls.listener(of: name),
            refreshTokenReplaced: { try tokens.store($0, of: name) }
        )
        connected = client
        return client
    }

    /// Leaves the client to those who use it; the next use signs in anew.
    package func retire() {
        if let connected { retired.append(connected) }
        connected = nil
    }

    /// Ends the connections; the next use opens new ones.
    package func disconnect() async {
        retire()
        let clients = retired
        retired = []
        // Closing says only that a connection was gone already.
        for client in clients { try? await client.shutdown() }
    }
}

/// All destinations of a daemon, made when they are first needed.
package actor OrgRegistry {
    private let secrets: SecretAccess
    private let tokens: TokenStore
    private let calls: CallJournal
    private var orgs: [String: Org] = [:]
    /// Who writes which object, by org: two destinations may be one org, and a definition that changes lets nobody in beside those
    /// who write.
    private var leaves: [String: ObjectLeave] = [:]
    /// Those of definitions that have changed since: their connections are ended with the others.
    private var former: [Org] = []

    package init(secrets: SecretAccess, tokens: TokenStore, calls: CallJournal) {
        self.secrets = secrets
        self.tokens = tokens
        self.calls = calls
    }

    /// The org of a definition; one whose definition has changed is made anew, the old one goes on for those who have it.
    package func org(_ definition: DestinationDefinition) -> Org {
        if let known = orgs[definition.name], known.definition == definition { return known }
        let org = Org(definition: definition, secrets: secrets, tokens: tokens, calls: calls)
        if let known = orgs.updateValue(org, forKey: definition.name) { former.append(known) }
        return org
    }

    /// Who writes which object of an org; `key`: its id, or whatever else tells it apart.
    func leave(ofOrg key: String) -> ObjectLeave {
        if let known = leaves[key] { return known }
        let leave = ObjectLeave()
        leaves[key] = leave
        return leave
    }

    /// The next use of a destination signs in anew; runs under way go on with the session that they have.
    package func retire(_ name: String) async { await orgs[name]?.retire() }

    package func disconnectAll() async {
        for org in Array(orgs.values) + former { await org.disconnect() }
        former = []
    }
}
