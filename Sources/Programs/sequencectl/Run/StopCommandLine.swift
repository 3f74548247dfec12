import ArgumentParser
import ControlClient
import ControlProtocol

/// `stop RUN or SEQUENCE [--now]`.
struct StopCommandLine: ActingVerb {
    static let configuration = CommandConfiguration(
        commandName: "stop",
        abstract: "Stop a run: nothing new is sent, results of what was sent are collected."
    )

    @OptionGroup var globals: GlobalOptions

    @Argument(help: "A run's id, or a sequence: its run that is under way.", completion: NameCompletion.everything)
    var target: String

    @Flag(help: "Abort the job that Salesforce is working on, too.")
    var now = false

    func perform(_ output: Output, _ daemon: ControlClient) async throws -> Int32 {
        output.show(try await daemon.post(ControlPath.stop, StopCommand(target: target, now: now)), ActionText.lines)
        return 0
    }
}
