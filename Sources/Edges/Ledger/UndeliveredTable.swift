package import CivilTime
package import Fingerprinting
import Foundation
internal import GRDB
package import SyncModel

/// A row that was not delivered, with the outcome that says so.
package struct UndeliveredEntry: Sendable, Equatable {
    package var outcome: Int64
    package var run: RunID
    package var recorded: Timestamp
    package var row: UndeliveredRow
}

extension Ledger {
    /// The keys of the rows of a sync that were rejected in a run, each once.
    package func rejectedKeys(run: RunID, sync: String) async throws -> [String] {
        try await wrapping("read the rejected rows of run \(run)") {
            try await self.pool.read { database in
                let sql = """
                    SELECT DISTINCT record ->> 'key' FROM undelivered
                    WHERE run = ? AND sync = ? AND state = 'rejected' AND superseded = 0 ORDER BY number
                    """
                return try String.fetchAll(database, sql: sql, arguments: [run.rawValue, sync])
            }
        }
    }

    /// Rows of a sync that a run left undelivered, those of higher numbers than `after`; `last`: where the next ones go on, nil:
    /// there are none.
    package func undelivered(
        run: RunID,
        sync: String,
        after: Int64,
        limit: Int
    ) async throws -> (rows: [UndeliveredRow], last: Int64?) {
        try await wrapping("read the rows of run \(run) that were not delivered") {
            try await self.pool.read { database in
                let sql = """
                    SELECT number, record, mark FROM undelivered
                    WHERE run = ? AND sync = ? AND number > ? AND superseded = 0 ORDER BY number LIMIT ?
                    """
                let found = try Row.fetchAll(database, sql: sql, arguments: [run.rawValue, sync, after, limit])
                let last: Int64? = found.count < limit ? nil : found.last?["number"]
                return (try found.map { try Self.undelivered($0).row }, last)
            }
        }
    }

    /// The syncs of a run of which rows were rejected.
    package func syncsWithRejectedRows(run: RunID) async throws -> Set<String> {
        try await wrapping("read the rejected rows of run \(run)") {
            try await self.pool.read { database in
                let sql =
                    "SELECT DISTINCT sync FROM undelivered WHERE run = ? AND state = 'rejected' AND superseded = 0"
                return try Set(String.fetchAll(database, sql: sql, arguments: [run.rawValue]))
            }
        }
    }

    /// How many rows of a sync a run left undelivered, those in doubt left out.
    package func undeliveredCount(run: RunID, sync: String) async throws -> Int {
        try await wrapping("count the rows of run \(run) that were not delivered") {
            try await self.pool.read { database in
                let sql = """
                    SELECT count(DISTINCT key) FROM undelivered
                    WHERE run = ? AND sync = ? AND state != 'in-doubt' AND superseded = 0
                    """
                return try Int.fetchOne(database, sql: sql, arguments: [run.rawValue, sync]) ?? 0
            }
        }
    }

    /// How many rows are in doubt and not resolved, by sync, whatever their run.
    package func doubtCounts() async throws -> [String: Int] {
        try await wrapping("count the rows in doubt") {
            try await self.pool.read { database in
                let sql = "SELECT sync, count(*) FROM undelivered WHERE state = 'in-doubt' GROUP BY sync"
                let rows = try Row.fetchAll(database, sql: sql)
                return Dictionary(rows.map { ($0[0], $0[1]) }) { first, _ in first }
            }
        }
    }

    /// What was recorded of one row that was not delivered, newest first.
    package func undelivered(sync: String, key: Hash128, limit: Int = 50) async throws -> [UndeliveredEntry] {
        try await wrapping("read what is known of a row of \(sync)") {
            try await self.pool.read { database in
                let sql = """
                    SELECT u.outcome, u.run, u.record, u.mark, o.recorded FROM undelivered u JOIN outcomes o ON o.number = u.outcome
                    WHERE u.sync = ? AND u.key = ? ORDER BY u.number DESC LIMIT ?
                    """
                return try Row.fetchAll(database, sql: sql, arguments: [sync, key.data, limit]).map { row in
                    UndeliveredEntry(
                        outcome: row["outcome"],
                        run: RunID(rawValue: row["run"]),
                        recorded: Timestamp(microseconds: row["recorded"]),
                        row: try Self.undelivered(row).row
                    )
                }
            }
        }
    }
}
