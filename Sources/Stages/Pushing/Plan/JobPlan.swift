/// One row of a payload, as far as cutting it needs to know.
package struct PayloadEntry: Sendable, Equatable {
    /// Position in the payload.
    package var row: UInt32
    package var byteCount: UInt32
    /// Rows of one layout share a header.
    package var layout: UInt64
    /// Rows of one parent lock the same record; 0: none.
    package var parent: UInt64

    package init(row: UInt32, byteCount: UInt32, layout: UInt64 = 0, parent: UInt64 = 0) {
        self.row = row
        self.byteCount = byteCount
        self.layout = layout
        self.parent = parent
    }
}

/// What a job and a batch may hold at most.
package struct JobLimits: Sendable, Equatable {
    /// Rows of a batch: original Bulk ≤ 10,000, collections ≤ 200.
    package var batchRows: Int
    /// Rows of one Bulk 2.0 job, so that matching its results takes bounded memory.
    package var jobRows: Int
    /// Bytes of a batch, its header included.
    ///
    /// Ten million bytes are never more than ten million characters.
    package var batchBytes: Int
    /// Bytes of a Bulk 2.0 job, its header included (reference 04-bulk-v2, 1.2).
    package var jobBytes: Int
    /// Bytes of one row in either Bulk API; a record of more than 400,000 characters fails its whole batch.
    package var rowBytes: Int
    /// Bytes that a header, or the envelope of a call, takes.
    package var headerBytes: Int

    package init(
        batchRows: Int = 1_000,
        jobRows: Int = 150_000,
        batchBytes: Int = 10_000_000,
        jobBytes: Int = 100_000_000,
        rowBytes: Int = 400_000,
        headerBytes: Int = 0
    ) {
        self.batchRows = batchRows
        self.jobRows = jobRows
        self.batchBytes = batchBytes
        self.jobBytes = jobBytes
        self.rowBytes = rowBytes
        self.headerBytes = headerBytes
    }
}

/// What a plan will cost.
package struct JobPrice: Sendable, Equatable {
    package var apiCalls = 0
    /// Of the 15,000 a day: the original API's batches, and one for each 10,000 rows of Bulk 2.0.
    package var bulkBatches = 0
    package var bulkRows = 0

    package init() {}
}

