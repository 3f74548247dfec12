import ArgumentParser
import ControlClient
import ControlProtocol
import TerminalOutput

/// `start SEQUENCE or SYNC`.
struct StartCommandLine: ActingVerb {
    static let configuration = CommandConfiguration(
        commandName: "start",
        abstract: "Start a sequence, or one sync.",
        discussion: """
            With --wait the exit code is the run's: 0 succeeded, 1 failed or timed out, 10 partial, 11 cancelled, 12 skipped or missed, \
            13 the daemon went away and did not come back in time, 75 a guard asks for approval and nobody is at a terminal. \
            Ctrl-C detaches (130): the run goes on. With --keys and --wait the requests are shown with what they sent.
            """
    )

    @OptionGroup var globals: GlobalOptions

    @Argument(help: "A sequence, or a sync; `sync/NAME` says which.", completion: NameCompletion.definitions)
    var target: String

    @Flag(help: "Wait for the run's end, and show how it comes along.")
    var wait = false

    @Option(help: ArgumentHelp("Begin at the step with this sync.", valueName: "step"))
    var from: String?

    @Option(help: ArgumentHelp("Only the step with this sync.", valueName: "step"))
    var only: String?

    @Option(help: ArgumentHelp("Only the rows with these keys: K,K… or @FILE with one a line.", valueName: "keys"))
    var keys: [String] = []

    @Flag(help: "Every present row counts as changed.")
    var fullResync = false

    @Option(
        help: ArgumentHelp("Start in spite of this quiet window; needs --reason.", valueName: "window"),
        completion: NameCompletion.windows
    )
    var overrideWindow: String?

    @Option(help: ArgumentHelp("Why; it is journaled.", valueName: "text"))
    var reason: String?

    func validate() throws {
        guard overrideWindow == nil || reason?.isEmpty == false else {
            throw ValidationError("--override-window needs --reason")
        }
        guard keys.allSatisfy({ !$0.isEmpty }) else { throw ValidationError("--keys names no key") }
        guard from == nil || only == nil else { throw ValidationError("--from and --only exclude each other") }
    }

    func perform(_ output: Output, _ daemon: ControlClient) async throws -> Int32 {
        var command = StartCommand(target: target)
        (command.from, command.only, command.fullResync) = (from, only, fullResync)
        (command.overrideWindow, command.reason, command.trigger) = (overrideWindow, reason, "manual")
        command.keys = keys.isEmpty ? nil : try keys.flatMap(KeyList.keys)
        let started = try await daemon.start(command, idempotencyKey: IdempotencyKey.fresh())
        let run = StartedRun(output: output, daemon: daemon, name: target, showsRequests: command.keys != nil)
        return try await run.report(started, waiting: wait)
    }
}
