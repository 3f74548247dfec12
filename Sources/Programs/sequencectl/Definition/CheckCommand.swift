import ArgumentParser
import ControlClient
import ControlProtocol
import DefinitionLoading
import Definitions
import TerminalOutput

/// `check [--live]`.
struct CheckCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check the definitions in --config: all faults at once, each with its place.",
        discussion:
            "Exit code 0, or 78 when there are faults. With --live the daemon asks sources and orgs about those in force, too."
    )
    static let acts = false

    @OptionGroup var globals: GlobalOptions

    @Flag(help: "Let the daemon ask sources and orgs as well.")
    var live = false

    func perform(_ output: Output) async throws -> Int32 {
        guard live else { return try report(offline(), output) }
        // A folder that is not here, or that only the daemon may read, is the daemon's to know.
        let files = try? offline()
        return try await ControlClient.with(socket: globals.socket, timeout: globals.timeout) { daemon in
            let asked: CheckAnswer = try await daemon.get(ControlPath.check).document
            return try report(
                CheckAnswer(
                    faults: (files?.faults ?? []) + asked.faults,
                    notices: (files?.notices ?? []) + asked.notices
                ),
                output
            )
        }
    }

    // MARK: - Implementation

    private func offline() throws -> CheckAnswer {
        let reading = try DefinitionLoader(folder: globals.config).read()
        return CheckAnswer(faults: reading.faults.map(FaultReport.init), notices: reading.notices.map(FaultReport.init))
    }

    private func report(_ answer: CheckAnswer, _ output: Output) throws -> Int32 {
        try output.show(answer) { CheckText.lines($0, output) }
        return exitCode(answer)
    }

    private func exitCode(_ answer: CheckAnswer) -> Int32 {
        answer.valid ? 0 : ErrorCode.definitionsInvalid.exitCode(acting: false)
    }
}
