internal import Fingerprinting
internal import Ledger
internal import Snapshot
internal import SyncModel

/// The rows that a run left alone, for they rest.
struct RestingRows: Sendable {
    let ledger: Ledger
    let snapshotFolder: String

    /// Those of a run's syncs which rest still, as they were refused last; what the run tried itself is not among them.
    ///
    /// `sync`: of one sync only.
    func rows(of run: RunRecord, sync: String?, limit: Int = .max) async throws -> [UndeliveredRow] {
        var rows: [UndeliveredRow] = []
        for step in run.steps where step.counts.resting > 0 && (sync ?? step.sync) == step.sync {
            let folder = snapshotFolder + "/" + step.sync
            let left = limit - rows.count
            guard left > 0 else { break }
            let keys = try await BlockingThread.run(named: "resting-\(step.sync)") {
                try SnapshotStore.resting(inFolder: folder, limit: left)
            }
            for key in keys {
                if let row = try await row(key, of: step.sync, leftBy: run) { rows.append(row) }
            }
        }
        return rows
    }

    /// How a resting row was refused last; nil: by the run itself, or after it.
    func row(_ key: Hash128, of sync: String, leftBy run: RunRecord) async throws -> UndeliveredRow? {
        guard let last = try await ledger.undelivered(sync: sync, key: key, limit: 1).first,
            last.run != run.id, run.ended.map({ last.recorded <= $0 }) ?? true
        else { return nil }
        return last.row
    }

    /// The keys of a sync's rows that were rejected in a run, and of those that rested in it.
    func triedAgain(of run: RunID, sync: String) async throws -> [String] {
        let rejected = try await ledger.rejectedKeys(run: run, sync: sync)
        guard let record = try await ledger.run(run) else { return rejected }
        return rejected + (try await rows(of: record, sync: sync)).map(\.key)
    }

    /// The syncs of a run of which rows were rejected or rested.
    func syncs(of run: RunID) async throws -> Set<String> {
        let rested = try await ledger.run(run)?.steps.filter { $0.counts.resting > 0 }.map(\.sync) ?? []
        return try await ledger.syncsWithRejectedRows(run: run).union(rested)
    }
}

extension RunContext {
    /// What is known of the rows that rest.
    var resting: RestingRows { RestingRows(ledger: ledger, snapshotFolder: snapshotFolder) }
}
