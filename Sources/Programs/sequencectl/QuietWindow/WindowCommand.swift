import ArgumentParser
import ControlClient
import ControlProtocol
import TerminalOutput

/// `window add·end·list·test`.
struct WindowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "window",
        abstract: "Quiet windows: times in which objects are left alone.",
        subcommands: [
            WindowListCommand.self, WindowTestCommand.self, WindowAddCommandLine.self, WindowEndCommandLine.self,
        ],
        defaultSubcommand: WindowListCommand.self
    )
}

/// `window list`.
struct WindowListCommand: ReadingVerb {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Those of files, holds, and those that the org was found to have."
    )

    @OptionGroup var globals: GlobalOptions

    func perform(_ output: Output, _ daemon: ControlClient) async throws -> Int32 {
        output.show(try await daemon.get(ControlPath.windows), ListText(output: output).windows)
        return 0
    }
}

/// `window test [--at TIME]`.
struct WindowTestCommand: ReadingVerb {
    static let configuration = CommandConfiguration(commandName: "test", abstract: "What would be closed at some time.")

    @OptionGroup var globals: GlobalOptions

    @Option(help: ArgumentHelp("When, such as 2026-03-01T02:30:00Z; now without it.", valueName: "time"))
    var at: String?

    func perform(_ output: Output, _ daemon: ControlClient) async throws -> Int32 {
        output.show(try await daemon.get(ControlPath.windowTest, ["at": at])) { lines($0, output) }
        return 0
    }

    private func lines(_ answer: QuietWindowTestAnswer, _ output: Output) -> [String] {
        var table = Table([
            .init("WINDOW"), .init("DESTINATION"), .init("OBJECTS", isFlexible: !output.isWide), .init("UNTIL"),
            .init("REASON", isFlexible: !output.isWide),
        ])
        for window in answer.closed {
            table.add([
                Table.Cell(window.window, .strong), Table.Cell(window.destination),
                Table.Cell(window.objects.isEmpty ? "*" : window.objects.joined(separator: ", ")),
                Table.Cell(output.times.clock(window.until)),
                Table.Cell(window.reason ?? ""),
            ])
        }
        return answer.closed.isEmpty ? ["Nothing is closed."] : output.table(table, counting: "closed window")
    }
}

/// `window add --object O… --for SPAN --reason R`.
struct WindowAddCommandLine: ActingVerb {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "A hold: objects are left alone for some time; it ends by itself."
    )

    @OptionGroup var globals: GlobalOptions

    @Option(help: ArgumentHelp("An object; several with several --object, all without.", valueName: "name"))
    var object: [String] = []

    @Option(help: ArgumentHelp("The destination, where there are several.", valueName: "name"))
    var destination: String?

    @Option(
        name: .customLong("for"),
        help: ArgumentHelp("How long, such as 30min.", valueName: "span"),
        transform: SpanText.duration
    )
    var span: Duration?

    @Option(help: ArgumentHelp("From when; now without it.", valueName: "time"))
    var from: String?

    @Option(help: ArgumentHelp("Until when, instead of --for.", valueName: "time"))
    var until: String?

    @Option(help: ArgumentHelp("Why; whoever waits is told.", valueName: "text"))
    var reason: String

    func validate() throws {
        guard (span == nil) != (until == nil) else { throw ValidationError("give one of --for and --until") }
    }

    func perform(_ output: Output, _ daemon: ControlClient) async throws -> Int32 {
        var command = QuietWindowAddCommand(objects: object.filter { $0 != "*" }, reason: reason)
        (command.destination, command.from, command.until) = (destination, from, until)
        command.seconds = span.map { $0 / .seconds(1) }
        let received: Received<QuietWindowAddAnswer> = try await daemon.post(ControlPath.windowAdd, command)
        output.show(received) { answer in
            [
                "\(answer.window.name.harmless) holds until \(output.times.clock(answer.window.until)); sequencectl window end \(answer.window.name.harmless) ends it"
            ] + (answer.notice.map { ["Note: \($0.harmless)"] } ?? [])
        }
        return 0
    }
}

/// `window end NAME`.
struct WindowEndCommandLine: ActingVerb {
    static let configuration = CommandConfiguration(commandName: "end", abstract: "End a hold.")

    @OptionGroup var globals: GlobalOptions

    @Argument(help: "The hold's name, as `window list` shows it.", completion: NameCompletion.holds)
    var name: String

    func perform(_ output: Output, _ daemon: ControlClient) async throws -> Int32 {
        output.show(try await daemon.post(ControlPath.windowEnd, QuietWindowEndCommand(window: name)), ActionText.lines)
        return 0
    }
}
