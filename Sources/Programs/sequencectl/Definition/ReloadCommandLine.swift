import ArgumentParser
import ControlClient
import ControlProtocol
import TerminalOutput

/// `reload`.
struct ReloadCommandLine: ActingVerb {
    static let configuration = CommandConfiguration(
        commandName: "reload",
        abstract: "Put the definitions on disk in force: all, or none when there is a fault (exit code 78)."
    )

    @OptionGroup var globals: GlobalOptions

    func perform(_ output: Output, _ daemon: ControlClient) async throws -> Int32 {
        let received = try await daemon.reload()
        let answer = received.document
        output.show(received) { lines($0, output) }
        if let error = answer.error, output.format == .table || output.format == .wide {
            Output.writeError("sequencectl: \(error.message)\n")
        }
        return answer.accepted ? 0 : ErrorCode.definitionsInvalid.exitCode(acting: true)
    }

    private func lines(_ answer: ReloadAnswer, _ output: Output) -> [String] {
        guard answer.accepted else {
            return CheckText.lines(CheckAnswer(faults: answer.faults, notices: answer.notices), output)
        }
        let lines =
            answer.notices.isEmpty || output.isQuiet
            ? [] : CheckText.lines(CheckAnswer(faults: [], notices: answer.notices), output).dropLast()
        guard !output.isQuiet else { return Array(lines) }
        return lines + [
            answer.changed
                ? "Definitions of generation \(answer.generation) are in force."
                : "Nothing has changed; generation \(answer.generation) stays in force."
        ]
    }
}
