import Fingerprinting
import Spool
import Testing

@Suite struct `A spool of payloads` {
    private func record(_ number: Int) -> PayloadRecord {
        PayloadRecord(
            key: Fingerprint.hash128("\(number)"),
            raw: UInt64(number),
            shaped: UInt64(number) << 8,
            match: 5,
            parent: UInt64(number / 10),
            refusals: UInt32(number % 3),
            fields: [1, UInt16(number % 60_000), 3]
        )
    }

    private func head(_ number: Int) -> PayloadHead {
        let record = record(number)
        return PayloadHead(
            key: record.key,
            raw: record.raw,
            shaped: record.shaped,
            match: record.match,
            parent: record.parent,
            refusals: record.refusals,
            payloadLength: payload(number).count
        )
    }

    private func payload(_ number: Int) -> [UInt8] {
        Array("\"row \(number)\",\"\(String(repeating: "x", count: number % 90))\"\n".utf8)
    }

    private func write(_ count: Int, _ path: String) throws {
        let writer = try PayloadSpoolWriter(path: path, fieldCount: 3)
        for number in 0..<count {
            let row = try writer.append(
                record(number),
                payload: payload(number),
                keyText: "k\(number)",
                matchText: "m\(number)"
            )
            #expect(row == number)
        }
        #expect(try writer.finish() == count)
    }

    @Test func `gives back any row, and ranges of rows one after the other`() throws {
        let folder = try SpoolFolder()
        let path = folder.path + "/p"
        let count = 13_000
        try write(count, path)
        let spool = try PayloadSpool(path: path)
        #expect(spool.count == count)
        #expect(spool.fieldCount == 3)
        var buffer: [UInt8] = []
        for row in [0, 1, 8_345, count - 1] {
            #expect(try spool.record(row) == record(row))
            #expect(try spool.keyText(row) == "k\(row)")
            #expect(try spool.matchText(row) == "m\(row)")
            try spool.payload(row, into: &buffer)
            #expect(buffer == payload(row))
        }
        for rows in [0..<1, 5..<5, 9_000..<12_500, 0..<count] {
            try spool.copyPayloads(rows, into: &buffer)
            #expect(buffer == rows.flatMap(payload))
            #expect(try spool.payloadBytes(rows) == buffer.count)
            var seen: [Int] = []
            try spool.forEachHead(in: rows) { row, found in
                seen.append(row)
                #expect(found == head(row))
            }
            #expect(seen == Array(rows))
            try spool.forEachRow(in: rows) { row, found, fields, keyText, matchText in
                #expect(found == head(row))
                #expect(Array(fields) == record(row).fields)
                #expect(String(decoding: keyText, as: UTF8.self) == "k\(row)")
                #expect(String(decoding: matchText, as: UTF8.self) == "m\(row)")
                seen.append(row)
            }
            #expect(seen == Array(rows) + Array(rows))
        }
        try spool.verify()
    }

    @Test(arguments: [-1, 3, 1_000_000])
    func `refuses a row that it has not`(row: Int) throws {
        let folder = try SpoolFolder()
        try write(3, folder.path + "/p")
        let spool = try PayloadSpool(path: folder.path + "/p")
        #expect(throws: SpoolError.self) { try spool.record(row) }
    }

    @Test(arguments: ["index", "payload", "texts"])
    func `is whole only with all of each file, and says when a byte is wrong`(suffix: String) throws {
        let folder = try SpoolFolder()
        let path = folder.path + "/p"
        try write(3, path)
        #expect(PayloadSpool.isWhole(path: path))
        let bytes = try folder.read("p." + suffix)
        for length in 0..<bytes.count {
            try folder.write(Array(bytes.prefix(length)), to: "p." + suffix)
            #expect(!PayloadSpool.isWhole(path: path), "cut to \(length)")
        }
        for offset in bytes.indices {
            var wrong = bytes
            wrong[offset] ^= 1
            try folder.write(wrong, to: "p." + suffix)
            #expect(throws: SpoolError.self, "byte \(offset)") { try PayloadSpool(path: path).verify() }
        }
    }

    @Test func `that is written anew is not whole until it is finished`() throws {
        let folder = try SpoolFolder()
        try write(3, folder.path + "/p")
        let writer = try PayloadSpoolWriter(path: folder.path + "/p", fieldCount: 3)
        #expect(!PayloadSpool.isWhole(path: folder.path + "/p"))
        _ = try writer.finish()
        #expect(PayloadSpool.isWhole(path: folder.path + "/p"))
        try PayloadSpool.remove(path: folder.path + "/p")
        #expect(!PayloadSpool.isWhole(path: folder.path + "/p"))
    }
}
