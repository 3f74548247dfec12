internal import CivilTime
internal import Gating
internal import Ledger
internal import SyncModel

/// Asks a person before a run does more than its guards allow, and waits for the answer; no lock is held meanwhile, and other
/// runs may have the syncs.
struct ApprovalWait: Sendable {
    enum Ending {
        /// Somebody approved: the models are read again, and the guards held against what they have then.
        case granted
        /// Somebody asked the run to stop, or the daemon ends.
        case stopped
        /// Nobody answered within `max_wait`; the run has ended.
        case missed
    }

    private let context: RunContext

    init(_ context: RunContext) {
        self.context = context
    }

    /// What the plans of these readings pass and nobody has approved.
    func open(_ reads: [String: ReadSync]) async throws -> [GuardFinding] {
        var exceeded: [GuardFinding] = []
        for read in reads.values.sorted(by: { $0.sync.name < $1.sync.name }) {
            guard case .success(let diff) = read.diff else { continue }
            exceeded += try await Self.findings(of: read.sync, diff, context).filter(\.isExceeded)
            if let finding = try await PicklistDelivery.finding(of: read, context), finding.isExceeded {
                exceeded.append(finding)
            }
        }
        if await context.book.run.approval?.covers(exceeded) ?? exceeded.isEmpty { return [] }
        return exceeded
    }

    /// Every guard of a sync, held against what a reading found.
    static func findings(
        of sync: SyncDefinition,
        _ diff: DiffResult,
        _ context: RunContext
    ) async throws -> [GuardFinding] {
        PlanGuards(
            sync: sync,
            counts: diff.counts,
            lastRead: try await lastRead(of: sync.name, context),
            isLookedAtAnew: diff.isMappingChanged || diff.isDescribeChanged
        ).findings
    }

    /// Waits until somebody approves.
    ///
    /// `giving`: syncs of the run that nobody is at work with, which other runs may have meanwhile. `isUnderWay`: other steps have
    /// run, or are at work.
    ///
    /// - Throws: `WaitedTooLong` when a run that is under way waited longer than `max_wait`.
    func wait(
        for asked: [GuardFinding],
        _ reads: [String: ReadSync],
        giving: [String],
        isUnderWay: Bool = false
    ) async throws -> Ending {
        let book = context.book
        let since = try await book.ask(for: asked)
        context.desk.lay(reads)
        defer { context.desk.clear() }
        for (sync, findings) in Dictionary(grouping: asked, by: \.sync) {
            let words = findings.map(\.words).joined(separator: "; ")
            try await book.step(sync, is: .awaitingApproval, reason: words)
        }
        let askers = Set(asked.map(\.sync))
        for step in await book.run.steps
        where !isUnderWay && !step.state.hasEnded && !askers.contains(step.sync) {
            try await book.step(
                step.sync,
                is: .waiting,
                reason: "\(askers.sorted().joined(separator: ", ")) awaits approval"
            )
        }
        let words = asked.map { "\($0.sync): \($0.words)" }.joined(separator: "; ")
        try await book.happened(.blocked, reason: "approval: \(words)")
        context.claims.lend([], giving: giving, of: context.runID)
        while true {
            if context.signal.isAsked { return .stopped }
            if await book.run.approval?.covers(asked) == true {
                try await book.happened(.cleared)
                try await context.takeBack(giving)
                return .granted
            }
            if context.clock.now - since >= context.sequence.maxWait {
                if isUnderWay {
                    throw WaitedTooLong(reason: "approval: nobody approved it within max_wait; \(words)")
                }
                try await miss(words)
                return .missed
            }
            if try await context.signal.wait(.milliseconds(Int64(400 * context.clock.rate)), on: context.clock) {
                return .stopped
            }
        }
    }

    /// Keeps how many rows a model had at a success: what `max_shrink` measures against.
    static func remember(_ rows: Int, of sync: String, _ ledger: Ledger) async throws {
        let key = "rows:\(sync)"
        if try await ledger.value(key) != String(rows) { try await ledger.setValue(String(rows), for: key) }
    }

    // MARK: - Implementation

    private static func lastRead(of sync: String, _ context: RunContext) async throws -> Int? {
        try await context.ledger.value("rows:\(sync)").flatMap { Int($0) }
    }

    private func miss(_ words: String) async throws {
        for step in await context.book.run.steps where !step.state.hasEnded {
            try await context.book.step(step.sync, is: .skipped, reason: "approval: nobody approved the run in time")
        }
        try await context.book.happened(.missed, reason: "approval: nobody approved it within max_wait; \(words)")
    }
}
