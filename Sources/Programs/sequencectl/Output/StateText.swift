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
    /// `quiet window scoring, until Mon 02:45`.
    func text(_ times: TimeText) -> String {
        until.map { "\(reason), until \(times.clock($0))" } ?? reason
    }
}
