import ArgumentParser
import ControlClient
import ControlProtocol

/// `retry RUN [--rejected]`.
struct RetryCommandLine: ActingVerb {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Go on from the failed step of a run."
    )

    @OptionGroup var globals: GlobalOptions

    @Argument(help: "The run's id.", completion: NameCompletion.runs)
    var run: String

    @Flag(help: "Send the rejected rows only.")
    var rejected = false

    @Flag(help: "Wait for the run's end, and show how it comes along.")
    var wait = false

    func perform(_ output: Output, _ daemon: ControlClient) async throws -> Int32 {
        let started = try await daemon.retry(
            RetryCommand(run: run, rejected: rejected),
            idempotencyKey: IdempotencyKey.fresh()
        )
        return try await StartedRun(output: output, daemon: daemon, name: "the retry of \(run)").report(
            started,
            waiting: wait
        )
    }
}
