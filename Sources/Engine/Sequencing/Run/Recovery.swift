internal import Ledger
internal import Salesforce
internal import Spool
internal import SyncModel

/// Finds out, before new work, what became of the calls that an earlier start of this run had made.
///
/// Each open intent names a job: one that was not closed has written nothing and is taken away; one that was closed is
/// waited for and its results are recorded, from the spool that the intent names.
struct Recovery: Sendable {
    enum Ending {
        case done
        case interrupted
    }

    private let context: RunContext

    init(_ context: RunContext) {
        self.context = context
    }

    /// Settles every open intent of the run, or those of one sync.
    func finishOpenJobs(of name: String? = nil) async throws -> Ending {
        for intent in try await context.ledger.openIntents(of: context.runID) where name == nil || name == intent.sync {
            do {
                try await CallLabel.$current.withValue(CallJournal.label(run: context.runID, sync: intent.sync)) {
                    try await settle(intent)
                }
            } catch is StoppedOnRequest {
                return .interrupted
            }
        }
        return .done
    }

    // MARK: - Implementation

    private func settle(_ intent: Intent) async throws {
        guard let sync = context.definitions.syncs[intent.sync], let model = context.definitions.models[sync.model]
        else {
            throw EngineError(
                code: .unknownName,
                subject: "sync \(intent.sync)",
                detail: "run \(intent.run) has an open job of it"
            )
        }
        let client = try await context.orgs.org(try context.destination(of: sync)).client()
        guard let handle = intent.handle else {
            // The job, if there is one, holds no data and expires by itself; it is not ours to look for.
            return try await context.ledger.settle(intent, at: context.clock.now)
        }
        var job = try await reached(client, handle)
        if job.state == .open {
            switch intent.stage {
            case .creating, .uploading:
                // Data may have been put or not, and are never put twice: the job goes, its rows are found again.
                await IngestJobRun.discard(handle, client)
                return try await context.ledger.settle(intent, at: context.clock.now)
            case .closing, .working:
                job = try await client.closeIngestJob(handle)
            }
        }
        let read = ReadSync(
            sync: sync,
            model: model,
            columns: MappedColumns(sync: sync, model: model),
            diff: .failure(
                EngineError(
                    code: .notNow,
                    subject: "read \(sync.name)",
                    detail: "an earlier run's job is settled first"
                )
            )
        )
        job = try await IngestJobRun.awaitEnd(of: job, client, context)
        let worker = StepWorker(context: context, read: read)
        let delivery = try await ChangeDelivery(worker: worker, client: client)
        let spool = try PayloadSpool(path: context.spoolFolder(context.runID) + "/" + intent.spool)
        let ready = ReadySpool(name: intent.spool, spool: spool, operation: intent.operation, header: [], columns: [])
        let rows = intent.firstRow..<intent.firstRow + intent.rowCount
        try await OutcomeRecorder(delivery: delivery, ready: ready, owed: [], retries: nil, attempt: 1)
            .record(rows, intent: intent, job: job)
        await delivery.projector.close()
    }

    /// Asks for a job, waiting as long as Salesforce is not reached.
    private func reached(_ client: SalesforceClient, _ handle: String) async throws -> IngestJob {
        var pause = Duration.seconds(1)
        while true {
            do {
                let job = try await client.ingestJob(handle)
                try await context.book.happened(.cleared)
                return job
            } catch let error as SalesforceError where error.isWorthRetrying {
                try await context.book.happened(.blocked, reason: "Salesforce not reached: \(error.message)")
                if try await context.signal.wait(pause, on: context.clock) { throw StoppedOnRequest() }
                pause = min(pause * 2, .seconds(60))
            }
        }
    }
}
