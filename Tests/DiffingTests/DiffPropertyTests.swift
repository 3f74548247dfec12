import Diffing
import Fingerprinting
import SyncModel
import Testing

/// One way through random histories: each step changes the model, diffs it, compares with brute force, and delivers most of it.
private struct History {
    let columns: MappedColumns
    let match: Int?
    let caseSensitive: Bool
    var numbers: SeededNumbers
    var rows: [ModelRow] = []
    var known: [String: MemorySnapshot.Known] = [:]

    init(seed: UInt64) {
        numbers = SeededNumbers(seed: seed)
        switch seed % 3 {
        case 0: match = nil
        case 1: match = 1
        default: match = 0
        }
        caseSensitive = seed.isMultiple(of: 2)
        columns = mappedColumns(["id", "code", "name"], match: match)
    }

    mutating func changeModel() {
        var next: [ModelRow] = []
        for row in rows {
            switch Int.random(in: 0..<20, using: &numbers) {
            case 0: continue
            case 1: next.append([row[0], row[1], "name \(Int.random(in: 0..<100, using: &numbers))"])
            case 2: next += [row, row]
            case 3: next.append([row[0], "", row[2]])
            case 4: next.append(["", row[1], row[2]])
            case 5: next.append([row[0], " " + (next.last?[1].uppercased() ?? "x"), row[2]])
            default: next.append(row)
            }
        }
        for _ in 0..<Int.random(in: 0..<40, using: &numbers) {
            let number = Int.random(in: 0..<400, using: &numbers)
            next.append([number.isMultiple(of: 7) ? "K\(number)" : "k\(number)", "c\(number)é", ""])
        }
        rows = next.shuffled(using: &numbers)
    }

