import Fingerprinting
import Spool
import Testing

@Suite struct `Gathered payloads` {
    private static let count = 4_000

    /// A few parents have most rows, some rows have none.
    private func parent(_ row: Int) -> UInt64 {
        switch row % 10 {
        case 0: 0
        case 1...4: Fingerprint.hash64("large")
        default: Fingerprint.hash64("\(row % 61)")
        }
    }

    private func payload(_ row: Int) -> [UInt8] {
        // One is longer than the buffer of a bucket.
        Array(repeating: UInt8(row % 256), count: row == 77 ? 50_000 : row % 90)
    }

    private func record(_ row: Int) -> PayloadRecord {
        PayloadRecord(
            key: Fingerprint.hash128("\(row)"),
            raw: UInt64(row),
            shaped: UInt64(row) << 8,
            match: 5,
            parent: parent(row),
            refusals: 1,
            fields: [1, UInt16(row), 3]
        )
    }

    private func spool(_ path: String) throws -> PayloadSpool {
        let writer = try PayloadSpoolWriter(path: path, fieldCount: 3)
        for row in 0..<Self.count {
            _ = try writer.append(record(row), payload: payload(row), keyText: "k\(row)", matchText: "m\(row)")
        }
        _ = try writer.finish()
        return try PayloadSpool(path: path)
    }

    @Test(arguments: [1 << 30, 40_000, 2_000]) func `hold every row as it was, in buckets that share no parent`(
        bucketBytes: Int
    ) throws {
        let folder = try SpoolFolder()
        let spool = try spool(folder.path + "/p")
        let gathered = try GatheredPayloads(
            path: folder.path + "/g",
            fieldCount: 3,
            rows: spool.count,
            bytes: try spool.payloadBytes(0..<spool.count),
            bucketBytes: bucketBytes,
            bytesInMemory: bucketBytes
        )
        try gathered.take(spool)
        let writer = try PayloadSpoolWriter(path: folder.path + "/o", fieldCount: 3)
        var buckets = 0
        var seen: Set<UInt64> = []
        while let bucket = try gathered.nextBucket() {
            buckets += 1
            let parents = Set(bucket.rows.map(\.parent).filter { $0 != 0 })
            #expect(parents.isDisjoint(with: seen))
            seen.formUnion(parents)
            let order = bucket.rows.indices.sorted { bucket.rows[$0].parent < bucket.rows[$1].parent }
            try bucket.write(order.map(UInt32.init), to: writer)
        }
        #expect(try writer.finish() == Self.count)
        #expect(buckets > 1 || bucketBytes == 1 << 30)

        let ordered = try PayloadSpool(path: folder.path + "/o")
        try ordered.verify()
        var rows: Set<Int> = []
        var runs = 0
        var last: UInt64?
        var buffer: [UInt8] = []
        for place in 0..<ordered.count {
            let found = try ordered.record(place)
            let row = Int(found.raw)
            rows.insert(row)
            #expect(found == record(row))
            try ordered.payload(place, into: &buffer)
            #expect(buffer == payload(row))
            #expect(try ordered.keyText(place) == "k\(row)")
            #expect(try ordered.matchText(place) == "m\(row)")
            if found.parent != 0, found.parent != last { runs += 1 }
            last = found.parent
        }
        #expect(rows.count == Self.count)
        // Rows of one parent stand side by side.
        #expect(runs == seen.count)
    }
}
