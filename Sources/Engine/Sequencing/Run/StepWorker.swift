internal import Fingerprinting
internal import Ledger
internal import Logging
internal import Pushing
internal import Salesforce
internal import Shaping
internal import Snapshot
internal import Spool
internal import SyncModel

/// Delivers one sync of a run: takes the objects, waits at the gate, shapes, pushes, records.
package struct StepWorker: Sendable {
    let context: RunContext
    let read: ReadSync
    /// The leave of its step to write; nil where nothing is written: a plan, a recovery.
    var hold: StepHold?
    var readings: RunReadings?

    var sync: SyncDefinition { read.sync }
    var book: RunBook { context.book }

    /// Creates and updates, in the step's turn; how it ended says whether the steps after it may begin.
    func deliver(_ step: StepDefinition) async throws -> StepGraph.Ending {
        let result: StepGraph.Ending = try await CallLabel.$current.withValue(
            CallJournal.label(run: context.runID, sync: sync.name)
        ) {
            try await ending(of: step) { diff in
                try await recordRefusedWhileReading(diff)
                try await freeChildrenOfForgotten(diff)
                guard diff.counts.travelling(of: sync) > 0 else { return }
                try await withObjects { client in
                    try await deliverChanges(diff, client)
                }
            }
        }
        if context.signal.request != .shutdown {
            try await tellOfResting(hasTried: result == .passed || result == .tooManyRejected)
        }
        if result == .passed, case .success(let diff) = read.diff, await book.run.request.isWhole {
            try await ApprovalWait.remember(diff.counts.read, of: sync.name, context.ledger)
        }
        return result
    }

    /// Deletes and clears, after all steps have delivered.
    func deliverRemovals(_ step: StepDefinition) async throws {
        guard case .success(let diff) = read.diff, diff.counts.removed > 0, sync.whenRemoved != .nothing else { return }
        _ = try await CallLabel.$current.withValue(CallJournal.label(run: context.runID, sync: sync.name)) {
            try await ending(of: step) { diff in
                try await withObjects { client in
                    try await Removal(worker: self, client: client).deliver(diff)
                }
            }
        }
    }

    // MARK: - Implementation

    /// Does the work, tries it again where its cause may pass, and turns what came of it into the step's state.
    private func ending(
        of step: StepDefinition,
        _ work: (DiffResult) async throws -> Void
    ) async throws -> StepGraph.Ending {
        var diff: DiffResult
        switch read.diff {
        case .success(let found): diff = found
        case .failure(let error):
            // Reading ends early when the run is asked to stop, which is no fault of the step.
            return context.signal.isAsked ? try await conclude(step) : try await fail(error)
        }
        var attempt = 1
        while true {
            do {
                // A first diff knows nothing of what an attempt has delivered since.
                if attempt > 1 { diff = try await FurtherAttempt(context: context, sync: sync).diff() }
                try await work(diff)
                break
            } catch let error where attempt < step.attempts && isTransient(error) && !context.signal.isAsked {
                attempt += 1
                Logger.current.info("Step is tried again", metadata: ["sync": "\(sync.name)", "error": "\(error)"])
                if try await context.signal.wait(.seconds(1 << min(attempt, 8)), on: context.clock) { break }
            } catch is StoppedOnRequest {
                break
            } catch let error as PlanIsOld {
                throw error
            } catch let error as WaitedTooLong {
                return try await expire(error.reason)
            } catch let error as LedgerError {
                // Without the ledger nothing may go on.
                throw error
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                return try await fail(error)
            }
        }
        try await countCalls()
        return try await conclude(step)
    }

    private func conclude(_ step: StepDefinition) async throws -> StepGraph.Ending {
        if context.signal.request == .shutdown { return .cancelled }
        if context.signal.isAsked {
            let state: StepState = context.progress.hasTimedOut ? .timedOut : .cancelled
            try await book.step(sync.name, is: state, reason: context.signal.reason)
            return .cancelled
        }
        let counts = await book.counts(of: sync.name)
        let before = (try? read.diff.get().counts.inDoubt) ?? 0
        let verdict = StepVerdict(counts: counts, maxRejected: step.maxRejected, inDoubtBefore: before)
        try await book.step(sync.name, is: verdict.state, reason: verdict.reason)
        return verdict.state == .failed ? .tooManyRejected : .passed
    }

    private func fail(_ error: any Error) async throws -> StepGraph.Ending {
        try await countCalls()
        if context.signal.request == .shutdown { return .cancelled }
        try await book.step(sync.name, is: .failed, reason: FailureWords.reason(error))
        return .fatal
    }

    private func isTransient(_ error: any Error) -> Bool {
        switch error {
        case let error as SalesforceError: error.isWorthRetrying
        case let error as EngineError: error.isTransient
        default: false
        }
    }

    func countCalls() async throws {
        let calls = context.calls.count(run: context.runID, sync: sync.name)
        await book.count(sync.name) { $0.apiCalls = calls }
        try await context.calls.flush(to: context.ledger)
    }

    /// The gate stayed closed too long: the run ends here, as missed or, if it has sent something, as cancelled.
    private func expire(_ reason: String) async throws -> StepGraph.Ending {
        try await countCalls()
        context.progress.expire(reason)
        context.signal.ask(.drain, reason: reason)
        try await book.step(sync.name, is: .skipped, reason: reason)
        return .cancelled
    }

    /// Waits until the step may write: its gate open, its objects its own, its plan not too old.
    private func withObjects(_ work: (SalesforceClient) async throws -> Void) async throws {
        try await hold?.enter()
        do {
            try await checkAge()
            await readings?.begin(sync.name)
            let org = await context.orgs.org(try context.destination(of: sync))
            try await context.gates.news(of: sync, context)
            try await work(try await org.client())
        } catch {
            await hold?.hasWritten()
            throw error
        }
        await hold?.hasWritten()
    }

    /// Whether the reading is older than `plan_age`; never of one who does not read: a recovery.
    var isOld: Bool { get async { await readings?.isOld(sync.name) == true } }

    /// - Throws: `PlanIsOld` when the reading is older than `plan_age`.
    func checkAge() async throws {
        if await isOld { throw PlanIsOld() }
    }

    /// Records the rows that reading refused: they are part of the step's report, and owed from now on.
    private func recordRefusedWhileReading(_ diff: DiffResult) async throws {
        let reader = try diff.refused()
        var keyless = try await KeylessRows(context, sync)
        var rows: [BatchOutcome.Undelivered] = []
        while let refused = try reader.next() {
            let row = UndeliveredRow(
                sync: sync.name,
                key: refused.keyText,
                operation: sync.operation,
                state: .rejected,
                code: refused.code,
                message: refused.message
            )
            // Without a key the snapshot can't know it; the report does.
            var undelivered = BatchOutcome.Undelivered(key: refused.key ?? Hash128(high: 0, low: 0), row: row)
            undelivered.wasOwedWhenRead = refused.key == nil ? keyless.next() : refused.wasOwed
            rows.append(undelivered)
            if rows.count == Self.recordedAtOnce {
                try await recordUndelivered(rows)
                rows.removeAll()
            }
        }
        try await recordUndelivered(rows)
        if await book.run.request.isWhole { try await keyless.keep() }
    }

    /// Holds no child any more for rows that were never delivered and have left the model.
    private func freeChildrenOfForgotten(_ diff: DiffResult) async throws {
        let owed = try await context.ledger.owedParentKeys(of: sync.name)
        if owed.isEmpty { return }
        let forgotten = try await BlockingThread.run(named: "forgotten-\(sync.name)") { try diff.forgotten(of: owed) }
        try await context.ledger.changeOwedParents(adding: [], deliveredOf: sync.name, keys: forgotten)
    }

    /// Stores rows that never reached a payload, with what their step counts of them.
    func recordUndelivered(_ rows: [BatchOutcome.Undelivered], owedParents: [OwedParent] = []) async throws {
        if rows.isEmpty { return }
        var outcome = BatchOutcome(unsentBy: context.runID, of: sync.name, sync.operation, rows)
        outcome.owedParents = owedParents
        _ = try await book.record(outcome) { $0.add(rows) }
    }

    static let recordedAtOnce = 5_000
}

