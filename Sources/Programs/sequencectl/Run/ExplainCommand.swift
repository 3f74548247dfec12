import ArgumentParser
import ControlClient
import ControlProtocol

/// `explain SYNC KEY`.
struct ExplainCommand: ReadingVerb {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "The life of one row: model, last delivered, payload, lookups, answers, what happens next.",
        discussion: "Exit code 4 for a key that is neither in the model nor was ever delivered."
    )

    @OptionGroup var globals: GlobalOptions

    @Argument(help: "The sync.", completion: NameCompletion.syncs)
    var sync: String

    @Argument(help: "The row's primary key; of several columns, a JSON array.")
    var key: String

    func perform(_ output: Output, _ daemon: ControlClient) async throws -> Int32 {
        let received: Received<ExplainAnswer> = try await daemon.get(ControlPath.explain, ["sync": sync, "key": key])
        output.show(received, RowText(output: output).lines)
        // A key that is nowhere is no object, though there is something to say of it.
        return received.document.row.class == "unknown" ? ErrorCode.notFound.exitCode(acting: false) : 0
    }
}
