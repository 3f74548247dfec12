import Diffing
import Fingerprinting
import SyncModel
import Testing

@Suite struct `A diff` {
    private func diff(
        _ rows: [ModelRow],
        columns: MappedColumns,
        known: [MemorySnapshot.Known] = [],
        rests: Bool = false,
        partitions: Int = 8
    ) throws -> (counts: ChangeCounts, sink: RecordingSink) {
        let sink = RecordingSink()
        let course = DiffCourse(
            DiffPlan(columns: columns, rests: rests, partitions: partitions),
            snapshot: MemorySnapshot(known, fieldCount: 1, blockSize: 3),
            scratch: MemoryScratch(),
            sink: sink
        )
        for batch in batches(rows, columns: columns.names.count, size: 2) { try course.take(batch) }
        return (try course.finish(), sink)
    }

    /// What a first diff found, as if all of it had been delivered.
    private func delivered(_ changes: [Change]) -> [MemorySnapshot.Known] {
        changes.map { change in
            MemorySnapshot.Known(
                entry: SnapshotEntry(key: change.key, raw: change.raw, shaped: 1, flags: .delivered, fields: [1]),
                keyText: change.keyText,
                matchText: String(decoding: change.cells.last ?? [], as: UTF8.self)
            )
        }
    }

    @Test func `of the same rows in another order finds nothing to do`() throws {
        let columns = mappedColumns(["id", "code"], match: 1)
        let rows = (0..<50).map { ["\($0)", "c\($0)"] }
        let first = try diff(rows, columns: columns)
        #expect(first.counts.added == 50)
        let second = try diff(rows.reversed(), columns: columns, known: delivered(first.sink.changes))
        #expect(second.counts.unchanged == 50)
        #expect(second.sink.changes.isEmpty)
        #expect(second.sink.refreshes.isEmpty)
    }

    @Test(arguments: [[["1", "ab", "c"], ["1", "a", "bc"]], [["1", "", "x"], ["1", "x", ""]]])
    func `sees a value that moved from one column to the next`(versions: [ModelRow]) throws {
        let columns = mappedColumns(["id", "a", "b"], match: nil)
        let first = try diff([versions[0]], columns: columns)
        let second = try diff([versions[1]], columns: columns, known: delivered(first.sink.changes))
        #expect(second.counts.changed == 1)
    }

    @Test
    func `refuses rows that share a match value, each with the key of the other, though one was delivered before`()
        throws
    {
        let columns = mappedColumns(["id", "code"], match: 1)
        let first = try diff([["1", "abc"], ["2", "x"]], columns: columns)
        let second = try diff(
            [["1", "abc"], ["2", "x"], ["3", " ABC "]],
            columns: columns,
            known: delivered(first.sink.changes)
        )
        #expect(second.counts.refused == 2)
        #expect(second.counts.unchanged == 1)
        #expect(second.counts.removed == 0)
        let messages = Dictionary(second.sink.refused.map { ($0.keyText, "\($0.code.rawValue): \($0.message)") }) {
            first,
            _ in first
        }
        #expect(messages["1"] == "DUPLICATE_VALUE: the match value is shared with the row of key 3")
        #expect(messages["3"] == "DUPLICATE_VALUE: the match value is shared with the row of key 1")
    }

    @Test func `says how many more rows share a match value`() throws {
        let found = try diff((0..<5).map { ["\($0)", "same"] }, columns: mappedColumns(["id", "code"], match: 1))
        #expect(found.counts.refused == 5)
        #expect(found.sink.refused.allSatisfy { $0.message.hasSuffix(" and 3 more") })
    }

