package import CivilTime
import Foundation
internal import GRDB
package import SyncModel

extension Ledger {
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
}
