import ControlProtocol
import TerminalOutput

/// The life of one row as a person reads it.
struct RowText {
    let output: Output

    func lines(_ answer: ExplainAnswer) -> [String] {
        let row = answer.row
        let head = "\(row.sync) \(row.key) → \(row.object)" + (row.salesforceId.map { " \($0)" } ?? "")
        var lines = [
            Emphasis.strong.applied(to: head.harmless, on: output.terminal),
            "  \(Self.standing(row))",
            "  \(row.next.harmless)",
        ]
        if let problem = row.problem {
            lines.append(
                "  " + Emphasis.warning.applied(to: "\(problem.code): \(problem.message)".harmless, on: output.terminal)
            )
            if !problem.explanation.isEmpty { lines.append("    why: \(problem.explanation.harmless)") }
            if !problem.remedy.isEmpty { lines.append("    do:  \(problem.remedy.harmless)") }
        }
        for note in row.notes { lines.append("  note: \(note.harmless)") }
        for lookup in row.lookups {
            lines.append("  \(lookup.field): \(lookup.message)\(lookup.foundId.map { " (\($0))" } ?? "")".harmless)
        }
        lines += [""] + fields(row)
        if let model = row.model, !model.isEmpty {
            let cells = model.sorted { $0.key < $1.key }.map { "\($0.key) \(Self.value($0.value.wrappedValue))" }
            lines += ["", "in the model: \(cells.joined(separator: ", "))".harmless]
        }
        if !row.deliveries.isEmpty { lines += ["", "what happened to it:"] + deliveries(row.deliveries) }
        return lines
    }

    // MARK: - Implementation

    private static func standing(_ row: RowReport) -> String {
        let words =
            switch row.class {
            case "added": "in the model, and never delivered"
            case "changed": "delivered, and changed since"
            case "unchanged": "delivered as it is"
            case "removed": "delivered, and not in the model any more"
            case "owed": "owed: tried, and not delivered as it is"
            default: "not known"
            }
        return [row.class, row.state, row.resting ? "resting" : nil].compactMap(\.self).joined(separator: ", ")
            + " (\(words))"
    }

    /// A line a field: what was sent, what is there, what would be sent.
    private func fields(_ row: RowReport) -> [String] {
        let names = Set(row.delivered.map { Array($0.keys) } ?? []).union(row.salesforce.map { Array($0.keys) } ?? [])
            .union(row.payload.map { Array($0.keys) } ?? []).sorted()
        guard !names.isEmpty else { return ["Nothing of it was delivered, and nothing would be sent as it is now."] }
        var table = Table([
            .init("FIELD"), .init("LAST SENT", isFlexible: !output.isWide),
            .init("IN SALESFORCE NOW", isFlexible: !output.isWide), .init("WOULD BE SENT", isFlexible: !output.isWide),
        ])
        func cell(_ values: [String: OrNull<String>]?, _ name: String) -> Table.Cell {
            guard let values, let value = values[name] else { return Table.Cell("-", .faint) }
            return Table.Cell(Self.value(value.wrappedValue))
        }
        for name in names {
            let differs = row.differences[name] != nil
            table.add([
                Table.Cell(name, differs ? .warning : .plain), cell(row.delivered, name), cell(row.salesforce, name),
                cell(row.payload, name),
            ])
        }
        return table.lines(on: output.terminal, headings: output.hasLegend)
    }

    private func deliveries(_ deliveries: [RowReport.Delivery]) -> [String] {
        var table = Table([
            .init("TIME"), .init("RUN"), .init("OPERATION"), .init("STATE"), .init("JOB"), .init("BATCH"),
            .init("POSITION", isNumber: true), .init("MESSAGE", isFlexible: !output.isWide),
        ])
        for delivery in deliveries {
            table.add([
                Table.Cell(output.times.clock(delivery.time)), Table.Cell(delivery.run), Table.Cell(delivery.operation),
                Table.Cell(delivery.state, StateText.emphasis(delivery.state)), Table.Cell(delivery.job ?? "-"),
                Table.Cell(delivery.batch ?? "-"),
                Table.Cell(delivery.position.map(String.init) ?? "-"),
                Table.Cell([delivery.code, delivery.message].compactMap(\.self).joined(separator: ": ")),
            ])
        }
        return table.lines(on: output.terminal, headings: output.hasLegend)
    }

    private static func value(_ text: String?) -> String {
        text.map { "\"\($0)\"" } ?? "(empty)"
    }
}
