internal import CivilTime
internal import Ledger
internal import SyncModel

/// What a run has read, and since when; models of steps that have not begun are read again, together, when that is too old.
actor RunReadings {
    private let conductor: RunConductor
    private let context: RunContext
    private let run: RunRecord
    private var reads: [String: ReadSync] = [:]
    private var readAt: [String: Timestamp] = [:]
    /// How often each sync had been taken by a run when it was read.
    private var takes: [String: Int] = [:]
    /// Syncs that have sent something, or have ended.
    private var begun: Set<String> = []
    private var counted: [String: ChangeCounts] = [:]
    /// Syncs that were read again since the guards were held against what they are to do.
    private var unguarded: Set<String> = []
    private var renewing: Task<Void, any Error>?
    private var readings = 0

    init(_ conductor: RunConductor, _ run: RunRecord) {
        self.conductor = conductor
        context = conductor.context
        self.run = run
    }

    /// What was read for a sync last.
    func read(of sync: String) -> ReadSync? { reads[sync] }

    var all: [String: ReadSync] { reads }

    /// From now on the sync's reading is used as it is.
    func begin(_ sync: String) { begun.insert(sync) }

    /// Whether a sync's reading is older than `plan_age`, or another run has had the sync since.
    func isOld(_ sync: String) -> Bool {
        if let known = takes[sync], known != context.claims.takes(of: sync) { return true }
        guard let time = readAt[sync] else { return false }
        return context.clock.now - time > context.definitions.settings.planAge
    }

    /// Reads all these models at one moment.
    func readAll(_ syncs: [SyncDefinition]) async throws {
        let time = context.clock.now
        for sync in syncs { takes[sync.name] = context.claims.takes(of: sync.name) }
        let folder = readings == 0 ? nil : "r\(readings)"
        readings += 1
        let found = try await conductor.readModels(syncs, run, folder: folder)
        let hasSent = try await context.ledger.hasIntents(context.runID)
        for (name, read) in found {
            reads[name] = read
            readAt[name] = time
            guard case .success(let diff) = read.diff else { continue }
            let before = counted[name]
            counted[name] = diff.counts
            await context.book.count(name) { counts in
                // After a crash what was found first counts for the run, once something of it was sent.
                if before == nil && hasSent && counts.read > 0 { return }
                counts.take(diff.counts, insteadOf: before)
            }
            if !read.hasNothingToSend { try await context.book.step(name, is: .planning) }
        }
    }

    /// Whether a sync was read again since the guards were held against it.
    func isUnguarded(_ sync: String) -> Bool { unguarded.contains(sync) }

    /// The guards let a sync's reading pass.
    func passGuards(_ sync: String) { unguarded.remove(sync) }

    /// Reads a sync's model anew, and with it those of all steps that have not begun.
    ///
    /// Who asks while that goes on waits for it. `thoughYoung`: it is read again whatever its age.
    func renew(_ sync: String, thoughYoung: Bool = false) async throws {
        if let renewing {
            try await renewing.value
            if !isOld(sync) { return }
        }
        guard thoughYoung || isOld(sync) else { return }
        let names = reads.keys.filter { $0 == sync || !begun.contains($0) }.sorted()
        let syncs = context.sequence.syncs.filter(names.contains).compactMap { context.definitions.syncs[$0] }
        let task = Task {
            // Of a run that has had one of them meanwhile something may be open.
            if try await Recovery(context).finishOpenJobs(of: syncs) == .interrupted { throw StoppedOnRequest() }
            try await self.readAll(syncs)
            self.unguarded.formUnion(names)
        }
        renewing = task
        defer { renewing = nil }
        try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }
}

/// A step's plan is older than `plan_age`: it is read anew before it goes on.
struct PlanIsOld: Error {}

extension StepCounts {
    /// Takes what reading found, in place of what an earlier reading of the same run had found.
    fileprivate mutating func take(_ counts: ChangeCounts, insteadOf before: ChangeCounts?) {
        let delivered = created + updated
        if before != nil { (read, added, changed, removed, unchanged, owed, resting) = (0, 0, 0, 0, 0, 0, 0) }
        read += counts.read
        // What was delivered meanwhile is found unchanged; of this run it is not.
        added += counts.added + (before == nil ? 0 : created)
        changed += counts.changed + (before == nil ? 0 : updated)
        removed += counts.removed
        unchanged += before == nil ? counts.unchanged : max(0, counts.unchanged - delivered)
        owed += counts.owed
        resting += counts.resting
        // Those that this run has put in doubt itself are found in doubt, too.
        inDoubt = max(inDoubt, counts.inDoubt)
    }
}
