import Fingerprinting
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

    private func begin(_ store: SnapshotStore, _ folder: String) throws -> ModelDiff {
        var sync = SyncDefinition(name: "s", model: "m", destination: "d", target: .object("Account"), mode: .upsert)
        sync.match = SyncDefinition.Match(column: "code", field: "Code__c")
        let model = ModelDefinition(name: "m", source: "s", reading: .table("t"), primaryKey: ["id"])
        return try ModelDiff(
            columns: MappedColumns(sync: sync, model: model),
            matchRule: .folded,
            removes: true,
            snapshot: store,
            spoolPath: folder + "/run"
        )
    }

    private func append(_ row: [String], to batch: inout RowBatch) {
        for var cell in row { cell.withUTF8 { batch.append(UnsafeRawBufferPointer($0)) } }
        batch.endRow()
    }

    private func diff(_ rows: [[String]], _ store: SnapshotStore, _ folder: String) throws -> DiffResult {
        var diff = try begin(store, folder)
        var batch = RowBatch(columnCount: 2)
        for row in rows { append(row, to: &batch) }
        try diff.take(batch)
        return try diff.finish()
    }

    private func withFolder(_ body: (String) throws -> Void) throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "diff-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        defer {
            // What cannot be removed is left to whoever cleans the temporary folder.
            try? FileManager.default.removeItem(at: url)
        }
        try body(url.path)
    }

    @Test func `loses no row between two threads`() throws {
        try withFolder { folder in
            let store = try open(folder)
            var diff = try begin(store, folder)
            var batch = RowBatch(columnCount: 2)
            for number in 0..<5_000 {
                append(["\(number)", "c\(number)"], to: &batch)
                if number % 7 == 0 {
                    try diff.exchange(&batch)
                    #expect(batch.isEmpty)
                    #expect(batch.columnCount == 2)
                }
            }
            try diff.exchange(&batch)
            let result = try diff.finish()
            #expect(result.counts.read == 5_000)
            #expect(result.counts.added == 5_000)
        }
    }

    @Test func `that is given up leaves no thread behind`() throws {
        try withFolder { folder in
            var diff = try begin(try open(folder), folder)
            var batch = RowBatch(columnCount: 2)
            append(["1", "a"], to: &batch)
            try diff.exchange(&batch)
            // Dropped here: it would wait for ever if the thread did not end.
        }
    }

    @Test func `tells the reader what went wrong on the other thread`() throws {
        try withFolder { folder in
            let store = try open(folder)
            var known = SnapshotBatch(fieldCount: 1)
            known.delivered(key: .init(high: 1, low: 1), raw: 1, shaped: 1, fields: [1], keyText: "1")
            try store.apply(sequence: 1, known)
            try store.compact()
            let url = URL(filePath: folder + "/snapshot/base")
            try store.record(matchRule: .folded)
            // The block lies before index and tail of 112 bytes; those are sound, so that the diff begins.
            let handle = try FileHandle(forWritingTo: url)
            try handle.seek(toOffset: try handle.seekToEnd() - 112 - 40)
            try handle.write(contentsOf: Array(repeating: 0xFF, count: 40))
            try handle.close()
            #expect(throws: SnapshotError.self) {
                var diff = try begin(store, folder)
                for number in 0..<50 {
                    var batch = RowBatch(columnCount: 2)
                    append(["\(number)", "a\(number)"], to: &batch)
                    try diff.exchange(&batch)
                }
                _ = try diff.finish()
            }
        }
    }

    @Test func `goes from reading to the snapshot and back`() throws {
        try withFolder { folder in
            let store = try open(folder)
            let first = try diff([["1", "a"], ["2", "b"], ["3", ""]], store, folder)
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

            let second = try diff([["2", "b"], ["3", "c"]], try open(folder), folder)
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
}
