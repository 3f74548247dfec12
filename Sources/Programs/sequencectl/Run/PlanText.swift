import ControlProtocol
import TerminalOutput

/// A plan as a person reads it: counts and price, guards, gates, examples.
struct PlanText {
    let output: Output

    func lines(_ answer: PlanAnswer) -> [String] {
        var lines = table(answer.plans).lines(on: output.terminal, headings: output.hasLegend)
        for plan in answer.plans { lines += details(plan) }
        for warning in answer.warnings { lines += ["", "warning: \(warning.harmless)"] }
        return lines
    }

    // MARK: - Implementation

    private func table(_ plans: [PlanReport]) -> Table {
        let all: [(String, (PlanReport) -> Int)] = [
            ("ADDED", \.added), ("CHANGED", \.changed), ("REMOVED", \.removed), ("UNCHANGED", \.unchanged),
            ("OWED", \.owed),
            ("REJECTED", \.rejected), ("API CALLS", \.apiCalls), ("BULK BATCHES", \.bulkBatches),
            ("BULK ROWS", \.bulkRows), ("EVENTS", \.publishedEvents),
        ]
        let hasSteps = plans.contains { $0.step != nil }
        // What the org or the sync has none of is left out; `wide` shows it all the same.
        let numbers = all.filter { number in
            output.isWide || !Self.rare.contains(number.0) || plans.contains { number.1($0) != 0 }
        }
        var table = Table(
            (hasSteps ? [.init("STEP", isNumber: true)] : [])
                + [.init("SYNC"), .init("OBJECT"), .init("MODE")]
                + numbers.map { Table.Column($0.0, isNumber: true) } + [.init("API")]
        )
        for plan in plans {
            table.add(
                (hasSteps ? [Table.Cell(plan.step.map(String.init) ?? "")] : [])
                    + [Table.Cell(plan.sync, .strong), Table.Cell(plan.object), Table.Cell(plan.mode)]
                    + numbers.map { Table.Cell($0.1(plan).grouped) } + [
                        Table.Cell(plan.api)
                    ]
            )
        }
        return table
    }

    private func details(_ plan: PlanReport) -> [String] {
        var lines: [String] = []
        for warning in plan.warnings { lines.append("  warning: \(warning.harmless)") }
        for check in plan.guards where check.exceeded {
            lines.append(
                "  "
                    + Emphasis.warning.applied(
                        to: "guard \(check.name): \(check.message.harmless)",
                        on: output.terminal
                    )
            )
        }
        for gate in plan.gates where gate.closed {
            let until = gate.until.map { ", until \(output.times.clock($0))" } ?? ""
            lines.append(
                "  "
                    + Emphasis.warning.applied(
                        to: "closed by \(gate.kind) \(gate.name.harmless)\(until)",
                        on: output.terminal
                    )
            )
        }
        for sample in plan.samples {
            lines.append("  \(sample.class) \(sample.key.harmless)")
            // What stays as it is says which record this is, to a program; a person has the key.
            for (field, change) in sample.fields.sorted(by: { $0.key < $1.key }) where change.old != change.new {
                lines.append(
                    "    \(field): \(Self.value(change.old)) → \(Self.value(change.new))\(Self.sent(sample, field, change))"
                )
            }
        }
        return lines.isEmpty ? [] : ["", Emphasis.strong.applied(to: plan.sync.harmless, on: output.terminal)] + lines
    }

    private static let rare: Set = ["BULK BATCHES", "BULK ROWS", "EVENTS"]

    /// What was sent last, where Salesforce holds something else by now.
    private static func sent(_ sample: PlanSample, _ field: String, _ change: PlanSample.FieldChange) -> String {
        guard let sent = sample.sent?[field]?.wrappedValue, sent != change.old else { return "" }
        return " (last sent: \(value(sent)))"
    }

    private static func value(_ text: String?) -> String {
        text.map { "\"\($0.harmless)\"" } ?? "(empty)"
    }
}
