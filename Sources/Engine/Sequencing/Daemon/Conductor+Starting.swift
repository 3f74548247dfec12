internal import CivilTime
package import Ledger
internal import Scheduling
package import SyncModel

extension Conductor {
    /// One elapse of a schedule, and what is to become of it.
    package struct Elapse: Sendable {
        package enum Fate: Sendable {
            case starts(RunTrigger)
            case missed(String)
            case skipped(String)
        }

        package var sequence: String
        package var occurrence: Occurrence
        package var fate: Fate

        package init(sequence: String, occurrence: Occurrence, fate: Fate) {
            self.sequence = sequence
            self.occurrence = occurrence
            self.fate = fate
        }
    }

    /// Starts a run of a sequence, or of `sync/NAME` as a sequence of one; joins one that has not begun with the same request.
    ///
    /// - Returns: the run, and whether it is one that was there before.
    /// - Throws: `EngineError` for an unknown name or when the daemon is closing, `LedgerError`.
    package func start(
        _ name: String,
        request: StartRequest = StartRequest(),
        trigger: RunTrigger,
        actor: Actor? = nil,
        idempotencyKey: String? = nil
    ) async throws -> (run: RunRecord, isCoalesced: Bool) {
        if isClosing || isRestoring {
            throw EngineError(
                code: .notNow,
                subject: "start \(name)",
                detail: isClosing ? "the daemon is stopping" : "the state is being restored",
                isTransient: true
            )
        }
        // Whatever has changed since: the run that it brought about stands.
        if let idempotencyKey, let known = try await parts.ledger.run(forKey: idempotencyKey) { return (known, true) }
        let sequence = try sequence(named: name)
        try check(request, sequence)
        if let window = request.overrideWindow { try await checkOverride(window) }
        let decision = StartRule.decide(
            request,
            trigger: trigger,
            overlap: sequence.overlap,
            earlier: nil,
            active: runsNotEnded(of: sequence.name)
        )
        if case .share(let id) = decision, let known = runNotEnded(id, of: sequence.name) {
            if let idempotencyKey { try await parts.ledger.remember(key: idempotencyKey, for: id) }
            return (known, true)
        }
        var run = newRun(of: sequence, trigger)
        run.request = request
        run.actor = actor
        run.idempotencyKey = idempotencyKey
        // Before the first wait, so that an equal start that comes in meanwhile joins this one.
        queues[sequence.name, default: []].append(run)
        unstored.insert(run.id)
        do {
            let event = queuedEvent(run)
            let (stored, isNew) = try await parts.ledger.create(run, event: event)
            unstored.remove(run.id)
            guard isNew else {
                queues[sequence.name]?.removeAll { $0.id == run.id }
                return (stored, true)
            }
            parts.events.announce(event, run: run)
            CrashPoint.reached("run-created")
            if let window = request.overrideWindow {
                try await tell(
                    LedgerEvent(
                        time: run.created,
                        kind: "window-overridden",
                        run: run.id,
                        sequence: run.sequence,
                        reason: "\(window): \(request.overrideReason ?? "")",
                        actor: actor
                    ),
                    run
                )
            }
        } catch {
            unstored.remove(run.id)
            queues[sequence.name]?.removeAll { $0.id == run.id }
            throw error
        }
        launchNext()
        await endUndefined()
        return (run, false)
    }

