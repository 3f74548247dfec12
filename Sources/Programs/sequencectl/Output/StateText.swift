import ControlProtocol
import TerminalOutput

/// How states of runs, steps and sequences stand out.
enum StateText {
    static func cell(_ state: String) -> Table.Cell {
        Table.Cell(state, emphasis(state))
    }

    static func emphasis(_ state: String) -> Emphasis {
        switch state {
        case "succeeded": .good
        case "partial", "waiting", "awaiting-approval", "missed", "stopping", "interrupted", "held", "unmatched":
            .warning
        case "failed", "timed-out", "rejected", "in-doubt": .bad
        case "running", "reading", "planning", "pushing", "collecting": .active
        case "idle", "skipped", "cancelled", "pending": .faint
        default: .plain
        }
    }
}

extension WaitingReport {
    /// `window scoring until 02:45 (in 38min)`: a reason that says when has that on the daemon's clock.
    func text(_ times: TimeText) -> String {
        guard let until else { return reason }
        return reason.contains(" until ")
            ? "\(reason) (\(times.distance(until)))" : "\(reason), until \(times.clock(until))"
    }
}
