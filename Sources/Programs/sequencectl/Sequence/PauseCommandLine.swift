import ArgumentParser
import ControlClient
import ControlProtocol

/// `pause SEQUENCE [--until T] --reason R`.
struct PauseCommandLine: ActingVerb {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Stop a sequence's schedule; a manual start still runs."
    )

    @OptionGroup var globals: GlobalOptions

    @Argument(help: "The sequence.", completion: NameCompletion.sequences)
    var sequence: String

    @Option(help: ArgumentHelp("Until when, such as 2026-03-01T08:00:00Z.", valueName: "time"))
    var until: String?

    @Option(help: ArgumentHelp("Why; `status` shows it.", valueName: "text"))
    var reason: String

    func perform(_ output: Output, _ daemon: ControlClient) async throws -> Int32 {
        let command = PauseCommand(sequence: sequence, until: until, reason: reason)
        output.show(try await daemon.post(ControlPath.pause, command), ActionText.lines)
        return 0
    }
}
