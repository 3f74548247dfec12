package import CivilTime
package import Fingerprinting
import Foundation
internal import GRDB
package import SyncModel

/// Rows whose fate stands in another outcome have gone again, or a person has settled them: the column says both.
enum ElsewhereMigration {
    static let name = "elsewhere"

    static func migrate(_ database: Database) throws {
        try database.execute(sql: "ALTER TABLE outcomes RENAME COLUMN retried TO elsewhere")
    }
}

/// A row of which nobody knows whether it arrived.
package struct DoubtfulRow: Sendable, Equatable {
    /// Its place in the table of rows that were not delivered.
    package var number: Int64
    package var key: Hash128
    package var row: UndeliveredRow
    /// The payload spool that it was sent from.
    package var spool: String?
}

extension Ledger {
    /// The rows of a run that are in doubt and that nobody has resolved.
    package func rowsInDoubt(run: RunID) async throws -> [DoubtfulRow] {
        try await wrapping("read the rows in doubt of run \(run)") {
            try await self.pool.read { database in
                let sql = """
                    SELECT u.number, u.key, u.record, o.spool FROM undelivered u JOIN outcomes o ON o.number = u.outcome
                    WHERE u.run = ? AND u.state = 'in-doubt' ORDER BY u.number
                    """
                return try Row.fetchAll(database, sql: sql, arguments: [run.rawValue]).map { row in
                    let text: String = row["record"]
                    let key: Data = row["key"]
                    guard let hash = Hash128(key) else {
                        throw LedgerError(code: .corrupt, path: "undelivered", detail: "a key of \(key.count) bytes")
                    }
                    return DoubtfulRow(
                        number: row["number"],
                        key: hash,
                        row: try JSONDecoder().decode(UndeliveredRow.self, from: Data(text.utf8)),
                        spool: row["spool"]
                    )
                }
            }
        }
    }

    /// The rows of a sync that other runs have put in doubt and that nobody has resolved, those of higher numbers than `after`;
    /// `last`: where the next ones go on, nil: there are none.
    ///
    /// `before`: of those that were recorded by then; nil: of all.
    package func rowsInDoubt(
        of sync: String,
        beside run: RunID,
        before: Timestamp?,
        after: Int64,
        limit: Int
    ) async throws -> (rows: [(row: UndeliveredRow, run: RunID)], last: Int64?) {
        try await wrapping("read the rows of \(sync) that are in doubt") {
            try await self.pool.read { database in
                let sql = """
                    SELECT u.number, u.run, u.record FROM undelivered u JOIN outcomes o ON o.number = u.outcome
                    WHERE u.sync = ? AND u.run != ? AND u.state = 'in-doubt' AND o.recorded <= ? AND u.number > ?
                    ORDER BY u.number LIMIT ?
                    """
                let latest = before?.microseconds ?? .max
                let found = try Row.fetchAll(
                    database,
                    sql: sql,
                    arguments: [sync, run.rawValue, latest, after, limit]
                )
                let last: Int64? = found.count < limit ? nil : found.last?["number"]
                let rows = try found.map { row in
                    let text: String = row["record"]
                    let known = try JSONDecoder().decode(UndeliveredRow.self, from: Data(text.utf8))
                    return (row: known, run: RunID(rawValue: row["run"]))
                }
                return (rows: rows, last: last)
            }
        }
    }

    /// Stores what a person says became of rows that were in doubt; they are in doubt no longer.
    package func resolve(_ outcome: BatchOutcome, _ numbers: [Int64], at now: Timestamp) async throws {
        try await wrapping("resolve rows of \(outcome.sync)") {
            try await self.pool.write { database in
                try database.execute(
                    sql: """
                        INSERT INTO outcomes
                            (run, sync, intent, operation, spool, first_row, row_count, accepted, job, batch, recorded)
                        VALUES (?, ?, NULL, ?, ?, ?, ?, ?, NULL, NULL, ?)
                        """,
                    arguments: [
                        outcome.run.rawValue, outcome.sync, outcome.operation.rawValue, outcome.spool,
                        outcome.firstRow, outcome.rowCount, Data(outcome.accepted), now.microseconds,
                    ]
                )
                let number = database.lastInsertedRowID
                // As of rows that were sent again.
                let move = try database.makeStatement(
                    sql: """
                        UPDATE outcomes SET elsewhere = elsewhere + 1
                        WHERE number = (SELECT outcome FROM undelivered WHERE number = ?)
                        """
                )
                let forget = try database.makeStatement(sql: "DELETE FROM undelivered WHERE number = ?")
                for number in numbers {
                    try move.execute(arguments: [number])
                    try forget.execute(arguments: [number])
                }
                let remember = try database.makeStatement(
                    sql: """
                        INSERT INTO undelivered (outcome, run, sync, key, state, code, record)
                        VALUES (?, ?, ?, ?, ?, ?, ?)
                        """
                )
                for undelivered in outcome.undelivered {
                    try remember.execute(arguments: [
                        number, outcome.run.rawValue, outcome.sync, undelivered.key.data,
                        undelivered.row.state.rawValue, undelivered.row.code, try Self.encoded(undelivered.row),
                    ])
                }
            }
        }
    }
}
