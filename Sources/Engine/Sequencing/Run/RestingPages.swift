internal import Fingerprinting
internal import Ledger
internal import Snapshot
package import SyncModel

/// The rows that a run left alone, for they rest, so many at a time: of those to come only the keys are held.
package struct RestingPages: Sendable {
    private let resting: RestingRows
    private let run: RunRecord
    private let size: Int
    private var steps: [StepRecord]
    private var sync = ""
    private var keys: ArraySlice<Hash128> = []

    /// `sync`: of one sync only.
    init(_ resting: RestingRows, of run: RunRecord, sync: String?, size: Int) {
        self.resting = resting
        self.run = run
        self.size = max(size, 1)
        steps = run.steps.filter { $0.counts.resting > 0 && (sync ?? $0.sync) == $0.sync }
    }

    /// The next rows, which may be none; nil: that was all.
    package mutating func next() async throws -> [UndeliveredRow]? {
        if keys.isEmpty {
            guard !steps.isEmpty else { return nil }
            let sync = steps.removeFirst().sync
            let folder = resting.snapshotFolder + "/" + sync
            self.sync = sync
            let found = try await BlockingThread.run(named: "resting-\(sync)") {
                try SnapshotStore.resting(inFolder: folder, limit: .max)
            }
            keys = found[...]
        }
        let some = keys.prefix(size)
        keys = keys.dropFirst(some.count)
        var rows: [UndeliveredRow] = []
        for key in some {
            if let row = try await resting.row(key, of: sync, leftBy: run) { rows.append(row) }
        }
        return rows
    }
}

extension Conductor {
    /// The rows of a run's syncs that rest still, as they were refused last, `size` at a time.
    ///
    /// `sync`: of one sync only.
    package func restingPages(of run: RunRecord, sync: String?, size: Int) -> RestingPages {
        RestingPages(resting, of: run, sync: sync, size: size)
    }
}
