internal import CivilTime
internal import Gating
internal import Ledger
internal import Pushing
internal import Salesforce
package import SyncModel
internal import Synchronization

/// A gate stayed closed for longer than the sequence's `max_wait`.
struct WaitedTooLong: Error {
    var reason: String
}

extension Gatekeeper {
    /// How a question at the gate came to its end.
    package enum Passage: Sendable, Equatable {
        case open
        /// After a wait: what was known before it may have grown old.
        case openedMeanwhile
        /// The run was asked to stop.
        case stopped
    }

    /// Waits until the gate is open for the objects of these syncs; false when the run was asked to stop meanwhile.
    ///
    /// - Throws: `WaitedTooLong`.
    package func waitUntilOpen(
        for syncs: [SyncDefinition],
        isPushing: Bool,
        rows: [String: Int] = [:],
        _ context: RunContext
    ) async throws -> Bool {
        try await passage(for: syncs, isPushing: isPushing, rows: rows, context) != .stopped
    }

    /// Waits until the gate is open for the objects of these syncs.
    ///
    /// `rows`: how many each is about to send, before its first batch; none: nothing is sent yet, and the org is asked nothing.
    /// `patience`: up to which request to stop what is under way is brought to its end, if the gate is open for it.
    ///
    /// - Throws: `WaitedTooLong`.
    package func passage(
        for syncs: [SyncDefinition],
        isPushing: Bool,
        rows: [String: Int] = [:],
        patience: StopSignal.Request = .none,
        _ context: RunContext
    ) async throws -> Passage {
        var begun: Timestamp?
        var hasWaited = false
        defer { if hasWaited { state.withLock { $0.waiting[context.runID] = nil } } }
        while context.signal.request <= patience {
            let seen = (gate: changed.changes, signal: context.signal.beacon.changes)
            let closures = try await closures(syncs, isPushing, rows, context)
            guard let first = closures.first else {
                if hasWaited {
                    await context.book.hasWaited()
                    try await context.book.happened(.cleared)
                    if isPushing { for sync in syncs { try await context.book.step(sync.name, is: .pushing) } }
                }
                return hasWaited ? .openedMeanwhile : .open
            }
            // Who is to end waits for no window.
            if context.signal.isAsked { return .stopped }
            let now = clock.now
            let zone = state.withLock(\.zone)
            let reason = ([first] + closures.dropFirst()).map { $0.words(at: now, in: zone) }.joined(separator: "; ")
            if isPushing, closures.contains(where: { $0.running == .drain }) {
                context.signal.ask(.drain, reason: "window: \(reason)")
                return .stopped
            }
            hasWaited = true
            await keepCalls(context)
            if begun == nil { begun = await context.book.beginsToWait() }
            let end = closures.compactMap(\.until).max()
            state.withLock { $0.waiting[context.runID] = closures.allSatisfy { $0.until != nil } ? end : nil }
            for sync in syncs { try await context.book.step(sync.name, is: .waiting, reason: reason) }
            try await context.book.happened(.blocked, reason: reason)
            let left = context.sequence.maxWait - (now - (begun ?? now))
            guard left > .zero else {
                throw WaitedTooLong(reason: "window: waited \(context.sequence.maxWait.roughText) for \(reason)")
            }
            // What the org does of itself may end earlier than it is thought to.
            let isFixed = closures.allSatisfy { $0.until != nil && !$0.isLive }
            let look = isFixed ? Duration.seconds(60 * clock.rate) : poll(of: syncs, context)
            let next = min(end.map { max($0 - now, .milliseconds(1)) } ?? look, min(look, left))
            try await clock.wait(next, beacons: [(changed, seen.gate), (context.signal.beacon, seen.signal)])
        }
        return .stopped
    }

    /// Whether a sync that is pushing may send its next batch now.
    func mayPush(_ sync: SyncDefinition, _ context: RunContext) async throws -> Bool {
        try await closures([sync], true, [:], context).isEmpty
    }

