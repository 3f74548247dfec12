internal import GRDB
package import SyncModel

/// Idempotency keys of starts that another run answers for.
enum StartKeyMigration {
    static let name = "start-keys"

    static func migrate(_ database: Database) throws {
        try database.execute(
            sql: "CREATE TABLE start_keys (key TEXT PRIMARY KEY, run TEXT NOT NULL) STRICT, WITHOUT ROWID"
        )
    }
}

extension Ledger {
    /// The run that answers for an idempotency key; nil for one that was never seen.
    package func run(forKey key: String) async throws -> RunRecord? {
        try await wrapping("look for an idempotency key") {
            try await self.pool.read { try Self.run(key: key, $0) }
        }
    }

    /// Has a run that was there before answer for a key.
    package func remember(key: String, for run: RunID) async throws {
        try await wrapping("store an idempotency key") {
            try await self.changes.write { database in
                try database.execute(
                    sql: "INSERT INTO start_keys (key, run) VALUES (?, ?) ON CONFLICT (key) DO NOTHING",
                    arguments: [key, run.rawValue]
                )
            }
        }
    }

    static func run(key: String, _ database: Database) throws -> RunRecord? {
        if let known = try run(database, "idempotency_key = ?", [key]) { return known }
        return try run(database, "id = (SELECT run FROM start_keys WHERE key = ?)", [key])
    }
}
