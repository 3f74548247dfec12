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

    @Flag(help: "Put together by cause, each with its remedy; as a document, too.")
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
        let text = RejectedText(output: output)
        if byCause, limit == nil {
            output.show(try await daemon.rejectedCauses(target), text.causes)
            return 0
        }
        let received = try await daemon.rejected(target, limit: limit)
        if byCause {
            try output.show(RejectedCauses(received.document), text.causes)
        } else {
            output.show(received) { csv ? text.csv($0.rows) : text.rows($0) }
        }
        if received.document.truncated {
            let count = received.document.rows.count
            output.notice("There are more rows than these \(count.grouped); --limit sets how many are read.")
        }
        return 0
    }
}
