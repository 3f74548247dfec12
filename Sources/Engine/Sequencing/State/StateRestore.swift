internal import CivilTime
internal import Foundation
package import Ledger
internal import Snapshot
package import SyncModel

/// Puts a backup in the place of the state: a new epoch, in which no sync that creates or publishes goes on unasked.
package struct StateRestore: Sendable {
    private let ledger: Ledger
    private let folder: StateFolder
    private let clock: EngineClock

    package init(ledger: Ledger, stateFolder: String, clock: EngineClock) {
        self.ledger = ledger
        folder = StateFolder(stateFolder)
        self.clock = clock
    }

    /// Restores; nothing of the old state is touched before the new one was made and found sound.
    ///
    /// - Returns: syncs that wait for `adopt`.
    /// - Throws: `EngineError`, `LedgerError`, `SnapshotError`.
    package func restore(from path: String, definitions: DefinitionSet, actor: Actor?) async throws -> [String] {
        guard path.hasPrefix("/") else {
            throw EngineError(code: .notNow, subject: "restore \(path)", detail: "an absolute path is meant")
        }
        let backup = try open(path)
        defer {
            // It was only read.
            try? backup.close()
        }
        try clear(folder.restoring)
        try StateFolder.make(folder.restoring + "/snapshots")
        let files = try await backup.files()
        var syncs = Set(definitions.syncs.keys).union(StateFolder.folders(in: folder.snapshots))
        for file in files {
            let parts = file.split(separator: "/").map(String.init)
            guard parts.count == 3, parts[0] == "snapshots", ["base", "log"].contains(parts[2]), parts[1] != ".." else {
                throw EngineError(
                    code: .backup,
                    subject: "restore \(path)",
                    detail: "it has a file that is not known: \(file)"
                )
            }
            syncs.insert(parts[1])
            try await extract(file, of: backup)
        }
        // One that is not defined any more may have been of this kind.
        let waiting = syncs.filter { definitions.syncs[$0]?.createsOnly ?? true }
        let now = clock.now
        let stateID = try await backup.restore(
            toFolder: folder.restoring,
            LedgerRestore(
                now: now,
                reason: "the state was restored from a backup on \(now.rfc3339)",
                syncs: waiting,
                timetable: Array(try await ledger.timetable().values),
                holds: try await ledger.holds(at: now),
                sequences: try await ledger.givenNumbers(),
                epoch: Int64(try await ledger.value("epoch") ?? "1") ?? 1,
                actor: actor
            )
        )
        for sync in StateFolder.folders(in: folder.restoring + "/snapshots") {
            let snapshot = folder.restoring + "/snapshots/" + sync
            guard var identity = try SnapshotStore.identity(inFolder: snapshot) else { continue }
            identity.stateID = stateID
            try SnapshotStore.adopt(folder: snapshot, as: identity)
        }
        try await verify()
        // The ledger speaks of these snapshots as soon as it is taken over.
        for sync in StateFolder.folders(in: folder.restoring + "/snapshots") {
            try StateFolder.synchronize(folder.restoring + "/snapshots/" + sync)
        }
        try StateFolder.synchronize(folder.restoring + "/snapshots")
        try StateFolder.synchronize(folder.restoring)
        try await ledger.replace(byFolder: folder.restoring)
        CrashPoint.reached("restore-taken")
        try await finish()
        return waiting.sorted()
    }

    /// - Throws: `EngineError` that speaks of the backup, and not of the state, which is as it was.
    private func open(_ path: String) throws -> LedgerBackup {
        do {
            return try LedgerBackup.open(path)
        } catch let error as LedgerError {
            let detail =
                switch error.code {
                case .corrupt: "it is no backup of a state, or is damaged"
                case .newerVersion: "a newer version of sequenced wrote it"
                case .cannotOpen, .full, .readOnly, .failed, .conflict: error.detail
                }
            throw EngineError(
                code: .backup,
                subject: "restore \(path)",
                detail: detail,
                hint: "the state is as it was; `sequencectl state backup` writes what can be restored"
            )
        }
    }

    /// Does what a restore had left to do when the daemon went away: the ledger is the new one, the snapshots may be the old.
    package func finish() async throws {
        guard let restoring = try await ledger.value("restoring") else { return }
        if restoring == ledger.stateID, FileManager.default.fileExists(atPath: folder.restoring + "/snapshots") {
            try clear(folder.snapshots)
            try move(folder.restoring + "/snapshots", folder.snapshots)
            // Before the ledger forgets that something is left to do.
            try StateFolder.synchronize(folder.path)
            try StateFolder.synchronize(folder.restoring)
        }
        try clear(folder.spool)
        try StateFolder.make(folder.spool)
        try clear(folder.restoring)
        try await ledger.removeValue("restoring")
    }

    // MARK: - Implementation

    private func extract(_ file: String, of backup: LedgerBackup) async throws {
        let target = folder.restoring + "/" + file
        try StateFolder.make(URL(fileURLWithPath: target).deletingLastPathComponent().path)
        guard FileManager.default.createFile(atPath: target, contents: nil, attributes: [.posixPermissions: 0o600]),
            let handle = FileHandle(forWritingAtPath: target)
        else { throw EngineError(code: .state, subject: target, detail: String(cString: strerror(errno))) }
        try await backup.read(file) { try handle.write(contentsOf: Data($0)) }
        try handle.synchronize()
        try handle.close()
    }

    private func verify() async throws {
        let copy = try Ledger(folder: folder.restoring)
        let report = try await StateVerification(ledger: copy, stateFolder: folder.restoring).report()
        try copy.close()
        guard report.isSound else {
            throw EngineError(
                code: .state,
                subject: "the backup",
                detail:
                    "it does not fit together, and nothing was changed: \(report.faults.prefix(3).joined(separator: "; "))"
            )
        }
    }

    private func clear(_ folder: String) throws {
        guard FileManager.default.fileExists(atPath: folder) else { return }
        do {
            try FileManager.default.removeItem(atPath: folder)
        } catch {
            throw EngineError(code: .state, subject: folder, detail: error.localizedDescription)
        }
    }

    private func move(_ from: String, _ to: String) throws {
        guard rename(from, to) == 0 else {
            throw EngineError(code: .state, subject: to, detail: String(cString: strerror(errno)))
        }
    }
}

extension SyncDefinition {
    /// Whether a row that it sends twice is there twice: nothing may be sent again unasked.
    package var createsOnly: Bool {
        switch operation {
        case .insert, .publish: true
        case .update, .upsert, .delete, .clear, .merge: false
        }
    }
}
