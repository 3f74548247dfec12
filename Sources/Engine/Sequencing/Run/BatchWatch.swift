internal import CivilTime
internal import Pushing
internal import Salesforce
internal import SyncModel

/// How the batches of one job stand: one listing serves all who wait.
actor BatchWatch {
    let job: String
    private let sync: SyncDefinition
    private let client: SalesforceClient
    private let context: RunContext
    private var known: [String: BulkBatch] = [:]
    private var listed: Timestamp?
    private var isListing = false
    /// Batches of which it is known whose rows they hold.
    private var claimed: Set<String> = []
    private var posts = 0
    /// An aborted job takes no batch and is not closed any more.
    private(set) var isAborted = false

    init(job: String, sync: SyncDefinition, client: SalesforceClient, context: RunContext) {
        self.job = job
        self.sync = sync
        self.client = client
        self.context = context
    }

    /// Waits until nothing more will happen to a batch; nil: the job does not know it.
    ///
    /// - Throws: `StoppedOnRequest` when the daemon stops meanwhile; `SalesforceError`.
    func end(of batch: String, rows: Int) async throws -> BulkBatch? {
        var pace = PollPace(rows: rows, rowsPerSecond: Self.expectedRowsPerSecond)
        var pause = Self.firstPause
        while true {
            switch context.signal.request {
            case .shutdown: throw StoppedOnRequest()
            case .abort: try await abort()
            // A window may have opened meanwhile; one that only pauses lets the batch come to its end.
            case .none, .drain: if try await context.gates.watch(sync, context) == .abort { try await abort() }
            }
            let stopped = try await context.signal.wait(pause, on: context.clock, patience: isAborted ? .abort : .drain)
            if stopped { continue }
            let found = try await state(of: batch)
            if found == nil || found?.state.isFinal == true { return found }
            // Small batches end at once; only those that take their time are asked by their own pace.
            pause = pause < PollPace.shortest ? pause * 2 : pace.next(processed: found?.numberRecordsProcessed ?? 0)
        }
    }

    /// Adds a batch to the job.
    func post(_ add: @Sendable () async throws -> BulkBatch) async throws -> BulkBatch {
        posts += 1
        defer { posts -= 1 }
        let batch = try await add()
        claimed.insert(batch.id)
        return batch
    }

    /// All batches that nobody knows as theirs, when no answer is to come any more that could tell of one.
    func unclaimed() async throws -> [BulkBatch] {
        while posts > 0 { try await context.clock.sleep(for: .milliseconds(20)) }
        return try await all().filter { !claimed.contains($0.id) }
    }

    /// Takes a batch for the rows of one intent; of several intents with equal rows one gets it.
    func claim(_ batch: String) -> Bool { claimed.insert(batch).inserted }

    /// All batches as they stand now.
    func all() async throws -> [BulkBatch] {
        let id = job
        return try await context.reaching { @Sendable [client] in try await client.bulkBatches(ofBulkJob: id) }
    }

    // MARK: - Implementation

    /// Ends the job, once: batches that Salesforce has not begun are not processed.
    private func abort() async throws {
        if isAborted { return }
        isAborted = true
        let id = job
        do {
            _ = try await context.reaching { @Sendable [client] in try await client.abortBulkJob(id) }
        } catch let error as SalesforceError where error.code == "InvalidJob" || error.code == "InvalidJobState" {
            // At its end by itself, which is as good.
        }
    }

    /// How a batch stands, by a listing that is not much older than the question.
    private func state(of batch: String) async throws -> BulkBatch? {
        let asked = context.clock.now
        while isListing { try await context.clock.sleep(for: .milliseconds(20)) }
        if let listed, listed >= asked - Self.freshness, let known = known[batch],
            known.state.isFinal || listed >= asked
        {
            return known
        }
        isListing = true
        defer { isListing = false }
        for batch in try await all() { known[batch.id] = batch }
        listed = context.clock.now
        return known[batch]
    }

    private static let firstPause = Duration.milliseconds(50)
    private static let freshness = Duration.milliseconds(500)
    /// What a busy org takes at least; only the first pause of a large batch rests on it.
    private static let expectedRowsPerSecond = 500.0
}
