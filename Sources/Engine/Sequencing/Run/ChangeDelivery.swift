internal import CivilTime
internal import Fingerprinting
internal import Ledger
internal import Pushing
internal import Salesforce
internal import Shaping
internal import Snapshot
internal import Spool
internal import SyncModel

extension StepWorker {
    /// Shapes every change that is due in the step's turn, and sends it.
    func deliverChanges(_ diff: DiffResult, _ client: SalesforceClient) async throws {
        try await book.step(sync.name, is: .planning)
        for change in PlanWarnings(sync: sync, diff: diff).changes { try await book.warn(change) }
        let delivery = try await ChangeDelivery(worker: self, client: client)
        switch sync.target {
        case .picklist(let target):
            return try await PicklistDelivery(delivery: delivery, target: target).deliver(diff)
        case .object(let name) where sync.merge != nil:
            return try await MergeDelivery(delivery: delivery, object: name).deliver(diff)
        case .object, .objects, .event: break
        }
        try await delivery.deliver(diff, .present, sync.operation)
    }
}

/// Sends what one sync has to send: describe, shape, push, try again what may pass.
struct ChangeDelivery: Sendable {
    var worker: StepWorker
    let client: SalesforceClient
    let projector: SnapshotProjector
    let objects: DescribedObjects
    let secondTry = SecondTry()
    let merged = MergedRecords(atMost: 20_000)
    let mergedLinks = MergedRecords(atMost: ChangeDelivery.mostFollowed)

    var sync: SyncDefinition { worker.sync }
    var context: RunContext { worker.context }

    init(worker: StepWorker, client: SalesforceClient) async throws {
        self.worker = worker
        self.client = client
        let context = worker.context
        let identity = try await context.reaching { try await client.identity() }
        try await context.checkOrg(identity.orgID, of: worker.sync)
        projector = SnapshotProjector(
            context,
            worker.sync.snapshotIdentity(
                stateID: context.ledger.stateID,
                orgID: identity.orgID,
                model: worker.read.model
            ),
            worker.sync
        )
        objects = try await context.reaching { try await DescribedObjects(worker.sync, client) }
        try await MatchRuleBook(ledger: context.ledger, sync: worker.sync).keep(objects)
        try await DescribeBook(ledger: context.ledger, sync: worker.sync).keep(objects)
    }

    /// Shapes the selected changes and sends them with one operation.
    func deliver(_ diff: DiffResult, _ selection: ChangeShaping.Selection, _ operation: RecordOperation) async throws {
        try await deliver(try await shaping(diff, selection, operation), selection, operation)
    }

    /// Shapes what is selected and sends it.
    func deliver(
        _ shaping: ChangeShaping,
        _ selection: ChangeShaping.Selection,
        _ operation: RecordOperation
    ) async throws {
        let pushing = SpoolPushing(delivery: self, gauge: try await gauge())
        await secondTry.begin(selection == .present ? shaping.fieldsByExistence : [])
        if selection == .present, sync.match?.field.lowercased() == "id" { await merged.begin() }
        if selection == .present, followsLinks { await mergedLinks.begin() }
        let below: RowsBelow
        if selection == .present, !shaping.hasOwnLinks {
            below = try await shapeWhileSending(shaping, pushing, operation)
        } else {
            below = try await shape(shaping, operation) { _ in true }
            let ready = try await BlockingThread.run(named: "spool-\(sync.name)") { try shaping.finish() }
            for warning in shaping.warnings { try await worker.book.warn(warning) }
            try await worker.book.step(sync.name, is: .pushing)
            try await WavePushing(pushing: pushing, shaping: shaping).push(ready)
        }
        try await send(below, shaping, pushing)
        try await tryOtherWay(shaping, pushing)
        try await followMerged(pushing)
        try await followMergedLinks(shaping, pushing)
        try await tellOfPressure(pushing.gauge)
        if selection == .present, await worker.book.run.request.keys == nil {
            try await projector.record(mappingPrint: sync.mappingPrint)
            if case .success(let diff) = worker.read.diff, diff.isMappingChanged || diff.isDescribeChanged {
                try await DescribeBook(ledger: context.ledger, sync: sync).settle()
            }
        }
        await projector.close()
    }

    /// How hard Salesforce may be pressed, as far as earlier runs have learnt it.
    func gauge() async throws -> PressureGauge {
        let limits = try context.destination(of: sync).limits
        return try await PressureGauge.load(sync, concurrentRequests: limits.concurrentRequests, context.ledger)
    }

    /// Makes ready to shape the selected changes: describes are read, questions are asked.
    func shaping(
        _ diff: DiffResult,
        _ selection: ChangeShaping.Selection,
        _ operation: RecordOperation
    ) async throws -> ChangeShaping {
        let (lanes, router) = try await lanes(diff, selection, operation)
        return try await shaping(diff, selection, lanes, router, operation.rawValue)
    }

    /// The same, with lanes that are there; `label` tells its spools from those of another pass.
    func shaping(
        _ diff: DiffResult,
        _ selection: ChangeShaping.Selection,
        _ lanes: [ShapingLane],
        _ router: any RowRouting,
        _ label: String
    ) async throws -> ChangeShaping {
        try ChangeShaping(
            sync: sync,
            diff: diff,
            selection: selection,
            lanes: lanes,
            router: router,
            run: context.runID,
            parents: selection == .present ? try await HeldParents.load(for: worker.read, context) : HeldParents(),
            folder: context.spoolFolder(context.runID),
            prefix: "\(sync.name)-\(label)-\(context.clock.now.microseconds)"
        )
    }

