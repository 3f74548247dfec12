package import Ledger
package import SyncModel

/// What happened as a sentence: the journal's message, and the last column of `events`.
package enum EventSentence {
    /// - Parameters:
    ///   - event: as it was stored.
    ///   - run: as it stood then, for the counts of one that has ended.
    /// - Returns: one sentence without a full stop.
    package static func text(_ event: LedgerEvent, run: RunRecord? = nil) -> String {
        var subject = event.sequence ?? ""
        if let sync = event.sync { subject += subject.isEmpty ? sync : "/\(sync)" }
        var text = [subject, phrases[event.kind] ?? plain(event.kind)].filter { !$0.isEmpty }.joined(separator: ": ")
        if let actor = event.actor { text += " by \(actor.name)" }
        if let reason = event.reason, !reason.isEmpty { text += ": \(reason)" }
        if let run, run.state.hasEnded, event.sync == nil, event.kind.hasPrefix("run-") {
            text += " (\(counts(of: run)))"
        }
        return text
    }

    // MARK: - Implementation

    private static let phrases: [String: String] = [
        "elapsed": "schedule elapsed",
        "run-queued": "run queued",
        "run-waiting": "run waits",
        "run-running": "run under way",
        "run-stopping": "run is being stopped",
        "run-interrupted": "run was interrupted",
        "run-succeeded": "run succeeded",
        "run-partial": "run left rows behind",
        "run-failed": "run failed",
        "run-timed-out": "run took too long",
        "run-cancelled": "run was cancelled",
        "run-skipped": "run was skipped",
        "run-missed": "run was missed",
        "step-waiting": "waits",
        "step-reading": "reads its model",
        "step-planning": "works out its changes",
        "step-awaiting-approval": "needs approval",
        "step-pushing": "pushes",
        "step-collecting": "collects results",
        "step-succeeded": "succeeded",
        "step-partial": "left rows behind",
        "step-failed": "failed",
        "step-timed-out": "took too long",
        "step-cancelled": "was cancelled",
        "step-skipped": "was skipped",
        "hold-added": "hold added",
        "hold-ended": "hold ended",
        "sequence-paused": "schedule paused",
        "sequence-resumed": "schedule resumed",
    ]

    private static func plain(_ kind: String) -> String {
        String(kind.map { $0 == "-" ? " " : $0 })
    }

    private static func counts(of run: RunRecord) -> String {
        func sum(_ key: KeyPath<StepCounts, Int>) -> Int { run.steps.reduce(0) { $0 + $1.counts[keyPath: key] } }
        let numbers = [
            (sum(\.created), "created"), (sum(\.updated), "updated"), (sum(\.deleted), "deleted"),
            (sum(\.merged), "merged"), (sum(\.published), "published"), (sum(\.rejected), "rejected"),
            (sum(\.resting), "resting"),
            (sum(\.held), "held"), (sum(\.unmatched), "unmatched"), (sum(\.inDoubt), "in doubt"),
            (sum(\.apiCalls), "API calls"),
        ]
        let words = numbers.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
        return words.isEmpty ? "nothing was sent" : words.joined(separator: ", ")
    }
}