    /// Every reason why these syncs may not write now.
    private func closures(
        _ syncs: [SyncDefinition],
        _ isPushing: Bool,
        _ rows: [String: Int],
        _ context: RunContext
    ) async throws -> [Closure] {
        var closures: [Closure] = []
        for (name, syncs) in Dictionary(grouping: syncs, by: \.destination).sorted(by: { $0.key < $1.key }) {
            let hasRows = isPushing || syncs.contains { rows[$0.name] != nil }
            var shortages: [QuotaShortage] = []
            if let destination = context.definitions.destinations[name], hasRows || lacksZone(of: name) {
                shortages = try await look(at: destination, syncs, hasRows, rows, context)
            }
            var gate = try await current()
            gate.shortages = shortages
            var question = GateQuestion(
                destination: name,
                objects: syncs.flatMap(\.objects),
                phase: isPushing ? .pushing : .beginning(expected: nil),
                overridden: Set([context.overriddenWindow].compactMap(\.self)),
                hasRowsToSend: hasRows
            )
            var expected: ExpectedDuration?
            if !isPushing, gate.hasAutomaticLead(for: question) {
                expected = try await expectation(of: syncs, rows, context)
                question.phase = .beginning(expected: expected?.duration)
            }
            let now = clock.now
            guard case .closed(let found) = gate.clearance(for: question, at: now) else { continue }
            closures += found.map { closure in
                guard let expected, case .quietWindow(let name) = closure.cause, let window = gate.window(named: name),
                    window.lead == .auto, window.closedUntil(at: now) == nil
                else { return closure }
                var closure = closure
                let lead = "it takes \(expected.duration.roughText), \(expected.reason)"
                closure.reason = closure.reason.map { "\($0) (\(lead))" } ?? lead
                return closure
            }
        }
        return closures
    }

    /// Looks at what the org does and has left, if what is known is older than `poll`.
    private func look(
        at destination: DestinationDefinition,
        _ syncs: [SyncDefinition],
        _ hasRows: Bool,
        _ rows: [String: Int],
        _ context: RunContext
    ) async throws -> [QuotaShortage] {
        let label = CallJournal.label(run: context.runID, sync: syncs.first?.name)
        let watch = watch(of: destination.name)
        let found = try await CallLabel.$current.withValue(CallLabel.current ?? label) {
            let client = try await context.orgs.org(destination).client()
            return await watch.knowledge(of: destination, client)
        }
        for notice in found.notices where state.withLock({ $0.said.insert(notice).inserted }) {
            let key = "said:\(notice)"
            guard try await ledger.value(key) == nil else { continue }
            try await ledger.setValue("1", for: key)
            try await context.book.warn(notice)
        }
        if let zone = found.zone, state.withLock({ $0.orgZones[destination.name] }) != zone {
            try learn(zone: zone, of: destination.name)
            try await ledger.setValue(zone, for: "zone:\(destination.name)")
        }
        guard hasRows else { return [] }
        let need = syncs.reduce(QuotaNeed()) { $0 + QuotaNeed(sending: rows[$1.name] ?? 1, by: $1) }
        let quota = Quota(
            destination: destination.name,
            limits: destination.limits,
            reading: found.quota,
            spending: try await spending(on: destination, context)
        )
        return quota.shortages(for: need, at: clock.now)
    }

    /// What sequenced spent on an org; asked only where a cap is written.
    private func spending(on destination: DestinationDefinition, _ context: RunContext) async throws -> QuotaSpending {
        let limits = destination.limits
        guard limits.dailyAPICalls != nil || limits.dailyBulkBatches != nil || limits.dailyBulkRows != nil else {
            return QuotaSpending()
        }
        let syncs = context.definitions.syncs.values.filter { $0.destination == destination.name }.map(\.name)
        let hours = try await ledger.spending(of: Set(syncs), since: clock.now - .seconds(26 * 3_600))
        return QuotaSpending(
            hours: hours.map { hour in
                let need = QuotaNeed(apiRequests: hour.calls, bulkBatches: hour.batches, bulkRows: hour.rows)
                return QuotaSpending.Hour(from: hour.from, need: need)
            }
        )
    }

