internal import Diffing
package import Fingerprinting
internal import Glibc
package import Shaping
package import Snapshot
package import Spool
package import SyncModel

/// A model against what was delivered: takes its rows as they are read, leaves on disk what has to travel.
///
/// It may be handed from one thread to another, and is used by one at a time: nothing of it is shared with others.
package struct ModelDiff: ~Copyable, @unchecked Sendable {
    private let course: DiffCourse
    private let thread: DiffThread
    private let sink: SpoolingSink
    private let paths: DiffPaths
    private let matchRule: MatchRule

    /// Compacts the snapshot if its log is long; what is applied to it from now on, the diff does not see.
    ///
    /// `removes`: removed rows travel; else they are counted in the run in which they go, and stay known. `fullResync`: no row is
    /// unchanged. `reshapes`: mapping or types have changed, and unchanged rows travel as changed, to be shaped and compared.
    /// `createsOnly`: a row that was delivered once is unchanged, whatever it says now. `carriesUnchanged`: unchanged rows
    /// travel, too. `rests`: rows that rest do not travel while they are as they were refused. `keys`: only rows with these keys are put in a class. `spoolPath`: where the files go, without a suffix:
    /// `STATE/spool/<run>/<sync>`.
    ///
    /// - Throws: `SnapshotError`, `SpoolError`.
    package init(
        columns: MappedColumns,
        matchRule: MatchRule,
        removes: Bool,
        fullResync: Bool = false,
        reshapes: Bool = false,
        createsOnly: Bool = false,
        carriesUnchanged: Bool = false,
        rests: Bool = false,
        keys: Set<Hash128>? = nil,
        snapshot: SnapshotStore,
        spoolPath: String
    ) throws {
        try snapshot.compactIfLarge()
        var random = SystemRandomNumberGenerator()
        let plan = DiffPlan(
            columns: columns,
            matchRule: matchRule,
            removes: removes,
            fullResync: fullResync,
            reshapes: reshapes,
            createsOnly: createsOnly,
            carriesUnchanged: carriesUnchanged,
            rests: rests,
            keys: keys,
            settles: columns.match == nil || snapshot.matchRule == matchRule,
            seed: random.next()
        )
        let paths = DiffPaths(path: spoolPath)
        let sink = try SpoolingSink(paths)
        course = try DiffCourse(
            plan,
            snapshot: snapshot.reader(),
            scratch: ScratchFile(path: paths.scratch),
            sink: sink
        )
        thread = DiffThread(course)
        self.paths = paths
        self.sink = sink
        self.matchRule = matchRule
    }

    /// Takes the next rows: the cells of `MappedColumns.names`, in that order.
    ///
    /// It is used alone, or `exchange` is.
    package mutating func take(_ batch: borrowing RowBatch) throws {
        try course.take(batch)
    }

    /// Takes the next rows on a thread of its own, and leaves an empty batch to read more into meanwhile.
    ///
    /// Waits while three batches are on the way. Throws what the diff of earlier rows threw.
    package mutating func exchange(_ batch: inout RowBatch) throws {
        try thread.exchange(&batch)
    }

    /// Puts every row in its class; what it leaves on disk is whole and durable.
    package consuming func finish() throws -> DiffResult {
        try thread.drain()
        let counts = try course.finish()
        try sink.finish()
        return DiffResult(counts: counts, paths: paths, matchRule: matchRule)
    }
}

/// What a diff has found, on disk.
package struct DiffResult: Sendable {
    package let counts: ChangeCounts
    /// Of a picklist, all its rows in the order of the query.
    package internal(set) var picklist: PicklistRows?
    /// The mapping is another one than that of the last delivery: every row was looked at.
    package var isMappingChanged = false
    /// The fields are of other types than when every row was looked at last: every row was looked at again.
    package var isDescribeChanged = false
    private let paths: DiffPaths
    let matchRule: MatchRule

    init(counts: ChangeCounts, paths: DiffPaths, matchRule: MatchRule) {
        self.counts = counts
        self.paths = paths
        self.matchRule = matchRule
    }

    /// Whether everything was written to its end.
    var isWhole: Bool {
        // Every reason for which one of them cannot be opened makes it not whole.
        ChangeSpoolReader.isWhole(path: paths.changes)
            && (try? RefusedSpoolReader(path: paths.refused)) != nil
            && (try? RefreshSpoolReader(path: paths.refreshes)) != nil
    }

    /// The rows that travel: owed, removed, added, changed.
    package func changes() throws -> ChangeSpoolReader { try ChangeSpoolReader(path: paths.changes) }

    /// The rows that were refused while they were read.
    package func refused() throws -> RefusedSpoolReader { try RefusedSpoolReader(path: paths.refused) }

    /// Rows that were never delivered and are not in the model any more, of those that are asked for.
    func forgotten(of keys: Set<Hash128>) throws -> [Hash128] {
        let reader = try RefreshSpoolReader(path: paths.refreshes)
        var forgotten: [Hash128] = []
        while let refresh = try reader.next() {
            if refresh.kind == .forgotten, keys.contains(refresh.key) { forgotten.append(refresh.key) }
        }
        return forgotten
    }

    /// Tells the snapshot what the reading has shown: to be done before anything is pushed, and not for a plan.
    package func applyRefreshes(to snapshot: SnapshotStore) throws {
        let reader = try RefreshSpoolReader(path: paths.refreshes)
        var batch = SnapshotBatch(fieldCount: snapshot.fields.count)
        while let refresh = try reader.next() {
            switch refresh.kind {
            case .owed: batch.owed(key: refresh.key, keyText: refresh.keyText)
            case .absent: batch.absent(key: refresh.key)
            case .present: batch.present(key: refresh.key)
            case .forgotten: batch.removed(key: refresh.key)
            }
            if batch.byteCount >= 1 << 20 {
                try snapshot.refresh(batch)
                batch.removeAll()
            }
        }
        try snapshot.refresh(batch)
        try snapshot.record(matchRule: matchRule)
    }

    /// Removes what is on disk.
    package func removeFiles() {
        for path in paths.all { unlink(path) }
    }
}
