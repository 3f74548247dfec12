import ArgumentParser
import ControlClient
import ControlProtocol

/// `resolve RUN KEY… --as delivered·not-delivered --reason R`.
struct ResolveCommandLine: ActingVerb {
    static let configuration = CommandConfiguration(
        commandName: "resolve",
        abstract: "Say what became of rows that are in doubt."
    )

    enum Outcome: String, ExpressibleByArgument, CaseIterable {
        case delivered
        case notDelivered = "not-delivered"
    }

    @OptionGroup var globals: GlobalOptions

    @Argument(help: "The run's id.", completion: NameCompletion.runs)
    var run: String

    @Argument(help: "The rows' keys.")
    var keys: [String]

    @Option(name: .customLong("as"), help: "What became of them.")
    var outcome: Outcome

    @Option(help: ArgumentHelp("Why; it is journaled.", valueName: "text"))
    var reason: String

    @Option(help: ArgumentHelp("Where several syncs of the run have such a key.", valueName: "name"))
    var sync: String?

    func perform(_ output: Output, _ daemon: ControlClient) async throws -> Int32 {
        let command = ResolveCommand(run: run, keys: keys, outcome: outcome.rawValue, reason: reason, sync: sync)
        output.show(try await daemon.post(ControlPath.resolve, command), ActionText.lines)
        return 0
    }
}
