internal import GRDB

extension Ledger {
    /// Comes back when the one connection that writes has come round: the sign of life that the watchdog is fed with.
    ///
    /// Nothing is written, so that an idle daemon leaves the disk alone.
    package func pulse() async throws {
        try await wrapping("reach the state") {
            _ = try await self.pool.writeWithoutTransaction { try Int.fetchOne($0, sql: "SELECT 1") }
        }
    }

    /// Why nothing can be written, if the last attempt failed and one more does; nil when all is well.
    ///
    /// The further attempt is made so that what is told ends with its cause; while all is well none is made.
    package func writingFault() async -> LedgerError? {
        guard changes.fault != nil else { return nil }
        do {
            try await wrapping("keep anything") {
                // A few bytes may find room where a run does not.
                try await self.changes.write { database in
                    try database.execute(
                        sql: "INSERT OR REPLACE INTO meta (key, value) VALUES ('probe', hex(zeroblob(65536)))"
                    )
                }
                try await self.changes.write { try $0.execute(sql: "DELETE FROM meta WHERE key = 'probe'") }
            }
            return nil
        } catch {
            return error as? LedgerError ?? LedgerError(doing: "keep anything", cause: error)
        }
    }

    /// Bytes of the ledger's files.
    package var size: Int64 {
        ["", "-wal"].reduce(0) { $0 + FileSize.bytes(at: pool.path + $1) }
    }
}
