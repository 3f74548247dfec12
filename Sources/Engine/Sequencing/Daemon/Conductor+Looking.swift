internal import Ledger
package import SyncModel

extension Conductor {
    /// How every sequence stands, in the order of names.
    ///
    /// `lastOf`: whose last run is looked up; nil: all.
    package func statuses(lastOf: Set<String>? = nil) async throws -> [SequenceStanding] {
        let names = Set(definitions.sequences.keys).union(active.keys)
            .union(queues.filter { !$0.value.isEmpty }.keys)
        let wanted = lastOf.map(names.intersection) ?? names
        let last = wanted.isEmpty ? [:] : try await parts.ledger.lastRuns(of: wanted)
        var statuses: [SequenceStanding] = []
        for name in names.sorted() {
            var status = SequenceStanding(
                name: name,
                description: definitions.sequences[name]?.description,
                state: .idle,
                last: last[name],
                next: timings[name]?.next,
                lastElapse: timings[name]?.last,
                isPaused: timings[name]?.isPaused ?? false,
                pausedReason: timings[name]?.pausedReason,
                pausedUntil: timings[name]?.pausedUntil
            )
            if let running = active[name] {
                let run = await running.book.run
                status.current = run
                status.state = Self.state(of: run)
                if run.state == .waiting {
                    status.waitingFor = .init(reason: run.reason ?? "", until: gates.closedUntil(run.id))
                }
            } else if let queued = queues[name]?.first {
                status.current = queued
                status.state = .queued
                status.waitingFor = holdUp(of: name)
            }
            statuses.append(status)
        }
        return statuses
    }

    /// Runs that are under way, whose files are in use.
    var runsAtWork: Set<RunID> { Set(active.values.map(\.context.runID)) }

    /// A run as it stands now, the counts of one that is on included.
    package func run(_ id: RunID) async throws -> RunRecord? {
        if let running = active.values.first(where: { $0.context.runID == id }) { return await running.book.run }
        return try await parts.ledger.run(id)
    }

    /// The calls to Salesforce since the daemon started.
    package nonisolated var callTally: CallTally { calls.tally }

    /// How the last call to each destination went, since the daemon started.
    package nonisolated var contacts: [String: CallJournal.Contact] { calls.contacts }

    /// How a sequence or a sync stands that need not have run yet.
    ///
    /// - Throws: `EngineError` for an unknown name.
    package func status(of name: String) async throws -> SequenceStanding {
        let all = try await statuses(lastOf: [])
        let wanted = all.contains { $0.name == name } ? name : try sequence(named: name).name
        var standing = all.first { $0.name == wanted } ?? SequenceStanding(name: wanted, state: .idle)
        standing.last = try await parts.ledger.lastRuns(of: [wanted])[wanted]
        return standing
    }

    /// What a run of a sequence or a sync would do, without writing.
    ///
    /// - Throws: `EngineError` for an unknown name, while a run of it is on, or for what stands in the way.
    package func plan(_ name: String, samples: Int) async throws -> [SyncPlan] {
        let sequence = try sequence(named: name)
        try await waitForRunsThatHaveEnded(with: Set(sequence.syncs))
        let busy = active.values.first { running in
            running.context.sequence.name == sequence.name || hasInHand(running.context.runID, sequence.syncs)
        }
        if let busy {
            let asks = !busy.context.desk.laid.isEmpty
            throw EngineError(
                code: .notNow,
                subject: "plan \(name)",
                detail:
                    "run \(busy.context.runID) of \(busy.context.sequence.name) \(asks ? "waits for approval" : "is on")",
                hint: "sequencectl \(asks ? "plan" : "show") \(busy.context.runID)",
                isTransient: true
            )
        }
        return try await Planner(context: planContext(sequence), samples: samples).plans()
    }

    /// The definition of a sequence, or of one sync as a sequence of one.
    func definition(of name: String) -> SequenceDefinition? {
        if let sequence = definitions.sequences[name] { return sequence }
        guard name.hasPrefix("sync/"), definitions.syncs[String(name.dropFirst(5))] != nil else { return nil }
        let sync = String(name.dropFirst(5))
        return SequenceDefinition(name: name, steps: [StepDefinition(syncs: [sync], after: [])])
    }

    /// Finds what a NAME means: a sequence, else a sync; `sync/NAME` and `sequence/NAME` say which.
    func sequence(named name: String) throws -> SequenceDefinition {
        if name.hasPrefix("sequence/"), let sequence = definitions.sequences[String(name.dropFirst(9))] {
            return sequence
        }
        if let known = definition(of: name) { return known }
        if let sync = definition(of: "sync/" + name) { return sync }
        throw EngineError(
            code: .unknownName,
            subject: "sequence or sync \(name)",
            detail: KnownNames.words(sequenceAndSyncNames, near: name)
        )
    }

    /// What `start` and `stop` take, for who wrote something else.
    var sequenceAndSyncNames: [String] {
        definitions.sequences.keys.sorted() + definitions.syncs.keys.sorted().map { "sync/\($0)" }
    }

    /// Says that there is no such run, and, where a sequence or a sync has that name, how its runs are found.
    package func unknownRun(_ name: String) -> EngineError {
        let isKnown = (try? sequence(named: name)) != nil
        return EngineError(
            code: .unknownRun,
            subject: name,
            detail: "",
            hint: isKnown
                ? "that is the name of a sequence or sync: sequencectl list runs \(name) shows the ids of its runs"
                : "sequencectl list runs names them"
        )
    }

    /// The name under which runs of a sequence or a sync are kept.
    package func sequenceName(of name: String) throws -> String { try sequence(named: name).name }

    // MARK: - Implementation

    private static func state(of run: RunRecord) -> SequenceStanding.State {
        switch run.state {
        case .queued, .interrupted: .queued
        case .waiting: .waiting
        case .stopping: .stopping
        case .running, .succeeded, .partial, .failed, .timedOut, .cancelled, .skipped, .missed: .running
        }
    }
}
