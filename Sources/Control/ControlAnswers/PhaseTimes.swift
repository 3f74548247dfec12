internal import CivilTime
internal import Ledger
internal import SyncModel

/// How long each step of a run was in each of its phases, from what was recorded of it.
struct PhaseTimes {
    private var seconds: [String: [String: Double]] = [:]

    init(of run: RunRecord, in ledger: Ledger, at now: Timestamp) async throws {
        var events: [LedgerEvent] = []
        var last: Int64 = 0
        while true {
            let page = try await ledger.events(after: last, run: run.id, limit: Self.page)
            events += page
            last = page.last?.number ?? last
            if page.count < Self.page { break }
        }
        self.init(events, end: run.ended ?? now)
    }

    init(_ events: [LedgerEvent], end: Timestamp) {
        var open: [String: (phase: String, since: Timestamp)] = [:]
        for event in events {
            guard let sync = event.sync, event.kind.hasPrefix(Self.prefix) else { continue }
            close(open.removeValue(forKey: sync), of: sync, at: event.time)
            let word = String(event.kind.dropFirst(Self.prefix.count))
            // Who waits for a person waits.
            let phase = word == "awaiting-approval" ? "waiting" : word
            if Self.phases.contains(phase) { open[sync] = (phase, event.time) }
        }
        for (sync, phase) in open { close(phase, of: sync, at: end) }
    }

    /// Seconds by phase, each phase with its number.
    subscript(sync: String) -> [String: Double] {
        Dictionary(uniqueKeysWithValues: Self.phases.map { ($0, seconds[sync]?[$0] ?? 0) })
    }

    // MARK: - Implementation

    private static let prefix = "step-"
    private static let phases: Set = ["reading", "planning", "waiting", "pushing", "collecting"]
    private static let page = 1_000

    private mutating func close(_ phase: (phase: String, since: Timestamp)?, of sync: String, at time: Timestamp) {
        guard let phase else { return }
        let span = Double(max(0, time.microseconds - phase.since.microseconds)) / 1_000_000
        seconds[sync, default: [:]][phase.phase, default: 0] += span
    }
}
