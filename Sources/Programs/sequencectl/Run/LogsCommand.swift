import ArgumentParser
import ControlProtocol
import Glibc

/// `logs RUN`: the journal's entries of one run.
struct LogsCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "logs",
        abstract: "The journal's entries of a run, by journalctl."
    )
    static let acts = false

    @OptionGroup var globals: GlobalOptions

    @Argument(help: "The run's id.", completion: NameCompletion.runs)
    var run: String

    @Flag(name: [.short, .long], help: "Go on with those to come.")
    var follow = false

    func perform(_ output: Output) async throws -> Int32 {
        var arguments = ["journalctl", "SYSLOG_IDENTIFIER=sequenced", "SEQUENCED_RUN=\(run)"]
        if follow { arguments.append("--follow") }
        if globals.utc { arguments.append("--utc") }
        if globals.noPager { arguments.append("--no-pager") }
        if output.format == .json { arguments.append("--output=json") }
        // journalctl takes our place: its exit code and its pager are its own.
        var pointers = arguments.map { strdup($0) }
        pointers.append(nil)
        execvp("journalctl", pointers)
        throw ControlFault(.failed, "cannot run journalctl: \(String(cString: strerror(errno)))")
    }
}
