import ArgumentParser
import ControlClient
import ControlProtocol
import TerminalOutput

/// `rejected RUN or SYNC [--by-cause] [--csv]`.
struct RejectedCommand: ReadingVerb {
    static let configuration = CommandConfiguration(
        commandName: "rejected",
        abstract: "Rows that were not delivered, why, and what to do."
    )

    @OptionGroup var globals: GlobalOptions

    @Argument(help: "A run's id, or a sync.", completion: NameCompletion.everything)
    var target: String

    @Flag(help: "One line a cause, with its remedy.")
    var byCause = false

    @Flag(help: "As CSV, one row a line.")
    var csv = false

    @Option(help: "So many rows at most.")
    var limit: Int?

    func validate() throws {
        guard !csv || (!byCause && globals.output != .json && globals.output != .yaml) else {
            throw ValidationError("--csv excludes --by-cause, --output json and --output yaml")
        }
    }

    func perform(_ output: Output, _ daemon: ControlClient) async throws -> Int32 {
        let received = try await daemon.rejected(target, limit: limit)
        let text = RejectedText(output: output)
        output.show(received) { answer in
            if csv { return text.csv(answer.rows) }
            return byCause ? text.causes(answer.rows) : text.rows(answer.rows)
        }
        if received.document.truncated { output.notice("There are more rows; --limit left them out.") }
        return 0
    }
}
