internal import Ledger
internal import Pushing
internal import Salesforce
internal import SyncModel

/// Ranges as batches of one open job of the original Bulk API; results have the places of the rows.
actor BulkRoute: DeliveryRoute {
    nonisolated let api = PushAPI.bulk
    private let delivery: ChangeDelivery
    /// What its jobs are about: rows of one object, by one operation.
    private let first: ReadySpool
    /// The job that takes batches now.
    private var job: OpenJob?
    /// Jobs that are being closed, or are: who puts up a fence waits until it stands, whoever began.
    private var closing: [String: Task<Void, any Error>] = [:]

    /// A job and how its batches stand.
    private struct OpenJob {
        var id: String
        var isSerial: Bool
        var intent: Intent
        var watch: BatchWatch
    }

    init(delivery: ChangeDelivery, first: ReadySpool) {
        self.delivery = delivery
        self.first = first
    }

    private var context: RunContext { delivery.context }

    /// Sees to it that a job of the right mode is open.
    func prepare(_ pressure: Pressure) async throws {
        if let open = job {
            if open.isSerial == pressure.isSerial, await !open.watch.isAborted { return }
            try await finish()
        }
        var intent = try await context.ledger.begin(
            context.intent(Self.jobKind, of: first, 0..<0, by: delivery.sync),
            at: context.clock.now
        )
        CrashPoint.reached("bulk-job-intended")
        let spec = BulkJobSpec(
            object: first.object,
            operation: operation,
            externalIDFieldName: first.operation == .upsert ? delivery.sync.match?.field : nil,
            concurrencyMode: pressure.isSerial ? .serial : .parallel,
            assignmentRuleID: delivery.sync.assignmentRule(of: first.object, first.operation)
        )
        // A job whose answer was lost holds no data and expires; another one does no harm.
        let made = try await settling(intent) {
            let worker = delivery.worker
            return try await context.writing(delivery.sync, isOld: { @Sendable in await worker.isOld }) {
                @Sendable [client = delivery.client] in
                try await client.createBulkJob(spec)
            }
        }
        intent.handle = made.id
        intent.stage = .uploading
        try await context.ledger.advance(intent)
        CrashPoint.reached("bulk-job-created")
        job = OpenJob(
            id: made.id,
            isSerial: pressure.isSerial,
            intent: intent,
            watch: BatchWatch(job: made.id, sync: delivery.sync, client: delivery.client, context: context)
        )
    }

    func send(_ rows: Range<Int>, of ready: ReadySpool) async throws -> (intent: Intent, fates: RowFates) {
        let job = self.job
        var intent = context.intent(Self.batchKind, of: ready, rows, by: delivery.sync)
        intent.handle = job.map { BatchHandle(job: $0.id, batch: nil).text }
        intent.stage = .uploading
        intent = try await context.ledger.begin(intent, at: context.clock.now)
        CrashPoint.reached("batch-intended")
        guard let job else {
            // Another batch's lost answer has closed the job in between: with the next job.
            var fates = RowFates(sent: rows.count)
            fates.unprocessed = Array(0..<rows.count)
            fates.cause = "the job was closed before the batch"
            return (intent, fates)
        }
        let run = BatchRun(
            context: context,
            client: delivery.client,
            sync: delivery.sync,
            watch: job.watch,
            ready: ready,
            rows: rows,
            fence: { try await self.close(job.id) },
            isOld: { [worker = delivery.worker] in await worker.isOld }
        )
        return try await run.run(intent)
    }

    func finish() async throws {
        guard let open = job else { return }
        try await close(open.id)
    }

    static let jobKind = "bulk-job"
    static let batchKind = "bulk-batch"

    // MARK: - Implementation

    /// A closed job takes no batch: the end of its series, and the fence after a lost answer.
    private func close(_ id: String) async throws {
        if let closing = closing[id] { return try await closing.value }
        guard let open = job, open.id == id else { return }
        job = nil
        let (context, client) = (context, delivery.client)
        let task = Task {
            if await !open.watch.isAborted {
                _ = try await context.reaching { try await client.closeBulkJob(id) }
            }
            CrashPoint.reached("bulk-job-closed")
            try await context.ledger.settle(open.intent, at: context.clock.now)
        }
        closing[id] = task
        try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }

    private func settling<Answer: Sendable>(_ intent: Intent, _ body: () async throws -> Answer) async throws -> Answer
    {
        do {
            return try await body()
        } catch {
            try await context.ledger.settle(intent, at: context.clock.now)
            throw error
        }
    }

    private var operation: BulkOperation {
        switch first.operation {
        case .insert, .publish: .insert
        case .update, .clear, .merge: .update
        case .upsert: .upsert
        case .delete: .delete
        }
    }
}

/// What the intent of a batch is known by in Salesforce: its job, and its own id as soon as there is one.
struct BatchHandle: Equatable {
    var job: String
    var batch: String?

    init(job: String, batch: String?) {
        self.job = job
        self.batch = batch
    }

    /// Nil for a handle of another kind.
    init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !parts[0].isEmpty else { return nil }
        self.init(job: parts[0], batch: parts[1].isEmpty ? nil : parts[1])
    }

    var text: String { "\(job)/\(batch ?? "")" }
}
