import Fingerprinting
import Pushing
import Shaping
import Spool
import SyncModel
import TestKit
import Testing

@testable import Sequencing

@Suite(.scratchFolder) struct `The order of a spool` {
    /// Rows of 700 parents, one row in ten without any, in no order.
    private func ready(_ count: Int, _ api: PushAPI, in folder: String) throws -> ReadySpool {
        let writer = try PayloadSpoolWriter(path: folder + "/p", fieldCount: 1)
        for row in 0..<count {
            let record = PayloadRecord(
                key: Fingerprint.hash128("\(row)"),
                raw: UInt64(row),
                shaped: 1,
                parent: row % 10 == 0 ? 0 : Fingerprint.hash64("\(row * 7919 % 700)"),
                fields: [1]
            )
            _ = try writer.append(record, payload: Array("row \(row)\n".utf8), keyText: "k\(row)")
        }
        _ = try writer.finish()
        return ReadySpool(
            name: "p",
            spool: try PayloadSpool(path: folder + "/p"),
            object: "Contact",
            operation: .upsert,
            header: Array("Name\n".utf8),
            columns: ["Name"],
            resultKey: .wholeRow,
            api: api,
            hasParents: true
        )
    }

    @Test(arguments: PushAPI.allCases, [900, 60_000])
    func `holds every row once, and cuts it into what the API takes`(api: PushAPI, count: Int) throws {
        let folder = try ScratchFolder.current
        let first = try ready(count, api, in: folder.path)
        let order = SpoolOrder(api, batchRows: 10_000, headerBytes: 5)
        let ordered = try order.ordered(first, folder: folder.path)
        var rows: Set<UInt64> = []
        var parents: [UInt64] = []
        try ordered.ready.spool.forEachHead(in: 0..<ordered.ready.spool.count) { _, head in
            rows.insert(head.raw)
            parents.append(head.parent)
        }
        #expect(rows.count == count)
        #expect(parents.count == count)
        #expect(ordered.cuts.first?.lowerBound == 0)
        #expect(ordered.cuts.last?.upperBound == count)
        #expect(zip(ordered.cuts, ordered.cuts.dropFirst()).allSatisfy { $0.upperBound == $1.lowerBound })
        let limit = api == .bulk2 ? 150_000 : api == .bulk ? 10_000 : 200
        #expect(ordered.cuts.allSatisfy { !$0.isEmpty && $0.count <= limit })
        // No more batches than are needed, and a few.
        #expect(ordered.cuts.count <= count / limit * 12 / 10 + 2)
        guard api != .rest else { return }
        // Rows of one parent are in one batch.
        var batchOf: [UInt64: Int] = [:]
        for (number, cut) in ordered.cuts.enumerated() {
            for parent in Set(parents[cut]) where parent != 0 {
                #expect(batchOf.updateValue(number, forKey: parent) == nil)
            }
        }
    }

    @Test func `stays where the rows are in order already`() throws {
        let folder = try ScratchFolder.current
        let order = SpoolOrder(.bulk2, batchRows: 1_000, headerBytes: 5)
        let once = try order.ordered(try ready(900, .bulk2, in: folder.path), folder: folder.path)
        let twice = try order.ordered(once.ready, folder: folder.path)
        #expect(once.ready.name != "p")
        #expect(twice.ready.name == once.ready.name)
        #expect(twice.cuts == once.cuts)
    }

    @Test(arguments: [PushAPI.bulk, .bulk2])
    func `is divided into spools of a job's length, no parent in two of them`(api: PushAPI) throws {
        let folder = try ScratchFolder.current
        let count = 20_000
        let order = SpoolOrder(api, limits: JobLimits(batchRows: 500, jobRows: 3_000))
        let first = try ready(count, api, in: folder.path)
        let gathered = try GatheredPayloads(
            path: folder.path + "/scratch",
            fieldCount: 1,
            rows: count,
            bytes: count * 10,
            bucketBytes: 50_000
        )
        try gathered.take(first.spool)
        let parts = OrderedParts(gathered, order, fieldCount: 1, isDivided: true)
        var rows: Set<UInt64> = []
        var partOf: [UInt64: Int] = [:]
        var number = 0
        while let (spool, cuts) = try parts.next(path: folder.path + "/part-\(number)") {
            #expect(spool.count <= 3_000)
            #expect(cuts.reduce(0) { $0 + $1.count } == spool.count)
            #expect(cuts.allSatisfy { $0.count <= (api == .bulk ? 500 : 3_000) })
            try spool.forEachHead(in: 0..<spool.count) { _, head in
                rows.insert(head.raw)
                guard head.parent != 0 else { return }
                #expect(partOf.updateValue(number, forKey: head.parent) ?? number == number)
            }
            number += 1
        }
        #expect(rows.count == count)
        #expect(number >= 7 && number <= 10)
    }
}
