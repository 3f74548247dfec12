import ArgumentParser
import ControlClient
import ControlProtocol

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
        let text = RequestsText(output: output)
        output.show(received) { answer in body == nil ? text.table(answer) : text.bodies(answer) }
        if received.document.truncated { output.notice("There are more calls; --limit left them out.") }
        return 0
    }
}
