internal import CivilTime
internal import Diffing
internal import Ledger
internal import Logging
package import SyncModel

extension Conductor {
    /// Holds the state against itself; runs go on.
    package nonisolated func verifyState() async throws -> StateReport {
        try await StateVerification(ledger: parts.ledger, stateFolder: parts.stateFolder).report()
    }

    /// Writes a copy of the state; runs go on.
    ///
    /// - Returns: how many snapshots are in it.
    package nonisolated func backUpState(to path: String, actor: Actor?) async throws -> Int {
        let backup = StateBackup(ledger: parts.ledger, folder: StateFolder(parts.stateFolder))
        let contents = try await backup.write(to: path)
        try await tell("state-backed-up", reason: path, actor: actor)
        return contents.snapshots
    }

    /// Puts a backup in the place of the state, while no run is on.
    ///
    /// - Returns: syncs that wait for `adopt`.
    /// - Throws: `EngineError` while runs are on or queued, or for what is wrong with the backup.
    package func restoreState(from path: String, actor: Actor?) async throws -> [String] {
        if let busy = active.first?.value.context.runID ?? queues.values.lazy.compactMap(\.first).first?.id {
            throw EngineError(
                code: .notNow,
                subject: "restore the state",
                detail: "run \(busy) is on or queued",
                hint: "sequencectl stop \(busy)",
                isTransient: true
            )
        }
        isRestoring = true
        defer { isRestoring = false }
        let restore = StateRestore(ledger: parts.ledger, stateFolder: parts.stateFolder, clock: parts.clock)
        let waiting = try await restore.restore(from: path, definitions: definitions, actor: actor)
        gates.holdsChanged()
        parts.events.announce(
            LedgerEvent(time: parts.clock.now, kind: "state-restored", reason: path, actor: actor),
            run: nil
        )
        return waiting
    }

    /// Takes one row's values out of everything that is kept.
    ///
    /// - Returns: in how many places something was taken away.
    /// - Throws: `EngineError` for a sync that is not there, or while a run of it is on.
    package func forget(_ sync: String, key: String, actor: Actor?) async throws -> Int {
        guard let definition = definitions.syncs[sync], let model = definitions.models[definition.model] else {
            throw EngineError(
                code: .unknownName,
                subject: "sync \(sync)",
                detail: KnownNames.words(definitions.syncs.keys.sorted(), near: sync)
            )
        }
        if let busy = active.values.first(where: { $0.context.sequence.syncs.contains(sync) }) {
            throw EngineError(
                code: .notNow,
                subject: "forget a row of \(sync)",
                detail: "run \(busy.context.runID) of it is on",
                isTransient: true
            )
        }
        guard let hash = RowKey.hash(ofText: key, columns: model.primaryKey.count) else {
            throw EngineError(
                code: .unknownName,
                subject: "key \(key) in model \(model.name)",
                detail:
                    "its key has \(model.primaryKey.count) columns (\(model.primaryKey.joined(separator: ", "))), "
                    + #"write it as a JSON array of texts, as '["a","b"]'"#
            )
        }
        let forgetting = StateForgetting(ledger: parts.ledger, stateFolder: parts.stateFolder)
        let places = try await forgetting.forget(hash, text: key, of: sync)
        // The key itself is a value: the event names the sync alone.
        try await tell("row-forgotten", sync: sync, actor: actor)
        return places
    }

    // MARK: - Implementation

    private nonisolated func tell(
        _ kind: String,
        sync: String? = nil,
        reason: String? = nil,
        actor: Actor?
    ) async throws {
        try await tell(LedgerEvent(time: parts.clock.now, kind: kind, sync: sync, reason: reason, actor: actor))
    }
}
