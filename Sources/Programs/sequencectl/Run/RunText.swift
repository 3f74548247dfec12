import CivilTime
import ControlProtocol
import TerminalOutput

/// One run as a person reads it: what it is, then a table of its steps.
struct RunText {
    let output: Output

    func lines(_ run: RunReport) -> [String] {
        facts(run) + [""] + steps(run) + phases(run)
    }

    func lines(_ answer: RunAnswer) -> [String] {
        lines(answer.run)
    }

    // MARK: - Implementation

    private func facts(_ run: RunReport) -> [String] {
        let state = StateText.emphasis(run.state).applied(to: run.state, on: output.terminal)
        var facts: [(String, String?)] = [
            ("Run", run.id), ("Sequence", run.sequence),
            // What it waits for stands below.
            ("State", state + (run.waiting == nil ? run.reason.map { ": \($0.harmless)" } ?? "" : "")),
            ("Waits for", run.waiting?.text(output.times).harmless), ("Trigger", trigger(of: run)),
            ("Due", run.scheduled.map { output.times.clock($0) }), ("Retry of", run.retryOf),
            ("Asked for", asked(of: run)),
            ("Created", output.times.clock(run.created)), ("Started", run.started.map { output.times.clock($0) }),
            (
                "Ended",
                run.ended.map {
                    "\(output.times.clock($0)), took \(output.times.span(from: run.started ?? run.created, to: $0))"
                }
            ),
        ]
        facts += run.warnings.map { ("Warning", Emphasis.warning.applied(to: $0.harmless, on: output.terminal)) }
        return facts.compactMap { name, value in value.map { "\(name):".padded(to: 11, right: true) + " " + $0 } }
    }

    private func trigger(of run: RunReport) -> String {
        run.trigger + (run.actor.map { " by \($0.name.harmless) (uid \($0.uid))" } ?? "")
    }

    private func asked(of run: RunReport) -> String? {
        let request = run.request
        var parts: [String] = []
        if let from = request.from { parts.append("from \(from)") }
        if let only = request.only { parts.append("only \(only)") }
        if let keys = request.keys { parts.append(keys.count.counted("key")) }
        if request.fullResync { parts.append("full resync") }
        if request.rejectedOnly { parts.append("rejected rows only") }
        if let window = request.overrideWindow {
            parts.append("overriding \(window)" + (request.overrideReason.map { " (\($0))" } ?? ""))
        }
        return parts.isEmpty ? nil : parts.joined(separator: ", ").harmless
    }

    private func steps(_ run: RunReport) -> [String] {
        let numbers: [(String, (StepReport) -> Int)] = [
            ("READ", \.read), ("ADDED", \.added), ("CHANGED", \.changed), ("REMOVED", \.removed), ("OWED", \.owed),
            ("CREATED", \.created),
            ("UPDATED", \.updated), ("DELETED", \.deleted), ("MERGED", \.merged), ("PUBLISHED", \.published),
            ("UNMATCHED", \.unmatched),
            ("HELD", \.held), ("REJECTED", \.rejected), ("RESTING", \.resting), ("UNSENT", \.unsent),
            ("IN DOUBT", \.inDoubt),
            ("BATCHES", \.batches),
            ("RETRIES", \.retries), ("API CALLS", \.apiCalls), ("BULK ROWS", \.bulkRows),
        ]
        // A column of noughts says nothing; `wide` shows it all the same.
        let shown = numbers.filter { number in output.isWide || run.steps.contains { number.1($0) != 0 } }
        var table = Table(
            [.init("SYNC"), .init("OBJECT"), .init("STATE")] + shown.map { .init($0.0, isNumber: true) } + [
                .init("TOOK"), .init("REASON", isFlexible: !output.isWide),
            ]
        )
        for step in run.steps {
            table.add(
                [Table.Cell(step.sync, .strong), Table.Cell(step.object), StateText.cell(step.state)]
                    + shown.map { Table.Cell($0.1(step).grouped) } + [
                        Table.Cell(output.times.span(from: step.started, to: step.ended)),
                        Table.Cell(step.waiting?.text(output.times) ?? step.reason ?? ""),
                    ]
            )
        }
        return output.table(table, counting: "step")
    }

    /// Where the time went, step by step.
    private func phases(_ run: RunReport) -> [String] {
        let lines = run.steps.compactMap { step -> String? in
            let spent = ["reading", "planning", "waiting", "pushing", "collecting"].compactMap { phase -> String? in
                guard let seconds = step.phases[phase], seconds >= 0.001 else { return nil }
                return "\(phase) \(Duration.milliseconds(Int64(seconds * 1_000)).roughText)"
            }
            return spent.isEmpty ? nil : "  \(step.sync.harmless): \(spent.joined(separator: ", "))"
        }
        let paces = run.steps.compactMap { step in
            step.pressure.map { "  \(step.sync.harmless): \(Self.words(of: $0))" }
        }
        guard output.hasLegend else { return [] }
        return (lines.isEmpty ? [] : ["", "Time:"] + lines) + (paces.isEmpty ? [] : ["", "Pace at the end:"] + paces)
    }

    /// The adaptive settings of a step.
    private static func words(of pressure: PressureReport) -> String {
        let parcel = ["rest": "call", "bulk": "batch", "bulk2": "job"][pressure.api] ?? "batch"
        let size = "\(pressure.size.grouped) rows a \(parcel)"
        let width = pressure.serial ? "serial" : "\(pressure.parallel) at a time"
        return "\(pressure.api), \(size) at most, \(width)"
    }
}
