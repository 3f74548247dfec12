internal import Fingerprinting
internal import Ledger
internal import Pushing
internal import Spool
internal import SyncModel

/// Sends one spool in ranges, some side by side, and records what became of each; by which API is the route's to know.
struct JobSeries: Sendable {
    let delivery: ChangeDelivery
    let ready: ReadySpool
    /// 1 for rows that are sent for the first time in this run.
    let attempt: Int
    let owed: Set<Hash128>

    private var context: RunContext { delivery.context }
    private var sync: SyncDefinition { delivery.sync }

    /// - Returns: rows that failed for a cause that may pass, in a spool of their own; nil when there are none.
    func run() async throws -> ReadySpool? {
        let cuts = try cut()
        let route = Bulk2Route(delivery: delivery, ready: ready)
        let retries = RetryRows(ready: ready, path: context.spoolFolder(context.runID), attempt: attempt)
        try await withThrowingTaskGroup(of: Void.self) { group in
            var waiting = cuts[...]
            var underWay = 0
            let width = attempt == 1 ? max(1, min(sync.batch.parallel, 4)) : 1
            while underWay > 0 || !waiting.isEmpty {
                while underWay < width, let rows = waiting.popFirst() {
                    guard try await mayBegin() else { throw StoppedOnRequest() }
                    group.addTask { try await send(rows, by: route, retries) }
                    underWay += 1
                }
                _ = try await group.next()
                underWay -= 1
            }
        }
        route.finish()
        return try await retries.finish()
    }

    // MARK: - Implementation

    /// Ranges of rows, each within Salesforce's bounds for one job; worked out from the spool's index, whatever its length.
    private func cut() throws -> [Range<Int>] {
        let limits = JobLimits(headerBytes: ready.header.count)
        let room = limits.jobBytes - limits.headerBytes
        var cuts: [Range<Int>] = []
        var first = 0
        while first < ready.spool.count {
            var last = min(first + limits.jobRows, ready.spool.count)
            while last - first > 1, try ready.spool.payloadBytes(first..<last) > room {
                last = first + (last - first) / 2
            }
            cuts.append(first..<last)
            first = last
        }
        return cuts
    }

    private func mayBegin() async throws -> Bool {
        if context.signal.isAsked { return false }
        return try await context.gates.waitUntilOpen(for: [sync], isPushing: true, context)
    }

    private func send(_ rows: Range<Int>, by route: any DeliveryRoute, _ retries: RetryRows) async throws {
        let (intent, fates) = try await route.send(rows)
        let recorder = OutcomeRecorder(delivery: delivery, ready: ready, owed: owed, retries: retries, attempt: attempt)
        try await recorder.record(rows, intent: intent, fates)
    }
}

/// Rows of one spool that are to be sent again, copied to a spool of their own.
actor RetryRows {
    private let ready: ReadySpool
    private let path: String
    private let name: String
    private var writer: PayloadSpoolWriter?

    init(ready: ReadySpool, path: String, attempt: Int) {
        self.ready = ready
        self.path = path
        name = "\(ready.name)-r\(attempt)"
    }

    func add(_ rows: [Int]) throws {
        if rows.isEmpty { return }
        let writer = try self.writer ?? PayloadSpoolWriter(path: path + "/" + name, fieldCount: ready.spool.fieldCount)
        self.writer = writer
        var payload: [UInt8] = []
        for row in rows {
            payload.removeAll(keepingCapacity: true)
            try ready.spool.payload(row, into: &payload)
            _ = try writer.append(
                try ready.spool.record(row),
                payload: payload,
                keyText: try ready.spool.keyText(row),
                matchText: try ready.spool.matchText(row)
            )
        }
    }

    func finish() throws -> ReadySpool? {
        guard let writer else { return nil }
        _ = try writer.finish()
        let again = ready.with(name: name, spool: try PayloadSpool(path: path + "/" + name))
        try again.keepManifest(in: path)
        return again
    }
}
