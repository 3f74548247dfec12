import ControlClient
import ControlProtocol
import TerminalOutput

/// What follows a start or a retry: its answer, or the run to its end.
struct StartedRun {
    let output: Output
    let daemon: ControlClient
    let name: String
    /// Whether the calls are shown when the run has ended: of a run of chosen rows.
    var showsRequests = false

    func report(_ started: Received<StartAnswer>, waiting: Bool) async throws -> Int32 {
        for notice in started.document.notices { output.notice(notice) }
        guard waiting else {
            output.show(started) { answer in
                output.isQuiet
                    ? [answer.run]
                    : [
                        "\(answer.run): \(name.harmless) is \(answer.coalesced ? "queued already, this is that run" : "queued")"
                    ]
            }
            return 0
        }
        let id = started.document.run
        let code = try await RunWatch(output: output, daemon: daemon).follow(id, exitsWithResult: true)
        let isText = output.format == .table || output.format == .wide
        if showsRequests, isText, !output.isQuiet, code != ErrorCode.detached.exitCode(acting: true) {
            output.lines(try await RequestsText(output: output).writes(of: id, daemon))
        }
        return code
    }
}

/// Makes keys that tell one start from another: a start that is sent again is the same start.
enum IdempotencyKey {
    static func fresh() -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<2).map { _ in
            let digits = String(generator.next(), radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }
}
