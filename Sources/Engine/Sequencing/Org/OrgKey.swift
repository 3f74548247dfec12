internal import Ledger
internal import SyncModel

extension Ledger {
    /// What tells the org of a destination apart: its id, known since the first sign-in; two destinations may be one org.
    func orgKey(of destination: String) async throws -> String {
        try await value("org:\(destination)") ?? "destination \(destination)"
    }

    /// Syncs by the org that they write, in the order in which orgs are taken.
    func byOrg(_ syncs: [SyncDefinition]) async throws -> [(org: String, syncs: [SyncDefinition])] {
        var byOrg: [String: [SyncDefinition]] = [:]
        for sync in syncs { byOrg[try await orgKey(of: sync.destination), default: []].append(sync) }
        return byOrg.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}
