import ArgumentParser
import ControlClient
import ControlProtocol
import Glibc

/// `logs RUN`: the journal's entries of one run.
struct LogsCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "logs",
        abstract: "The journal's entries of a run, by journalctl.",
        discussion: "With --output json it is journalctl's own: one document an entry."
    )
    static let acts = false

    @OptionGroup var globals: GlobalOptions

    @Argument(help: "The run's id.", completion: NameCompletion.runs)
    var run: String

    @Flag(name: [.short, .long], help: "Go on with those to come.")
    var follow = false

    func perform(_ output: Output) async throws -> Int32 {
        try await check()
        var arguments = ["journalctl", "SYSLOG_IDENTIFIER=sequenced", "SEQUENCED_RUN=\(run)"]
        if follow { arguments.append("--follow") }
        if globals.utc { arguments.append("--utc") }
        if globals.noPager { arguments.append("--no-pager") }
        if output.format == .json { arguments.append("--output=json") }
        // journalctl takes our place: its exit code and its pager are its own.
        var pointers = arguments.map { strdup($0) }
        pointers.append(nil)
        execvp("journalctl", pointers)
        throw ControlFault(
            .failed,
            "cannot run journalctl: \(String(cString: strerror(errno)))",
            hint: "a daemon that runs by hand logs to its own stderr"
        )
    }

    // MARK: - Implementation

    /// A misspelt run is told of; what the journal has is shown without a daemon, too.
    private func check() async throws {
        do {
            try await ControlClient.with(socket: globals.socket, timeout: globals.timeout) { daemon in
                _ = try await daemon.get(ControlPath.show, ["target": run]) as Received<RunAnswer>
            }
        } catch let fault as ControlFault where fault.code == .notFound {
            throw ControlFault(.notFound, "there is no run \(run)", hint: "sequencectl list runs names them")
        } catch is ControlFault {}
    }
}
