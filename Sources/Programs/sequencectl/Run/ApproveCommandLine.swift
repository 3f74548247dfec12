import ArgumentParser
import ControlClient
import ControlProtocol

/// `approve RUN [--reason R]`.
struct ApproveCommandLine: ActingVerb {
    static let configuration = CommandConfiguration(
        commandName: "approve",
        abstract: "Let a run go on that a guard stopped; `plan RUN` shows what it would do."
    )

    @OptionGroup var globals: GlobalOptions

    @Argument(help: "The run's id.", completion: NameCompletion.runs)
    var run: String

    @Option(help: ArgumentHelp("Why; it is journaled.", valueName: "text"))
    var reason: String?

    func perform(_ output: Output, _ daemon: ControlClient) async throws -> Int32 {
        output.show(
            try await daemon.post(ControlPath.approve, ApproveCommand(run: run, reason: reason)),
            ActionText.lines
        )
        return 0
    }
}
