import ArgumentParser
import ControlClient
import ControlProtocol
import TerminalOutput

/// `events [--follow] [--after N]`.
struct EventsCommand: ReadingVerb {
    static let configuration = CommandConfiguration(
        commandName: "events",
        abstract: "What happened, and with --follow what happens.",
        discussion: """
            With --output json it is one document, {"schema":1,"events":[…]}; with --follow, which has no end, one document a line, \
            as the daemon streams them. --after goes on behind a number.
            """
    )

    @OptionGroup var globals: GlobalOptions

    @Flag(name: [.short, .long], help: "Go on with those to come.")
    var follow = false

    @Option(help: ArgumentHelp("Those behind this number.", valueName: "number"))
    var after: Int64?

    @Option(
        name: [.customShort("n"), .long],
        help: ArgumentHelp(
            "The last so many, where --after says nothing; 50, or 10 with --follow.",
            valueName: "number"
        )
    )
    var lines: Int?

    func validate() throws {
        guard lines.map({ (0...1_000_000).contains($0) }) ?? true else {
            throw ValidationError("--lines is a number from 0 to 1000000")
        }
    }

    func perform(_ output: Output, _ daemon: ControlClient) async throws -> Int32 {
        let isWhole = !follow && (output.format == .json || output.format == .yaml)
        let list: DocumentList? = try await Interrupt.racing { try await read(isWhole: isWhole, output, daemon) }
        guard let list else {
            guard isWhole else { return ErrorCode.detached.exitCode(acting: false) }
            throw ControlFault(.detached, "cannot read more events: interrupted")
        }
        if isWhole { output.write(list) }
        return 0
    }

    // MARK: - Implementation

    /// Prints each event as it comes, or gathers them all where they are one document.
    private func read(isWhole: Bool, _ output: Output, _ daemon: ControlClient) async throws -> DocumentList {
        var list = DocumentList(of: "events")
        try await daemon.events(after: after, last: lines ?? (follow ? 10 : 50), follow: follow) { line in
            let event = try event(line)
            if isWhole {
                list.add(line)
            } else {
                try print(event, line, output)
            }
        }
        return list
    }

    private func print(_ event: EventReport, _ line: [UInt8], _ output: Output) throws {
        switch output.format {
        case .json: Output.write(line + [UInt8(ascii: "\n")], to: 1)
        case .yaml: Output.writeText("---\n" + (try JSONText(line)).yaml)
        case .table, .wide:
            let subject = [event.run, event.sequence, event.sync, event.window].compactMap(\.self).joined(
                separator: " "
            )
            output.lines(["\(output.times.clock(event.time))  \(event.kind)  \(subject)  \(event.message)".harmless])
        }
    }

    private func event(_ line: [UInt8]) throws -> EventReport {
        // A stream that breaks off ends with the fault that broke it.
        if let fault = try? ControlCoding.decode(ErrorAnswer.self, from: line) { throw fault.error.fault }
        return try ControlCoding.decode(EventReport.self, from: line)
    }
}
