internal import CivilTime
internal import Fingerprinting
internal import Foundation
internal import Gating
internal import Ledger
internal import Pushing
internal import Salesforce
internal import Shaping
internal import Spool
internal import SyncModel

/// Makes the model's rows the values of a picklist: the whole list is compared, and written if it differs.
struct PicklistDelivery: Sendable {
    let delivery: ChangeDelivery
    let target: SyncDefinition.PicklistTarget

    static let kind = "picklist"

    private var context: RunContext { delivery.context }
    private var sync: SyncDefinition { delivery.sync }

    /// What would be written, and what it is compared with.
    struct Comparison: Sendable {
        var set: ValueSet
        var plan: PicklistPlan
    }

    /// - Throws: `PlanIsOld` when a window has opened after the list was read: what somebody has changed in it since is looked at.
    func deliver(_ diff: DiffResult) async throws {
        let rows = try Self.rows(of: diff, sync)
        let comparison = try await context.reaching { try await compare(rows) }
        let plan = comparison.plan
        try await guardDeactivations(plan)
        let (ready, undelivered) = try await spool(diff, rows, plan)
        try await delivery.worker.recordUndelivered(undelivered)
        try await delivery.worker.book.step(sync.name, is: .pushing)
        switch try await context.gates.passage(for: [sync], isPushing: true, context) {
        case .stopped: throw StoppedOnRequest()
        case .open: break
        case .openedMeanwhile: throw PlanIsOld()
        }
        let intent = try await context.ledger.begin(
            context.intent(Self.kind, .update, of: ready, 0..<ready.spool.count, by: sync),
            at: context.clock.now
        )
        CrashPoint.reached("picklist-intended")
        do {
            try await write(comparison)
        } catch let error as SalesforceError where error.wasSent == .no && !error.isWorthRetrying {
            // Refused as a whole: nothing was written, and nothing has to be found out.
            try await context.ledger.settle(intent, at: context.clock.now)
            throw error
        } catch let old as PlanIsOld {
            try await context.ledger.settle(intent, at: context.clock.now)
            throw old
        }
        CrashPoint.reached("picklist-written")
        try await record(intent, ready, plan)
        try await recordRemoved(diff)
        try await tell(plan, comparison.set)
        try await delivery.projector.record(mappingPrint: sync.mappingPrint)
        await delivery.projector.close()
    }

    /// Finds out what became of a list that an earlier start was about to write: reads, compares, writes again if it differs.
    func recover(_ intent: Intent) async throws {
        let folder = context.spoolFolder(intent.run)
        let bytes = try SpoolManifest.read(besideSpool: folder + "/" + intent.spool + Self.listSuffix)
        let rows = try JSONDecoder().decode([PicklistRow].self, from: Data(bytes))
        let ready = try ReadySpool(opening: intent.spool, in: folder)
        try await record(intent, ready, try await written(rows))
        await delivery.projector.close()
    }

    /// Compares and writes, and again where a window has come in between.
    private func written(_ rows: [PicklistRow]) async throws -> PicklistPlan {
        while true {
            let comparison = try await context.reaching { try await compare(rows) }
            do {
                try await write(comparison)
                return comparison.plan
            } catch is PlanIsOld {
                continue
            }
        }
    }

    /// Reads the present list and compares.
    func compare(_ rows: [PicklistRow]) async throws -> Comparison {
        let holder = try await delivery.client.valueSetHolder(object: target.object, field: target.field)
        let set = try await delivery.client.valueSet(holder)
        let present = set.values.map {
            PicklistEntry(name: $0.valueName, label: $0.label, isActive: $0.isActive, isDefault: $0.isDefault)
        }
        let plan = PicklistPlan(rows, present: present)
        guard plan.entries.contains(where: \.isActive) else {
            throw EngineError(
                code: .notNow,
                subject: "write the picklist \(target.object).\(target.field)",
                detail: "no row is left that may become a value, and a picklist needs one"
            )
        }
        return Comparison(set: set, plan: plan)
    }

