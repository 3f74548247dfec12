import CivilTime
import ControlAnswers
import ControlProtocol
import DefinitionLoading
import Definitions
import Foundation
import Ledger
import Sequencing
import SyncModel

/// Looks at a state folder, or restores it, where no daemon runs on it.
struct StateTool {
    let setup: DaemonSetup

    /// Holds the state against itself and writes what was found as one document.
    ///
    /// - Returns: whether it is sound.
    func verify() async throws -> Bool {
        guard FileManager.default.fileExists(atPath: setup.stateFolder + "/ledger.sqlite") else {
            throw StartFailure(code: .stateFolder, message: "there is no state in \(setup.stateFolder)")
        }
        let lock = try StateLock(folder: setup.stateFolder)
        let ledger = try open()
        let report = try await reporting {
            let report = try await StateVerification(ledger: ledger, stateFolder: setup.stateFolder).report()
            try ledger.close()
            return report
        }
        try write(StateAnswer(state: StateFindings(report)))
        withExtendedLifetime(lock) {}
        return report.isSound
    }

    /// Puts a backup in the place of the state; one that can't be read is set aside before.
    func restore(from path: String) async throws {
        let lock = try StateLock(folder: setup.stateFolder)
        let ledger: Ledger
        do {
            ledger = try Ledger(folder: setup.stateFolder)
        } catch let error as LedgerError where [.corrupt, .newerVersion, .cannotOpen].contains(error.code) {
            try setAside()
            ledger = try open()
        }
        let definitions: DefinitionSet?
        do {
            definitions = try DefinitionLoader(folder: setup.configurationFolder).read().definitions
        } catch let fault as ControlFault {
            throw StartFailure(code: .definitions, message: fault.description)
        }
        guard let definitions else {
            // Which syncs create, and must wait, only valid definitions say.
            throw StartFailure(code: .definitions, message: "the definitions are not valid: see `sequencectl check`")
        }
        let restore = StateRestore(ledger: ledger, stateFolder: setup.stateFolder, clock: setup.clock)
        let waiting = try await reporting {
            let waiting = try await restore.restore(
                from: path,
                definitions: definitions,
                actor: Actor(uid: getuid(), name: NSUserName())
            )
            // What was restored goes into the one file before anybody is told that it is there.
            try ledger.close()
            return waiting
        }
        try write(DaemonAnswers.restored(from: path, waiting: waiting))
        withExtendedLifetime(lock) {}
    }

    // MARK: - Implementation

    private func open() throws -> Ledger {
        do {
            return try Ledger(folder: setup.stateFolder)
        } catch let error as LedgerError {
            throw StartFailure(code: .stateFolder, message: error.description)
        }
    }

    private func setAside() throws {
        let stamp = setup.clock.now.rfc3339
        for suffix in ["", "-wal", "-shm"] {
            let file = setup.stateFolder + "/ledger.sqlite" + suffix
            guard FileManager.default.fileExists(atPath: file) else { continue }
            guard rename(file, file + ".unusable-" + stamp) == 0 else {
                throw StartFailure(
                    code: .stateFolder,
                    message: "cannot set \(file) aside: \(String(cString: strerror(errno)))"
                )
            }
        }
        do {
            try StateFolder.synchronize(setup.stateFolder)
        } catch let error as EngineError {
            throw StartFailure(code: .stateFolder, message: error.description)
        }
    }

    private func reporting<Result>(_ body: () async throws -> Result) async throws -> Result {
        do {
            return try await body()
        } catch {
            throw StartFailure(code: .stateFolder, message: "\(error)")
        }
    }

    private func write(_ document: some Encodable) throws {
        FileHandle.standardOutput.write(Data(try ControlCoding.encode(document) + [UInt8(ascii: "\n")]))
    }
}
