internal import Ledger
internal import Pushing
internal import Salesforce
internal import SyncModel

/// Takes a range of one spool through one batch of the original Bulk API: sent, waited for, its result read by position.
struct BatchRun: Sendable {
    let context: RunContext
    let client: SalesforceClient
    let sync: SyncDefinition
    let watch: BatchWatch
    let ready: ReadySpool
    let rows: Range<Int>
    /// Closes the job, so that it takes no batch any more.
    let fence: @Sendable () async throws -> Void
    /// Whether the rows are to be looked at anew, asked when a window kept them.
    var isOld: @Sendable () async -> Bool = { false }

    /// Sends the batch, or takes it up again if the intent has been sent before, and waits for what becomes of its rows.
    ///
    /// - Throws: `StoppedOnRequest` when the daemon stops: the intent is left to recovery; `PlanIsOld`, nothing having been sent.
    func run(_ begun: Intent, isTakenUp: Bool = false) async throws -> (intent: Intent, fates: RowFates) {
        var intent = begun
        var machine = BulkBatchMachine(rows: rows.count)
        let handle = BatchHandle(intent.handle ?? "")
        var fates = RowFates(sent: rows.count, job: watch.job, batch: handle?.batch)
        var action = isTakenUp ? machine.resume(batch: handle?.batch) : machine.start()
        var message: String?
        while true {
            switch action {
            case .post(let pause):
                if try await context.signal.wait(pause, on: context.clock, patience: .drain) {
                    throw StoppedOnRequest()
                }
                do {
                    guard let batch = try await post(intent) else {
                        // Earlier tries reached nobody, else it would not go again: no row was sent.
                        fates.unprocessed = Array(0..<rows.count)
                        fates.cause = "the run was stopped before the batch"
                        return (intent, fates)
                    }
                    CrashPoint.reached("batch-sent")
                    intent.handle = BatchHandle(job: watch.job, batch: batch.id).text
                    intent.stage = .working
                    try await context.ledger.advance(intent)
                    CrashPoint.reached("batch-noted")
                    fates.batch = batch.id
                    action = machine.posted(batch: batch.id)
                } catch let old as PlanIsOld {
                    // Earlier tries reached nobody here, too.
                    try await context.ledger.settle(intent, at: context.clock.now)
                    throw old
                } catch let error as SalesforceError {
                    message = "\(error)"
                    action = machine.failed(CallFailure(error), randomness: .random(in: 0..<1))
                }
            case .fence:
                try await fence()
                let found = try await find(intent)
                if let found {
                    intent.handle = BatchHandle(job: watch.job, batch: found).text
                    intent.stage = .working
                    try await context.ledger.advance(intent)
                    fates.batch = found
                }
                action = machine.fenced(found: found)
            case .postIntoNewJob:
                // With the next job, which the series opens when these rows come again.
                fates.unprocessed = Array(0..<rows.count)
                fates.cause = "the batch did not reach job \(watch.job)"
                return (intent, fates)
            case .wait(let batch):
                guard let info = try await watch.end(of: batch, rows: rows.count) else {
                    fates.open = Array(0..<rows.count)
                    return (intent, fates)
                }
                message = info.stateMessage
                action = machine.polled(info.machineState)
            case .readResult(let batch, let pause):
                if try await context.signal.wait(pause, on: context.clock, patience: .drain) {
                    throw StoppedOnRequest()
                }
                fates = try await context.reaching { try await results(of: batch) }
                CrashPoint.reached("batch-read")
                action = machine.resultRead(rows: fates.acceptedCount + fates.failures.count)
            case .end(let end):
                finish(&fates, end, message)
                return (intent, fates)
            }
        }
    }

    // MARK: - Implementation

