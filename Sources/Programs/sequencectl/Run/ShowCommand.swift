import ArgumentParser
import ControlClient
import ControlProtocol
import TerminalOutput

/// `show NAME or RUN`.
struct ShowCommand: ReadingVerb {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Everything about a run or a definition.",
        discussion: "A name is looked for among sequences, then syncs, then windows; `sync/NAME` says which."
    )

    @OptionGroup var globals: GlobalOptions

    @Argument(help: "A run's id, or a name.", completion: NameCompletion.everything)
    var target: String

    func perform(_ output: Output, _ daemon: ControlClient) async throws -> Int32 {
        output.show(try await daemon.show(target)) { shown in
            if let run = shown.run { return RunText(output: output).lines(run) }
            return shown.definition.map { DefinitionText(output: output).lines($0) } ?? []
        }
        return 0
    }
}