    @Test func `refuses each row of a doubled key, and does not take the key for removed`() throws {
        let columns = mappedColumns(["id", "code"], match: nil)
        let first = try diff([["1", "a"], ["2", "b"]], columns: columns)
        let second = try diff(
            [["1", "a"], ["2", "b"], ["1", "a"], ["1", "z"]],
            columns: columns,
            known: delivered(first.sink.changes)
        )
        #expect(second.sink.refused.map(\.keyText) == ["1", "1", "1"])
        #expect(second.sink.refused.allSatisfy { $0.code == .doubledKey })
        #expect(second.counts.unchanged == 1)
        #expect(second.counts.removed == 0)
        #expect(second.sink.refreshes == [.owed(RowKey.hash(of: [Array("1".utf8)]), keyText: "1")])
    }

    @Test func `names the row and the columns when a key is null`() throws {
        let found = try diff(
            [["1", "x", "v"], ["2", "", "v"]],
            columns: mappedColumns(["a", "b", "c"], keys: 2, match: nil)
        )
        #expect(found.counts.added == 1)
        #expect(found.sink.refused.first?.code == .nullKey)
        #expect(found.sink.refused.first?.keyText == #"["2",null]"#)
        #expect(found.sink.refused.first?.message == "row 2, as read, has no primary key: a, b must not be null")
        #expect(found.sink.changes.first?.keyText == #"["1","x"]"#)
    }

    @Test func `keeps rows that are longer than its buffers`() throws {
        let long = String(repeating: "x", count: 100_000)
        let rows = (0..<5).map { ["\($0)", $0 == 2 ? "short" : "\(long)\($0)"] }
        let found = try diff(rows, columns: mappedColumns(["id", "text"], match: 1), partitions: 2)
        #expect(found.counts.added == 5)
        for change in found.sink.changes {
            #expect(rows.contains(change.cells.map { String(decoding: $0, as: UTF8.self) }))
        }
    }

    @Test func `leaves a row alone that rests, until it is another or has its turn`() throws {
        let columns = mappedColumns(["id", "code"], match: 1)
        let first = try diff([["1", "a"], ["2", "b"]], columns: columns)
        func refused(_ times: Int) -> [MemorySnapshot.Known] {
            first.sink.changes.map { change in
                let mark = (1...times).reduce(nil) {
                    RefusalMark(raw: change.raw, code: "A", run: RunID(rawValue: "run \($1)"), after: $0)
                }
                let raw = mark?.rawValue ?? 0
                return .init(
                    entry: SnapshotEntry(key: change.key, raw: raw, shaped: 0, flags: [.owed, .marked], fields: [0]),
                    keyText: change.keyText,
                    matchText: ""
                )
            }
        }
        let resting = try diff([["1", "a"], ["2", "b"]], columns: columns, known: refused(5), rests: true)
        #expect(resting.counts.resting == 2)
        #expect(resting.counts.owed == 0)
        #expect(resting.sink.changes.isEmpty && resting.sink.refreshes.isEmpty)
        let changed = try diff([["1", "a"], ["2", "c"]], columns: columns, known: refused(5), rests: true)
        #expect(changed.counts.resting == 1)
        #expect(changed.sink.changes.map { "\($0.keyText) \($0.changeClass)" } == ["2 owed"])
        let turn = try diff([["1", "a"], ["2", "b"]], columns: columns, known: refused(5))
        #expect(turn.counts.owed == 2 && turn.counts.resting == 0)
        let young = try diff([["1", "a"], ["2", "b"]], columns: columns, known: refused(4), rests: true)
        #expect(young.counts.owed == 2 && young.counts.resting == 0)
    }

    @Test func `of an empty model removes what was delivered`() throws {
        let columns = mappedColumns(["id", "code"], match: 1)
        let first = try diff([["1", "a"], ["2", "b"]], columns: columns)
        let second = try diff([], columns: columns, known: delivered(first.sink.changes))
        #expect(second.counts.removed == 2)
        #expect(Set(second.sink.changes.map { "\($0.keyText) \($0.matchText)" }) == ["1 a", "2 b"])
        #expect(second.sink.changes.allSatisfy { $0.cells.isEmpty && $0.raw == 0 && $0.known != nil })
    }
}