    /// The model's rows in the order of the query.
    ///
    /// - Throws: `EngineError` for an empty model, or for more rows than a picklist holds.
    static func rows(of diff: DiffResult, _ sync: SyncDefinition) throws -> [PicklistRow] {
        guard let list = diff.picklist, !list.rows.isEmpty else {
            throw EngineError(
                code: .notNow,
                subject: "write the picklist of sync \(sync.name)",
                detail: "the model is empty, and a picklist needs at least one value"
            )
        }
        guard !list.isTooLong else {
            throw EngineError(
                code: .notNow,
                subject: "write the picklist of sync \(sync.name)",
                detail: "the model has more than \(PicklistRows.most) rows, more than any picklist holds"
            )
        }
        return list.rows
    }

    /// `max_deletes`, held against the values that would become inactive; nil where it is not written.
    static func finding(_ plan: PicklistPlan, _ sync: SyncDefinition) -> GuardFinding? {
        PlanGuards.deletes(
            of: sync,
            count: plan.deactivated.count,
            whole: plan.deactivated.count + plan.entries.count { $0.isActive }
        )
    }

    /// The same of a reading, before anything is sent: asks the org for the present list.
    static func finding(of read: ReadSync, _ context: RunContext) async throws -> GuardFinding? {
        guard case .picklist(let target) = read.sync.target, read.sync.guard.maxDeletes != nil,
            case .success(let diff) = read.diff, diff.counts.travelling(of: read.sync) > 0, diff.counts.read > 0
        else { return nil }
        let client = try await context.orgs.org(try context.destination(of: read.sync)).client()
        let rows = try rows(of: diff, read.sync)
        return try await context.reaching {
            let delivery = try await ChangeDelivery(worker: StepWorker(context: context, read: read), client: client)
            let picklist = PicklistDelivery(delivery: delivery, target: target)
            return finding(try await picklist.compare(rows).plan, read.sync)
        }
    }

    // MARK: - Implementation

    private static let listSuffix = "-list"

    /// Once more, of the list as it is now: what was approved was another one, perhaps.
    private func guardDeactivations(_ plan: PicklistPlan) async throws {
        guard let finding = Self.finding(plan, sync), finding.isExceeded else { return }
        guard await delivery.worker.book.run.approval?.covers([finding]) != true else { return }
        throw EngineError(
            code: .notNow,
            subject: "write the picklist \(target.object).\(target.field)",
            detail: "\(finding.words); nothing was sent"
        )
    }

    private func write(_ comparison: Comparison) async throws {
        guard comparison.plan.isChanged else { return }
        let known = Dictionary(comparison.set.values.map { ($0.valueName, $0) }) { first, _ in first }
        let values = comparison.plan.entries.map { entry in
            // All else of a value goes back as it was read.
            var value = known[entry.name] ?? ValueSetValue(valueName: entry.name, label: entry.label)
            value.label = entry.label
            value.isActive = entry.isActive
            value.isDefault = entry.isDefault
            return value
        }
        // What was compared may be another list by then.
        let isOld: () async -> Bool = { true }
        try await context.writing(sync, isOld: isOld) {
            try await delivery.client.replaceValues(of: comparison.set, with: values)
        }
    }