    // MARK: - Implementation

    /// Shapes all that is selected and records what is not sent; `take` gets the spools that are whole on the way.
    ///
    /// Ends early when `take` says that no more are taken: what is left is looked at again. Rows whose parent may come meanwhile are answered.
    private func shape(
        _ shaping: ChangeShaping,
        _ operation: RecordOperation,
        _ take: (ReadySpool) async throws -> Bool
    ) async throws -> RowsBelow {
        var isDone = false
        var below = RowsBelow(shaping.lookedUpOwnLinks)
        while !isDone {
            let portion = try await BlockingThread.run(named: "shape-\(sync.name)") {
                try shaping.next(StepWorker.recordedAtOnce)
            }
            let undelivered = below.take(from: portion.undelivered)
            try await recordUndelivered(undelivered)
            try await projector.refresh(portion.refresh)
            await worker.book.count(sync.name) {
                $0.move(unchanged: portion.unchanged)
                if operation == .delete { $0.deleted += portion.gone }
            }
            for ready in portion.ready { guard try await take(ready) else { return below } }
            isDone = portion.isLast
            if context.signal.isAsked { throw StoppedOnRequest() }
        }
        return below
    }

    /// Sends what has been shaped, or put in order, while the rest still is: rows need not wait for one another.
    private func shapeWhileSending(
        _ shaping: ChangeShaping,
        _ pushing: SpoolPushing,
        _ operation: RecordOperation
    ) async throws -> RowsBelow {
        shaping.isDivided = true
        let feed = SpoolFeed()
        async let pushed: Void = pushing.push(feed)
        let shaped: Result<RowsBelow, any Error>
        do {
            shaped = .success(try await shapeAll(shaping, operation, into: feed))
        } catch {
            shaped = .failure(error)
        }
        await feed.end()
        // What is under way is collected first, whatever went wrong with the rest.
        try await pushed
        return try shaped.get()
    }

    private func shapeAll(
        _ shaping: ChangeShaping,
        _ operation: RecordOperation,
        into feed: SpoolFeed
    ) async throws -> RowsBelow {
        var isPushing = false
        func take(_ ready: ReadySpool) async throws -> Bool {
            if !isPushing { try await worker.book.step(sync.name, is: .pushing) }
            isPushing = true
            return await feed.put(ready)
        }
        let below = try await shape(shaping, operation, take)
        for warning in shaping.warnings { try await worker.book.warn(warning) }
        while let ready = try await BlockingThread.run(named: "spool-\(sync.name)", { try shaping.nextReady() }) {
            guard try await take(ready) else { return below }
        }
        if !isPushing { try await worker.book.step(sync.name, is: .pushing) }
        return below
    }

    /// Sends rows whose record appeared or vanished meanwhile once more, as it is now.
    private func tryOtherWay(_ shaping: ChangeShaping, _ pushing: SpoolPushing) async throws {
        let rows = await secondTry.end()
        guard !rows.isEmpty else { return }
        let (ready, left) = try await BlockingThread.run(named: "again-\(sync.name)") { try shaping.otherWay(rows) }
        try await recordUndelivered(left)
        await worker.book.count(sync.name) { $0.retries += rows.count }
        try await pushing.push(ready)
    }

    /// Stores rows that were not delivered, and that their children wait for them; some thousand in one commit.
    func recordUndelivered(_ rows: [BatchOutcome.Undelivered]) async throws {
        for start in stride(from: 0, to: rows.count, by: StepWorker.recordedAtOnce) {
            let some = Array(rows[start..<min(start + StepWorker.recordedAtOnce, rows.count)])
            try await worker.recordUndelivered(some, owedParents: owedParents(some))
        }
    }

    /// The values by which children may name rows that were not delivered.
    func owedParents(_ undelivered: [BatchOutcome.Undelivered]) -> [OwedParent] {
        var parents: [OwedParent] = []
        for (object, field) in sync.objects.flatMap({ object in
            context.namedFields(of: object, destination: sync.destination).map { (object, $0) }
        }) {
            for row in undelivered where row.row.operation != .delete && row.row.operation != .clear {
                let isMatch = sync.match?.field.lowercased() == field.lowercased()
                let value = row.row.values.first { $0.key.lowercased() == field.lowercased() }?.value
                guard let value = value ?? (isMatch && worker.keyIsMatch ? row.row.key : nil), !value.isEmpty else {
                    continue
                }
                parents.append(
                    OwedParent(
                        destination: sync.destination,
                        object: object.lowercased(),
                        field: field.lowercased(),
                        value: MatchFolding.text(Array(value.utf8)),
                        sync: sync.name,
                        key: row.key,
                        keyText: row.row.key,
                        state: row.row.state
                    )
                )
            }
        }
        return parents
    }
}

extension StepWorker {
    /// Whether the key's text is the match value, too.
    fileprivate var keyIsMatch: Bool { read.columns.key == [read.columns.match] }
}

extension StepCounts {
    /// Rows that looked changed and turned out to be as delivered.
    mutating func move(unchanged rows: Int) {
        unchanged += rows
        let moved = min(rows, changed)
        changed -= moved
        owed -= min(rows - moved, owed)
    }
}