/// Leaves the work under way because somebody asked the run to stop; the step's end says so.
struct StoppedOnRequest: Error {}

extension SyncDefinition {
    /// What its mode does with a row that is present.
    var operation: RecordOperation {
        switch target {
        case .event: .publish
        case .object, .objects, .picklist:
            switch mode {
            case .insert: .insert
            case .update, .all: .update
            case .upsert: .upsert
            case .archive: .delete
            }
        }
    }
}

extension ChangeCounts {
    /// Rows that may have to be sent in the step's turn; what is in doubt waits for a person.
    var travelling: Int { added + changed + owed - inDoubt }

    /// The same, of a sync: a picklist's removed rows make values inactive in their step's turn, and a model without rows,
    /// which a picklist may not have, has to be spoken of.
    func travelling(of sync: SyncDefinition) -> Int {
        sync.isPicklist ? max(travelling + removed, read == 0 ? 1 : 0) : travelling
    }
}

extension StepCounts {
    /// Counts rows that were not delivered, each under its state.
    mutating func add(_ rows: [BatchOutcome.Undelivered]) {
        for undelivered in rows {
            switch undelivered.row.state {
            case .rejected:
                rejected += 1
                if undelivered.wasRefusedBefore { rejectedBefore += 1 }
            case .held: held += 1
            case .unmatched: unmatched += 1
            case .inDoubt: inDoubt += 1
            case .unsent: unsent += 1
            }
        }
    }
}
