internal import Ledger
internal import Pushing
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
        switch intent.kind {
        case BulkRoute.jobKind: try await settleBulkJob(intent, client)
        case BulkRoute.batchKind: try await settleBatch(intent, sync, model, client)
        case CollectionRun.kind: try await settleCall(intent, sync, model, client)
        default: try await settleBulk2Job(intent, sync, model, client)
        }
    }

    private func settleBulk2Job(
        _ intent: Intent,
        _ sync: SyncDefinition,
        _ model: ModelDefinition,
        _ client: SalesforceClient
    ) async throws {
        guard let handle = intent.handle else {
            // The job, if there is one, holds no data and expires by itself; it is not ours to look for.
            return try await context.ledger.settle(intent, at: context.clock.now)
        }
        guard var job = try await known({ try await client.ingestJob(handle) }) else {
            switch intent.stage {
            // Never closed: nothing of it was written.
            case .creating, .uploading: return try await context.ledger.settle(intent, at: context.clock.now)
            case .closing, .working:
                return try await recording(intent, sync, model, client) { _, _, rows in
                    (intent, Self.fatesOfLost(intent, rows, job: handle))
                }
            }
        }
        if job.state == .open {
            switch intent.stage {
            case .creating, .uploading:
                // Data may have been put or not, and are never put twice: the job goes, its rows are found again.
                await IngestJobRun.discard(handle, client)
                return try await context.ledger.settle(intent, at: context.clock.now)
            case .closing, .working:
                // Closing sets it to work, which a window forbids as it does any batch.
                guard try await context.gates.waitUntilOpen(for: [sync], isPushing: false, context) else {
                    throw StoppedOnRequest()
                }
                job = try await context.reaching { try await client.closeIngestJob(handle) }
            }
        }
        var polling = JobPolling(rows: intent.rowCount)
        job = try await IngestJobRun.awaitEnd(of: job, &polling, sync, client, context)
        try await recording(intent, sync, model, client) { delivery, ready, rows in
            do {
                let route = Bulk2Route(delivery: delivery, gauge: nil)
                return (intent, try await route.fates(of: job, rows, of: ready))
            } catch let error as SalesforceError where error.saysThereIsNone {
                return (intent, Self.fatesOfLost(intent, rows, job: handle))
            }
        }
    }

    /// What Salesforce says of a job; nil when it knows it no longer.
    private func known(_ ask: () async throws -> IngestJob) async throws -> IngestJob? {
        do {
            return try await context.reaching(ask)
        } catch let error as SalesforceError where error.saysThereIsNone {
            return nil
        }
    }

    /// Jobs are kept for seven days: behind that nobody can tell any more what became of their rows.
    ///
    /// What may be sent again is; what creates is in doubt.
    private static func fatesOfLost(
        _ intent: Intent,
        _ rows: Range<Int>,
        job: String,
        batch: String? = nil
    ) -> RowFates {
        var fates = RowFates(sent: rows.count, job: job, batch: batch)
        switch intent.operation {
        case .update, .upsert, .delete, .clear:
            fates.unprocessed = Array(0..<rows.count)
            fates.cause = "\(fates.carrier) is no longer kept"
        case .insert, .publish, .merge: fates.open = Array(0..<rows.count)
        }
        return fates
    }

    /// A job of the original API has no rows of its own: it is closed, so that it takes no batch any more.
    private func settleBulkJob(_ intent: Intent, _ client: SalesforceClient) async throws {
        if let handle = intent.handle { try await fence(handle, client) }
        try await context.ledger.settle(intent, at: context.clock.now)
    }

    /// Fence, then look: the job is closed, the batch looked for among its batches, its results recorded; one that is not there goes again.
    private func settleBatch(
        _ intent: Intent,
        _ sync: SyncDefinition,
        _ model: ModelDefinition,
        _ client: SalesforceClient
    ) async throws {
        guard let handle = intent.handle.flatMap(BatchHandle.init) else {
            return try await context.ledger.settle(intent, at: context.clock.now)
        }
        try await recording(intent, sync, model, client) { _, ready, rows in
            let run = BatchRun(
                context: context,
                client: client,
                sync: sync,
                watch: BatchWatch(job: handle.job, sync: sync, client: client, context: context),
                ready: ready,
                rows: rows,
                fence: { try await fence(handle.job, client) }
            )
            do {
                return try await run.run(intent, isTakenUp: true)
            } catch let error as SalesforceError where error.saysThereIsNone {
                return (intent, Self.fatesOfLost(intent, rows, job: handle.job, batch: handle.batch))
            }
        }
    }

    /// A call may be sent again; only creates need to be told apart from their own doubles.
    private func settleCall(
        _ intent: Intent,
        _ sync: SyncDefinition,
        _ model: ModelDefinition,
        _ client: SalesforceClient
    ) async throws {
        switch intent.operation {
        case .update, .upsert, .delete, .clear, .merge:
            // Found again by the diff, and sent again.
            try await context.ledger.settle(intent, at: context.clock.now)
        case .insert:
            try await recording(intent, sync, model, client) { delivery, ready, rows in
                let run = CollectionRun(delivery: delivery, ready: ready, gauge: nil)
                return (intent, try await run.fates(of: rows, since: intent, mayHaveBeenSent: true))
            }
        case .publish:
            try await recording(intent, sync, model, client) { _, _, rows in
                var fates = RowFates(sent: rows.count)
                fates.open = Array(0..<rows.count)
                return (intent, fates)
            }
        }
    }

    private func fence(_ job: String, _ client: SalesforceClient) async throws {
        do {
            _ = try await context.reaching { try await client.closeBulkJob(job) }
        } catch let error as SalesforceError where error.code == "InvalidJob" || error.code == "InvalidJobState" {
            // Gone, or at its end by itself: it takes no batch either.
        }
    }

    /// Records what became of an intent's rows, from the spool that it names.
    private func recording(
        _ intent: Intent,
        _ sync: SyncDefinition,
        _ model: ModelDefinition,
        _ client: SalesforceClient,
        _ look: (ChangeDelivery, ReadySpool, Range<Int>) async throws -> (Intent, RowFates)
    ) async throws {
        let read = Self.unread(sync, model)
        var delivery = try await ChangeDelivery(worker: StepWorker(context: context, read: read), client: client)
        if intent.run != context.runID, let run = try await context.ledger.run(intent.run) {
            // What is found counts for the run that sent it.
            var own = context
            own.runID = run.id
            own.book = RunBook(run: run, ledger: context.ledger, clock: context.clock, events: EventHub())
            delivery.worker = StepWorker(context: own, read: read)
        }
        let ready = try ReadySpool(opening: intent.spool, in: context.spoolFolder(intent.run))
        let rows = intent.firstRow..<intent.firstRow + intent.rowCount
        let (settled, fates) = try await look(delivery, ready, rows)
        try await OutcomeRecorder(delivery: delivery, ready: ready, retries: nil, attempt: 1)
            .record(rows, intent: settled, fates)
        await delivery.projector.close()
    }
}

extension SalesforceError {
    /// Salesforce does not know, or no longer knows, the job or batch that was asked for.
    fileprivate var saysThereIsNone: Bool {
        switch code {
        case "InvalidJob", "InvalidBatch": true
        default: status == 404 && kind == .salesforce
        }
    }
}
