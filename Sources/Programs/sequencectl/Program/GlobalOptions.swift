import ArgumentParser
import TerminalOutput

/// What every verb takes.
struct GlobalOptions: ParsableArguments {
    static let defaultSocket = "/run/sequenced/control.sock"

    @Option(name: [.short, .long], help: "What to print.")
    var output = OutputFormat.table

    @Option(help: ArgumentHelp("The daemon's socket.", valueName: "path"))
    var socket = GlobalOptions.defaultSocket

    @Option(help: ArgumentHelp("The folder of definitions.", valueName: "folder"))
    var config = "/etc/sequenced"

    @Flag(help: "Leave headings and the line that counts out.")
    var noLegend = false

    @Flag(help: "Never call a pager.")
    var noPager = false

    @Flag(help: "Show times in UTC instead of the local zone.")
    var utc = false

    @Option(help: "Whether to use colour.")
    var color = Terminal.Colour.auto

    @Flag(name: [.short, .long], help: "Leave out everything but the answer.")
    var quiet = false

    @Option(
        help: ArgumentHelp("How long to wait at most, such as 30s or 5min.", valueName: "span"),
        transform: SpanText.duration
    )
    var timeout: Duration?
}

/// How an answer is printed.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    case table
    case wide
    case json
    case yaml
}

extension Terminal.Colour: ExpressibleByArgument {}
