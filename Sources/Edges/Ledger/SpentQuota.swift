package import CivilTime
internal import GRDB

/// What was spent of an org's limits in some span.
package struct SpentQuota: Sendable, Equatable {
    package var apiCalls = 0
    package var bulkBatches = 0
    package var bulkRows = 0
    package var publishedEvents = 0

    package init() {}
}

extension Ledger {
    /// Calls and rows of some syncs since a moment, calls of no sync included, as they count against a cap.
    package func spent(by syncs: [String], since time: Timestamp) async throws -> SpentQuota {
        try await wrapping("count what was spent") {
            try await self.pool.read { database in
                var spent = SpentQuota()
                let marks = databaseQuestionMarks(count: syncs.count)
                spent.apiCalls =
                    try Int.fetchOne(
                        database,
                        sql: """
                            SELECT count(*) FROM calls WHERE started >= ? AND (sync IS NULL OR sync IN (\(marks)))
                            """,
                        arguments: StatementArguments([time.microseconds]) + StatementArguments(syncs)
                    ) ?? 0
                let sql = """
                    SELECT operation, row_count FROM outcomes
                    WHERE recorded >= ? AND job IS NOT NULL AND sync IN (\(marks))
                    """
                let rows = try Row.fetchAll(
                    database,
                    sql: sql,
                    arguments: StatementArguments([time.microseconds]) + StatementArguments(syncs)
                )
                for row in rows {
                    let count: Int = row["row_count"]
                    spent.bulkRows += count
                    // 10,000 records of Bulk 2.0 count as one batch (reference 08, limits).
                    spent.bulkBatches += (count + 9_999) / 10_000
                    if row["operation"] as String == "publish" { spent.publishedEvents += count }
                }
                return spent
            }
        }
    }
}
