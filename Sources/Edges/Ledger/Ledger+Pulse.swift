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

    /// Bytes of the ledger's files.
    package var size: Int64 {
        ["", "-wal"].reduce(0) { $0 + FileSize.bytes(at: pool.path + $1) }
    }
}