/// A payload cut into jobs and batches.
package struct JobPlan: Sendable, Equatable {
    package struct Batch: Sendable, Equatable {
        /// Whose header it has.
        package var layout: UInt64
        /// Positions in `order`.
        package var range: Range<Int>
        package var byteCount: Int
    }

    package struct Job: Sendable, Equatable {
        /// Positions in `order`.
        package var range: Range<Int>
        package var byteCount: Int
        /// Of Bulk 2.0 the job as one batch.
        ///
        /// Of the original API batches of every layout: each has its own header.
        package var batches: [Batch]
    }

    package let api: PushAPI
    /// The rows in the order in which they are sent.
    package private(set) var order: [UInt32]
    package private(set) var jobs: [Job]
    /// Rows that neither Bulk API takes, which go by REST; of a plan for REST those that no call can hold.
    package private(set) var tooLarge: [UInt32]
    package private(set) var price: JobPrice

    /// Cuts a payload for an API.
    package init(_ entries: [PayloadEntry], api: PushAPI, limits: JobLimits) {
        self.api = api
        order = []
        order.reserveCapacity(entries.count)
        jobs = []
        tooLarge = []
        price = JobPrice()
        let rowLimit =
            api == .rest
            ? limits.batchBytes - limits.headerBytes : min(limits.rowBytes, limits.batchBytes - limits.headerBytes)
        var fitting = entries
        if entries.contains(where: { Int($0.byteCount) > rowLimit }) {
            tooLarge = entries.filter { Int($0.byteCount) > rowLimit }.map(\.row)
            fitting = entries.filter { Int($0.byteCount) <= rowLimit }
        }
        Self.sort(&fitting, byLayout: api != .rest)
        var start = 0
        while start < fitting.count {
            var end = fitting.count
            if api != .rest, fitting[start].layout != fitting[end - 1].layout {
                end = fitting[start...].firstIndex { $0.layout != fitting[start].layout } ?? end
            }
            switch api {
            case .bulk2: cutJobs(fitting[start..<end], limits)
            case .bulk: packBatches(fitting[start..<end], limits, rows: max(1, min(limits.batchRows, 10_000)))
            case .rest: packBatches(fitting[start..<end], limits, rows: max(1, min(limits.batchRows, 200)))
            }
            start = end
        }
        price = estimate()
    }

    // MARK: - Implementation

    /// By layout, then parent, then place; what is in order already stays untouched.
    private static func sort(_ entries: inout [PayloadEntry], byLayout: Bool) {
        func precedes(_ left: PayloadEntry, _ right: PayloadEntry) -> Bool {
            if byLayout, left.layout != right.layout { return left.layout < right.layout }
            return left.parent != right.parent ? left.parent < right.parent : left.row < right.row
        }
        let isSorted = zip(entries, entries.dropFirst()).allSatisfy { !precedes($1, $0) }
        if !isSorted { entries.sort(by: precedes) }
    }

    /// Bulk 2.0: as few jobs as bytes and rows allow, of nearly equal size.
    private mutating func cutJobs(_ entries: ArraySlice<PayloadEntry>, _ limits: JobLimits) {
        let bytes = entries.reduce(0) { $0 + Int($1.byteCount) }
        let room = max(limits.jobBytes - limits.headerBytes, 1)
        let rowLimit = max(limits.jobRows, 1)
        let count = max(quotient(entries.count, rowLimit), quotient(bytes, room), 1)
        let evenRows = quotient(entries.count, count)
        var first = order.count
        var held = 0
        let layout = entries.first?.layout ?? 0
        func job(_ range: Range<Int>) -> Job {
            let size = held + limits.headerBytes
            return Job(
                range: range,
                byteCount: size,
                batches: [Batch(layout: layout, range: range, byteCount: size)]
            )
        }
        for entry in entries {
            let rows = order.count - first
            if rows > 0, rows == evenRows || held + Int(entry.byteCount) > room {
                jobs.append(job(first..<order.count))
                first = order.count
                held = 0
            }
            order.append(entry.row)
            held += Int(entry.byteCount)
        }
        if order.count > first { jobs.append(job(first..<order.count)) }
    }

    /// Original Bulk and collections: one job, its batches packed so that rows of one parent stay together.
    private mutating func packBatches(_ entries: ArraySlice<PayloadEntry>, _ limits: JobLimits, rows rowLimit: Int) {
        var packer = BatchPacker(rows: rowLimit, bytes: max(limits.batchBytes - limits.headerBytes, 1))
        packer.pack(entries)
        let first = order.count
        var batches: [Batch] = []
        for bin in packer.bins {
            let start = order.count
            for run in bin.runs { order.append(contentsOf: entries[run].lazy.map(\.row)) }
            let size = bin.byteCount + limits.headerBytes
            batches.append(Batch(layout: entries.first?.layout ?? 0, range: start..<order.count, byteCount: size))
        }
        let size = batches.reduce(0) { $0 + $1.byteCount }
        if jobs.isEmpty {
            jobs.append(Job(range: first..<order.count, byteCount: size, batches: batches))
        } else {
            jobs[0].range = jobs[0].range.lowerBound..<order.count
            jobs[0].byteCount += size
            jobs[0].batches += batches
        }
    }

    private func estimate() -> JobPrice {
        var price = JobPrice()
        let polls = 4
        for job in jobs {
            switch api {
            case .rest: price.apiCalls += job.batches.count
            case .bulk:
                // Create, close; a batch is sent and its result read; one listing serves all batches.
                price.apiCalls += 2 + 2 * job.batches.count + polls
                price.bulkBatches += job.batches.count
                price.bulkRows += job.range.count
            case .bulk2:
                // Create, put, close, polls, and at most three results.
                price.apiCalls += 6 + polls
                price.bulkBatches += quotient(job.range.count, 10_000)
                price.bulkRows += job.range.count
            }
        }
        return price
    }
}
