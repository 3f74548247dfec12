import ControlProtocol
import TerminalOutput

/// Turns what is seen of a run into what a person sees: lines drawn in place on a terminal, one line a change elsewhere.
struct RunProgress {
    private let terminal: Terminal
    private var live = LiveLines()
    private var states: [String: String] = [:]
    private var isAway = false
    /// When each step was first seen to push, and with how many rows done.
    private var beginnings: [String: (time: ContinuousClock.Instant, done: Int)] = [:]

    init(terminal: Terminal) {
        self.terminal = terminal
    }

    /// The text to write for a sighting; empty where nothing changed.
    mutating func seen(_ run: RunReport, at now: ContinuousClock.Instant, times: TimeText) -> String {
        isAway = false
        let bars = run.steps.map { bar(of: $0, at: now) }
        guard terminal.isInteractive else { return changes(run, bars, times) }
        return live.redraw(drawing(run, bars, times), on: terminal)
    }

    /// The text to write when the daemon does not answer; once until it does again.
    mutating func daemonAway() -> String {
        guard !isAway else { return "" }
        isAway = true
        guard !terminal.isInteractive else {
            return live.redraw(["the daemon does not answer; waiting for it to come back"], on: terminal)
        }
        return "the daemon does not answer; waiting for it to come back\n"
    }

    // MARK: - Implementation

    private mutating func bar(of step: StepReport, at now: ContinuousClock.Instant) -> ProgressBar? {
        guard step.state == "pushing" || step.state == "collecting" else {
            beginnings[step.sync] = nil
            return nil
        }
        let done = step.rowsDone
        let beginning = beginnings[step.sync] ?? (now, done)
        beginnings[step.sync] = beginning
        let seconds = (now - beginning.time) / .seconds(1)
        return ProgressBar(
            done: done,
            total: step.rowsToDo,
            rate: seconds > 0.5 ? Double(done - beginning.done) / seconds : nil
        )
    }

    private func drawing(_ run: RunReport, _ bars: [ProgressBar?], _ times: TimeText) -> [String] {
        let head = "\(run.sequence)  \(run.id)  \(run.state)" + (run.waiting.map { ": \($0.text(times))" } ?? "")
        let name = run.steps.map(\.sync.displayWidth).max() ?? 0
        let state = run.steps.map(\.state.displayWidth).max() ?? 0
        return [head.harmless]
            + zip(run.steps, bars).map { step, bar in
                let lead = "  " + step.sync.harmless.padded(to: name) + "  " + step.state.padded(to: state) + "  "
                if let bar { return lead + bar.bar(width: 20, isUnicode: terminal.isUnicode) + "  " + bar.text }
                return lead + remark(step, times)
            }
    }

    /// A line for the run and for each step whose state is another one than before.
    private mutating func changes(_ run: RunReport, _ bars: [ProgressBar?], _ times: TimeText) -> String {
        var text = ""
        // How far off it is changes with every look, what it waits for does not.
        let state = "\(run.state) \(run.waiting?.reason ?? "")"
        if states.updateValue(state, forKey: "") != state {
            let waiting = run.waiting.map { ": \($0.text(times))" } ?? ""
            text += "run \(run.id): \(run.state)\(waiting)".harmless + "\n"
        }
        for (step, bar) in zip(run.steps, bars) {
            let tenth = bar?.share.map { Int($0 * 10) } ?? 0
            let seen = "\(step.state) \(step.waiting?.reason ?? "") \(tenth)"
            guard states.updateValue(seen, forKey: step.sync) != seen, step.state != "pending" else { continue }
            let remark = bar.map(\.text) ?? remark(step, times)
            text += "\(step.sync): \(step.state)\(remark.isEmpty ? "" : "  " + remark)".harmless + "\n"
        }
        return text
    }

    private func remark(_ step: StepReport, _ times: TimeText) -> String {
        if let waiting = step.waiting { return waiting.text(times) }
        var parts: [String] = []
        for (count, word) in [
            (step.created, "created"), (step.updated, "updated"), (step.deleted, "deleted"), (step.merged, "merged"),
            (step.published, "published"), (step.unmatched, "unmatched"), (step.held, "held"),
            (step.rejected, "rejected"),
            (step.inDoubt, "in doubt"),
        ] where count > 0 {
            parts.append("\(count.grouped) \(word)")
        }
        if parts.isEmpty, step.read > 0 { parts.append("\(step.read.counted("row")) read") }
        // A reason that counts rows has just been counted.
        if let reason = step.reason, !reason.split(separator: ", ").allSatisfy({ parts.contains(String($0)) }) {
            parts.append(reason)
        }
        return parts.joined(separator: ", ").harmless
    }
}

extension StepReport {
    /// Rows that have an outcome.
    fileprivate var rowsDone: Int {
        created + updated + deleted + merged + published + unmatched + held + rejected + inDoubt
    }

    /// Rows that the plan wants to send; nil: none are known of.
    fileprivate var rowsToDo: Int? {
        let all = added + changed + removed + owed
        return all > 0 ? max(all, rowsDone) : nil
    }
}
