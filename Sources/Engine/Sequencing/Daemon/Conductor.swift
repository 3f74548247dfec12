internal import CivilTime
package import Ledger
internal import Logging
internal import ServiceLifecycle
package import SyncModel

/// The engine as others see it: starts runs, one at a time a sequence, stops them, and says how things stand.
package actor Conductor: Service {
    /// What a daemon is put together from.
    package struct Parts: Sendable {
        package var ledger: Ledger
        package var stateFolder: String
        package var clock: EngineClock
        package var secrets: SecretAccess
        package var events: EventHub
        /// Refuses destinations that are not on loopback: a rehearsal must not write anywhere else.
        package var isRehearsal: Bool

        package init(
            ledger: Ledger,
            stateFolder: String,
            clock: EngineClock = .system,
            secrets: SecretAccess,
            events: EventHub = EventHub(),
            isRehearsal: Bool = false
        ) {
            self.ledger = ledger
            self.stateFolder = stateFolder
            self.clock = clock
            self.secrets = secrets
            self.events = events
            self.isRehearsal = isRehearsal
        }
    }

    struct Active {
        var book: RunBook
        var signal: StopSignal
        var context: RunContext
        /// As it was when it was launched.
        var record: RunRecord
        var request: StartRequest { record.request }
    }

    package nonisolated let parts: Parts
    package nonisolated let gates: Gatekeeper
    package nonisolated let feed: EventFeed
    nonisolated let calls: CallJournal
    nonisolated let orgs: OrgRegistry
    private nonisolated let claims = SyncClaims()
    package private(set) var definitions: DefinitionSet
    /// Counts reloads, so that a reader can tell one set of definitions from the next.
    package private(set) var generation = 1
    var active: [String: Active] = [:]
    var queues: [String: [RunRecord]] = [:]
    /// Queued runs that are not stored yet: none of them begins.
    var unstored: Set<RunID> = []
    /// Objects that interrupted runs keep from others until they have asked what became of their own writing.
    var reserved: [RunID: ReservedObjects] = [:]
    /// What the timekeeper said last of each sequence.
    var timings: [String: SequenceTiming] = [:]
    private(set) var isClosing = false
    private var onEnd: (@Sendable (RunRecord) async -> Void)?
    private var endedUnheard: [RunRecord] = []
    /// No run begins while the state is being replaced.
    var isRestoring = false
    private nonisolated let launches: AsyncStream<Active>
    private nonisolated let launcher: AsyncStream<Active>.Continuation
    private var naming = RunNaming()

    /// - Throws: `EngineError` when a window can't be used.
    package init(definitions: DefinitionSet, parts: Parts) throws {
        self.definitions = definitions
        self.parts = parts
        calls = CallJournal(definitions.settings.requests)
        let tokens = TokenStore(stateFolder: parts.stateFolder, secrets: parts.secrets)
        orgs = OrgRegistry(secrets: parts.secrets, tokens: tokens, calls: calls)
        gates = Gatekeeper(ledger: parts.ledger, clock: parts.clock)
        feed = EventFeed(ledger: parts.ledger, hub: parts.events)
        try gates.renew(definitions)
        (launches, launcher) = AsyncStream.makeStream()
    }

    // MARK: - Life

    /// Takes up every run that had not ended, from the state alone; Salesforce is asked later.
    ///
    /// A run that took the daemon down three times in a row, with no outcome stored in between, is failed; `pausing`
    /// then pauses its sequence.
    package func takeUpOpenRuns(
        pausing: (_ sequence: String, _ reason: String) async throws -> Void = { _, _ in }
    ) async throws {
        try await StateRestore(ledger: parts.ledger, stateFolder: parts.stateFolder, clock: parts.clock).finish()
        try makeFolders()
        try await gates.remember()
        for run in try await parts.ledger.runsNotEnded() {
            let book = RunBook(run: run, ledger: parts.ledger, clock: parts.clock, events: parts.events)
            if try await endPoisoned(book, run, pausing) { continue }
            try await book.happened(.interrupted, reason: "the daemon had stopped in the middle")
            guard definition(of: run.sequence) != nil else {
                try await book.happened(.requeued)
                try await endUndefined(await book.run)
                continue
            }
            try await book.happened(.requeued, reason: "goes on after a restart")
            queues[run.sequence, default: []].append(await book.run)
            reserved[run.id] = try await reserve(for: run)
        }
        launchNext()
    }

    /// Conducts runs until it is asked to shut down; those under way are then left in a state that the next start takes up.
    package func run() async throws {
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                group.addTask { await self.launchWhenFreed() }
                for await launch in launches {
                    group.addTask {
                        await RunConductor(launch.context).conduct()
                        await self.ended(launch)
                    }
                }
                await self.drain()
                group.cancelAll()
            }
        } onGracefulShutdown: {
            self.launcher.finish()
            Task { await self.close() }
        }
        await orgs.disconnectAll()
    }

    /// No new run, and every run under way is asked to stop where it can be taken up again.
    package func close() {
        isClosing = true
        launcher.finish()
        for run in active.values { run.signal.ask(.shutdown, reason: "the daemon stops") }
    }

    /// Gives calls under way `drain_timeout` to be answered; recovery finds out what became of those that are ended then.
    private func drain() async {
        let deadline = ContinuousClock.now + definitions.settings.drainTimeout
        while !active.isEmpty, .now < deadline {
            do {
                try await Task.sleep(for: .milliseconds(20))
            } catch {
                break
            }
        }
    }

    /// Puts new definitions in force; runs under way go on with theirs, and a queued one whose sequence is gone is ended.
    package func reload(_ definitions: DefinitionSet) async throws {
        try gates.renew(definitions)
        self.definitions = definitions
        calls.renew(definitions.settings.requests)
        generation += 1
        await endUndefined()
    }

    // MARK: - Stopping

    /// Asks a run to stop, by its id or its sequence's name.
    ///
    /// - Throws: `EngineError` when there is no such run, or it has ended.
    package func stop(_ name: String, now: Bool, actor: Actor?) async throws -> RunRecord {
        // `accounts` is `sync/accounts`, as for `start`.
        let wanted = (try? sequence(named: name).name) ?? name
        if let (_, running) = active.first(where: { $0.key == wanted || $0.value.context.runID.rawValue == name }) {
            let by = actor.map { " by \($0.name)" } ?? ""
            running.signal.ask(now ? .abort : .drain, reason: "stopped\(by)")
            try await running.book.happened(.stopRequested, reason: "stopped\(by)")
            return await running.book.run
        }
        for (sequence, queue) in queues {
            guard let run = queue.first(where: { $0.id.rawValue == name || sequence == wanted }) else { continue }
            return try await cancel(run, "stopped before it began")
        }
        if let run = try await parts.ledger.run(RunID(rawValue: name)) {
            throw EngineError(
                code: .notNow,
                subject: "stop run \(name)",
                detail: "it has ended as \(run.state.rawValue)"
            )
        }
        if definition(of: wanted) != nil {
            throw EngineError(
                code: .notNow,
                subject: "stop \(name)",
                detail: "no run of it is on or queued",
                hint: "sequencectl list runs \(name) shows what became of its runs"
            )
        }
        throw EngineError(
            code: .unknownName,
            subject: "run, sequence or sync \(name)",
            detail: KnownNames.words(sequenceAndSyncNames, near: name)
        )
    }

    /// Tells of every run that has ended, those before included.
    func whenRunsEnd(_ body: @escaping @Sendable (RunRecord) async -> Void) async {
        onEnd = body
        let unheard = endedUnheard
        endedUnheard = []
        for run in unheard { await body(run) }
    }

    /// Takes note of what the timekeeper knows.
    func note(_ timings: [String: SequenceTiming]) {
        if self.timings == timings { return }
        self.timings = timings
        parts.events.standingChanged()
    }

    /// Everything that conducting a run needs, with the definitions in force now.
    func context(for run: RunRecord, _ definition: SequenceDefinition) -> RunContext {
        RunContext(
            runID: run.id,
            definitions: definitions,
            sequence: definition,
            book: RunBook(run: run, ledger: parts.ledger, clock: parts.clock, events: parts.events),
            signal: StopSignal(),
            progress: RunProgress(),
            ledger: parts.ledger,
            orgs: orgs,
            calls: calls,
            gates: gates,
            claims: claims,
            clock: parts.clock,
            secrets: parts.secrets,
            stateFolder: parts.stateFolder,
            overriddenWindow: run.request.overrideWindow,
            reserved: reserved[run.id],
            patience: definition.maxWait
        )
    }

    func newRunID() -> RunID { naming.next(at: parts.clock.now) }

    // MARK: - Implementation

    /// Begins queued runs, oldest first: of a sequence one at a time, and a sync in one run at a time.
    func launchNext() {
        guard !isClosing else { return }
        // What an older run waits for is not taken from under it.
        var wanted: Set<String> = []
        // Ids count up.
        let heads = queues.compactMap { name, queue in
            active[name] == nil ? queue.first.map { (id: $0.id.rawValue, sequence: name) } : nil
        }.sorted { $0.id < $1.id }
        for head in heads {
            guard var run = queues[head.sequence]?.first, let definition = definition(of: head.sequence) else {
                continue
            }
            let overrides = run.request.overrideWindow != nil
            guard !unstored.contains(run.id), overrides || wanted.isDisjoint(with: definition.syncs),
                claims.take(definition.syncs, for: run.id, overriding: overrides)
            else {
                wanted.formUnion(definition.syncs)
                continue
            }
            queues[run.sequence]?.removeFirst()
            // A reload may have changed its sequence since it was queued.
            run.steps = steps(of: run, definition)
            let context = context(for: run, definition)
            let launch = Active(book: context.book, signal: context.signal, context: context, record: run)
            active[run.sequence] = launch
            launcher.yield(launch)
        }
    }

    /// Why the oldest run of a sequence that is queued does not begin: another run has one of its syncs, or is to have it first.
    func holdUp(of sequence: String) -> SequenceStanding.Wait? {
        guard let definition = definition(of: sequence), let queued = queues[sequence]?.first else { return nil }
        for sync in definition.syncs {
            guard let run = claims.holder(of: sync) else { continue }
            return SequenceStanding.Wait(reason: "sync \(sync) is in run \(run)\(words(of: run))", for: run)
        }
        for sync in definition.syncs {
            if let run = claims.waiter(for: sync) {
                let reason = "sync \(sync) goes back to run \(run)\(words(of: run)), which gave it up while it waited"
                return SequenceStanding.Wait(reason: reason, for: run)
            }
            let earlier = queues.values.compactMap(\.first).filter { other in
                other.id.rawValue < queued.id.rawValue && active[other.sequence] == nil
                    && self.definition(of: other.sequence)?.syncs.contains(sync) == true
            }
            if let run = earlier.min(by: { $0.id.rawValue < $1.id.rawValue }) {
                let reason = "sync \(sync) goes first into run \(run.id) of \(run.sequence), which was queued before"
                return SequenceStanding.Wait(reason: reason, for: run.id)
            }
        }
        return nil
    }

    private func words(of run: RunID) -> String {
        active.values.first { $0.context.runID == run }.map { " of \($0.context.sequence.name)" } ?? ""
    }

    /// Whether a run has any of these syncs in its hands; one that waits for approval has given up those that nobody has approved.
    func hasInHand(_ run: RunID, _ syncs: [String]) -> Bool { syncs.contains { claims.holder(of: $0) == run } }

    /// Runs that wait for a sync begin as soon as it is free.
    private func launchWhenFreed() async {
        while !Task.isCancelled {
            let seen = claims.freed.changes
            launchNext()
            await claims.freed.wait(beyond: seen)
        }
    }

    private func ended(_ launch: Active) async {
        let run = await launch.book.run
        active[launch.context.sequence.name] = nil
        await reserved.removeValue(forKey: launch.context.runID)?.release()
        claims.release(launch.context.runID)
        calls.forget(run: launch.context.runID)
        if let onEnd { await onEnd(run) } else { endedUnheard.append(run) }
        launchNext()
    }
}
