internal import GRDB
package import SyncModel

extension Ledger {
    /// Stores that a run is conducted from now on: until `landed`, the daemon's end is this run's crash.
    package func launched(_ run: RunID) async throws {
        try await wrapping("store the launch of run \(run)") {
            try await self.changes.write { database in
                let newest = try Self.newestOutcome(of: run, database)
                let sql = """
                    INSERT INTO launches (run, outcome, crashes) VALUES (?, ?, 0)
                    ON CONFLICT (run) DO UPDATE SET
                        crashes = CASE WHEN excluded.outcome > outcome THEN 0 ELSE crashes END,
                        outcome = excluded.outcome
                    """
                try database.execute(sql: sql, arguments: [run.rawValue, newest])
            }
        }
    }

    /// Stores that a run has ended, or was left in good order.
    package func landed(_ run: RunID) async throws {
        try await wrapping("store the end of run \(run)") {
            try await self.changes.write { database in
                try database.execute(sql: "DELETE FROM launches WHERE run = ?", arguments: [run.rawValue])
            }
        }
    }

    /// Counts a crash against a run that was being conducted when the daemon went away.
    ///
    /// - Returns: crashes in a row with no outcome stored in between; 0 when it was not being conducted.
    package func crashed(_ run: RunID) async throws -> Int {
        try await wrapping("count the crash of run \(run)") {
            try await self.changes.write { database in
                let sql = "SELECT outcome, crashes FROM launches WHERE run = ?"
                guard let row = try Row.fetchOne(database, sql: sql, arguments: [run.rawValue]) else { return 0 }
                let known: Int64 = row["outcome"]
                let crashes: Int = row["crashes"]
                let newest = try Self.newestOutcome(of: run, database)
                let counted = newest > known ? 1 : crashes + 1
                try database.execute(
                    sql: "UPDATE launches SET outcome = ?, crashes = ? WHERE run = ?",
                    arguments: [newest, counted, run.rawValue]
                )
                return counted
            }
        }
    }

    // MARK: - Implementation

    private static func newestOutcome(of run: RunID, _ database: Database) throws -> Int64 {
        let sql = "SELECT max(number) FROM outcomes WHERE run = ?"
        return try Int64.fetchOne(database, sql: sql, arguments: [run.rawValue]) ?? 0
    }
}
