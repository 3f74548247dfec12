internal import GRDB
package import SyncModel

extension Ledger {
    /// Takes the rows of a sync that stayed behind out of a run's report: its work on them begins anew.
    ///
    /// What is in doubt is not sent again, so it stays.
    package func supersedeUndelivered(run: RunID, sync: String) async throws {
        try await wrapping("begin the work on \(sync) anew") {
            try await self.changes.write { database in
                try database.execute(
                    sql: """
                        UPDATE undelivered SET superseded = 1
                        WHERE run = ? AND sync = ? AND state <> 'in-doubt'
                        """,
                    arguments: [run.rawValue, sync]
                )
            }
        }
    }
}
