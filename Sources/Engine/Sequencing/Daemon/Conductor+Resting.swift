internal import Ledger
internal import Snapshot
package import SyncModel

extension Conductor {
    /// The rows of a run's syncs that it left alone, for they rest, and which rest still; as they were refused last.
    ///
    /// `sync`: of one sync only. What the run tried itself is not among them.
    package func restingRows(of run: RunRecord, sync: String?, limit: Int) async throws -> [UndeliveredRow] {
        var rows: [UndeliveredRow] = []
        for step in run.steps where step.counts.resting > 0 && (sync ?? step.sync) == step.sync {
            let folder = parts.stateFolder + "/snapshots/" + step.sync
            let left = limit - rows.count
            guard left > 0 else { break }
            let keys = try await BlockingThread.run(named: "resting-\(step.sync)") {
                try SnapshotStore.resting(inFolder: folder, limit: left)
            }
            for key in keys {
                guard let last = try await parts.ledger.undelivered(sync: step.sync, key: key, limit: 1).first,
                    last.run != run.id, run.ended.map({ last.recorded <= $0 }) ?? true
                else { continue }
                rows.append(last.row)
            }
        }
        return rows
    }
}
