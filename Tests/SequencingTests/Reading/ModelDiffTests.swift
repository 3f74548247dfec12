import Foundation
import Sequencing
import Snapshot
import Spool
import SyncModel
import Testing

@Suite struct `A model's diff` {
    private func open(_ folder: String) throws -> SnapshotStore {
        let identity = SnapshotIdentity(
            stateID: "state",
            sync: "s",
            orgID: "org",
            object: "Account",
            matchField: "Code__c",
            keyColumns: ["id"]
        )
        return try SnapshotStore(
            folder: folder + "/snapshot",
            identity: identity,
            fields: ["Code__c"],
            ledgerSequence: .max
        )
    }

    private func diff(_ rows: [[String]], _ store: SnapshotStore, _ folder: String) throws -> DiffResult {
        var sync = SyncDefinition(name: "s", model: "m", destination: "d", target: .object("Account"), mode: .upsert)
        sync.match = SyncDefinition.Match(column: "code", field: "Code__c")
        let model = ModelDefinition(name: "m", source: "s", reading: .table("t"), primaryKey: ["id"])
        let columns = MappedColumns(sync: sync, model: model)
        var diff = try ModelDiff(
            columns: columns,
            matchIsCaseSensitive: false,
            removes: true,
            snapshot: store,
            spoolPath: folder + "/run"
        )
        var batch = RowBatch(columnCount: 2)
        for row in rows {
            for var cell in row { cell.withUTF8 { batch.append(UnsafeRawBufferPointer($0)) } }
            batch.endRow()
        }
        try diff.take(batch)
        return try diff.finish()
    }

    @Test func `goes from reading to the snapshot and back`() throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "diff-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        defer {
            // What cannot be removed is left to whoever cleans the temporary folder.
            try? FileManager.default.removeItem(at: url)
        }
        let store = try open(url.path)
        let first = try diff([["1", "a"], ["2", "b"], ["3", ""]], store, url.path)
        #expect(first.counts.added == 2)
        #expect(try first.refused().next()?.code == "NULL_MATCH_VALUE")
        try first.applyRefreshes(to: store)

        var batch = SnapshotBatch(fieldCount: 1)
        let changes = try first.changes()
        while let change = try changes.next() {
            batch.delivered(
                key: change.key,
                raw: change.raw,
                shaped: change.raw,
                fields: [1],
                keyText: change.keyText,
                matchText: String(decoding: change.cells[1], as: UTF8.self)
            )
        }
        try store.apply(sequence: 1, batch)

        let second = try diff([["2", "b"], ["3", "c"]], try open(url.path), url.path)
        #expect(second.counts.unchanged == 1)
        #expect(second.counts.owed == 1)
        #expect(second.counts.removed == 1)
        var removed: [Change] = []
        let found = try second.changes()
        while let change = try found.next() { if change.changeClass == .removed { removed.append(change) } }
        #expect(removed.map(\.keyText) == ["1"])
        #expect(removed.map(\.matchText) == ["a"])
        second.removeFiles()
        #expect(throws: SpoolError.self) { try second.changes() }
    }
}
