package import CivilTime
package import Ledger
package import SyncModel

/// One run's record: every change is stored, told and only then acted on.
package actor RunBook {
    package private(set) var run: RunRecord
    private var runningSince: Timestamp?
    private var waitingSince: [Int: Timestamp] = [:]
    /// Since when it waited at a gate when it was interrupted, until it waits there again.
    private var waitedBefore: Timestamp?
    private let ledger: Ledger
    private let clock: EngineClock
    private let events: EventHub

    package init(run: RunRecord, ledger: Ledger, clock: EngineClock, events: EventHub) {
        self.run = run
        self.ledger = ledger
        self.clock = clock
        self.events = events
        waitedBefore = run.waitingSince
    }

    /// Notes that the run waits at a gate; one that was interrupted there goes on with its wait.
    ///
    /// The next stored change carries it.
    ///
    /// - Returns: since when it waits.
    func beginsToWait() -> Timestamp {
        let since = waitedBefore ?? clock.now
        waitedBefore = nil
        run.waitingSince = since
        return since
    }

    /// Notes that no gate keeps it any more.
    func hasWaited() { run.waitingSince = nil }

    /// Takes the run through an event.
    ///
    /// - Returns: the state it is in now.
    @discardableResult
    package func happened(
        _ event: RunEvent,
        result: RunState = .succeeded,
        reason: String? = nil
    ) async throws -> RunState {
        guard let next = run.state.after(event, result: result) else { return run.state }
        if next == run.state && reason == run.reason { return next }
        let before = run
        note(next)
        run.state = next
        run.reason = reason
        if next == .running && run.started == nil { run.started = clock.now }
        if next.hasEnded { run.ended = clock.now }
        do {
            try await store(kind: "run-\(next.rawValue)", sync: nil, state: next.rawValue, reason: reason)
        } catch {
            // What is not stored has not happened, and can be tried again.
            (run.state, run.reason, run.started, run.ended) = (
                before.state, before.reason, before.started, before.ended
            )
            throw error
        }
        return next
    }

    /// Sets the state of one sync's step.
    package func step(_ sync: String, is state: StepState, reason: String? = nil) async throws {
        guard let index = run.steps.firstIndex(where: { $0.sync == sync }) else { return }
        let before = run.steps[index]
        if before.state == state && before.reason == reason { return }
        note(state, at: index)
        run.steps[index].state = state
        run.steps[index].reason = reason
        if run.steps[index].started == nil && state != .pending && state != .skipped {
            run.steps[index].started = clock.now
        }
        if state.hasEnded { run.steps[index].ended = clock.now }
        do {
            try await store(kind: "step-\(state.rawValue)", sync: sync, state: state.rawValue, reason: reason)
        } catch {
            run.steps[index].state = before.state
            run.steps[index].reason = before.reason
            run.steps[index].started = before.started
            run.steps[index].ended = before.ended
            throw error
        }
    }

    /// Changes counts without storing them: the next stored change carries them.
    package func count(_ sync: String, _ change: @Sendable (inout StepCounts) -> Void) {
        guard let index = run.steps.firstIndex(where: { $0.sync == sync }) else { return }
        change(&run.steps[index].counts)
    }

    /// Notes how the rows of a sync go, without storing it: the next stored change carries it.
    package func press(_ sync: String, _ pressure: StepPressure) {
        guard let index = run.steps.firstIndex(where: { $0.sync == sync }) else { return }
        run.steps[index].pressure = pressure
    }

    /// Stores what became of a batch together with the counts that it changes.
    package func record(_ outcome: BatchOutcome, _ change: @Sendable (inout StepCounts) -> Void) async throws -> Int64 {
        let before = counts(of: outcome.sync)
        count(outcome.sync, change)
        do {
            return try await ledger.record(outcome, run: run, at: clock.now)
        } catch {
            count(outcome.sync) { $0 = before }
            throw error
        }
    }

    /// Stores that a person is asked to approve.
    ///
    /// - Returns: since when: an equal question that was asked before a restart goes on.
    package func ask(for findings: [GuardFinding]) async throws -> Timestamp {
        if let open = run.approval, open.granted == nil, open.asked == findings { return open.since }
        let granted = run.approval?.grants ?? []
        let asked = RunApproval(asked: findings, since: clock.now, earlier: granted.isEmpty ? nil : granted)
        run.approval = asked
        let words = findings.map { "\($0.sync): \($0.words)" }.joined(separator: "; ")
        try await store(kind: "approval-needed", sync: findings.first?.sync, state: "awaiting-approval", reason: words)
        return asked.since
    }

    /// Stores that a person lets the run go on as it asked.
    ///
    /// - Throws: `EngineError` when it asks for nothing.
    package func approve(by actor: Actor?, reason: String?) async throws -> RunApproval {
        guard var approval = run.approval, approval.granted == nil, !run.state.hasEnded else {
            throw EngineError(
                code: .notNow,
                subject: "approve run \(run.id)",
                detail: run.approval?.granted.map {
                    "it was approved already\($0.actor.map { " by \($0.name)" } ?? "")"
                }
                    ?? "it asks for no approval; it is \(run.state.rawValue)"
            )
        }
        approval.granted = .init(findings: approval.asked, actor: actor, reason: reason, time: clock.now)
        run.approval = approval
        try await store(kind: "approved", sync: nil, state: run.state.rawValue, reason: reason, actor: actor)
        return approval
    }

    /// A run that was interrupted looks at its rows anew: those that had stayed behind are not counted twice.
    package func beginAgain() async throws {
        for index in run.steps.indices {
            run.steps[index].counts.rejected = 0
            run.steps[index].counts.rejectedBefore = 0
            run.steps[index].counts.held = 0
            run.steps[index].counts.unmatched = 0
            run.steps[index].counts.unsent = 0
        }
        try await ledger.beginAgain(run)
    }

    /// How long it has run so far, waits not counted.
    var ran: Duration {
        let now: Duration = runningSince.map { clock.now - $0 } ?? .zero
        return .microseconds(run.ran ?? 0) + now
    }

    /// Stores an event that changes nothing of the run, and tells of it.
    func tell(_ event: LedgerEvent) async throws {
        try await ledger.append(event)
        events.announce(event, run: run)
    }

    package func warn(_ warning: String) async throws {
        if run.warnings.contains(warning) { return }
        run.warnings.append(warning)
        try await store(kind: "warning", sync: nil, state: nil, reason: warning)
    }

    package func counts(of sync: String) -> StepCounts {
        run.steps.first { $0.sync == sync }?.counts ?? StepCounts()
    }

    package func state(of sync: String) -> StepState? {
        run.steps.first { $0.sync == sync }?.state
    }

    // MARK: - Implementation

    private func note(_ next: RunState) {
        let runs = next == .running || next == .stopping
        if let since = runningSince, !runs {
            run.ran = (run.ran ?? 0) + (clock.now - since).wholeMicroseconds
            runningSince = nil
        } else if runs, runningSince == nil {
            runningSince = clock.now
        }
    }

    /// Keeps since when a step pushes, and how long of that it waited: what `lead: auto` goes by.
    private func note(_ next: StepState, at index: Int) {
        if next == .pushing, run.steps[index].pushing == nil { run.steps[index].pushing = clock.now }
        if let since = waitingSince.removeValue(forKey: index), run.steps[index].pushing != nil {
            run.steps[index].waited = (run.steps[index].waited ?? 0) + (clock.now - since).wholeMicroseconds
        }
        if next == .waiting { waitingSince[index] = clock.now }
    }

    private func store(
        kind: String,
        sync: String?,
        state: String?,
        reason: String?,
        actor: Actor? = nil
    ) async throws {
        let event = LedgerEvent(
            time: clock.now,
            kind: kind,
            run: run.id,
            sequence: run.sequence,
            sync: sync,
            state: state,
            reason: reason,
            actor: actor
        )
        try await ledger.update(run, event: event)
        events.announce(event, run: run)
    }
}
