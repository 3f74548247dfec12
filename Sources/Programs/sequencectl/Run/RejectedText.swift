import ControlProtocol
import TerminalOutput

/// Rows that were not delivered: a line a row, a line a cause, or CSV.
struct RejectedText {
    let output: Output

    func rows(_ rows: [RejectedRowReport]) -> [String] {
        var table = Table([
            .init("SYNC"), .init("KEY", isFlexible: !output.isWide), .init("STATE"), .init("CODE"),
            .init("FIELDS", isFlexible: !output.isWide),
            .init("MESSAGE", isFlexible: !output.isWide),
        ])
        for row in rows {
            table.add([
                Table.Cell(row.sync), Table.Cell(row.key, .strong),
                Table.Cell(row.resting ? "\(row.state), resting" : row.state, StateText.emphasis(row.state)),
                Table.Cell(row.code), Table.Cell(row.fields.joined(separator: ", ")), Table.Cell(row.message),
            ])
        }
        return output.table(table, counting: "row")
    }

    /// Most frequent first: what to do, once for all rows that need it.
    func causes(_ rows: [RejectedRowReport]) -> [String] {
        struct Cause: Hashable {
            var sync: String
            var state: String
            var code: String
            var fields: [String]
        }
        let groups = Dictionary(grouping: rows) {
            Cause(sync: $0.sync, state: $0.state, code: $0.code, fields: $0.fields)
        }
        let ordered = groups.sorted {
            ($1.value.count, $0.key.sync, $0.key.code) < ($0.value.count, $1.key.sync, $1.key.code)
        }
        var lines: [String] = []
        for (cause, rows) in ordered {
            guard let example = rows.first else { continue }
            let head = "\(rows.count.counted("row")) \(cause.state)  \(cause.code)  \(cause.sync)"
            lines.append(Emphasis.strong.applied(to: head.harmless, on: output.terminal))
            if !cause.fields.isEmpty { lines.append("  fields:  \(cause.fields.joined(separator: ", ").harmless)") }
            lines.append("  message: \(example.message.harmless)")
            if !example.explanation.isEmpty { lines.append("  why:     \(example.explanation.harmless)") }
            if !example.remedy.isEmpty { lines.append("  do:      \(example.remedy.harmless)") }
            let keys = rows.prefix(5).map(\.key).joined(separator: ", ")
            lines.append("  keys:    \(keys.harmless)\(rows.count > 5 ? ", …" : "")")
            lines.append("")
        }
        return lines + (output.hasLegend ? ["\(rows.count.counted("row")), \(groups.count.counted("cause"))."] : [])
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
