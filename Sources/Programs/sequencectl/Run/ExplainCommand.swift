import ArgumentParser
import ControlClient
import ControlProtocol

/// `explain SYNC KEY`.
struct ExplainCommand: ReadingVerb {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "The life of one row: model, last delivered, payload, lookups, answers, what happens next."
    )

    @OptionGroup var globals: GlobalOptions

    @Argument(help: "The sync.", completion: NameCompletion.syncs)
    var sync: String

    @Argument(help: "The row's primary key; of several columns, a JSON array.")
    var key: String

    func perform(_ output: Output, _ daemon: ControlClient) async throws -> Int32 {
        output.show(
            try await daemon.get(ControlPath.explain, ["sync": sync, "key": key]),
            RowText(output: output).lines
        )
        return 0
    }
}
