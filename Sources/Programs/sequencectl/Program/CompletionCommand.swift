import ArgumentParser
import ControlProtocol

/// `completion SHELL`.
struct CompletionCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "completion",
        abstract: "A completion script for a shell."
    )
    static let acts = false

    enum Shell: String, ExpressibleByArgument, CaseIterable {
        case bash
        case zsh
        case fish
    }

    @OptionGroup var globals: GlobalOptions

    @Argument(help: "The shell.")
    var shell: Shell

    func perform(_ output: Output) async throws -> Int32 {
        let wanted: CompletionShell =
            switch shell {
            case .bash: .bash
            case .zsh: .zsh
            case .fish: .fish
            }
        try output.show(Document(script: Sequencectl.completionScript(for: wanted))) { [$0.script] }
        return 0
    }

    private struct Document: Encodable {
        var schema = ControlCoding.schema
        var script: String
    }
}
