package import CivilTime
internal import GRDB
package import SyncModel

/// What retention may take: history, never what is still to be found out or acted on.
extension Ledger {
    /// Ended runs, oldest first, of which nothing is needed any more.
    ///
    /// A run stays while a call of it has no outcome, a row of it is in doubt, or it is the newest of its sequence.
    package func runsToPrune(endedBefore time: Timestamp, limit: Int) async throws -> [RunID] {
        try await wrapping("look for old runs") {
            try await self.pool.read { database in
                let sql = """
                    SELECT id FROM runs WHERE ended < ?
                        AND number NOT IN (SELECT max(number) FROM runs WHERE ended IS NOT NULL GROUP BY sequence)
                        AND NOT EXISTS (SELECT 1 FROM intents WHERE intents.run = runs.id AND settled IS NULL)
                        AND NOT EXISTS (SELECT 1 FROM undelivered WHERE undelivered.run = runs.id AND state = 'in-doubt')
                    ORDER BY number LIMIT ?
                    """
                return try String.fetchAll(database, sql: sql, arguments: [time.microseconds, limit])
                    .map(RunID.init(rawValue:))
            }
        }
    }

    /// The number of the newest outcome of each sync in a run: the snapshot must have taken it before the run may go.
    package func lastOutcomes(of run: RunID) async throws -> [String: Int64] {
        try await wrapping("read the outcomes of run \(run)") {
            try await self.pool.read { database in
                let sql = "SELECT sync, max(number) AS number FROM outcomes WHERE run = ? GROUP BY sync"
                let rows = try Row.fetchAll(database, sql: sql, arguments: [run.rawValue])
                return Dictionary(rows.map { ($0["sync"] as String, $0["number"] as Int64) }) { first, _ in first }
            }
        }
    }

    /// Takes a run away: its calls, its rows that were not delivered, its events.
    ///
    /// The newest outcome of each sync stays: by its number the snapshot knows how far it is.
    package func prune(_ run: RunID) async throws {
        try await wrapping("take run \(run) away") {
            try await self.changes.write { database in
                for table in ["calls", "undelivered", "events", "intents", "launches"] {
                    try database.execute(sql: "DELETE FROM \(table) WHERE run = ?", arguments: [run.rawValue])
                }
                try database.execute(
                    sql: """
                        DELETE FROM outcomes WHERE run = ?
                            AND number NOT IN (SELECT max(number) FROM outcomes GROUP BY sync)
                        """,
                    arguments: [run.rawValue]
                )
                try database.execute(sql: "DELETE FROM runs WHERE id = ?", arguments: [run.rawValue])
            }
        }
    }

    /// Takes away calls and events of no run that are older than a time.
    package func pruneLoose(before time: Timestamp) async throws {
        try await wrapping("take old events away") {
            try await self.changes.write { database in
                try database.execute(
                    sql: "DELETE FROM calls WHERE run NOT IN (SELECT id FROM runs) AND started < ?",
                    arguments: [time.microseconds]
                )
                try database.execute(
                    sql: "DELETE FROM calls WHERE run IS NULL AND started < ?",
                    arguments: [time.microseconds]
                )
                try database.execute(
                    sql: "DELETE FROM events WHERE run IS NULL AND time < ?",
                    arguments: [time.microseconds]
                )
            }
        }
    }

    /// Bytes that the ledger's records take.
    package func byteCount() async throws -> Int64 {
        try await wrapping("measure the ledger") {
            try await self.pool.read { database in
                func pragma(_ name: String) throws -> Int64 { try Int64.fetchOne(database, sql: "PRAGMA \(name)") ?? 0 }
                return try (pragma("page_count") - pragma("freelist_count")) * pragma("page_size")
            }
        }
    }
}
