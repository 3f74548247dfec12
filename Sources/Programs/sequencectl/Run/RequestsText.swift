import ControlClient
import ControlProtocol
import TerminalOutput

/// The request log of a run as a person reads it.
struct RequestsText {
    let output: Output

    /// A line a call.
    func table(_ answer: RequestsAnswer) -> [String] {
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

    /// What each call sent and got.
    func bodies(_ answer: RequestsAnswer) -> [String] {
        answer.requests.flatMap { call in
            [
                Emphasis.strong.applied(
                    to: "\(call.number): \(call.method) \(call.path.harmless)",
                    on: output.terminal
                ),
                Self.body(call.requestBody), "",
                call.status.map { "HTTP \($0)" } ?? "no answer: \(call.failure?.harmless ?? "no reason is known")",
                Self.body(call.responseBody), "",
            ]
        }
    }

    /// The calls of a run that wrote, with what they sent: the way to try a mapping.
    func writes(of run: String, _ daemon: ControlClient) async throws -> [String] {
        let log: RequestsAnswer = try await daemon.get(ControlPath.requests, ["run": run]).document
        var lines = ["", Emphasis.strong.applied(to: "requests", on: output.terminal)] + table(log)
        let writes = log.requests.filter { $0.method != "GET" && $0.bytesSent > 0 && !$0.path.contains("/oauth2/") }
        for call in writes.prefix(Self.bodiesShown) {
            let answer: RequestsAnswer = try await daemon.get(
                ControlPath.requests,
                ["run": run, "body": String(call.number)]
            ).document
            lines += [""] + bodies(answer)
        }
        if writes.count > Self.bodiesShown { lines.append("sequencectl requests \(run) --body NR shows the others.") }
        return lines
    }

    // MARK: - Implementation

    private static let bodiesShown = 20

    private static func body(_ text: String?) -> String {
        guard let text, !text.isEmpty else { return "(no body is kept)" }
        return text.split(separator: "\n", omittingEmptySubsequences: false).map { String($0).harmless }.joined(
            separator: "\n"
        )
    }
}
