internal import Ledger
internal import Snapshot
internal import SyncModel

/// Which parents are rows of another sync that were never delivered: the children that name them are held.
struct HeldParents: Sendable {
    private struct Link: Sendable {
        var field: String
        var column: Int
        var object: String
        var owed: [String: OwedParent]
    }

    private var links: [Link] = []

    /// Asks the ledger, for each lookup whose object another sync writes.
    static func load(for read: ReadSync, _ context: RunContext) async throws -> HeldParents {
        var parents = HeldParents()
        for mapping in read.sync.fields + read.sync.only.values.flatMap(\.self) {
            guard case .lookup(let lookup) = mapping.value,
                let column = read.columns.names.firstIndex(of: lookup.column)
            else { continue }
            let known = try await context.ledger.owedParents(
                destination: read.sync.destination,
                object: lookup.object,
                field: lookup.field
            )
            let owed = try await neverDelivered(known, context)
            if !owed.isEmpty {
                parents.links.append(Link(field: mapping.field, column: column, object: lookup.object, owed: owed))
            }
        }
        return parents
    }

    /// Of owed parents, those that Salesforce has never accepted: one that is there holds nobody up.
    static func neverDelivered(
        _ owed: [String: OwedParent],
        _ context: RunContext
    ) async throws -> [String: OwedParent] {
        var left = owed
        for (sync, parents) in Dictionary(grouping: owed, by: \.value.sync) {
            let keys = Set(parents.map(\.value.key))
            let folder = context.snapshotFolder + "/" + sync
            let delivered = try await BlockingThread.run(named: "parents-\(sync)") {
                try SnapshotStore.delivered(keys, inFolder: folder)
            }
            for (value, parent) in parents where delivered.contains(parent.key) { left[value] = nil }
        }
        return left
    }

    /// The held row, if this change names a parent that was never delivered.
    ///
    /// `besideOwn`: parents of the same sync are looked after wave by wave, since they may go in this very run.
    func held(_ change: Change, _ sync: SyncDefinition, besideOwn: Bool = false) -> UndeliveredRow? {
        for link in links where link.column < change.cells.count && !change.cells[link.column].isEmpty {
            let value = MatchFolding.text(change.cells[link.column])
            guard let parent = link.owed[value], parent.sync != sync.name || parent.key != change.key else { continue }
            if besideOwn, parent.sync == sync.name { continue }
            return UndeliveredRow(
                sync: sync.name,
                key: change.keyText,
                operation: sync.operation,
                state: .held,
                code: "HELD",
                message: "parent \(link.object) '\(parent.keyText)' was \(parent.state.rawValue)",
                fields: [link.field]
            )
        }
        return nil
    }
}

extension MatchFolding {
    /// The folded text of a value, as owed parents are remembered.
    static func text(_ bytes: some Collection<UInt8>) -> String {
        var folded: [UInt8] = []
        Array(bytes).withUnsafeBytes { Self.folded($0, caseSensitive: false, into: &folded) }
        return String(decoding: folded, as: UTF8.self)
    }
}
