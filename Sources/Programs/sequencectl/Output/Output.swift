import CivilTime
import ControlClient
import ControlProtocol
import Glibc
import TerminalOutput

/// Where answers and notices go, and in which form.
struct Output {
    let format: OutputFormat
    let hasLegend: Bool
    let isQuiet: Bool
    /// stdout.
    let terminal: Terminal
    /// stderr.
    let notices: Terminal
    private let isUTC: Bool

    /// Times as seen from this moment.
    var times: TimeText { TimeText(now: Timestamp(seconds: Int64(time(nil))), isUTC: isUTC) }

    init(_ globals: GlobalOptions) {
        format = globals.output
        hasLegend = !globals.noLegend
        isQuiet = globals.quiet
        let environment = Environment.all
        terminal = Terminal(descriptor: STDOUT_FILENO, environment: environment, colour: globals.color)
        notices = Terminal(descriptor: STDERR_FILENO, environment: environment, colour: globals.color)
        isUTC = globals.utc
    }

    /// Whether tables show every column.
    var isWide: Bool { format == .wide }

    /// Prints an answer: its own bytes as a document, or what `text` makes of it.
    func show<Document>(_ received: Received<Document>, _ text: (Document) -> [String]) {
        switch format {
        case .json, .yaml: Self.write(document: received.bytes, as: format, pretty: terminal.isInteractive)
        case .table, .wide: lines(text(received.document))
        }
    }

    /// Prints a document that this program made itself.
    func show<Document: Encodable & Sendable>(_ document: Document, _ text: (Document) -> [String]) throws {
        show(Received(document: document, bytes: try ControlCoding.encode(document)), text)
    }

    /// A table with the line that counts its rows, and says `more` of them.
    func table(_ table: Table, counting noun: String, _ more: String = "") -> [String] {
        guard hasLegend else { return table.lines(on: terminal, headings: false) }
        return table.lines(on: terminal) + (table.rows.isEmpty ? [] : [""])
            + ["\(table.rows.count.counted(noun))\(more)."]
    }

    func lines(_ lines: [String]) {
        guard !lines.isEmpty else { return }
        Self.writeText(lines.joined(separator: "\n") + "\n")
    }

    /// Says something beside the answer, on stderr; `--quiet` leaves it out.
    func notice(_ text: String) {
        guard !isQuiet else { return }
        Self.writeError(text.harmless + "\n")
    }

    // MARK: - Streams

    static func write(document: [UInt8], as format: OutputFormat, pretty: Bool) {
        switch (format, try? JSONText(document)) {
        case (.yaml, .some(let parsed)): writeText(parsed.yaml)
        case (_, .some(let parsed)) where pretty: writeText(parsed.prettyJSON)
        // What cannot be read as JSON is shown as it came.
        default: write(document + [UInt8(ascii: "\n")], to: STDOUT_FILENO)
        }
    }

    static func writeText(_ text: String) {
        write(Array(text.utf8), to: STDOUT_FILENO)
    }

    static func writeError(_ text: String) {
        write(Array(text.utf8), to: STDERR_FILENO)
    }

    static func write(_ bytes: [UInt8], to descriptor: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            // The reader has seen enough (`| head`): as quiet an end as the signal would make.
            if count < 0, errno == EPIPE { exit(128 + SIGPIPE) }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}
