import Fingerprinting
import Snapshot
import SyncModel
import Testing

@Suite struct `A snapshot after a crash` {
    @Test func `opens with a whole number of batches wherever the log was cut off`() throws {
        let folder = try SnapshotFolder()
        let store = try folder.open()
        try store.apply(sequence: 1, delivery([0], raw: 1))
        try store.compact()
        var ends: [Int] = [try folder.read("s/log").count]
        for sequence in 2...4 {
            try store.apply(sequence: UInt64(sequence), delivery([sequence], raw: 1))
            ends.append(try folder.read("s/log").count)
        }
        let log = try folder.read("s/log")
        for length in 0...log.count {
            try folder.copy("s", to: "cut")
            try folder.write(Array(log.prefix(length)), to: "cut/log")
            let whole = ends.lastIndex { $0 <= length } ?? 0
            let opened = try folder.open("cut")
            #expect(opened.lastSequence == UInt64(1 + whole), "cut to \(length) bytes")
            try opened.apply(sequence: 10, delivery([10], raw: 1))
            #expect(try contents(opened).count == 2 + whole, "cut to \(length) bytes")
        }
    }

    @Test func `drops a tail of zeros or of another file`() throws {
        let folder = try SnapshotFolder()
        try folder.open().apply(sequence: 2, delivery([1], raw: 1))
        let log = try folder.read("s/log")
        for tail in [
            [UInt8](repeating: 0, count: 5_000), Array("SEQSLOG1 and some words that make no batch at all".utf8),
        ] {
            try folder.write(log + tail, to: "s/log")
            #expect(try folder.open().lastSequence == 2)
            #expect(try folder.read("s/log") == log)
        }
    }

    @Test func `refuses a log that is damaged in its middle`() throws {
        let folder = try SnapshotFolder()
        let store = try folder.open()
        try store.apply(sequence: 1, delivery(0..<3, raw: 1))
        let first = try folder.read("s/log").count
        try store.apply(sequence: 2, delivery(3..<6, raw: 1))
        let log = try folder.read("s/log")
        for offset in 32..<first {
            var bytes = log
            bytes[offset] ^= 0x40
            try folder.write(bytes, to: "s/log")
            let error = #expect(throws: SnapshotError.self, "byte \(offset)") { try folder.open() }
            #expect(error?.code == .damaged)
        }
    }

    @Test func `refuses a base with any byte turned, or cut off anywhere`() throws {
        let folder = try SnapshotFolder()
        let store = try folder.open()
        try store.apply(sequence: 1, delivery(0..<5, raw: 1))
        try store.compact()
        let base = try folder.read("s/base")
        for offset in base.indices {
            var bytes = base
            bytes[offset] ^= 0x10
            try folder.write(bytes, to: "s/base")
            #expect(throws: SnapshotError.self, "byte \(offset)") { _ = try contents(try folder.open()) }
            try folder.write(Array(base.prefix(offset)), to: "s/base")
            #expect(throws: SnapshotError.self, "cut to \(offset)") { _ = try contents(try folder.open()) }
        }
        try folder.write(base, to: "s/base")
        #expect(try contents(try folder.open()).count == 5)
    }

    @Test func `takes a log of an older base for merged`() throws {
        let folder = try SnapshotFolder()
        let store = try folder.open()
        try store.apply(sequence: 1, delivery([1], raw: 1))
        let old = try folder.read("s/log")
        try store.compact()
        try folder.write(old, to: "s/log")
        let again = try folder.open()
        #expect(again.lastSequence == 1)
        #expect(try contents(again).count == 1)
    }

    @Test func `refuses a log of a later base`() throws {
        let folder = try SnapshotFolder()
        let store = try folder.open()
        let old = try folder.read("s/base")
        try store.apply(sequence: 1, delivery([1], raw: 1))
        try store.compact()
        try folder.write(old, to: "s/base")
        let error = #expect(throws: SnapshotError.self) { try folder.open() }
        #expect(error?.code == .damaged)
    }

    @Test func `is not hindered by files that a merge left behind`() throws {
        let folder = try SnapshotFolder()
        let store = try folder.open()
        try store.apply(sequence: 1, delivery([1], raw: 1))
        for name in ["base.new", "log.new", "merge"] { try folder.write([1, 2, 3], to: "s/\(name)") }
        #expect(try contents(try folder.open()).count == 1)
    }

    @Test func `takes what two who have it open write in turns`() throws {
        let folder = try SnapshotFolder()
        let (one, other) = (try folder.open(), try folder.open())
        try one.apply(sequence: 1, delivery([1], raw: 1))
        try other.apply(sequence: 1, delivery([1], raw: 9))
        try other.apply(sequence: 2, delivery([2], raw: 2))
        try one.compact()
        try other.refresh(delivery([3], raw: 3))
        try one.record(mappingPrint: 5)
        try other.record(matchRule: .exact)
        try one.apply(sequence: 3, delivery([4], raw: 4))
        let again = try folder.open()
        #expect(Set(try contents(again).map(\.entry.raw)) == [1, 2, 3, 4])
        #expect(again.lastSequence == 3)
        #expect(again.mappingPrint == 5)
        #expect(again.matchRule == .exact)
    }

    @Test func `is written by many at once, and loses nothing`() async throws {
        let folder = try SnapshotFolder()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<4 {
                let store = try folder.open()
                group.addTask {
                    for round in 0..<25 {
                        try store.refresh(delivery([writer * 100 + round], raw: 1))
                        if round % 10 == writer { try store.compact() }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try contents(try folder.open()).count == 100)
    }

    @Test func `refuses to go on when its owner was changed meanwhile`() throws {
        let folder = try SnapshotFolder()
        let store = try folder.open()
        var other = sampleIdentity
        other.sync = "renamed"
        try SnapshotStore.adopt(folder: store.folder, as: other)
        let error = #expect(throws: SnapshotError.self) { try store.apply(sequence: 1, delivery([1], raw: 1)) }
        #expect(error?.code == .otherIdentity)
    }
}
