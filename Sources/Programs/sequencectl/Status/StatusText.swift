import ControlProtocol
import TerminalOutput

/// `status` as a person reads it.
struct StatusText {
    let output: Output

    func lines(_ answer: StatusAnswer, names: [String]) -> [String] {
        var lines: [String] = []
        if output.hasLegend, names.isEmpty {
            let daemon = answer.daemon
            lines.append(
                "sequenced \(daemon.version), \(output.times.span(from: daemon.started, to: nil)) up: \(daemon.status)"
            )
            lines.append("")
        }
        return lines + output.table(table(answer.sequences), counting: "sequence")
    }

    /// The table of one sequence.
    func table(of sequence: SequenceStatus) -> [String] {
        table([sequence]).lines(on: output.terminal, headings: output.hasLegend)
    }

    // MARK: - Implementation

    private func table(_ sequences: [SequenceStatus]) -> Table {
        var columns: [Table.Column] = [
            .init("SEQUENCE"), .init("STATE"), .init("LAST RESULT"), .init("ENDED"), .init("NEXT"),
        ]
        if output.isWide { columns += [.init("NEXT AT"), .init("RUN"), .init("LAST RUN")] }
        columns.append(.init("WAITS FOR", isFlexible: !output.isWide))
        var table = Table(columns)
        for sequence in sequences {
            var row: [Table.Cell] = [
                Table.Cell(sequence.name, .strong), state(of: sequence),
                sequence.last.map { StateText.cell($0.state) } ?? "-",
                Table.Cell(output.times.distance(sequence.last?.ended)),
                Table.Cell(output.times.distance(sequence.next)),
            ]
            if output.isWide {
                row += [
                    Table.Cell(output.times.clock(sequence.next)), Table.Cell(sequence.run ?? "-"),
                    Table.Cell(sequence.last?.id ?? "-"),
                ]
            }
            row.append(Table.Cell(waiting(of: sequence)))
            table.add(row)
        }
        return table
    }

    private func state(of sequence: SequenceStatus) -> Table.Cell {
        guard sequence.paused else { return StateText.cell(sequence.state) }
        return Table.Cell(sequence.state == "idle" ? "paused" : "\(sequence.state), paused", .warning)
    }

    private func waiting(of sequence: SequenceStatus) -> String {
        if let waiting = sequence.waiting { return waiting.text(output.times) }
        guard sequence.paused else { return "" }
        let until = sequence.pausedUntil.map { " until \(output.times.clock($0))" } ?? ""
        return "paused\(until)" + (sequence.pausedReason.map { ": \($0)" } ?? "")
    }
}
