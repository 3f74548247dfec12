internal import CivilTime
package import Ledger
package import Salesforce
package import SyncModel

extension Conductor {
    /// The destination that is meant: the one that is named, or the only one.
    ///
    /// - Throws: `EngineError` that lists those there are.
    package func destination(named name: String?) throws -> DestinationDefinition {
        let names = definitions.destinations.keys.sorted()
        if let name {
            let plain = name.hasPrefix("destination/") ? String(name.dropFirst(12)) : name
            if let known = definitions.destinations[plain] { return known }
            throw EngineError(
                code: .unknownName,
                subject: "destination \(plain)",
                detail: KnownNames.words(names, near: plain)
            )
        }
        if names.count == 1, let only = definitions.destinations[names[0]] { return only }
        throw EngineError(
            code: .unknownName,
            subject: "destination",
            detail: names.isEmpty ? "none is defined" : "name one of \(names.joined(separator: ", "))"
        )
    }

    /// The client of a destination, signed in or not.
    package func client(of destination: DestinationDefinition) async throws -> SalesforceClient {
        try await orgs.org(destination).client()
    }

    /// What this daemon spent of a destination's limits in the 24 hours before now.
    package func spent(on destination: DestinationDefinition) async throws -> SpentQuota {
        let syncs = definitions.syncs.values.filter { $0.destination == destination.name }.map(\.name)
        return try await parts.ledger.spent(by: syncs, since: parts.clock.now - .seconds(86_400))
    }

    /// Stores and announces who signed a destination in or out.
    package func note(_ kind: String, destination: String, _ actor: Actor?) async throws {
        try await tell(LedgerEvent(time: parts.clock.now, kind: kind, reason: destination, actor: actor))
    }

    /// Syncs that write into a destination, in the order of names.
    package func syncs(into destination: String) -> [SyncDefinition] {
        definitions.syncs.values.filter { $0.destination == destination }.sorted { $0.name < $1.name }
    }
}
