internal import CivilTime
internal import Ledger
internal import Logging
internal import Salesforce
internal import SyncModel

extension RunConductor {
    // MARK: Ends

    func conclude() async throws {
        context.progress.begin()
        let run = await book.run
        if run.state.hasEnded { return context.leaveSpool(run.id) }
        if let reason = context.progress.expiry, try await endUnsent(run, reason) { return context.leaveSpool(run.id) }
        let included = Set(try await included(run.request).flatMap { context.sequence.steps[$0].syncs })
        for step in run.steps where !step.state.hasEnded {
            guard included.contains(step.sync) else {
                try await book.step(step.sync, is: .skipped)
                continue
            }
            let state: StepState = context.progress.hasTimedOut ? .timedOut : signal.isAsked ? .cancelled : .skipped
            try await book.step(step.sync, is: state, reason: signal.reason)
        }
        if context.progress.hasTimedOut { return try await endTimedOut() }
        let states = await book.run.steps.map(\.state)
        if signal.isAsked && run.state != .stopping { try await book.happened(.stopRequested, reason: signal.reason) }
        let result = RunState.result(of: states)
        let reason = await book.run.steps.first { $0.state == .failed }.map { "\($0.sync): \($0.reason ?? "failed")" }
        try await book.happened(.finished, result: result, reason: reason ?? signal.reason)
        try await context.calls.flush(to: context.ledger)
        try await context.ledger.landed(run.id)
        CrashPoint.reached("run-ended")
        if try await !context.ledger.hasOpenIntents(run.id) { context.leaveSpool(run.id) }
    }

    /// A run that waited longer than `max_wait` and has sent nothing is missed.
    ///
    /// - Returns: false when something was sent: then it is cancelled.
    func endUnsent(_ run: RunRecord, _ reason: String) async throws -> Bool {
        guard run.steps.allSatisfy({ $0.counts.batches == 0 }),
            run.state.after(.missed) == .missed,
            try await !context.ledger.hasOpenIntents(run.id)
        else {
            signal.ask(.drain, reason: reason)
            return false
        }
        for step in run.steps where !step.state.hasEnded {
            try await book.step(step.sync, is: .skipped, reason: reason)
        }
        try await book.happened(.missed, reason: reason)
        try await context.calls.flush(to: context.ledger)
        try await context.ledger.landed(run.id)
        return true
    }

    func endTimedOut() async throws {
        try await book.happened(.timedOut, reason: signal.reason)
        try await context.calls.flush(to: context.ledger)
        try await context.ledger.landed(context.runID)
        if try await !context.ledger.hasOpenIntents(context.runID) { context.leaveSpool(context.runID) }
    }

    func interrupt() async throws {
        try await book.happened(.interrupted, reason: "the daemon stopped")
        try await context.calls.flush(to: context.ledger)
        try await context.ledger.landed(context.runID)
    }

    func end(after error: any Error) async {
        var pause = Duration.seconds(1)
        while true {
            do {
                return try await endOrThrow(after: error)
            } catch let fault {
                // The state can't be written, a full disk most often: the run has its end when it can.
                Logger.current.error(
                    "Run could not be brought to its end yet",
                    metadata: ["sequenced.run": "\(context.runID)", "error": "\(fault)"]
                )
            }
            do {
                // At the daemon's end the next start finds the run open, and takes it up.
                if try await signal.wait(pause, on: context.clock, patience: .abort) { return }
            } catch {
                return
            }
            pause = min(pause * 2, .seconds(60))
        }
    }

    func endOrThrow(after error: any Error) async throws {
        if signal.request == .shutdown || error is CancellationError { return try await interrupt() }
        if error is StoppedOnRequest && signal.isAsked { return try await conclude() }
        let run = await book.run
        // A request that names a step which is not there may be the error itself: then all were asked for.
        let chosen = (try? await included(run.request)) ?? Set(context.sequence.steps.indices)
        let included = Set(chosen.flatMap { context.sequence.steps[$0].syncs })
        for step in run.steps where !step.state.hasEnded {
            let began = step.state != .pending
            let unbegun = included.contains(step.sync) ? "the run failed" : nil
            try await book.step(step.sync, is: began ? .failed : .skipped, reason: began ? "\(error)" : unbegun)
        }
        try await book.happened(.finished, result: .failed, reason: FailureWords.reason(error))
        try await context.calls.flush(to: context.ledger)
        try await context.ledger.landed(context.runID)
        if try await !context.ledger.hasOpenIntents(run.id) { context.leaveSpool(run.id) }
    }

    // MARK: Selection

    /// The steps of this run, as `--from` and `--only` choose.
    func included(_ request: StartRequest) async throws -> Set<Int> {
        let steps = context.sequence.steps
        if request.rejectedOnly, let earlier = request.retryOf {
            let syncs = try await context.resting.syncs(of: earlier)
            return Set(steps.indices.filter { !syncs.isDisjoint(with: steps[$0].syncs) })
        }
        func index(_ name: String) throws -> Int {
            guard let index = steps.firstIndex(where: { $0.syncs.contains(name) }) else {
                throw EngineError(
                    code: .unknownName,
                    subject: "step \(name) in sequence \(context.sequence.name)",
                    detail: "its steps are \(context.sequence.syncs.joined(separator: ", "))"
                )
            }
            return index
        }
        if let only = request.only { return [try index(only)] }
        guard let from = request.from else { return Set(steps.indices) }
        var included: Set<Int> = [try index(from)]
        if let earlier = request.retryOf, let run = try await context.ledger.run(earlier) {
            // Steps beside the first that failed may not have come to their end either.
            included.formUnion(steps.indices.filter { !run.unfinishedSyncs.isDisjoint(with: steps[$0].syncs) })
        }
        // What comes after it, in the order of `after`, belongs to it too.
        while let next = steps.indices.first(where: { candidate in
            !included.contains(candidate) && steps[candidate].after.contains(where: included.contains)
        }) { included.insert(next) }
        return included
    }
}
