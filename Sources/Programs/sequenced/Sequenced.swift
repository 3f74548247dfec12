import ArgumentParser
import SyncModel
import Systemd

/// The daemon's command line.
@main
struct Sequenced: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sequenced",
        abstract: "Keeps Salesforce in step with a database.",
        discussion: """
            Runs in the foreground, under systemd or by hand. Definitions are read from the configuration folder; \
            sequencectl steers it over the control socket.
            """,
        version: SoftwareVersion.text
    )

    @Option(help: "The folder of definitions; $CONFIGURATION_DIRECTORY, else /etc/sequenced.")
    var config: String?

    @Option(help: "The state folder; $STATE_DIRECTORY, else /var/lib/sequenced.")
    var state: String?

    @Option(help: "The control socket; $RUNTIME_DIRECTORY/control.sock, else /run/sequenced/control.sock.")
    var socket: String?

    @Option(help: "Begins at START (RFC 3339) and runs RATE times as fast; only destinations on loopback are allowed.")
    var rehearse: String?

    @Option(help: "How much is logged: trace, debug, info, notice, warning or error.")
    var logLevel: String = "info"

    @Flag(
        help: "Checks the state folder against itself, writes what it found as JSON, and ends; no daemon may run on it."
    )
    var verifyState = false

    @Option(help: "Puts a backup in the place of the state folder's contents, and ends; no daemon may run on it.")
    var restoreState: String?

    func run() async throws {
        CoreDumps.forbid()
        Heap.configure()
        let journal = Journal()
        // What was logged last is what is wanted most.
        defer { journal.flush() }
        do {
            let settings = try DaemonSetup(
                config: config,
                state: state,
                socket: socket,
                rehearse: rehearse,
                logLevel: logLevel
            )
            if verifyState {
                guard try await StateTool(setup: settings).verify() else { throw ExitCode.failure }
            } else if let restoreState {
                try await StateTool(setup: settings).restore(from: restoreState)
            } else {
                try await Daemon(settings, journal).run()
            }
        } catch let failure as StartFailure {
            throw failure.reported(journal)
        } catch let exit as ExitCode {
            throw exit
        } catch {
            throw StartFailure(code: .software, message: "cannot go on: \(error)").reported(journal)
        }
    }
}
