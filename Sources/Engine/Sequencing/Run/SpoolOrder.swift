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
/// second spool is written, bucket by bucket in bounded memory: a range of rows is then all that an intent must name.
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

    init(_ api: PushAPI, limits: JobLimits) {
        self.api = api
        self.limits = limits
    }

    /// How much of the rows is put in order at a time: what the processor's cache holds, or, since batches of the original API
    /// are packed within it, several batches.
    var bucketBytes: Int {
        switch api {
        case .bulk: 12 << 20
        case .bulk2, .rest: 1 << 20
        }
    }

    /// Orders and cuts; writes a spool beside the first one if rows have to move.
    func ordered(_ ready: ReadySpool, folder: String) throws -> OrderedSpool {
        if let cuts = ready.cuts { return OrderedSpool(ready: ready, cuts: cuts) }
        guard ready.hasParents else { return OrderedSpool(ready: ready, cuts: try cuts(ready.spool)) }
        if let cuts = try cutsInPlace(ready.spool) { return OrderedSpool(ready: ready, cuts: cuts) }
        let name = ready.name + "-o"
        let spool = ready.spool
        let gathered = try GatheredPayloads(
            path: folder + "/" + name + ".scratch",
            fieldCount: spool.fieldCount,
            rows: spool.count,
            bytes: try spool.payloadBytes(0..<spool.count),
            bucketBytes: bucketBytes
        )
        try gathered.take(spool)
        let parts = OrderedParts(gathered, self, fieldCount: spool.fieldCount, isDivided: false)
        guard let (other, cuts) = try parts.next(path: folder + "/" + name) else {
            return OrderedSpool(ready: ready, cuts: [])
        }
        let sorted = ready.with(name: name, spool: other)
        try sorted.keepManifest(in: folder)
        return OrderedSpool(ready: sorted, cuts: cuts)
    }

    /// What sending it will cost, if nothing goes wrong; `trains`: how many rows go at a time, where not all go at once.
    func price(_ ready: ReadySpool, trains: [Int]? = nil) throws -> JobPrice {
        let most = api == .bulk2 ? limits.jobRows : limits.batchRows
        let cuts =
            try trains.map { $0.map { rows in stride(from: 0, to: rows, by: most).map { min(most, rows - $0) } } }
            ?? [(ready.cuts ?? self.cuts(ready.spool)).map(\.count)]
        var price = JobPrice()
        let polls = 4
        for train in cuts {
            for rows in train {
                switch api {
                case .rest: price.apiCalls += 1
                case .bulk:
                    price.apiCalls += 2
                    price.bulkBatches += 1
                    price.bulkRows += rows
                case .bulk2:
                    // Create, put, close, polls, and at most three results (reference 04-bulk-v2, 1).
                    price.apiCalls += 6 + polls
                    price.bulkBatches += (rows + 9_999) / 10_000
                    price.bulkRows += rows
                }
            }
            if api == .bulk, !train.isEmpty { price.apiCalls += 2 + polls }
        }
        return price
    }

    // MARK: - Implementation

    /// The cuts of a spool whose rows need not move; nil: they have to.
    private func cutsInPlace(_ spool: PayloadSpool) throws -> [Range<Int>]? {
        var isSorted = true
        var last: UInt64 = 0
        var entries: [PayloadEntry] = []
        try spool.forEachHead(in: 0..<spool.count) { row, head in
            if head.parent < last { isSorted = false }
            last = head.parent
            guard row < Self.plannedInPlace else { return }
            entries.append(
                PayloadEntry(row: UInt32(row), byteCount: UInt32(head.payloadLength), parent: head.parent)
            )
        }
        guard isSorted else { return nil }
        if api == .bulk2 { return try cuts(spool) }
        guard spool.count <= Self.plannedInPlace else { return nil }
        let plan = JobPlan(entries, api: api, limits: limits)
        guard plan.tooLarge.isEmpty, plan.order.enumerated().allSatisfy({ $0.offset == Int($0.element) }) else {
            return nil
        }
        return plan.jobs.flatMap { $0.batches.map(\.range) }
    }

    /// Of more rows, not all are held in memory to see whether their order can stay.
    private static let plannedInPlace = 50_000

    /// As few as rows and bytes allow, and of nearly equal size.
    fileprivate func cuts(_ spool: PayloadSpool) throws -> [Range<Int>] {
        let rowLimit = api == .bulk2 ? limits.jobRows : limits.batchRows
        let room = max((api == .bulk2 ? limits.jobBytes : limits.batchBytes) - limits.headerBytes, 1)
        let count = spool.count
        let parts = max(quotient(count, rowLimit), quotient(try spool.payloadBytes(0..<count), room), 1)
        let even = quotient(count, parts)
        var cuts: [Range<Int>] = []
        var first = 0
        while first < count {
            var last = min(first + even, count)
            if try spool.payloadBytes(first..<last) > room {
                // The last place that fits; a row that is too long for any goes alone.
                var fitting = first + 1
                while fitting < last - 1 {
                    let middle = (fitting + last) / 2
                    if try spool.payloadBytes(first..<middle) > room { last = middle } else { fitting = middle }
                }
                last = fitting
            }
            cuts.append(first..<last)
            first = last
        }
        return cuts
    }
}

