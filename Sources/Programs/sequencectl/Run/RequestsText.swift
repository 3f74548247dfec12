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
                Table.Cell(call.path.percentDecoded), Table.Cell(call.limitInfo ?? ""),
            ])
        }
        return output.table(table, counting: "call")
    }

    /// What each call sent and got.
    func bodies(_ answer: RequestsAnswer) -> [String] {
        answer.requests.flatMap { call in
            [
                Emphasis.strong.applied(
                    to: "\(call.number): \(call.method) \(call.path.percentDecoded.harmless)",
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

    /// A body for people: JSON laid out, anything else as it is.
    private static func body(_ text: String?) -> String {
        guard let text, !text.isEmpty else { return "(no body is kept)" }
        let shown = (try? JSONText(text.utf8)).map { String($0.prettyJSON.dropLast()) } ?? text
        return shown.split(separator: "\n", omittingEmptySubsequences: false).map { String($0).harmless }.joined(
            separator: "\n"
        )
    }
}

extension String {
    /// An address as a person reads it: `%20` is a space.
    fileprivate var percentDecoded: String {
        var bytes: [UInt8] = []
        var rest = Substring(self)
        while let first = rest.first {
            let digits = rest.dropFirst().prefix(2)
            if first == "%", digits.count == 2, let byte = UInt8(digits, radix: 16) {
                bytes.append(byte)
                rest = rest.dropFirst(3)
            } else {
                bytes += Array(String(first).utf8)
                rest = rest.dropFirst()
            }
        }
        return String(validating: bytes, as: UTF8.self) ?? self
    }
}