    /// Acts on all elapses that are due at once: they are stored with the runs that they lead to, and then those begin.
    ///
    /// - Throws: `LedgerError`; nothing has happened then.
    package func act(
        on elapses: [Elapse],
        storing entries: [TimetableEntry],
        events: [LedgerEvent]
    ) async throws {
        // What would be stored now would be replaced: a restore takes seconds.
        while isRestoring { try await parts.clock.sleep(for: .milliseconds(50)) }
        var created: [(run: RunRecord, event: LedgerEvent)] = []
        var events = events
        for elapse in elapses {
            guard let sequence = definitions.sequences[elapse.sequence] else { continue }
            switch elapse.fate {
            case .missed(let reason): created.append(unstarted(sequence, elapse, .missed, reason))
            case .skipped(let reason): created.append(unstarted(sequence, elapse, .skipped, reason))
            case .starts(let trigger):
                let decision = StartRule.decide(
                    StartRequest(),
                    trigger: trigger,
                    overlap: sequence.overlap,
                    earlier: nil,
                    active: runsNotEnded(of: sequence.name)
                )
                switch decision {
                case .share(let id):
                    let words = "joins run \(id), which has not begun yet"
                    events.append(
                        LedgerEvent(
                            time: parts.clock.now,
                            kind: "elapse-joined",
                            run: id,
                            sequence: sequence.name,
                            reason: words
                        )
                    )
                case .skip(let id):
                    created.append(unstarted(sequence, elapse, .skipped, "overlap: run \(id) is going on"))
                case .create:
                    var run = newRun(of: sequence, trigger)
                    run.occurrence = elapse.occurrence
                    queues[sequence.name, default: []].append(run)
                    unstored.insert(run.id)
                    created.append((run, queuedEvent(run)))
                }
            }
        }
        do {
            let stored = try await parts.ledger.settle(entries, runs: created, events: events)
            for (run, _) in created { unstored.remove(run.id) }
            for ((run, event), answer) in zip(created, stored) {
                // An elapse that had its run before gets none a second time.
                guard answer.isNew else {
                    queues[run.sequence]?.removeAll { $0.id == run.id }
                    continue
                }
                parts.events.announce(event, run: run)
            }
            for event in events { parts.events.announce(event, run: nil) }
        } catch {
            for (run, _) in created {
                unstored.remove(run.id)
                queues[run.sequence]?.removeAll { $0.id == run.id }
            }
            throw error
        }
        launchNext()
        await endUndefined()
    }

    // MARK: - Implementation

    /// Stores an event that changes nothing of a run, then tells of it.
    nonisolated func tell(_ event: LedgerEvent, _ run: RunRecord? = nil) async throws {
        try await parts.ledger.append(event)
        parts.events.announce(event, run: run)
    }

    private func newRun(of sequence: SequenceDefinition, _ trigger: RunTrigger) -> RunRecord {
        RunRecord(
            id: newRunID(),
            sequence: sequence.name,
            trigger: trigger,
            created: parts.clock.now,
            steps: sequence.syncs.map { StepRecord(sync: $0, object: definitions.syncs[$0]?.objectLabel ?? "") }
        )
    }

    private func queuedEvent(_ run: RunRecord) -> LedgerEvent {
        LedgerEvent(
            time: run.created,
            kind: "run-queued",
            run: run.id,
            sequence: run.sequence,
            state: "queued",
            actor: run.actor
        )
    }

    /// An elapse that led to no run, as it is seen in the history.
    private func unstarted(
        _ sequence: SequenceDefinition,
        _ elapse: Elapse,
        _ state: RunState,
        _ reason: String
    ) -> (run: RunRecord, event: LedgerEvent) {
        var run = newRun(of: sequence, .schedule)
        run.state = state
        run.occurrence = elapse.occurrence
        run.reason = reason
        run.ended = run.created
        for index in run.steps.indices { run.steps[index].state = .skipped }
        let event = LedgerEvent(
            time: run.created,
            kind: "run-\(state.rawValue)",
            run: run.id,
            sequence: sequence.name,
            state: state.rawValue,
            reason: reason
        )
        return (run, event)
    }

    /// Runs of a sequence that have not ended, oldest first.
    private func runsNotEnded(of sequence: String) -> [StartRule.ActiveRun] {
        var runs: [StartRule.ActiveRun] = []
        if let running = active[sequence] {
            runs.append(
                .init(
                    id: running.context.runID,
                    request: running.request,
                    // One that is to stop answers for nobody else.
                    hasBegun: running.context.progress.hasBegun || running.signal.isAsked
                )
            )
        }
        return runs + queues[sequence, default: []].map { .init(id: $0.id, request: $0.request, hasBegun: false) }
    }

    private func runNotEnded(_ id: RunID, of sequence: String) -> RunRecord? {
        if let queued = queues[sequence]?.first(where: { $0.id == id }) { return queued }
        guard let running = active[sequence], running.context.runID == id else { return nil }
        return running.record
    }

    private func check(_ request: StartRequest, _ sequence: SequenceDefinition) throws {
        for name in [request.from, request.only].compactMap(\.self) where !sequence.syncs.contains(name) {
            throw EngineError(
                code: .unknownName,
                subject: "step \(name) in sequence \(sequence.name)",
                detail: "its steps are \(sequence.syncs.joined(separator: ", "))"
            )
        }
    }

    /// - Throws: `EngineError` when there is no such window, hold or discovered one.
    private func checkOverride(_ name: String) async throws {
        let known = try await gates.names(of: definitions)
        guard known.contains(name) else {
            throw EngineError(
                code: .unknownName,
                subject: "window \(name)",
                detail: KnownNames.words(known, near: name)
            )
        }
    }
}
