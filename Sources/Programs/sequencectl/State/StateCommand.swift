import ArgumentParser
import ControlClient
import ControlProtocol
import TerminalOutput

/// `state backup·restore·verify·forget`.
struct StateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "state",
        abstract: "The daemon's state: what was delivered, and what became of it.",
        subcommands: [
            StateBackupCommandLine.self, StateRestoreCommandLine.self, StateVerifyCommandLine.self,
            StateForgetCommandLine.self,
        ]
    )
}

/// `state backup PATH`.
struct StateBackupCommandLine: ActingVerb {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Write a consistent copy; runs may go on."
    )

    @OptionGroup var globals: GlobalOptions

    @Argument(help: "Where to, in a folder that the daemon may write.")
    var path: String

    func perform(_ output: Output, _ daemon: ControlClient) async throws -> Int32 {
        output.show(try await daemon.post(ControlPath.stateBackup, StateFileCommand(path: path)), ActionText.lines)
        return 0
    }
}

/// `state restore PATH`.
struct StateRestoreCommandLine: Verb {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Replace the state by a copy; see `adopt` for what was delivered since.",
        discussion:
            "While the daemon runs, no run may be on. Where none answers, the copy is put in the place of the folder --state."
    )
    static let acts = true

    @OptionGroup var globals: GlobalOptions

    @OptionGroup var folder: StateFolderOption

    @Argument(help: "The copy.")
    var path: String

    func perform(_ output: Output) async throws -> Int32 {
        do {
            return try await ControlClient.with(socket: globals.socket, timeout: globals.timeout) { daemon in
                output.show(
                    try await daemon.post(ControlPath.stateRestore, StateFileCommand(path: path)),
                    ActionText.lines
                )
                return 0
            }
        } catch let fault as ControlFault where fault.code == .notReached {
            output.notice("No daemon answers at \(globals.socket): restoring \(folder.path)")
            let (received, exitCode) = try StoppedDaemon.ask(
                ["--state", folder.path, "--config", globals.config, "--restore-state", path],
                as: ActionAnswer.self
            )
            output.show(received, ActionText.lines)
            return exitCode
        }
    }
}

/// `state verify`.
struct StateVerifyCommandLine: Verb {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check the state against itself.",
        discussion:
            "Exit code 0, or 1 when a promise is broken. Where no daemon answers, the folder --state is looked at without one."
    )
    static let acts = true

    @OptionGroup var globals: GlobalOptions

    @OptionGroup var folder: StateFolderOption

    func perform(_ output: Output) async throws -> Int32 {
        let received: Received<StateAnswer>
        do {
            received = try await ControlClient.with(socket: globals.socket, timeout: globals.timeout) {
                try await $0.post(ControlPath.stateVerify)
            }
        } catch let fault as ControlFault where fault.code == .notReached {
            output.notice("No daemon answers at \(globals.socket): looking at \(folder.path)")
            received = try StoppedDaemon.ask(["--state", folder.path, "--verify-state"], as: StateAnswer.self).received
        }
        output.show(received) { Self.lines($0.state) }
        return received.document.state.sound ? 0 : 1
    }

    // MARK: - Implementation

    private static func lines(_ found: StateFindings) -> [String] {
        let counts = [
            found.runs.counted("run"), found.outcomes.counted("outcome"), found.snapshots.counted("snapshot"),
            "\(found.entries.counted("row")) known (\(found.owed) owed, \(found.inDoubt) in doubt)",
            found.openIntents.counted("open call"),
        ]
        let verdict = found.sound ? "The state is sound" : "The state is NOT sound"
        return found.faults.map { "fault: \($0.harmless)" } + found.notices.map { "note: \($0.harmless)" }
            + ["\(verdict): \(counts.joined(separator: ", "))."]
    }
}

/// Where the state is, when there is no daemon to ask.
struct StateFolderOption: ParsableArguments {
    @Option(
        name: .customLong("state"),
        help: ArgumentHelp("The state folder, where no daemon answers.", valueName: "folder")
    )
    var path = "/var/lib/sequenced"
}

/// `state forget SYNC KEY`.
struct StateForgetCommandLine: ActingVerb {
    static let configuration = CommandConfiguration(
        commandName: "forget",
        abstract: "Remove a row's values from log, spool and rejected rows."
    )

    @OptionGroup var globals: GlobalOptions

    @Argument(help: "The sync.", completion: NameCompletion.syncs)
    var sync: String

    @Argument(help: "The row's key.")
    var key: String

    func perform(_ output: Output, _ daemon: ControlClient) async throws -> Int32 {
        output.show(
            try await daemon.post(ControlPath.stateForget, ForgetCommand(sync: sync, key: key)),
            ActionText.lines
        )
        return 0
    }
}
