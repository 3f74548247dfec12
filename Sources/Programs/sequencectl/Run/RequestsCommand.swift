import ArgumentParser
import ControlClient
import ControlProtocol
import TerminalOutput

/// `requests RUN [--body N]`.
struct RequestsCommand: ReadingVerb {
    static let configuration = CommandConfiguration(commandName: "requests", abstract: "Every API call of a run.")

    @OptionGroup var globals: GlobalOptions

    @Argument(help: "The run's id.", completion: NameCompletion.runs)
    var run: String

    @Option(help: ArgumentHelp("Show what the call of this number sent and got.", valueName: "number"))
    var body: Int?

    @Option(help: "So many calls at most.")
    var limit: Int?

    func perform(_ output: Output, _ daemon: ControlClient) async throws -> Int32 {
        let received: Received<RequestsAnswer> = try await daemon.get(
            ControlPath.requests,
            ["run": run, "body": body.map(String.init), "limit": limit.map(String.init)]
        )
        output.show(received) { answer in body == nil ? table(answer, output) : bodies(answer) }
        return 0
    }

    private func table(_ answer: RequestsAnswer, _ output: Output) -> [String] {
        var columns: [Table.Column] = [
            .init("NR", isNumber: true), .init("TIME"), .init("SYNC"), .init("METHOD"), .init("STATUS"),
        ]
        columns += [
            .init("TOOK", isNumber: true), .init("SENT", isNumber: true), .init("GOT", isNumber: true),
            .init("PATH", isFlexible: !output.isWide),
        ]
        if output.isWide { columns.append(.init("LIMITS")) }
        var table = Table(columns)
        for call in answer.requests {
            let status =
                call.status.map { Table.Cell(String($0), $0 < 400 ? .plain : .bad) }
                ?? Table.Cell(call.failure ?? "no answer", .bad)
            table.add([
                Table.Cell(String(call.number)), Table.Cell(output.times.clock(call.time)), Table.Cell(call.sync ?? ""),
                Table.Cell(call.method), status,
                Table.Cell("\(Int(call.milliseconds.rounded()))ms"), Table.Cell(call.bytesSent.grouped),
                Table.Cell(call.bytesReceived.grouped),
                Table.Cell(call.path), Table.Cell(call.limitInfo ?? ""),
            ])
        }
        return output.table(table, counting: "call")
    }

    private func bodies(_ answer: RequestsAnswer) -> [String] {
        answer.requests.flatMap { call in
            [
                "\(call.method) \(call.path)", call.requestBody ?? "(no body is kept)", "",
                call.status.map { "HTTP \($0)" } ?? "no answer", call.responseBody ?? "(no body is kept)",
            ]
        }
    }
}
