internal import Pushing
internal import Spool

/// A spool whose rows lie in the order in which they go, and where its batches begin.
struct OrderedSpool: Sendable {
    var ready: ReadySpool
    /// One after the other, each within what one batch, job or call may hold.
    var cuts: [Range<Int>]
}

/// Puts rows of one parent next to one another and cuts them into batches, parents kept whole as far as size allows.
///
/// Without parents the order stays, and the cuts are worked out from the spool's index, whatever its length. With parents a
/// second spool is written: a range of rows is then all that an intent must name.
struct SpoolOrder {
    let api: PushAPI
    let limits: JobLimits

    init(_ api: PushAPI, batchRows: Int, headerBytes: Int) {
        self.api = api
        switch api {
        case .bulk: limits = JobLimits(batchRows: min(max(batchRows, 1), 10_000), headerBytes: headerBytes)
        case .bulk2: limits = JobLimits(headerBytes: headerBytes)
        // Salesforce takes 50 MB in a call; what surrounds the rows is small.
        case .rest: limits = JobLimits(batchRows: min(max(batchRows, 1), 200), batchBytes: 40_000_000, headerBytes: 256)
        }
    }

    /// Orders and cuts; writes a spool beside the first one if rows have to move.
    func ordered(_ ready: ReadySpool, folder: String) throws -> OrderedSpool {
        guard ready.hasParents else { return OrderedSpool(ready: ready, cuts: try cuts(ready)) }
        var entries: [PayloadEntry] = []
        entries.reserveCapacity(ready.spool.count)
        try ready.spool.forEachRecord(in: 0..<ready.spool.count) { row, record, length in
            entries.append(PayloadEntry(row: UInt32(row), byteCount: UInt32(length), parent: record.parent))
        }
        let plan = JobPlan(entries, api: api, limits: limits)
        let cuts = plan.jobs.flatMap { $0.batches.map(\.range) }
        let order = plan.order + plan.tooLarge
        var all = cuts
        for place in plan.order.count..<order.count { all.append(place..<place + 1) }
        if order.enumerated().allSatisfy({ $0.offset == Int($0.element) }) {
            return OrderedSpool(ready: ready, cuts: all)
        }
        let name = ready.name + "-o"
        let writer = try PayloadSpoolWriter(path: folder + "/" + name, fieldCount: ready.spool.fieldCount)
        try writer.append(order.lazy.map(Int.init), of: ready.spool)
        _ = try writer.finish()
        let sorted = ready.with(name: name, spool: try PayloadSpool(path: folder + "/" + name))
        try sorted.keepManifest(in: folder)
        return OrderedSpool(ready: sorted, cuts: all)
    }

    /// What sending it will cost, if nothing goes wrong.
    func price(_ ready: ReadySpool) throws -> JobPrice {
        var price = JobPrice()
        let polls = 4
        for cut in try cuts(ready) {
            switch api {
            case .rest: price.apiCalls += 1
            case .bulk:
                price.apiCalls += 2
                price.bulkBatches += 1
                price.bulkRows += cut.count
            case .bulk2:
                // Create, put, close, polls, and at most three results (reference 04-bulk-v2, 1).
                price.apiCalls += 6 + polls
                price.bulkBatches += (cut.count + 9_999) / 10_000
                price.bulkRows += cut.count
            }
        }
        if api == .bulk, price.bulkBatches > 0 { price.apiCalls += 2 + polls }
        return price
    }

    // MARK: - Implementation

    private func cuts(_ ready: ReadySpool) throws -> [Range<Int>] {
        let rowLimit = api == .bulk2 ? limits.jobRows : limits.batchRows
        let room = (api == .bulk2 ? limits.jobBytes : limits.batchBytes) - limits.headerBytes
        var cuts: [Range<Int>] = []
        var first = 0
        while first < ready.spool.count {
            var last = min(first + rowLimit, ready.spool.count)
            while last - first > 1, try ready.spool.payloadBytes(first..<last) > room {
                last = first + (last - first) / 2
            }
            cuts.append(first..<last)
            first = last
        }
        return cuts
    }
}

extension ReadySpool {
    /// Where a range that is longer than a batch may now be is to be cut: before the parent that would be torn, if it is not the only one.
    func split(_ rows: Range<Int>, at limit: Int) throws -> (Range<Int>, Range<Int>) {
        let hard = rows.lowerBound + max(limit, 1)
        guard hard < rows.upperBound else { return (rows, rows.upperBound..<rows.upperBound) }
        var cut = hard
        if hasParents {
            var lastChange = rows.lowerBound
            var previous: UInt64?
            try spool.forEachRecord(in: rows.lowerBound..<hard + 1) { row, record, _ in
                if let previous, previous != record.parent || record.parent == 0 { lastChange = row }
                previous = record.parent
            }
            if lastChange > rows.lowerBound { cut = lastChange }
        }
        return (rows.lowerBound..<cut, cut..<rows.upperBound)
    }
}
