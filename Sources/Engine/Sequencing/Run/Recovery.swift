internal import Ledger
internal import Salesforce
internal import SyncModel

/// Finds out, before new work on a sync, what became of calls whose outcome is not recorded: of an earlier start of this run,
/// or of a run that ended while Salesforce could not be reached.
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

    /// Settles every open intent of these syncs.
    func finishOpenJobs(of syncs: [SyncDefinition]) async throws -> Ending {
        for sync in syncs {
            for intent in try await context.ledger.openIntents(of: sync.name) {
                do {
                    try await CallLabel.$current.withValue(CallJournal.label(run: context.runID, sync: intent.sync)) {
                        try await settle(intent)
                    }
                } catch is StoppedOnRequest {
                    return .interrupted
                }
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
        if try await Self.settleTarget(intent, of: sync, model, client, context) { return }
        guard let handle = intent.handle else {
            // The job, if there is one, holds no data and expires by itself; it is not ours to look for.
            return try await context.ledger.settle(intent, at: context.clock.now)
        }
        var job = try await context.reaching { try await client.ingestJob(handle) }
        if job.state == .open {
            switch intent.stage {
            case .creating, .uploading:
                // Data may have been put or not, and are never put twice: the job goes, its rows are found again.
                await IngestJobRun.discard(handle, client)
                return try await context.ledger.settle(intent, at: context.clock.now)
            case .closing, .working:
                job = try await context.reaching { try await client.closeIngestJob(handle) }
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
        var delivery = try await ChangeDelivery(worker: worker, client: client)
        if intent.run != context.runID, let run = try await context.ledger.run(intent.run) {
            // What is found counts for the run that sent it.
            var own = context
            own.runID = run.id
            own.book = RunBook(run: run, ledger: context.ledger, clock: context.clock, events: EventHub())
            delivery.worker = StepWorker(context: own, read: read)
        }
        let ready = try ReadySpool(opening: intent.spool, in: context.spoolFolder(intent.run))
        let rows = intent.firstRow..<intent.firstRow + intent.rowCount
        try await OutcomeRecorder(delivery: delivery, ready: ready, owed: [], retries: nil, attempt: 1)
            .record(rows, intent: intent, Bulk2Route(delivery: delivery, ready: ready).fates(of: job, rows))
        await delivery.projector.close()
    }
}
