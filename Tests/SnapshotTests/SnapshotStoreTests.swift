import Fingerprinting
import Snapshot
import SyncModel
import Testing

@Suite struct `A snapshot` {
    @Test func `holds what was applied, in key order, after it was opened again`() throws {
        let folder = try SnapshotFolder()
        let store = try folder.open()
        try store.apply(sequence: 1, delivery(0..<5_000, raw: 7))
        try store.apply(sequence: 5, delivery(4_990..<5_010, raw: 9))
        let again = try folder.open(ledger: 5)
        #expect(again.lastSequence == 5)
        let all = try contents(again)
        #expect(all.count == 5_010)
        #expect(all.map(\.entry.key) == (0..<5_010).map(key).sorted())
        #expect(try again.entryCount == 5_010)
        for number in [0, 1, 2_500, 4_989, 4_990, 5_009] {
            let raw: UInt64 = number < 4_990 ? 7 : 9
            #expect(
                try again.entry(for: key(number))
                    == SnapshotEntry(
                        key: key(number),
                        raw: raw,
                        shaped: raw + 1,
                        flags: .delivered,
                        fields: [UInt16(number % 1_000), UInt16(number % 1_000 + 1)]
                    )
            )
            let found = all.first { $0.entry.key == key(number) }
            #expect(found?.keyText == "k\(number)")
            #expect(found?.matchText == "m\(number)")
        }
        #expect(try again.entry(for: key(5_010)) == nil)
    }

    @Test func `is not changed by a batch that it has already`() throws {
        let folder = try SnapshotFolder()
        let store = try folder.open()
        try store.apply(sequence: 3, delivery([1], raw: 7))
        try store.apply(sequence: 3, delivery([1, 2], raw: 8))
        try store.apply(sequence: 2, delivery([3], raw: 8))
        #expect(try contents(store).map(\.entry.raw) == [7])
        let again = try folder.open()
        try again.apply(sequence: 3, delivery([4], raw: 8))
        #expect(try contents(again).map(\.entry.raw) == [7])
    }

    @Test func `merges the same whether the log is short or needs partitions`() throws {
        let folder = try SnapshotFolder()
        let (whole, parted) = (try folder.open("whole"), try folder.open("parted", mergeBytes: 20_000))
        for round in 0..<6 {
            var batch = delivery((round * 400)..<(round * 400 + 1_200), raw: UInt64(round))
            for number in stride(from: round, to: 1_200, by: 7) { batch.removed(key: key(number)) }
            for number in stride(from: round, to: 1_200, by: 11) {
                batch.owed(key: key(number), keyText: "k\(number)")
            }
            try whole.apply(sequence: UInt64(round + 1), batch)
            try parted.apply(sequence: UInt64(round + 1), batch)
            try whole.compact()
        }
        let (one, other) = (try contents(whole), try contents(parted))
        #expect(one.count == other.count)
        #expect(one.count > 2_000)
        #expect(one.elementsEqual(other) { $0 == $1 })
    }

    @Test func `folds what became of a row into its flags`() throws {
        let folder = try SnapshotFolder()
        let store = try folder.open()
        try store.apply(sequence: 1, delivery(0..<8, raw: 1))
        var batch = SnapshotBatch(fieldCount: 2)
        batch.owed(key: key(0), keyText: "k0")
        batch.inDoubt(key: key(1), keyText: "k1")
        batch.removalOwed(key: key(2))
        batch.removed(key: key(3))
        batch.absent(key: key(4))
        batch.absent(key: key(5))
        batch.present(key: key(5))
        batch.renewed(key: key(6), raw: 99)
        batch.forgetText(key: key(7))
        batch.owed(key: key(20), keyText: "k20")
        batch.inDoubt(key: key(21), keyText: "k21")
        batch.owed(key: key(21), keyText: "k21")
        batch.absent(key: key(22))
        try store.refresh(batch)
        try store.compact()
        func flags(_ number: Int) throws -> SnapshotEntry.Flags? { try store.entry(for: key(number))?.flags }
        #expect(try flags(0) == [.delivered, .owed])
        #expect(try flags(1) == [.delivered, .inDoubt])
        #expect(try flags(2) == [.delivered, .removalOwed])
        #expect(try flags(3) == nil)
        #expect(try flags(4) == [.delivered, .absent])
        #expect(try flags(5) == [.delivered])
        #expect(try store.entry(for: key(6))?.raw == 99)
        #expect(try store.entry(for: key(6))?.shaped == 2)
        #expect(try flags(20) == [.owed])
        #expect(try flags(21) == [.owed])
        #expect(try flags(22) == nil)
        let texts = try contents(store)
        #expect(texts.first { $0.entry.key == key(7) }?.keyText == "")
        #expect(texts.first { $0.entry.key == key(20) }?.keyText == "k20")
        #expect(store.lastSequence == 1)
    }

    @Test func `keeps what is marked of a refused row until anything else becomes of it`() throws {
        let folder = try SnapshotFolder()
        let store = try folder.open()
        try store.apply(sequence: 1, delivery(0..<3, raw: 1))
        let mark = (1...5).reduce(nil) {
            RefusalMark(raw: 77 << 32, code: "A", run: RunID(rawValue: "\($1)"), after: $0)
        }
        let resting = try #require(mark)
        var batch = SnapshotBatch(fieldCount: 2)
        for number in [0, 1, 2, 20, 21] { batch.refused(key: key(number), mark: resting, keyText: "k\(number)") }
        try store.apply(sequence: 2, batch)
        let path = "\(folder.path)/s"
        for isCompact in [false, true] {
            if isCompact { try store.compact() }
            #expect(try store.entry(for: key(0))?.flags == [.delivered, .owed, .marked])
            #expect(try store.entry(for: key(0))?.shaped == 2)
            #expect(try store.entry(for: key(20))?.flags == [.owed, .marked])
            #expect(try store.entry(for: key(20))?.refusal == resting)
            #expect(try Set(SnapshotStore.resting(inFolder: path, limit: 10)) == Set([0, 1, 2, 20, 21].map(key)))
            #expect(try SnapshotStore.resting(inFolder: path, limit: 2).count == 2)
            #expect(try SnapshotInspection(folder: path)?.faults == [])
        }
        var later = delivery([0], raw: 9)
        later.owed(key: key(1), keyText: "k1")
        later.inDoubt(key: key(2), keyText: "k2")
        later.owed(key: key(20), keyText: "k20")
        later.removed(key: key(21))
        try store.apply(sequence: 3, later)
        #expect(try store.entry(for: key(0))?.flags == [.delivered])
        #expect(try store.entry(for: key(0))?.raw == 9)
        #expect(try store.entry(for: key(1))?.flags == [.delivered, .owed])
        #expect(try store.entry(for: key(2))?.flags == [.delivered, .inDoubt])
        #expect(try store.entry(for: key(20))?.flags == [.owed])
        #expect(try SnapshotStore.resting(inFolder: path, limit: 10).isEmpty)
        #expect(try SnapshotInspection(folder: path)?.faults == [])
    }

    @Test func `keeps what was recorded beside the entries`() throws {
        let folder = try SnapshotFolder()
        let store = try folder.open()
        #expect(store.mappingPrint == 0)
        #expect(store.matchRule == nil)
        try store.record(mappingPrint: 17)
        try store.record(matchRule: .folded)
        #expect(try folder.open().mappingPrint == 17)
        try store.apply(sequence: 1, delivery([1], raw: 1))
        try store.compact()
        let again = try folder.open()
        #expect(again.mappingPrint == 17)
        #expect(again.matchRule == .folded)
    }

    @Test func `carries field hashes over by name when the mapping changes`() throws {
        let folder = try SnapshotFolder()
        let store = try folder.open()
        try store.apply(sequence: 1, delivery([5], raw: 1))
        try store.compact()
        try store.apply(sequence: 2, delivery([6], raw: 1))
        let again = try folder.open(fields: ["New__c", "Code__c"])
        #expect(again.fieldsChangedFrom == ["Name", "Code__c"])
        try again.compact()
        #expect(try again.entry(for: key(5))?.fields == [0, 6])
        #expect(try again.entry(for: key(6))?.fields == [0, 7])
        #expect(again.lastSequence == 2)
        #expect(try folder.open(fields: ["New__c", "Code__c"]).fieldsChangedFrom == nil)
    }

    @Test func `refuses a batch of another number of fields`() throws {
        let store = try SnapshotFolder().open()
        #expect(throws: SnapshotError.self) { try store.apply(sequence: 1, delivery([1], raw: 1, fieldCount: 3)) }
        #expect(store.lastSequence == 0)
    }

    @Test(arguments: [
        ("org", "the org was 00D000000000001, is other"),
        ("sync", "the sync was accounts, is other"),
        ("state", "the state id was state, is other"),
        ("object", "the object was Account, is other"),
        ("match", "the match field was Code__c, is none"),
        ("key", "the primary key was id, is id, other"),
    ])
    func `refuses another owner, in words`(part: String, words: String) throws {
        let folder = try SnapshotFolder()
        _ = try folder.open()
        var other = sampleIdentity
        switch part {
        case "org": other.orgID = "other"
        case "sync": other.sync = "other"
        case "state": other.stateID = "other"
        case "object": other.object = "other"
        case "match": other.matchField = nil
        default: other.keyColumns.append("other")
        }
        let error = #expect(throws: SnapshotError.self) { try folder.open(identity: other) }
        #expect(error?.code == .otherIdentity)
        #expect(error?.description.hasSuffix(words) == true)
        try SnapshotStore.adopt(folder: "\(folder.path)/s", as: other)
        #expect(try folder.open(identity: other).identity == other)
    }

    @Test func `refuses to be ahead of its ledger`() throws {
        let folder = try SnapshotFolder()
        try folder.open().apply(sequence: 9, delivery([1], raw: 1))
        let error = #expect(throws: SnapshotError.self) { try folder.open(ledger: 8) }
        #expect(error?.code == .aheadOfLedger)
        #expect(try folder.open(ledger: 9).lastSequence == 9)
    }

    @Test func `reads the same whether its log was merged or is folded in`() throws {
        let folder = try SnapshotFolder()
        let (merged, folded) = (try folder.open("merged"), try folder.open("folded"))
        for store in [merged, folded] {
            #expect(try contents(store).isEmpty)
            try store.apply(sequence: 1, delivery(0..<9_000, raw: 1))
            try store.compact()
        }
        for round in 2..<6 {
            var batch = delivery(stride(from: round, to: 10_000, by: 97), raw: UInt64(round))
            for number in stride(from: round, to: 10_000, by: 89) { batch.removed(key: key(number)) }
            for number in stride(from: round, to: 10_000, by: 83) {
                batch.owed(key: key(number), keyText: "o\(number)")
            }
            for number in stride(from: round, to: 10_000, by: 79) { batch.forgetText(key: key(number)) }
            for number in stride(from: round, to: 10_000, by: 73) { batch.renewed(key: key(number), raw: 99) }
            for store in [merged, folded] { try store.apply(sequence: UInt64(round), batch) }
            try merged.compact()
            try folded.compactIfLarge()
            let (one, other) = (try read(merged), try read(folded))
            #expect(one.elementsEqual(other) { $0 == $1 })
            #expect(try keysAndFlags(merged) == keysAndFlags(folded))
            for number in stride(from: 0, to: 10_000, by: 501) {
                #expect(try merged.entry(for: key(number)) == folded.entry(for: key(number)))
            }
        }
        #expect(try folder.read("merged/log").count < 100)
        #expect(try folder.read("folded/log").count > 10_000)
    }

    @Test func `of nothing but a log is read from it`() throws {
        let folder = try SnapshotFolder()
        let store = try folder.open()
        try store.apply(sequence: 1, delivery([3, 1, 2], raw: 1))
        let found = try read(store)
        #expect(found.map(\.entry.key) == [1, 2, 3].map(key).sorted())
        #expect(Set(found.map(\.keyText)) == ["k1", "k2", "k3"])
        #expect(try store.entry(for: key(2))?.raw == 1)
        #expect(try store.entry(for: key(4)) == nil)
    }

    private func keysAndFlags(_ store: SnapshotStore) throws -> [String] {
        let reader = try store.reader()
        var block = reader.makeBlock()
        var all: [String] = []
        while try reader.readBlock(into: &block, prints: false) {
            for index in 0..<block.count {
                all.append("\(block.keys[index]) \(block.raws[index]) \(block.flags[index])")
            }
        }
        #expect(all.count <= reader.entryCount)
        return all
    }
}
