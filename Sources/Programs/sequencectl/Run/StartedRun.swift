import ControlClient
import ControlProtocol
import TerminalOutput

/// What follows a start or a retry: its answer, or the run to its end.
struct StartedRun {
    let output: Output
    let daemon: ControlClient
    let name: String

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
        return try await RunWatch(output: output, daemon: daemon).follow(started.document.run, exitsWithResult: true)
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