    /// A wait may take days, and an org that is looked at is called every time.
    private func keepCalls(_ context: RunContext) async {
        // What can't be stored now is kept until the next time, and ends no wait.
        try? await context.calls.flush(to: ledger)
    }

    private func poll(of syncs: [SyncDefinition], _ context: RunContext) -> Duration {
        let polls = syncs.compactMap { context.definitions.destinations[$0.destination]?.automation.poll }
        return max(polls.min() ?? .seconds(60), .seconds(1))
    }

    /// How long the syncs of a step will take, the longest of them.
    func expectation(
        of syncs: [SyncDefinition],
        _ rows: [String: Int],
        _ context: RunContext
    ) async throws -> ExpectedDuration? {
        var longest: ExpectedDuration?
        for sync in syncs {
            let samples = try await ledger.pushes(of: sync.name, in: context.sequence.name).map {
                ExpectedDuration.Sample(duration: $0.duration, rows: $0.rows)
            }
            guard let expected = ExpectedDuration(samples, plannedRows: rows[sync.name]) else { continue }
            if longest.map({ $0.duration < expected.duration }) ?? true { longest = expected }
        }
        return longest
    }
}

extension Gatekeeper {
    /// How long a step is expected to take and how that was come by, where a window's `lead: auto` asks for it.
    package func automaticLeads(_ sequence: SequenceDefinition, _ definitions: DefinitionSet) async throws -> [String] {
        var words: [String] = []
        let gate = state.withLock(\.gate)
        for sync in sequence.syncs.compactMap({ definitions.syncs[$0] }) {
            let question = GateQuestion(
                destination: sync.destination,
                objects: sync.objects,
                phase: .beginning(expected: nil)
            )
            guard gate.hasAutomaticLead(for: question) else { continue }
            let samples = try await ledger.pushes(of: sync.name, in: sequence.name).map {
                ExpectedDuration.Sample(duration: $0.duration, rows: $0.rows)
            }
            let lead = ExpectedDuration(samples, plannedRows: nil)
            words.append(
                "\(sync.name): lead auto is \(lead.map { "\($0.duration.roughText) (\($0.reason))" } ?? "none, it has not run yet")"
            )
        }
        return words
    }
}

extension Closure {
    /// Whether its end is only what is thought now.
    fileprivate var isLive: Bool {
        switch cause {
        case .quietWindow, .hold: false
        case .discovered, .quota: true
        }
    }
}

extension QuotaNeed {
    /// What so many rows of a sync cost at most, about.
    init(sending rows: Int, by sync: SyncDefinition) {
        self.init()
        if case .event = sync.target { publishedEvents = rows }
        let calls = (rows + min(max(1, sync.batch.size), 200) - 1) / min(max(1, sync.batch.size), 200)
        // Create, put, close, polls, three result sets (reference 04, 1).
        let jobCalls = 8 + 8 * (rows / 150_000)
        switch sync.api {
        case .auto where sync.headers.allowDuplicates, .rest:
            apiRequests = calls
        case .auto where rows <= APIDecision.restRows && publishedEvents == 0 && !sync.batch.serial:
            // What REST has no room for goes by Bulk 2.0.
            apiRequests = min(calls, jobCalls)
        case .auto where sync.batch.serial, .bulk:
            bulkBatches = (rows + sync.batch.size - 1) / max(1, sync.batch.size)
            bulkRows = rows
            apiRequests = 2 * bulkBatches + 8
        case .auto, .bulk2:
            bulkBatches = (rows + 9_999) / 10_000
            bulkRows = rows
            apiRequests = jobCalls
        }
    }
}
