internal import GRDB

extension Ledger {
    /// The key of the value that says why a sync may not go on before a person has said what was delivered.
    static let askKey = "asks:"

    /// Syncs that wait for `adopt`, and why, by name.
    package func unadoptedSyncs() async throws -> [String: String] {
        try await wrapping("read which syncs wait for adopt") {
            try await self.pool.read { database in
                let sql = "SELECT key, value FROM meta WHERE key GLOB ? AND value != ''"
                let asks = try Row.fetchAll(database, sql: sql, arguments: [Self.askKey + "*"]).map { row in
                    (String((row["key"] as String).dropFirst(Self.askKey.count)), row["value"] as String)
                }
                return Dictionary(asks) { first, _ in first }
            }
        }
    }
}
