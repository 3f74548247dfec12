import ArgumentParser
import ControlClient
import ControlProtocol
import TerminalOutput

/// `limits [D]`.
struct LimitsCommand: ReadingVerb {
    static let configuration = CommandConfiguration(
        commandName: "limits",
        abstract: "The org's limits, what sequenced spent of them, and what is in reserve."
    )

    @OptionGroup var globals: GlobalOptions

    @Argument(help: "The destination, where there are several.", completion: NameCompletion.destinations)
    var destination: String?

    func perform(_ output: Output, _ daemon: ControlClient) async throws -> Int32 {
        output.show(try await daemon.get(ControlPath.limits, ["destination": destination])) { lines($0, output) }
        return 0
    }

    private func lines(_ answer: LimitsAnswer, _ output: Output) -> [String] {
        var table = Table([
            .init("LIMIT"), .init("MAXIMUM", isNumber: true), .init("REMAINING", isNumber: true),
            .init("SPENT BY US", isNumber: true),
            .init("OUR CAP", isNumber: true), .init("RESERVE", isNumber: true),
        ])
        // What sequenced does not spend of is for `wide`.
        for limit in answer.limits where output.isWide || limit.spent != nil {
            let isShort = limit.reserve.map { limit.remaining <= $0 } ?? false
            table.add([
                Table.Cell(limit.name, .strong), Table.Cell(limit.maximum.grouped),
                Table.Cell(limit.remaining.grouped, isShort ? .bad : .plain),
                Table.Cell(limit.spent?.grouped ?? "-"), Table.Cell(limit.cap?.grouped ?? "-"),
                Table.Cell(limit.reserve?.grouped ?? "-"),
            ])
        }
        let head = "\(answer.destination), asked \(output.times.distance(answer.asked))".harmless
        return (output.hasLegend ? [head, ""] : []) + output.table(table, counting: "limit")
    }
}
