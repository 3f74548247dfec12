import Foundation
internal import GRDB
internal import SyncModel

/// One file that goes into a backup beside the ledger: its path there, and its bytes, some at a time.
package struct BackupFile: Sendable {
    package var path: String
    package var next: @Sendable () throws -> [UInt8]?

    package init(path: String, next: @escaping @Sendable () throws -> [UInt8]?) {
        self.path = path
        self.next = next
    }
}

/// A backup: one SQLite file, the ledger as it stood at one moment and the snapshots of that moment as blobs.
package final class LedgerBackup: Sendable {
    private let queue: DatabaseQueue
    package let path: String

    private init(_ queue: DatabaseQueue, _ path: String) {
        self.queue = queue
        self.path = path
    }

    /// Copies a ledger while it is in use, into a file that is not there yet.
    package static func begin(of ledger: Ledger, at path: String) async throws -> LedgerBackup {
        try await ledger.wrapping("write the backup \(path)") {
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            try ledger.pool.backup(to: queue)
            try await queue.writeWithoutTransaction { database in
                // One file and no more: the copy has taken over the ledger's way of writing.
                try database.execute(sql: "PRAGMA journal_mode = DELETE")
            }
            try await queue.write { database in
                try database.execute(
                    sql: """
                        CREATE TABLE backup (format INTEGER NOT NULL) STRICT;
                        INSERT INTO backup VALUES (1);
                        CREATE TABLE backup_files (
                            path TEXT NOT NULL, part INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (path, part)
                        ) STRICT;
                        """
                )
            }
            return LedgerBackup(queue, path)
        }
    }

    /// The newest outcome of each sync at the backup's moment.
    package func lastOutcomes() async throws -> [String: Int64] {
        try await queue.read { database in
            let rows = try Row.fetchAll(database, sql: "SELECT sync, max(number) AS last FROM outcomes GROUP BY sync")
            return Dictionary(rows.map { ($0["sync"], $0["last"]) }) { first, _ in first }
        }
    }

    /// Takes a file in.
    package func add(_ file: BackupFile) async throws {
        try await queue.write { database in
            var part = 0
            let sql = "INSERT INTO backup_files (path, part, bytes) VALUES (?, ?, ?)"
            let statement = try database.makeStatement(sql: sql)
            while let bytes = try file.next() {
                try statement.execute(arguments: [file.path, part, Data(bytes)])
                part += 1
            }
            if part == 0 { try statement.execute(arguments: [file.path, 0, Data()]) }
        }
    }

    package func close() throws { try queue.close() }

    // MARK: - Reading

    /// Opens a backup, and looks at every page of it.
    ///
    /// - Throws: `LedgerError` when it is none, is damaged, or a newer version wrote it.
    package static func open(_ path: String) throws -> LedgerBackup {
        guard FileManager.default.isReadableFile(atPath: path) else {
            throw LedgerError(code: .cannotOpen, path: path, detail: "there is no such file, or it may not be read")
        }
        var configuration = configuration
        configuration.readonly = true
        do {
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            try queue.read { database in
                guard try database.tableExists("backup"), try database.tableExists("backup_files"),
                    try Int.fetchOne(database, sql: "SELECT format FROM backup") == 1
                else {
                    throw LedgerError(code: .cannotOpen, path: path, detail: "it is no backup of sequenced")
                }
                if try LedgerSchema.migrator.hasBeenSuperseded(database) {
                    throw LedgerError(code: .newerVersion, path: path)
                }
                if let line = try String.fetchOne(database, sql: "PRAGMA integrity_check(1)"), line != "ok" {
                    throw LedgerError(code: .corrupt, path: path, detail: line)
                }
            }
            return LedgerBackup(queue, path)
        } catch let error as LedgerError {
            throw error
        } catch {
            throw LedgerError(opening: path, cause: error)
        }
    }

    /// The paths of the files in it.
    package func files() async throws -> [String] {
        try await queue.read { try String.fetchAll($0, sql: "SELECT DISTINCT path FROM backup_files ORDER BY path") }
    }

    /// Hands out a file's bytes, part by part.
    package func read(_ file: String, _ body: @escaping @Sendable ([UInt8]) throws -> Void) async throws {
        try await queue.read { database in
            let sql = "SELECT bytes FROM backup_files WHERE path = ? ORDER BY part"
            let parts = try Data.fetchCursor(database, sql: sql, arguments: [file])
            while let part = try parts.next() { try body([UInt8](part)) }
        }
    }

    /// Writes the ledger of the backup as one of its own, with all that a restore changes, and hands back its new state id.
    package func restore(toFolder folder: String, _ restore: LedgerRestore) async throws -> String {
        let target = try DatabaseQueue(path: folder + "/ledger.sqlite", configuration: Self.configuration)
        try queue.backup(to: target)
        try await target.write { database in
            try database.execute(sql: "DROP TABLE backup; DROP TABLE backup_files")
        }
        try LedgerSchema.migrator.migrate(target)
        let id = UUID().uuidString.lowercased()
        try await target.write { try restore.apply(to: $0, id) }
        try await target.vacuum()
        try target.close()
        return id
    }

    // MARK: - Implementation

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.busyMode = .timeout(10)
        configuration.label = "backup"
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        return configuration
    }
}
