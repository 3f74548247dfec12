import Fingerprinting
import Spool
import SyncModel
import Testing

@Suite struct `A spool of changes` {
    private func change(_ number: Int) -> Change {
        let key = Fingerprint.hash128("\(number)")
        let flags: SnapshotEntry.Flags = number.isMultiple(of: 2) ? .delivered : [.delivered, .owed]
        var change = Change(
            changeClass: ChangeClass.allCases[number % ChangeClass.allCases.count],
            key: key,
            keyText: "key \(number) é",
            raw: UInt64(number) << 40,
            known: number.isMultiple(of: 3)
                ? nil : SnapshotEntry(key: key, raw: 1, shaped: 2, flags: flags, fields: [3, UInt16(number % 50)]),
            cells: number.isMultiple(of: 5)
                ? [] : [Array("cell \(number)".utf8), [], Array(repeating: 120, count: number % 700)]
        )
        change.matchText = number.isMultiple(of: 5) ? "m\(number)" : ""
        return change
    }

    private func isSame(_ one: Change, _ other: Change) -> Bool {
        one.changeClass == other.changeClass && one.key == other.key && one.keyText == other.keyText
            && one.raw == other.raw
            && one.known == other.known && one.cells == other.cells && one.matchText == other.matchText
    }

    @Test(arguments: [0, 1, 5_000])
    func `gives back what was put in`(count: Int) throws {
        let folder = try SpoolFolder()
        let writer = try ChangeSpoolWriter(path: folder.path + "/c")
        for number in 0..<count { try writer.append(change(number)) }
        #expect(!ChangeSpoolReader.isWhole(path: folder.path + "/c"))
        #expect(try writer.finish() == count)
        #expect(ChangeSpoolReader.isWhole(path: folder.path + "/c"))
        let reader = try ChangeSpoolReader(path: folder.path + "/c")
        #expect(reader.count == count)
        for number in 0..<count {
            let found = try #require(try reader.next())
            #expect(isSame(found, change(number)), "change \(number)")
        }
        #expect(try reader.next() == nil)
    }

    @Test func `carries a cell that is larger than its buffers`() throws {
        let folder = try SpoolFolder()
        var large = change(1)
        large.cells = [Array(repeating: 7, count: 3_000_000)]
        let writer = try ChangeSpoolWriter(path: folder.path + "/c")
        for each in [change(2), large, change(3)] { try writer.append(each) }
        _ = try writer.finish()
        let reader = try ChangeSpoolReader(path: folder.path + "/c")
        for each in [change(2), large, change(3)] { #expect(isSame(try #require(try reader.next()), each)) }
    }

    @Test func `is not whole when it was cut off, and not read when a byte is wrong`() throws {
        let folder = try SpoolFolder()
        let writer = try ChangeSpoolWriter(path: folder.path + "/c")
        for number in 0..<4 { try writer.append(change(number)) }
        _ = try writer.finish()
        let bytes = try folder.read("c")
        for length in 0..<bytes.count {
            try folder.write(Array(bytes.prefix(length)), to: "c")
            #expect(!ChangeSpoolReader.isWhole(path: folder.path + "/c"), "cut to \(length)")
        }
        for offset in bytes.indices {
            var wrong = bytes
            wrong[offset] ^= 0x20
            try folder.write(wrong, to: "c")
            #expect(throws: SpoolError.self, "byte \(offset)") {
                let reader = try ChangeSpoolReader(path: folder.path + "/c")
                while try reader.next() != nil {}
            }
        }
    }

    @Test func `that is not there says so`() {
        let error = #expect(throws: SpoolError.self) { try ChangeSpoolReader(path: "/nowhere/c") }
        #expect(error?.description == "cannot read spool /nowhere/c: No such file or directory")
    }

    @Test func `keeps refused rows and refreshes beside it`() throws {
        let folder = try SpoolFolder()
        let rows = [
            RefusedRow(code: "NULL_KEY", key: nil, keyText: "", message: "row 4 has none"),
            RefusedRow(code: "DOUBLED_KEY", key: Fingerprint.hash128("a"), keyText: "a", message: "é", wasOwed: true),
        ]
        let refusals = try RefusedSpoolWriter(path: folder.path + "/r")
        for row in rows { try refusals.append(row) }
        #expect(try refusals.finish() == 2)
        let refused = try RefusedSpoolReader(path: folder.path + "/r")
        #expect(refused.count == 2)
        #expect(try [refused.next(), refused.next(), refused.next()] == [rows[0], rows[1], nil])

        let all: [SpooledRefresh] = [
            SpooledRefresh(kind: .owed, key: Fingerprint.hash128("b"), keyText: "b"),
            SpooledRefresh(kind: .forgotten, key: Fingerprint.hash128("c")),
        ]
        let refreshes = try RefreshSpoolWriter(path: folder.path + "/f")
        for refresh in all { try refreshes.append(refresh) }
        _ = try refreshes.finish()
        let reader = try RefreshSpoolReader(path: folder.path + "/f")
        #expect(try [reader.next(), reader.next(), reader.next()] == [all[0], all[1], nil])
    }
}
