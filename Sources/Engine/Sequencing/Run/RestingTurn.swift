internal import CivilTime
internal import Ledger
internal import SyncModel

/// When the rows of a sync that rest are tried: with the first run of each day, in UTC.
struct RestingTurn: Sendable {
    let ledger: Ledger
    let sync: String

    /// Whether they were not tried today yet.
    func isDue(at now: Timestamp) async throws -> Bool {
        try await ledger.value(key) != Self.day(now)
    }

    /// Notes that they were tried, or that the first have just come to rest.
    func taken(at now: Timestamp) async throws {
        if try await isDue(at: now) { try await ledger.setValue(Self.day(now), for: key) }
    }

    /// Whether any ever came to rest.
    var isUsed: Bool { get async throws { try await ledger.value(key) != nil } }

    // MARK: - Implementation

    private var key: String { "resting:\(sync)" }

    private static func day(_ time: Timestamp) -> String { String(time.rfc3339.prefix(10)) }
}

extension StepWorker {
    /// After a step's rows have had their turn: those that came to rest in it are announced, once.
    ///
    /// `hasTried`: the step came to its end.
    func tellOfResting(hasTried: Bool) async throws {
        guard sync.rowsMayRest else { return }
        let turn = RestingTurn(ledger: context.ledger, sync: sync.name)
        if hasTried, read.triesResting, try await turn.isUsed { try await turn.taken(at: context.clock.now) }
        guard await book.counts(of: sync.name).rejected > 0 else { return }
        let codes = try await context.ledger.broughtToRest(run: context.runID, sync: sync.name)
        guard !codes.isEmpty else { return }
        try await turn.taken(at: context.clock.now)
        let causes = codes.sorted { $0.key < $1.key }.map { "\($0.value) for \($0.key)" }.joined(separator: ", ")
        let times = RefusalMark.restingAfter
        try await book.tell(
            LedgerEvent(
                time: context.clock.now,
                kind: "rows-resting",
                run: context.runID,
                sequence: context.sequence.name,
                sync: sync.name,
                reason:
                    "rejected \(times) runs running (\(causes)): tried once a day until their values, the mapping or the object change"
            )
        )
    }
}
