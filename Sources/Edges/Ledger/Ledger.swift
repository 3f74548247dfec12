import Foundation
internal import GRDB
internal import Synchronization

/// The durable state of one daemon: a SQLite file that only it writes.
///
/// Every method is one transaction, durable when it returns.
package final class Ledger: Sendable {
    let pool: DatabasePool
    let changes: GroupCommit
    private let knownStateID: Mutex<String>

    /// Names this state until it is restored: snapshots carry it, so that one of another state is not believed.
    package var stateID: String { knownStateID.withLock { $0 } }

    /// Opens the ledger in a state folder, makes it when there is none, and brings an older one up to this version.
    ///
    /// - Throws: `LedgerError` when the file can't be opened, is of a newer version, or is no ledger.
    package init(folder: String) throws {
        var configuration = Configuration()
        configuration.busyMode = .timeout(10)
        configuration.label = "ledger"
        let path = folder + "/ledger.sqlite"
        do {
            let pool = try DatabasePool(path: path, configuration: configuration)
            // The pool itself lets a commit wait in the log for the next checkpoint: a power cut would take it back.
            try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
            let migrator = LedgerSchema.migrator
            if try pool.read({ try migrator.hasBeenSuperseded($0) }) {
                throw LedgerError(code: .newerVersion, path: path)
            }
            try migrator.migrate(pool)
            knownStateID = Mutex(try Self.stateID(of: pool))
            self.pool = pool
            changes = GroupCommit(pool)
        } catch let error as LedgerError {
            throw error
        } catch {
            throw LedgerError(opening: path, cause: error)
        }
    }

    /// Ends all connections; what follows fails.
    package func close() throws {
        // So that a state folder at rest has its ledger in one file.
        try pool.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
        try pool.close()
    }

    /// Reads a value that belongs to the state as a whole.
    package func value(_ key: String) async throws -> String? {
        try await wrapping("read a setting") {
            try await self.pool.read { database in
                try String.fetchOne(database, sql: "SELECT value FROM meta WHERE key = ?", arguments: [key])
            }
        }
    }

    /// Keeps a value that belongs to the state as a whole.
    package func setValue(_ value: String, for key: String) async throws {
        try await wrapping("store a setting") {
            try await self.changes.write { database in
                try database.execute(
                    sql:
                        "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                    arguments: [key, value]
                )
            }
        }
    }

    /// Forgets a value that belongs to the state as a whole.
    package func removeValue(_ key: String) async throws {
        try await wrapping("store a setting") {
            try await self.changes.write { try $0.execute(sql: "DELETE FROM meta WHERE key = ?", arguments: [key]) }
        }
    }

    // MARK: - Implementation

    /// Reads the state's id again, after it was replaced.
    func renewStateID() throws {
        let id = try Self.stateID(of: pool)
        knownStateID.withLock { $0 = id }
    }

    private static func stateID(of pool: DatabasePool) throws -> String {
        try pool.write { database in
            if let known = try String.fetchOne(database, sql: "SELECT value FROM meta WHERE key = 'state_id'") {
                return known
            }
            let fresh = UUID().uuidString.lowercased()
            try database.execute(sql: "INSERT INTO meta (key, value) VALUES ('state_id', ?)", arguments: [fresh])
            return fresh
        }
    }

    /// Turns SQLite's errors into this room's, once.
    ///
    /// On the caller's executor: what an actor writes is written in the order in which it does.
    nonisolated(nonsending) func wrapping<Result>(
        _ action: String,
        _ body: nonisolated(nonsending) () async throws -> Result
    ) async throws -> Result {
        do {
            return try await body()
        } catch let error as LedgerError {
            throw error
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            throw LedgerError(doing: action, cause: error)
        }
    }
}
