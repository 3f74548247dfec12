internal import Ledger
internal import Pushing
internal import Salesforce
internal import Shaping
internal import Spool
internal import SyncModel

/// Reads, diffs and shapes as a run would, and throws the payload away.
struct Planner: Sendable {
    let context: RunContext
    let samples: Int

    /// The plans of a sequence's syncs, in the order in which they would run.
    ///
    /// - Throws: `EngineError` of the first source or mapping that is at fault.
    func plans() async throws -> [SyncPlan] {
        defer { context.removeSpool(context.runID) }
        let conductor = RunConductor(context)
        let run = await context.book.run
        let syncs = context.sequence.syncs.compactMap { context.definitions.syncs[$0] }
        let requests = try await conductor.readings(of: syncs, run, isPlan: true)
        return try await plans(of: try await conductor.read(requests))
    }

    /// The plans of readings that another run has made and keeps.
    func plans(from reads: [String: ReadSync]) async throws -> [SyncPlan] {
        defer { context.removeSpool(context.runID) }
        _ = try context.freshSpoolFolder(context.runID)
        return try await plans(of: reads)
    }

    // MARK: - Implementation

    private func plans(of reads: [String: ReadSync]) async throws -> [SyncPlan] {
        var plans: [SyncPlan] = []
        for sync in context.sequence.syncs {
            guard let read = reads[sync] else { continue }
            plans.append(try await plan(read))
        }
        return plans
    }

    private func plan(_ read: ReadSync) async throws -> SyncPlan {
        let diff = try read.diff.get()
        var plan = SyncPlan(sync: read.sync, counts: diff.counts)
        plan.guards = try await ApprovalWait.findings(of: read.sync, diff, context)
        plan.rejected = diff.counts.refused
        let warnings = PlanWarnings(sync: read.sync, diff: diff)
        plan.warnings = warnings.causes
        let removes = read.sync.whenRemoved != .nothing && diff.counts.removed > 0
        guard diff.counts.travelling(of: read.sync) > 0 || removes else { return plan }
        let client = try await context.orgs.org(try context.destination(of: read.sync)).client()
        plan.warnings += try await warnings.cascades(client)
        let delivery = try await counted(read.sync) {
            try await ChangeDelivery(worker: StepWorker(context: context, read: read), client: client)
        }
        var routes: [PushAPI] = []
        var ready: [ReadySpool] = []
        var removing: [ReadySpool] = []
        if diff.counts.travelling(of: read.sync) > 0 {
            if case .picklist(let target) = read.sync.target {
                let picklist = PicklistDelivery(delivery: delivery, target: target)
                return try await self.picklist(plan, diff, picklist, asked: asked(of: read.sync))
            }
            let shaping: ChangeShaping
            if case .object(let name) = read.sync.target, read.sync.merge != nil {
                let merging = MergeDelivery(delivery: delivery, object: name)
                let preparation = try await counted(read.sync) { try await merging.prepare(diff) }
                try await merges(&plan, merging, preparation)
                shaping = try await counted(read.sync) { try await merging.shaping(diff, preparation) }
            } else {
                shaping = try await counted(read.sync) {
                    try await delivery.shaping(diff, .present, read.sync.operation)
                }
            }
            ready = try await price(shaping, &plan, &routes) { $0.counts.move(unchanged: $1.unchanged) }
            if case .event = read.sync.target { plan.publishedEvents = ready.reduce(0) { $0 + $1.spool.count } }
        }
        if removes, let operation = read.sync.whenRemoved.operation {
            // What is gone already is a removal done, without a row spent.
            let shaping = try await counted(read.sync) { try await delivery.shaping(diff, .removed, operation) }
            removing = try await price(shaping, &plan, &routes) { _, _ in }
            // They are described anew, after all steps.
            if diff.counts.travelling(of: read.sync) > 0 { plan.apiCalls += delivery.objects.calls }
        }
        if !routes.isEmpty { plan.api = routes.map(\.rawValue).joined(separator: ", ") }
        plan.apiCalls += try asked(of: read.sync)
        plan.samples = try await samples(of: ready, removing: removing, read, delivery)
        return plan
    }

    /// Asks the org what the run will ask it, too.
    private func counted<Answer: Sendable>(
        _ sync: SyncDefinition,
        _ ask: () async throws -> Answer
    ) async throws -> Answer {
        try await CallLabel.$current.withValue(CallJournal.label(plan: context.runID, sync: sync.name), operation: ask)
    }

    /// How many calls that took, with those by which a run looks for new automation.
    private func asked(of sync: SyncDefinition) throws -> Int {
        let looks = try context.destination(of: sync).automation.discover && sync.operation != .publish
        return context.calls.takeCount(of: CallJournal.label(plan: context.runID, sync: sync.name))
            + (looks ? ObjectAutomation.calls * sync.objects.count : 0)
    }

    /// Shapes all that is selected, and adds what sending it would cost.
    private func price(
        _ shaping: ChangeShaping,
        _ plan: inout SyncPlan,
        _ routes: inout [PushAPI],
        _ count: (inout SyncPlan, ChangeShaping.Portion) -> Void
    ) async throws -> [ReadySpool] {
        var isDone = false
        var left = 0
        var below = RowsBelow(shaping.lookedUpOwnLinks)
        while !isDone {
            let portion = try await BlockingThread.run(named: "plan") { try shaping.next(StepWorker.recordedAtOnce) }
            let undelivered = below.take(from: portion.undelivered)
            let unmatched = undelivered.filter { $0.row.state == .unmatched }.count
            left += unmatched
            plan.rejected += undelivered.count - unmatched
            count(&plan, portion)
            isDone = portion.isLast
        }
        let ready = try await BlockingThread.run(named: "plan") { try shaping.finish() }
        let trains = WaveTrains(ready)
        for (index, spool) in ready.enumerated() {
            if !routes.contains(spool.api) { routes.append(spool.api) }
            let batchRows = shaping.sync.batch.size
            let price = try await BlockingThread.run(named: "plan") {
                try SpoolOrder(spool.api, batchRows: batchRows, headerBytes: spool.header.count)
                    .price(spool, trains: trains?.rows[index])
            }
            plan.bulkRows += price.bulkRows
            plan.bulkBatches += price.bulkBatches
            plan.apiCalls += price.apiCalls
        }
        plan.warnings += shaping.warnings
        if !below.rows.isEmpty {
            let few = below.rows.count == 1
            plan.warnings.append(
                "\(below.rows.count) \(few ? "row names a parent that is" : "rows name parents that are") not there yet: sent after those of them that come in this run, else rejected"
            )
        }
        if left > 0 {
            plan.warnings.append(
                "\(left) \(left == 1 ? "row matches" : "rows match") no record, and would be unmatched"
            )
        }
        return ready
    }
}

extension ChangeCounts {
    /// Rows that looked changed and turned out to be as delivered.
    fileprivate mutating func move(unchanged rows: Int) {
        unchanged += rows
        let moved = min(rows, changed)
        changed -= moved
        owed -= min(rows - moved, owed)
    }
}
