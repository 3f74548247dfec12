package import SyncModel

extension Conductor {
    /// The rows of a run's syncs that it left alone, for they rest, and which rest still; as they were refused last.
    ///
    /// `sync`: of one sync only. What the run tried itself is not among them.
    package func restingRows(of run: RunRecord, sync: String?, limit: Int) async throws -> [UndeliveredRow] {
        try await resting.rows(of: run, sync: sync, limit: limit)
    }

    /// What is known of the rows that rest.
    var resting: RestingRows { RestingRows(ledger: parts.ledger, snapshotFolder: parts.stateFolder + "/snapshots") }
}
