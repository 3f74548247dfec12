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
            "  \(row.class)\(row.resting ? ", resting" : "")",
        ]
        lines += values("model", row.model)
        lines += values("last delivered", row.delivered)
        lines += values("in Salesforce now", row.salesforce)
        lines += values("would be sent", row.payload)
        if !row.differences.isEmpty {
            lines.append("differences:")
            for (field, change) in row.differences.sorted(by: { $0.key < $1.key }) {
                lines.append("  \(field): \(Self.value(change.old)) → \(Self.value(change.new))".harmless)
            }
        }
        for lookup in row.lookups { lines.append("lookup \(lookup.field): \(lookup.message)".harmless) }
        if !row.deliveries.isEmpty { lines += ["deliveries:"] + deliveries(row.deliveries) }
        return lines + ["next: \(row.next.harmless)"]
    }

    // MARK: - Implementation

    private func values(_ title: String, _ values: [String: OrNull<String>]?) -> [String] {
        guard let values else { return ["\(title): nothing"] }
        return ["\(title):"]
            + values.sorted { $0.key < $1.key }.map { "  \($0.key): \(Self.value($0.value.wrappedValue))".harmless }
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
