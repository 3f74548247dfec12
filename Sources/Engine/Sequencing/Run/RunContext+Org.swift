internal import CivilTime
internal import Ledger
internal import Shaping
internal import SyncModel

extension RunContext {
    /// Sees to it that a sign-in is to the org whose state this is.
    ///
    /// - Throws: `EngineError` that says what changed and what can be done.
    func checkOrg(_ orgID: String, of sync: SyncDefinition) async throws {
        let key = "org:\(sync.destination)"
        guard let known = try await ledger.value(key) else { return try await ledger.setValue(orgID, for: key) }
        guard known == orgID else {
            throw EngineError(
                code: .identity,
                subject: "destination \(sync.destination)",
                detail: "its state is of org \(known), and it now signs in to org \(orgID)",
                hint:
                    "point the destination to the old org, or take the new one with `sequencectl adopt` or `start --full-resync`"
            )
        }
    }

    /// The fields of an object by which lookups of other syncs into the same destination name its records.
    func namedFields(of object: String, destination: String) -> Set<String> {
        var named: Set<String> = []
        for sync in definitions.syncs.values where sync.destination == destination {
            for mapping in sync.fields {
                guard case .lookup(let lookup) = mapping.value, lookup.object.lowercased() == object.lowercased() else {
                    continue
                }
                named.insert(lookup.field)
            }
        }
        return named
    }
}
