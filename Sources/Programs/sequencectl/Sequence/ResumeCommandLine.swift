import ArgumentParser
import ControlClient
import ControlProtocol

/// `resume SEQUENCE`.
struct ResumeCommandLine: ActingVerb {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Undo `pause`: the schedule goes on with its next elapse."
    )

    @OptionGroup var globals: GlobalOptions

    @Argument(help: "The sequence.", completion: NameCompletion.sequences)
    var sequence: String

    func perform(_ output: Output, _ daemon: ControlClient) async throws -> Int32 {
        output.show(try await daemon.post(ControlPath.resume, ResumeCommand(sequence: sequence)), ActionText.lines)
        return 0
    }
}
