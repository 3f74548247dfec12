import ArgumentParser
import ControlClient
import ControlProtocol
import Glibc

/// `logs RUN`: the journal's entries of one run.
struct LogsCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "logs",
        abstract: "The journal's entries of a run, by journalctl.",
        discussion: """
            With --output json it is one document, {"schema":1,"entries":[…]}, each entry as journalctl writes it; with --follow, \
            which has no end, one entry a line.
            """
    )
    static let acts = false

    @OptionGroup var globals: GlobalOptions

    @Argument(help: "The run's id.", completion: NameCompletion.runs)
    var run: String

    @Flag(name: [.short, .long], help: "Go on with those to come.")
    var follow = false

    func validate() throws {
        guard !follow || globals.output != .yaml else { throw ValidationError("--follow excludes --output yaml") }
    }

    func perform(_ output: Output) async throws -> Int32 {
        try await check()
        switch output.format {
        case .json where !follow, .yaml: return try printDocument(output)
        case .json, .table, .wide: throw takenOver(output)
        }
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

    private var question: [String] { ["SYSLOG_IDENTIFIER=sequenced", "SEQUENCED_RUN=\(run)"] }

    private func printDocument(_ output: Output) throws -> Int32 {
        // Without --all a field of more than 4096 bytes would be null; quiet, since "no entries" is no entry.
        let (bytes, code) = try journalctl {
            try ChildProgram.run("journalctl", question + ["--output=json", "--all", "--quiet"])
        }
        guard code == 0 else {
            throw ControlFault(.failed, "cannot read the journal: journalctl ended with exit code \(code)")
        }
        var list = DocumentList(of: "entries")
        for line in bytes.split(separator: UInt8(ascii: "\n")) { list.add(line) }
        output.write(list)
        return 0
    }

    /// journalctl takes our place: its exit code and its pager are its own.
    private func takenOver(_ output: Output) -> any Error {
        var arguments = ["journalctl"] + question
        if follow { arguments.append("--follow") }
        if globals.utc { arguments.append("--utc") }
        if globals.noPager { arguments.append("--no-pager") }
        if output.format == .json { arguments += ["--output=json", "--all"] }
        var pointers = arguments.map { strdup($0) }
        pointers.append(nil)
        execvp("journalctl", pointers)
        return ControlFault(.failed, "cannot run journalctl: \(String(cString: strerror(errno)))", hint: Self.hint)
    }

    private static let hint = "a daemon that runs by hand logs to its own stderr"

    private func journalctl<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch var fault as ControlFault {
            fault.hint = Self.hint
            throw fault
        }
    }
}