    /// The rows that travel, as they are remembered when the list is written; the list itself lies beside them.
    private func spool(
        _ diff: DiffResult,
        _ rows: [PicklistRow],
        _ plan: PicklistPlan
    ) async throws -> (ReadySpool, [BatchOutcome.Undelivered]) {
        let folder = context.spoolFolder(context.runID)
        let name = "\(sync.name)-values-\(context.clock.now.microseconds)"
        let columns = delivery.worker.read.columns
        let (sync, target) = (sync, target)
        var refusals: [String: [PicklistPlan.Refused]] = [:]
        for refused in plan.refused { refusals[rows[refused.row].value.lowercased(), default: []].append(refused) }
        let faults = refusals
        return try await BlockingThread.run(named: "spool-\(sync.name)") {
            let writer = try PayloadSpoolWriter(path: folder + "/" + name, fieldCount: 0)
            var undelivered: [BatchOutcome.Undelivered] = []
            let reader = try diff.changes()
            let place = columns.names.firstIndex(of: target.value)
            while let change = try reader.next() {
                guard change.changeClass != .removed, let place else { continue }
                let value = change.cells.withCell(place) {
                    String(decoding: MatchFolding.trimmed($0), as: UTF8.self)
                }
                // Rows that share a value each have a reason of their own.
                let reasons = faults[value.lowercased()] ?? []
                if let refused = reasons.first(where: { rows[$0.row].keyText == change.keyText }) ?? reasons.first {
                    var row = UndeliveredRow(
                        sync: sync.name,
                        key: change.keyText,
                        operation: .update,
                        state: .rejected,
                        code: refused.code,
                        message: refused.message
                    )
                    row.fields = [target.field]
                    row.values = [target.field: value]
                    undelivered.append(.init(key: change.key, row: row))
                    continue
                }
                let record = PayloadRecord(key: change.key, raw: change.raw, shaped: Fingerprint.hash64(value) | 1)
                _ = try writer.append(record, payload: Array(value.utf8), keyText: change.keyText, matchText: value)
            }
            _ = try writer.finish()
            let ready = ReadySpool(
                name: name,
                spool: try PayloadSpool(path: folder + "/" + name),
                object: target.object,
                operation: .update,
                header: [],
                columns: [target.field],
                resultKey: .wholeRow
            )
            try ready.keepManifest(in: folder)
            let list = try JSONEncoder().encode(rows)
            try SpoolManifest.write(Array(list), besideSpool: folder + "/" + name + Self.listSuffix)
            return (ready, undelivered)
        }
    }

    private func record(_ intent: Intent, _ ready: ReadySpool, _ plan: PicklistPlan) async throws {
        // The outcome is the list's; its rows count as delivered beside it, and are found again if that were lost.
        let outcome = BatchOutcome(
            run: intent.run,
            sync: sync.name,
            intent: intent.number,
            operation: .update,
            spool: ready.name,
            firstRow: 0,
            rowCount: 0,
            accepted: [],
            job: nil,
            batch: nil,
            undelivered: []
        )
        _ = try await delivery.worker.book.record(outcome) { counts in
            counts.created += plan.added.count
            counts.updated += plan.reactivated.count + plan.relabelled.count
            counts.deleted += plan.deactivated.count
        }
        CrashPoint.reached("outcome-stored")
        try await delivery.projector.catchUp()
        var rows: [(key: Hash128, raw: UInt64, keyText: String, matchText: String)] = []
        try ready.spool.forEachRow(in: 0..<ready.spool.count) { _, head, _, key, match in
            rows.append(
                (head.key, head.raw, String(decoding: key, as: UTF8.self), String(decoding: match, as: UTF8.self))
            )
        }
        try await delivery.projector.settle(rows, print: Fingerprint.hash64(target.field) | 1)
    }

    /// Rows that left the model are known no longer: their values are inactive now.
    private func recordRemoved(_ diff: DiffResult) async throws {
        var keys: [Hash128] = []
        let reader = try diff.changes()
        while let change = try reader.next() {
            if change.changeClass == .removed { keys.append(change.key) }
        }
        try await delivery.projector.forget(keys)
    }

    private func tell(_ plan: PicklistPlan, _ set: ValueSet) async throws {
        let fresh = plan.added + plan.reactivated
        let recordTypes = delivery.objects.recordTypes(of: target.object).keys.sorted()
        guard !fresh.isEmpty, !recordTypes.isEmpty else { return }
        try await delivery.worker.book.warn(
            "the record types \(recordTypes.joined(separator: ", ")) of \(target.object) do not get the new values"
                + " \(fresh.prefix(10).joined(separator: ", ")) of \(target.field) by themselves: add them in Setup"
        )
    }
}
