internal import Ledger
package import Salesforce
package import SyncModel

/// One destination at work: its client, who writes which object, and what is remembered of it.
package actor Org {
    package nonisolated let definition: DestinationDefinition
    private let secrets: SecretAccess
    private let tokens: TokenStore
    private let calls: CallJournal
    private var connected: SalesforceClient?
    private var retired: [SalesforceClient] = []
    private var locks = ObjectLockQueue()
    private var granted: Set<ObjectLockQueue.Ticket> = []
    private var sleepers: [ObjectLockQueue.Ticket: CheckedContinuation<Void, Never>] = [:]

    package init(definition: DestinationDefinition, secrets: SecretAccess, tokens: TokenStore, calls: CallJournal) {
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

    // MARK: - Objects

    /// Asks for objects; `isGranted` tells when they are the asker's.
    package func ask(for objects: [String], holder: String) -> ObjectLockQueue.Ticket {
        let answer = locks.ask(for: objects, holder: holder)
        if answer.isGranted { granted.insert(answer.ticket) }
        return answer.ticket
    }

    package func isGranted(_ ticket: ObjectLockQueue.Ticket) -> Bool { granted.contains(ticket) }

    package func holders(before ticket: ObjectLockQueue.Ticket) -> [String] { locks.holders(before: ticket) }

    /// Returns when the ticket's objects are its, or when the task is cancelled.
    func wait(for ticket: ObjectLockQueue.Ticket) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if granted.contains(ticket) || Task.isCancelled {
                    continuation.resume()
                } else {
                    sleepers[ticket] = continuation
                }
            }
        } onCancel: {
            Task { await self.wake(ticket) }
        }
    }

    /// Gives a ticket's objects back, or leaves the queue.
    package func release(_ ticket: ObjectLockQueue.Ticket) {
        granted.remove(ticket)
        for next in locks.release(ticket) {
            granted.insert(next)
            wake(next)
        }
    }

    private func wake(_ ticket: ObjectLockQueue.Ticket) {
        sleepers.removeValue(forKey: ticket)?.resume()
    }
}

/// All destinations of a daemon, made when they are first needed.
package actor OrgRegistry {
    private let secrets: SecretAccess
    private let tokens: TokenStore
    private let calls: CallJournal
    private var orgs: [String: Org] = [:]
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

    /// The next use of a destination signs in anew; runs under way go on with the session that they have.
    package func retire(_ name: String) async { await orgs[name]?.retire() }

    package func disconnectAll() async {
        for org in Array(orgs.values) + former { await org.disconnect() }
        former = []
    }
}
