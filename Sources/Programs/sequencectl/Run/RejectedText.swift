import ControlProtocol
import TerminalOutput

/// Rows that were not delivered: a line a row, a line a cause, or CSV.
struct RejectedText {
    let output: Output

    func rows(_ answer: RejectedAnswer) -> [String] {
        var table = Table([
            .init("SYNC"), .init("KEY", isFlexible: !output.isWide), .init("STATE"), .init("CODE"),
            .init("FIELDS", isFlexible: !output.isWide),
            .init("MESSAGE", isFlexible: !output.isWide),
        ])
        for row in answer.rows {
            table.add([
                Table.Cell(row.sync), Table.Cell(row.key, .strong),
                Table.Cell(row.resting ? "\(row.state), resting" : row.state, StateText.emphasis(row.state)),
                Table.Cell(row.code), Table.Cell(row.fields.joined(separator: ", ")), Table.Cell(row.message),
            ])
        }
        return output.table(table, counting: "row", Self.words(ofRun: answer.run))
    }

    /// Most frequent first: what to do, once for all rows that need it.
    func causes(_ found: RejectedCauses) -> [String] {
        var lines: [String] = []
        for cause in found.causes {
            let head = "\(cause.rows.counted("row")) \(cause.state)  \(cause.code)  \(cause.sync)"
            lines.append(Emphasis.strong.applied(to: head.harmless, on: output.terminal))
            if !cause.fields.isEmpty { lines.append("  fields:  \(cause.fields.joined(separator: ", ").harmless)") }
            // It may hold a row's own values: then it is that row's.
            let first = cause.keys.count > 1 ? cause.keys.first ?? "" : ""
            lines.append("  message: \(cause.message.harmless)\(first.isEmpty ? "" : " (\(first.harmless))")")
            if !cause.explanation.isEmpty { lines.append("  why:     \(cause.explanation.harmless)") }
            if !cause.remedy.isEmpty { lines.append("  do:      \(cause.remedy.harmless)") }
            // A row without a key is named by its message.
            let keys = cause.keys.filter { !$0.isEmpty }
            if !keys.isEmpty {
                let some = keys.prefix(5).joined(separator: ", ")
                lines.append("  keys:    \(some.harmless)\(keys.count > 5 ? ", …" : "")")
            }
            lines.append("")
        }
        let rows = found.causes.reduce(0) { $0 + $1.rows }
        guard output.hasLegend else { return lines }
        let count = "\(rows.counted("row")), \(found.causes.count.counted("cause"))"
        return lines + ["\(count)\(Self.words(ofRun: found.run))."]
    }

    func csv(_ rows: [RejectedRowReport]) -> [String] {
        let fields = Set(rows.flatMap(\.values.keys)).sorted()
        let head = [
            "sync", "key", "operation", "state", "code", "message", "fields", "explanation", "remedy", "retryable",
            "resting",
        ]
        return [Self.line(head + fields)]
            + rows.map { row in
                Self.line(
                    [
                        row.sync, row.key, row.operation, row.state, row.code, row.message,
                        row.fields.joined(separator: ";"), row.explanation,
                        row.remedy, String(row.retryable), String(row.resting),
                    ] + fields.map { row.values[$0] ?? "" }
                )
            }
    }

    /// Whose rows they are: with a sync's name it is not said otherwise.
    private static func words(ofRun run: String?) -> String { run.map { " of run \($0.harmless)" } ?? "" }

    private static func line(_ cells: [String]) -> String {
        cells.map { cell in
            let needsQuotes = cell.utf8.contains {
                $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\"") || $0 == 0x0A || $0 == 0x0D
            }
            return needsQuotes
                ? "\"" + cell.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
                : cell
        }.joined(separator: ",")
    }
}
