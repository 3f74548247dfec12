internal import CivilTime
internal import Ledger
internal import Pushing
internal import Salesforce
internal import Spool
internal import SyncModel

/// Takes a range of one spool through one job of Bulk API 2.0: every stage is stored before its call.
struct IngestJobRun: Sendable {
    let context: RunContext
    let client: SalesforceClient
    let sync: SyncDefinition
    let object: String
    let ready: ReadySpool
    let rows: Range<Int>
    /// Rows a second of the step's jobs before this one.
    var rowsPerSecond: Double?
    /// Whether the rows are to be looked at anew, asked when a window kept them.
    var isOld: @Sendable () async -> Bool = { false }

    /// Creates, fills and closes the job, and waits for its end.
    ///
    /// - Returns: the intent, which stays open until its outcome is recorded, the job as it ended, and how long it was at work.
    /// - Throws: `StoppedOnRequest` when the daemon stops: the job is left to Salesforce, its intent to recovery; `PlanIsOld`,
    ///   nothing having been written.
    func run() async throws -> (intent: Intent, job: IngestJob, time: Duration) {
        var intent = try await filled()
        let handle = intent.handle ?? ""
        // A job that is not closed writes nothing: one that a window finds filled waits for its end so.
        do {
            guard try await context.mayWrite(sync, isOld: isOld) else { throw StoppedOnRequest() }
        } catch let error where error is StoppedOnRequest || error is PlanIsOld {
            await Self.discard(handle, client)
            try await context.ledger.settle(intent, at: context.clock.now)
            throw error
        }
        // From here on the job may be at work: it is asked for until it answers, never made a second time.
        let closed = try await context.writing(sync) { try await client.closeIngestJob(handle) }
        CrashPoint.reached("job-closed")
        intent.stage = .working
        try await context.ledger.advance(intent)
        let begun = context.clock.now
        var polling = JobPolling(rows: rows.count, rowsPerSecond: rowsPerSecond)
        let ended = try await Self.awaitEnd(of: closed, &polling, sync, client, context)
        return (intent, ended, polling.timeAtWork(context.clock.now - begun))
    }

    /// Polls until nothing more will happen to a job.
    ///
    /// - Throws: `StoppedOnRequest` when the daemon stops meanwhile.
    static func awaitEnd(
        of job: IngestJob,
        _ polling: inout JobPolling,
        _ sync: SyncDefinition,
        _ client: SalesforceClient,
        _ context: RunContext
    ) async throws -> IngestJob {
        var job = job
        var isAborted = false
        while !job.state.isFinal {
            let id = job.id
            switch context.signal.request {
            case .shutdown: throw StoppedOnRequest()
            case .abort where !isAborted:
                isAborted = true
                job = try await ended(id, client, context)
            case .none, .drain, .abort:
                let pause = polling.next(processed: job.numberRecordsProcessed)
                let patience = isAborted ? StopSignal.Request.abort : .drain
                if try await context.signal.wait(pause, on: context.clock, patience: patience) { continue }
                if !isAborted, try await context.gates.watch(sync, context) == .abort {
                    isAborted = true
                    job = try await ended(id, client, context)
                } else {
                    job = try await context.reaching { try await client.ingestJob(id) }
                }
            }
        }
        return job
    }

    /// Ends a job, once; one that has ended by itself meanwhile, or cannot be ended any more, is as good.
    private static func ended(_ id: String, _ client: SalesforceClient, _ context: RunContext) async throws -> IngestJob
    {
        do {
            return try await client.abortIngestJob(id)
        } catch let error as SalesforceError where !error.isWorthRetrying {
            return try await context.reaching { try await client.ingestJob(id) }
        }
    }

    /// Takes away a job that was never closed.
    static func discard(_ id: String, _ client: SalesforceClient) async {
        // An open job expires after a day by itself; taking it away is a courtesy to the org's job list.
        // A window that has opened does not forbid it.
        _ = try? await CallPermit.$current.withValue(nil) { try await client.abortIngestJob(id) }
    }

    static let kind = "bulk2-job"

    // MARK: - Implementation

    /// A job that has its data and is not closed; one whose upload went wrong is taken away and made anew.
    private func filled() async throws -> Intent {
        try await context.writing(sync, isOld: isOld) {
            var intent = try await context.ledger.begin(
                context.intent(Self.kind, of: ready, rows, by: sync),
                at: context.clock.now
            )
            do {
                CrashPoint.reached("job-intended")
                let job = try await client.createIngestJob(spec)
                intent.handle = job.id
                intent.stage = .uploading
                try await context.ledger.advance(intent)
                CrashPoint.reached("job-created")
                try await client.upload(try ready.upload(rows), toIngestJob: job.id)
                CrashPoint.reached("job-uploaded")
                intent.stage = .closing
                try await context.ledger.advance(intent)
                return intent
            } catch {
                // Nothing was closed, so nothing was or will be written: the job, if there is one, is taken away.
                if let handle = intent.handle { await Self.discard(handle, client) }
                try await context.ledger.settle(intent, at: context.clock.now)
                throw error
            }
        }
    }

    private var spec: IngestJobSpec {
        let operation: IngestOperation =
            switch ready.operation {
            case .insert, .publish: .insert
            case .update, .clear, .merge: .update
            case .upsert: .upsert
            case .delete: .delete
            }
        return IngestJobSpec(
            object: object,
            operation: operation,
            externalIDFieldName: operation == .upsert ? sync.match?.field : nil,
            assignmentRuleID: sync.assignmentRule(of: object, ready.operation)
        )
    }
}