    /// Posts the batch; waits while Salesforce is not reached, as long as nothing can have been taken.
    ///
    /// - Returns: nil when a window, or who asked the run to stop, forbids it.
    private func post(_ intent: Intent) async throws -> BulkBatch? {
        do {
            let answer: Result<BulkBatch, SalesforceError> = try await context.writing(sync, isOld: isOld) {
                do {
                    let upload = try ready.upload(rows)
                    // What creates is never sent again by mistake: what arrived must be told from what was sent.
                    let mayBePacked = ready.operation != .insert && ready.operation != .publish
                    let batch = try await watch.post { [client, job = watch.job] in
                        try await client.addBatch(upload, toBulkJob: job, mayBePacked: mayBePacked)
                    }
                    return .success(batch)
                } catch let error as SalesforceError where error.wasSent == .unknown {
                    return .failure(error)
                }
            }
            return try answer.get()
        } catch is StoppedOnRequest where context.signal.request < .shutdown {
            return nil
        }
    }

    /// The batch of this intent among those that the closed job has and nobody else knows.
    private func find(_ intent: Intent) async throws -> String? {
        let listed = try await watch.unclaimed()
        let known = Set(
            try await context.ledger.intents(of: intent.run, handles: watch.job + "/")
                .compactMap { $0.number == intent.number ? nil : $0.handle.flatMap(BatchHandle.init)?.batch }
        )
        for batch in listed where !known.contains(batch.id) {
            let sent = SentRows(ready: ready, rows: rows)
            let isOurs = try await context.reaching {
                try sent.startOver()
                try await client.request(
                    ofBatch: batch.id,
                    inBulkJob: watch.job,
                    begin: { try sent.startOver() },
                    chunk: { try sent.compare($0) }
                )
                return try sent.isSame()
            }
            if isOurs, await watch.claim(batch.id) { return batch.id }
        }
        return nil
    }

    private func results(of batch: String) async throws -> RowFates {
        var fates = RowFates(sent: rows.count, job: watch.job, batch: batch)
        func startOver() { fates = RowFates(sent: rows.count, job: watch.job, batch: batch) }
        let heard = try await client.results(ofBatch: batch, inBulkJob: watch.job, begin: startOver) { place, row in
            guard place < rows.count else { return }
            if let fault = row.fault {
                fates.failures[place] = fault
            } else {
                fates.accept(place)
                if row.created { fates.created += 1 }
            }
        }
        guard heard <= rows.count else {
            throw EngineError(
                code: .accounting,
                subject: "batch \(batch) of job \(watch.job)",
                detail: "\(rows.count) rows were sent, it reports \(heard)"
            )
        }
        return fates
    }

    private func finish(_ fates: inout RowFates, _ end: BulkBatchEnd, _ message: String?) {
        func unlookedAt(from first: Int, _ code: String) {
            let fault = JobFault(parsing: message ?? code)
            let row = RowFault(code: code, message: fault.message)
            switch row.retryClass {
            case .transient, .shape, .window, .auth:
                fates.unprocessed = Array(first..<rows.count)
                fates.cause = message ?? code
            case .data, .configuration, .bug:
                // Refused as a whole for what will not change by itself: so is every row of it.
                for place in first..<rows.count { fates.failures[place] = row }
            }
        }
        switch end {
        case .collected: break
        case .nothingSent(let code) where code == "NotProcessed" || code == "InvalidJobState":
            fates.unprocessed = Array(0..<rows.count)
            fates.cause = message ?? "Salesforce did not process the batch"
        case .nothingSent(let code): unlookedAt(from: 0, code)
        case .partly(let results, let code): unlookedAt(from: results, code)
        case .resultsPending(let code):
            fates.open = Array(0..<rows.count)
            fates.cause = code
        }
    }
}

extension BulkBatch {
    /// As the batch's machine knows it.
    fileprivate var machineState: BulkBatchState {
        switch state {
        case .queued: .queued
        case .inProgress: .inProgress
        case .completed: .completed
        case .failed: .failed(message: stateMessage ?? "Unknown", processed: numberRecordsProcessed)
        case .notProcessed: .notProcessed
        }
    }
}
