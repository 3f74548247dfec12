import ArgumentParser
import ControlClient
import ControlProtocol
import TerminalOutput

/// `list [sequences·syncs·runs·schedules·windows·destinations]`.
struct ListCommand: ReadingVerb {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Everything of one kind, as a table."
    )

    enum Kind: String, ExpressibleByArgument, CaseIterable {
        case sequences
        case syncs
        case runs
        case schedules
        case windows
        case destinations
    }

    @OptionGroup var globals: GlobalOptions

    @Argument(help: "What to list.")
    var kind = Kind.sequences

    @Argument(help: "Runs of this sequence or sync only.", completion: NameCompletion.definitions)
    var name: String?

    @Option(help: "Runs: so many at most.")
    var limit: Int?

    @Option(help: ArgumentHelp("Runs: those before this one.", valueName: "id"))
    var before: String?

    func validate() throws {
        guard kind == .runs || (name == nil && limit == nil && before == nil) else {
            throw ValidationError("a name, --limit and --before are for `list runs`")
        }
    }

    func perform(_ output: Output, _ daemon: ControlClient) async throws -> Int32 {
        let text = ListText(output: output)
        switch kind {
        case .sequences: output.show(try await daemon.get(ControlPath.sequences), text.sequences)
        case .syncs: output.show(try await daemon.get(ControlPath.syncs), text.syncs)
        case .runs: output.show(try await daemon.runs(of: name, limit: limit, before: before), text.runs)
        case .schedules: output.show(try await daemon.get(ControlPath.schedules), text.schedules)
        case .windows: output.show(try await daemon.get(ControlPath.windows), text.windows)
        case .destinations: output.show(try await daemon.get(ControlPath.destinations), text.destinations)
        }
        return 0
    }
}