/// Gathered rows, written as spools in the order in which they go.
///
/// The first of several can be sent while the next are written. Used by one thread at a time.
final class OrderedParts {
    private let gathered: GatheredPayloads
    private let order: SpoolOrder
    private let fieldCount: Int
    private let isDivided: Bool
    /// The first rows of the next spool.
    private var held: PayloadBucket?

    /// `isDivided`: into spools of a job's length; else all go into one.
    init(_ gathered: GatheredPayloads, _ order: SpoolOrder, fieldCount: Int, isDivided: Bool) {
        self.gathered = gathered
        self.order = order
        self.fieldCount = fieldCount
        self.isDivided = isDivided
    }

    /// Writes the next spool, and says where it is to be cut; nil when all are written.
    func next(path: String) throws -> (spool: PayloadSpool, cuts: [Range<Int>])? {
        guard var bucket = try held ?? gathered.nextBucket() else { return nil }
        held = nil
        let writer = try PayloadSpoolWriter(path: path, fieldCount: fieldCount)
        var batches: [Range<Int>] = []
        while true {
            try write(bucket, to: writer, &batches)
            guard let next = try gathered.nextBucket() else { break }
            guard !isDivided || order.limits.fit(writer, next) else {
                held = next
                break
            }
            bucket = next
        }
        _ = try writer.finish()
        let spool = try PayloadSpool(path: path)
        // Where all went into one spool, or a bucket is longer than a job, that is cut within a bucket.
        return (spool, order.api == .bulk2 ? try order.cuts(spool) : batches)
    }

    // MARK: - Implementation

    private func write(_ bucket: PayloadBucket, to writer: PayloadSpoolWriter, _ batches: inout [Range<Int>]) throws {
        let entries = bucket.rows.enumerated().map { place, row in
            PayloadEntry(row: UInt32(place), byteCount: UInt32(row.length), parent: row.parent)
        }
        let plan = JobPlan(entries, api: order.api, limits: order.limits)
        let first = writer.count
        try bucket.write(plan.order, to: writer)
        try bucket.write(plan.tooLarge, to: writer)
        for batch in plan.jobs.flatMap(\.batches) {
            batches.append(first + batch.range.lowerBound..<first + batch.range.upperBound)
        }
        for place in first + plan.order.count..<writer.count { batches.append(place..<place + 1) }
    }
}

extension JobLimits {
    /// Whether a job that holds what was written has room for the rows of a bucket, too.
    fileprivate func fit(_ writer: PayloadSpoolWriter, _ bucket: PayloadBucket) -> Bool {
        let bytes = bucket.rows.reduce(0) { $0 + $1.length }
        return writer.count + bucket.rows.count <= jobRows && headerBytes + writer.payloadBytes + bytes <= jobBytes
    }

    /// Whether a job may hold no more than what was written.
    func isFull(_ writer: PayloadSpoolWriter) -> Bool {
        writer.count >= jobRows || headerBytes + writer.payloadBytes >= jobBytes - rowBytes
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
            try spool.forEachHead(in: rows.lowerBound..<hard + 1) { row, head in
                if let previous, previous != head.parent || head.parent == 0 { lastChange = row }
                previous = head.parent
            }
            if lastChange > rows.lowerBound { cut = lastChange }
        }
        return (rows.lowerBound..<cut, cut..<rows.upperBound)
    }
}
