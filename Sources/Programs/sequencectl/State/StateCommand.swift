import ArgumentParser
import ControlClient
import ControlProtocol

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
struct StateRestoreCommandLine: ActingVerb {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Replace the state by a copy; see `adopt` for what was delivered since."
    )

    @OptionGroup var globals: GlobalOptions

    @Argument(help: "The copy.")
    var path: String

    func perform(_ output: Output, _ daemon: ControlClient) async throws -> Int32 {
        output.show(try await daemon.post(ControlPath.stateRestore, StateFileCommand(path: path)), ActionText.lines)
        return 0
    }
}

/// `state verify`.
struct StateVerifyCommandLine: ActingVerb {
    static let configuration = CommandConfiguration(commandName: "verify", abstract: "Check the state against itself.")

    @OptionGroup var globals: GlobalOptions

    func perform(_ output: Output, _ daemon: ControlClient) async throws -> Int32 {
        output.show(try await daemon.post(ControlPath.stateVerify), ActionText.lines)
        return 0
    }
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
