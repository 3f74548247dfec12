import ArgumentParser
import ControlClient
import ControlProtocol
import TerminalOutput

/// `plan SYNC, SEQUENCE or RUN [--sample N]`.
struct PlanCommand: ReadingVerb {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "What a run would do; nothing is written."
    )

    @OptionGroup var globals: GlobalOptions

    @Argument(help: "A sync, a sequence, or a run that waits.", completion: NameCompletion.everything)
    var target: String

    @Option(help: "So many rows by example.")
    var sample = 5

    func perform(_ output: Output, _ daemon: ControlClient) async throws -> Int32 {
        output.show(try await daemon.plan(target, samples: sample), PlanText(output: output).lines)
        return 0
    }
}
