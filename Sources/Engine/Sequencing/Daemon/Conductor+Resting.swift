internal import Ledger
package import SyncModel

extension Conductor {
    /// The rows of a run's syncs that it left alone, for they rest, and which rest still; as they were refused last.
    ///
    /// `sync`: of one sync only. What the run tried itself is not among them.
    package func restingRows(of run: RunRecord, sync: String?, limit: Int) async throws -> [UndeliveredRow] {
        try await resting.rows(of: run, sync: sync, limit: limit)
    }

    /// The rows of a run's syncs that were in doubt already when it ran, and are still; each with the run that put it there.
    ///
    /// `sync`: of one sync only.
    package func doubtfulRows(
        of run: RunRecord,
        sync: String?,
        limit: Int
    ) async throws -> [(row: UndeliveredRow, run: RunID)] {
        var rows: [(row: UndeliveredRow, run: RunID)] = []
        for step in run.steps where step.counts.inDoubt > 0 && (sync ?? step.sync) == step.sync {
            guard rows.count < limit else { break }
            rows += try await parts.ledger.rowsInDoubt(
                of: step.sync,
                beside: run.id,
                before: run.ended,
                after: 0,
                limit: limit - rows.count
            ).rows
        }
        return rows
    }

    /// What is known of the rows that rest.
    var resting: RestingRows { RestingRows(ledger: parts.ledger, snapshotFolder: parts.stateFolder + "/snapshots") }
}
