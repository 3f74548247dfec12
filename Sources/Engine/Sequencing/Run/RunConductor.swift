internal import CivilTime
internal import Ledger
internal import Logging
internal import Salesforce
internal import SyncModel

/// Conducts one run from its first gate to its end state, and never leaves it without one.
package struct RunConductor: Sendable {
    let context: RunContext
    var book: RunBook { context.book }
    var signal: StopSignal { context.signal }

    package init(_ context: RunContext) {
        self.context = context
    }

    /// Runs it.
    ///
    /// Whatever goes wrong ends in the run's state, with the reason.
    package func conduct() async {
        // Whatever comes later is another run's.
        defer { context.progress.begin() }
        do {
            try await withThrowingTaskGroup(of: Bool.self) { group in
                if let limit = context.sequence.timeout {
                    group.addTask {
                        try await RunTimeout(context: context, limit: limit).watch()
                        return false
                    }
                }
                group.addTask {
                    try await conductOrThrow()
                    return true
                }
                // The work goes on after the timeout, to account for what was sent.
                while let isOver = try await group.next(), !isOver {}
                group.cancelAll()
            }
        } catch {
            // Whatever was cancelled, the end is written.
            await Task { await end(after: error) }.value
        }
        context.gates.forget(context.runID)
    }

    // MARK: - Implementation
    private func conductOrThrow() async throws {
        let run = await book.run
        try await context.ledger.launched(run.id)
        let included = try await included(run.request)
        let syncs = included.sorted().flatMap { context.sequence.steps[$0].syncs }.compactMap {
            context.definitions.syncs[$0]
        }
        guard try await mayBegin(syncs, run) else { return }
        context.progress.begin()
        try await book.happened(.cleared)

        let readings = RunReadings(self, run)
        if let adopts = run.request.adopts {
            try await readings.readAll(syncs)
            try await Adoption(context: context, isChecked: adopts == .checked).adopt(await readings.all)
            return try await conclude()
        }
        guard try await readApproved(syncs, readings) else { return try await conclude() }
        if signal.request == .shutdown { return try await interrupt() }
        try await walk(included, readings)
        if signal.request == .shutdown { return try await interrupt() }
        try await conclude()
    }

    /// Reads all models; what passes a guard waits for a person, and is read again when one has approved.
    ///
    /// - Returns: false when the run is over before anything was sent, or was asked to stop.
    private func readApproved(_ syncs: [SyncDefinition], _ readings: RunReadings) async throws -> Bool {
        let approvals = ApprovalWait(context)
        while true {
            try await readings.readAll(syncs)
            let reads = await readings.all
            try await warnOfMissingKeys(reads, await book.run.request)
            let open = try await approvals.open(reads)
            if open.isEmpty || signal.isAsked { return true }
            let takes = syncs.map { context.claims.takes(of: $0.name) }
            switch try await approvals.wait(for: open, reads, giving: context.sequence.syncs) {
            case .granted:
                StoredPlan.drop(context)
                // Another run that had a sync meanwhile may have left something open.
                if takes != syncs.map({ context.claims.takes(of: $0.name) }),
                    try await Recovery(context).finishOpenJobs(of: syncs) == .interrupted
                {
                    return signal.request == .shutdown
                }
            case .stopped: return signal.request == .shutdown
            case .missed: return false
            }
        }
    }

    /// Reads these models at one moment.
    ///
    /// `folder` is nil for the first reading of a run, which an earlier start of it may have left whole.
    func readModels(_ syncs: [SyncDefinition], _ run: RunRecord, folder: String?) async throws -> [String: ReadSync] {
        for sync in syncs { try await book.step(sync.name, is: .reading) }
        let waiting = run.request.forgets ? [:] : try await unadopted(syncs)
        let requests = try await readings(of: syncs.filter { waiting[$0.name] == nil }, run)
        var reads: [String: ReadSync] = [:]
        if folder == nil { reads = try await StoredPlan.reusable(for: requests, context) ?? [:] }
        if reads.isEmpty {
            if folder == nil, try await context.ledger.hasRecorded(run.id) { try await book.beginAgain() }
            let moment = context.clock.now
            reads = try await readWhenReached(requests, folder)
            if folder == nil { try await StoredPlan.store(reads, at: moment, context) }
        }
        CrashPoint.reached("plan-made")
        reads.merge(waiting) { $1 }
        return reads
    }

    /// A key that is neither in the model nor delivered is a slip of the pen more often than not.
    private func warnOfMissingKeys(_ reads: [String: ReadSync], _ request: StartRequest) async throws {
        guard let keys = request.keys.map(Set.init) else { return }
        let found = reads.values.reduce(0) { sum, read in
            guard case .success(let diff) = read.diff else { return sum + keys.count }
            let counts = diff.counts
            return sum + counts.added + counts.changed + counts.removed + counts.unchanged + counts.owed
                + counts.refused
        }
        guard found < keys.count else { return }
        let missing = keys.count - found
        let shown = keys.sorted().prefix(5).joined(separator: ", ") + (keys.count > 5 ? ", …" : "")
        let subject =
            keys.count == 1
            ? "the key \(shown) is" : "\(missing) of the \(keys.count) keys (\(shown)) \(missing == 1 ? "is" : "are")"
        try await book.warn("\(subject) in no model of this run and \(missing == 1 ? "was" : "were") never delivered")
    }

    /// Reads, and waits for a database that is away for a while; then everything is read again, at one moment.
    private func readWhenReached(
        _ requests: [ModelReader.Request],
        _ folder: String?
    ) async throws -> [String: ReadSync] {
        let begun = context.clock.now
        var pause = Duration.seconds(1)
        var hasWaited = false
        while true {
            let reads = try await read(requests, folder: folder)
            let away = reads.values.lazy.compactMap { read -> EngineError? in
                guard case .failure(let error) = read.diff, error.code == .source, error.isTransient else { return nil }
                return error
            }.first
            guard let away, context.clock.now - begun < context.patience, !signal.isAsked else {
                if hasWaited { try await book.happened(.cleared) }
                return reads
            }
            hasWaited = true
            try await book.happened(.blocked, reason: "source not reached: \(away.detail)")
            if try await signal.wait(pause, on: context.clock) { continue }
            pause = min(pause * 2, .seconds(60))
        }
    }

    /// Syncs that create or publish and whose state was restored: nothing of them is read before a person has adopted them.
    private func unadopted(_ syncs: [SyncDefinition]) async throws -> [String: ReadSync] {
        let unadopted = try await context.ledger.unadoptedSyncs()
        var waiting: [String: ReadSync] = [:]
        for sync in syncs where sync.createsOnly {
            guard let reason = unadopted[sync.name], let model = context.definitions.models[sync.model] else {
                continue
            }
            let error = EngineError(
                code: .identity,
                subject: "sync \(sync.name)",
                detail: """
                    \(reason), and what it has sent since is not known: say \
                    `sequencectl adopt \(sync.name) --as-of-backup` (rows sent since may be sent again) or \
                    `sequencectl adopt \(sync.name)` (the model's present rows count as sent)
                    """
            )
            waiting[sync.name] = ReadSync(
                sync: sync,
                model: model,
                columns: MappedColumns(sync: sync, model: model),
                diff: .failure(error)
            )
        }
        return waiting
    }

    /// Reads and diffs, each snapshot brought up to the ledger before.
    ///
    /// `folder`: where a later reading of the same run leaves its files; those of the first may still be in use.
    func read(_ requests: [ModelReader.Request], folder: String? = nil) async throws -> [String: ReadSync] {
        var requests = requests
        for index in requests.indices {
            try await SnapshotProjector(context, requests[index].identity, requests[index].sync).catchUp()
            // Held against the ledger just now; what another sequence's run of the same sync records from here on is no fault.
            requests[index].ledgerSequence = .max
        }
        let reader = ModelReader(
            snapshotFolder: context.snapshotFolder,
            spoolFolder: try context.freshSpoolFolder(context.runID, folder),
            secrets: context.secrets
        )
        return try await reader.read(requests, stopping: signal)
    }

    /// What each sync's reading is made with.
    func readings(
        of syncs: [SyncDefinition],
        _ run: RunRecord,
        isPlan: Bool = false
    ) async throws -> [ModelReader.Request] {
        var requests: [ModelReader.Request] = []
        for sync in syncs {
            guard let model = context.definitions.models[sync.model],
                let source = context.definitions.sources[model.source]
            else {
                throw EngineError(
                    code: .unknownName,
                    subject: "model \(sync.model)",
                    detail: "sync \(sync.name) names it"
                )
            }
            let ownership = StateOwnership(ledger: context.ledger, snapshotFolder: context.snapshotFolder)
            try await ownership.takeOver(sync)
            let orgID = try await orgID(of: sync, run)
            var request =
                ModelReader.Request(
                    sync: sync,
                    model: model,
                    source: source,
                    identity: sync.snapshotIdentity(stateID: context.ledger.stateID, orgID: orgID, model: model),
                    ledgerSequence: UInt64(try await context.ledger.lastOutcome(of: sync.name)),
                    matchRule: try await matchRule(of: sync, run),
                    fullResync: run.request.fullResync || run.request.adopts != nil,
                    keys: try await keys(of: sync, run.request),
                    isPlan: isPlan
                )
            request.isDescribeChanged = try await DescribeBook(ledger: context.ledger, sync: sync).isChanged
            let isDue = try await RestingTurn(ledger: context.ledger, sync: sync.name).isDue(at: context.clock.now)
            request.rests = !isDue && !request.fullResync && request.keys == nil
            try await ownership.settle(request, isAsked: run.request.forgets, isPlan: isPlan)
            request.ledgerSequence = UInt64(try await context.ledger.lastOutcome(of: sync.name))
            requests.append(request)
        }
        return requests
    }

    /// The rows that a request names: those of `--keys`, or those that were refused in an earlier run; nil: all.
    private func keys(of sync: SyncDefinition, _ request: StartRequest) async throws -> [String]? {
        guard request.rejectedOnly, let earlier = request.retryOf else { return request.keys }
        return try await context.resting.triedAgain(of: earlier, sync: sync.name)
    }

    /// Whose state it is: known since an earlier sign-in, else found out by signing in.
    private func orgID(of sync: SyncDefinition, _ run: RunRecord) async throws -> String {
        let key = "org:\(sync.destination)"
        // A person who lets the state go means the org that is there now.
        if !run.request.forgets, let known = try await context.ledger.value(key) { return known }
        let destination = try context.destination(of: sync)
        let org = await context.orgs.org(destination)
        let identity = try await CallLabel.$current.withValue(CallJournal.label(run: run.id, sync: sync.name)) {
            try await context.reaching(at: destination) { try await org.client().identity() }
        }
        if try await context.ledger.value(key) != identity.orgID {
            try await context.ledger.setValue(identity.orgID, for: key)
        }
        return identity.orgID
    }

    /// Walks the steps in order; within a step its syncs run side by side.
    private func walk(_ included: Set<Int>, _ readings: RunReadings) async throws {
        let steps = context.sequence.steps
        try await withThrowingTaskGroup(of: (Int, StepGraph.Ending).self) { group in
            var graph = StepGraph(steps: steps, including: included)
            var advance = graph.begun()
            while true {
                for skip in advance.skips {
                    for sync in steps[skip.step].syncs {
                        try await book.step(sync, is: .skipped, reason: skipReason(steps[skip.because]))
                    }
                }
                for index in advance.begins {
                    group.addTask { (index, try await self.runStep(steps[index], readings)) }
                }
                guard !advance.isOver, let (index, ending) = try await group.next() else { break }
                advance = graph.ended(index, ending)
            }
            if !graph.isStopped && !signal.isAsked { try await removals(included, readings) }
        }
    }

    private func skipReason(_ step: StepDefinition) -> String {
        signal.isAsked ? "the run was stopped" : "\(step.syncs.joined(separator: ", ")) stopped the sequence"
    }

    /// Runs the syncs of one step side by side, as far as none needs what another writes; its ending is that of its worst.
    private func runStep(_ step: StepDefinition, _ readings: RunReadings) async throws -> StepGraph.Ending {
        let course = try await course(of: step)
        return try await holding(for: step.syncs, readings, Self.travelling) { hold in
            try await withThrowingTaskGroup(of: (String, StepGraph.Ending).self) { group in
                var course = course
                while true {
                    for turn in course.turns() {
                        switch turn {
                        case .begins(let sync):
                            group.addTask { (sync, try await self.deliver(sync, step, readings, hold)) }
                        case .skipped(let sync, let parent):
                            let reason = "\(parent), which writes the records that it looks up, stopped the sequence"
                            try await book.step(sync, is: .skipped, reason: reason)
                        }
                    }
                    guard let (sync, ending) = try await group.next() else { return course.ending }
                    course.ended(sync, ending)
                }
            }
        }
    }

    /// Works with the leave to write for those of the syncs that have something to send; however it ends, the leave does too.
    func holding<Result: Sendable>(
        for syncs: [String],
        _ readings: RunReadings,
        _ count: (DiffResult, SyncDefinition) -> Int,
        _ work: (StepHold) async throws -> Result
    ) async throws -> Result {
        var rows: [String: Int] = [:]
        for sync in syncs {
            guard let read = await readings.read(of: sync), case .success(let diff) = read.diff,
                count(diff, read.sync) > 0
            else { continue }
            rows[sync] = count(diff, read.sync)
        }
        let sending = syncs.filter { rows[$0] != nil }.compactMap { context.definitions.syncs[$0] }
        let hold = StepHold(context, sending, rows: rows)
        do {
            let result = try await work(hold)
            await hold.release()
            return result
        } catch {
            await hold.release()
            throw error
        }
    }

    private static func travelling(_ diff: DiffResult, _ sync: SyncDefinition) -> Int {
        diff.counts.travelling(of: sync)
    }

    static func removed(_ diff: DiffResult, _ sync: SyncDefinition) -> Int { diff.counts.removed }

    private func course(of step: StepDefinition) async throws -> StepCourse {
        let syncs = step.syncs.compactMap { context.definitions.syncs[$0] }
        var objects: [String: Set<String>] = [:]
        for sync in syncs {
            let org = try await context.ledger.orgKey(of: sync.destination)
            objects[sync.name] = Set(sync.objects.map { "\(org)/\($0.lowercased())" })
        }
        return StepCourse(step, needs: LookupNeed.all(among: syncs), objects: objects)
    }
}
