internal import GRDB

extension Ledger {
    /// Everything that is recorded under a sync's former name is its own from now on; done twice, it changes nothing.
    package func renameSync(_ former: String, to name: String) async throws {
        try await wrapping("rename sync \(former)") {
            try await self.pool.write { database in
                for table in ["outcomes", "undelivered", "intents", "calls"] {
                    try database.execute(
                        sql: "UPDATE \(table) SET sync = ? WHERE sync = ?",
                        arguments: [name, former]
                    )
                }
                // One of the same value may be there already; then it says the same.
                try database.execute(
                    sql: "UPDATE OR REPLACE owed_parents SET sync = ? WHERE sync = ?",
                    arguments: [name, former]
                )
                try database.execute(
                    sql: "UPDATE OR REPLACE merged_rows SET sync = ? WHERE sync = ?",
                    arguments: [name, former]
                )
                for key in ["rows", "mode", "asks", "match-rule", "describe", "resting"] {
                    try database.execute(
                        sql: "UPDATE OR REPLACE meta SET key = ? WHERE key = ?",
                        arguments: ["\(key):\(name)", "\(key):\(former)"]
                    )
                }
            }
        }
    }
}
