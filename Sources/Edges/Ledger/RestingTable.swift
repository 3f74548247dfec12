import Foundation
internal import GRDB
package import SyncModel

/// Rows that were refused so often that they rest: how often a row was refused is kept with each refusal.
enum RestingMigration {
    static let name = "resting"

    static func migrate(_ database: Database) throws {
        try database.execute(
            sql: """
                -- the refusal mark of a row that was refused in data or configuration; null of all others
                ALTER TABLE undelivered ADD COLUMN mark INTEGER
                """
        )
    }
}

extension Ledger {
    /// How many rows of a sync came to rest in a run, by the code for which they do.
    package func broughtToRest(run: RunID, sync: String) async throws -> [String: Int] {
        try await wrapping("count the rows of \(sync) that rest") {
            try await self.pool.read { database in
                // The count is in the lowest four bits: a row that is refused again later has a higher one.
                let sql = """
                    SELECT code, count(*) AS rows FROM undelivered
                    WHERE run = ? AND sync = ? AND superseded = 0 AND mark & 15 = ? GROUP BY code
                    """
                let arguments: StatementArguments = [run.rawValue, sync, RefusalMark.restingAfter]
                let rows = try Row.fetchAll(database, sql: sql, arguments: arguments)
                return Dictionary(rows.map { ($0["code"] as String, $0["rows"] as Int) }) { first, _ in first }
            }
        }
    }
}