    mutating func run(
        settles: Bool,
        partitions: Int,
        expecting options: (removes: Bool, full: Bool, reshapes: Bool),
        keys: Set<String>?
    )
        throws -> RecordingSink
    {
        let sink = RecordingSink()
        let plan = DiffPlan(
            columns: columns,
            matchRule: caseSensitive ? .exact : .folded,
            removes: options.removes,
            fullResync: options.full,
            reshapes: options.reshapes,
            keys: keys.map { Set($0.map { RowKey.hash(of: [Array($0.utf8)]) }) },
            settles: settles,
            seed: numbers.next(),
            partitions: partitions
        )
        let course = DiffCourse(
            plan,
            snapshot: MemorySnapshot(known.values, fieldCount: 2, blockSize: Int.random(in: 1..<40, using: &numbers)),
            scratch: MemoryScratch(),
            sink: sink
        )
        for batch in batches(rows, columns: 3, size: Int.random(in: 1..<50, using: &numbers)) { try course.take(batch) }
        let counts = try course.finish()
        let expected = try BruteForce(
            rows,
            known: known,
            match: match,
            caseSensitive: caseSensitive,
            removes: options.removes,
            fullResync: options.full,
            reshapes: options.reshapes,
            keys: keys,
            raw: raw
        )
        #expect(counts == expected.counts)
        #expect(
            Dictionary(sink.changes.map { ($0.keyText, $0.changeClass) }) { first, _ in first } == expected.travelling
        )
        #expect(sink.changes.count == expected.travelling.count)
        #expect(sink.refused.map { "\($0.code.rawValue) \($0.keyText)" }.sorted() == expected.refused)
        #expect(Set(sink.refreshes.map(name)) == expected.refreshes)
        for change in sink.changes {
            #expect(change.known == known[change.keyText]?.entry)
            if change.changeClass == .removed {
                #expect(change.matchText == known[change.keyText]?.matchText)
            } else {
                #expect(rows.contains(change.cells.map { String(decoding: $0, as: UTF8.self) }))
            }
        }
        return sink
    }

    /// Most is accepted, some is not.
    mutating func deliver(_ sink: RecordingSink) {
        for refresh in sink.refreshes {
            switch refresh {
            case .owed(let key, let text):
                var owed = known[text] ?? blank(key, text)
                owed.entry.flags.subtract([.inDoubt, .absent, .removalOwed])
                owed.entry.flags.insert(.owed)
                known[text] = owed
            case .absent(let key): change(key) { $0?.entry.flags.insert(.absent) }
            case .present(let key): change(key) { $0?.entry.flags.subtract([.absent, .removalOwed]) }
            case .forgotten(let key): change(key) { $0 = nil }
            }
        }
        for row in sink.changes {
            let key = row.keyText
            var entry = known[key] ?? blank(row.key, key)
            switch (row.changeClass, Int.random(in: 0..<10, using: &numbers)) {
            case (.removed, 0): entry.entry.flags.insert(.removalOwed)
            case (.removed, _):
                known[key] = nil
                continue
            case (_, 0): entry.entry.flags.insert(.owed)
            case (_, 1): entry.entry.flags = entry.entry.flags.subtracting(.owed).union(.inDoubt)
            case (_, 2) where known[key] == nil: continue
            default:
                entry.entry = SnapshotEntry(
                    key: row.key,
                    raw: row.raw,
                    shaped: row.raw &+ 1,
                    flags: .delivered,
                    fields: [7, 8]
                )
                entry.matchText = String(decoding: row.cells[match ?? 0], as: UTF8.self)
            }
            known[key] = entry
        }
    }

    private mutating func change(_ key: Hash128, _ body: (inout MemorySnapshot.Known?) -> Void) {
        if let text = known.first(where: { $0.value.entry.key == key })?.key { body(&known[text]) }
    }

    private func blank(_ key: Hash128, _ text: String) -> MemorySnapshot.Known {
        MemorySnapshot.Known(
            entry: SnapshotEntry(key: key, raw: 0, shaped: 0, flags: [], fields: [0, 0]),
            keyText: text,
            matchText: ""
        )
    }

    private func name(_ refresh: SnapshotRefresh) -> String {
        switch refresh {
        case .owed(_, let text): "owed \(text)"
        case .absent(let key): "absent \(text(key))"
        case .present(let key): "present \(text(key))"
        case .forgotten(let key): "forgotten \(text(key))"
        }
    }

    private func text(_ key: Hash128) -> String {
        (known.first { $0.value.entry.key == key }?.key
            ?? rows.first { RowKey.hash(of: [Array($0[0].utf8)]) == key }?[0]) ?? "?"
    }

    /// The raw fingerprint that the diff itself finds: of a row alone in a model.
    private func raw(_ row: ModelRow) throws -> UInt64 {
        let sink = RecordingSink()
        let plan = DiffPlan(columns: mappedColumns(["id", "code", "name"], match: nil), partitions: 1)
        let nothing = MemorySnapshot([], fieldCount: 0, blockSize: 1)
        let course = DiffCourse(plan, snapshot: nothing, scratch: MemoryScratch(), sink: sink)
        for batch in batches([row], columns: 3, size: 1) { try course.take(batch) }
        _ = try course.finish()
        return sink.changes.first?.raw ?? 0
    }
}

@Suite struct `A diff of random histories` {
    @Test(arguments: UInt64(0)..<24)
    func `agrees with brute force, whether rows are settled in memory or joined in partitions`(seed: UInt64) throws {
        var history = History(seed: seed)
        for step in 0..<6 {
            history.changeModel()
            let options = (removes: step % 3 != 1, full: step == 4, reshapes: step == 5)
            let keys =
                step == 3 ? Set(history.rows.prefix(10).map { $0[0] } + history.known.keys.sorted().prefix(20)) : nil
            _ = try history.run(settles: false, partitions: 16, expecting: options, keys: keys)
            _ = try history.run(settles: true, partitions: 1, expecting: options, keys: keys)
            let sink = try history.run(settles: true, partitions: 16, expecting: options, keys: keys)
            history.deliver(sink)
        }
    }
}
