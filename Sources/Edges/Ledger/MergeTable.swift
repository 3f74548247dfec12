package import Fingerprinting
internal import GRDB
package import SyncModel

/// Records that were merged into others: a merge can't be undone, so who went into whom is kept for ever.
enum MergeMigration {
    static let name = "merges"

    static func migrate(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE merged_rows (
                    sync TEXT NOT NULL,
                    -- of the child's row
                    key BLOB NOT NULL,
                    parent_key TEXT NOT NULL,
                    parent_id TEXT NOT NULL,
                    victim_id TEXT NOT NULL,
                    run TEXT NOT NULL,
                    PRIMARY KEY (sync, key)
                ) STRICT, WITHOUT ROWID
                """
        )
    }
}

/// A row whose record was merged into that of another row.
package struct MergedRow: Sendable, Equatable {
    package var sync: String
    package var key: Hash128
    /// The parent row's primary key as text.
    package var parentKey: String
    package var parentID: String
    package var victimID: String
    package var run: RunID

    package init(sync: String, key: Hash128, parentKey: String, parentID: String, victimID: String, run: RunID) {
        self.sync = sync
        self.key = key
        self.parentKey = parentKey
        self.parentID = parentID
        self.victimID = victimID
        self.run = run
    }
}

extension Ledger {
    /// Keeps who was merged into whom; the same again changes nothing.
    package func remember(merged rows: [MergedRow]) async throws {
        if rows.isEmpty { return }
        try await wrapping("store the merges of \(rows[0].sync)") {
            try await self.changes.write { database in
                let statement = try database.makeStatement(
                    sql: """
                        INSERT INTO merged_rows (sync, key, parent_key, parent_id, victim_id, run)
                        VALUES (?, ?, ?, ?, ?, ?)
                        ON CONFLICT DO UPDATE SET parent_key = excluded.parent_key, parent_id = excluded.parent_id,
                            victim_id = excluded.victim_id, run = excluded.run
                        """
                )
                for row in rows {
                    try statement.execute(arguments: [
                        row.sync, row.key.data, row.parentKey, row.parentID, row.victimID, row.run.rawValue,
                    ])
                }
            }
        }
    }

    /// Rows of a sync that were merged, by key.
    package func mergedRows(of sync: String) async throws -> [Hash128: MergedRow] {
        try await wrapping("read the merges of \(sync)") {
            try await self.pool.read { database in
                let rows = try Row.fetchAll(
                    database,
                    sql: "SELECT * FROM merged_rows WHERE sync = ?",
                    arguments: [sync]
                )
                var merged: [Hash128: MergedRow] = [:]
                for row in rows {
                    guard let key = Hash128(row["key"]) else { continue }
                    merged[key] = MergedRow(
                        sync: sync,
                        key: key,
                        parentKey: row["parent_key"],
                        parentID: row["parent_id"],
                        victimID: row["victim_id"],
                        run: RunID(rawValue: row["run"])
                    )
                }
                return merged
            }
        }
    }
}
