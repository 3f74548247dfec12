internal import Fingerprinting
internal import Ledger
internal import Pushing
internal import Shaping
internal import Snapshot
internal import Spool
internal import SyncModel

/// Shapes the changes of one sync into payload spools, one for each lane and layout.
///
/// `@unchecked Sendable`: handed from one blocking thread to the next, used by one at a time.
final class ChangeShaping: @unchecked Sendable {
    /// What some thousand changes came to, beside what went into the spools.
    struct Portion: Sendable {
        var undelivered: [BatchOutcome.Undelivered] = []
        var refresh: SnapshotBatch
        /// Rows that looked changed or owed and whose payload is the delivered one.
        var unchanged = 0
        /// Removed rows whose record is not there any more.
        var gone = 0
        /// Spools that are whole and durable already.
        var ready: [ReadySpool] = []
        var isLast = false
    }

    /// Which changes are shaped: those that are sent in the step's turn, or the removals at the end of the run.
    enum Selection {
        case present
        case removed
    }

    let sync: SyncDefinition
    let diff: DiffResult
    let reader: ChangeSpoolReader
    let selection: Selection
    let fieldCount: Int
    /// Rows refer to rows of their own object: the order in which they go counts.
    let hasOwnLinks: Bool
    /// Rows whose parent is one of this sync are seen to later in the step.
    private var looksAfterOwn = false
    var router: any RowRouting
    let run: RunID
    let parents: HeldParents
    let folder: String
    let prefix: String
    var lanes: [ShapingLane]
    let laneCount: Int
    /// What is done with the rows, as reports name it.
    let operation: RecordOperation
    /// Whether spools are as long as a job may be, so that the first of them can be sent while the next are made; else all rows
    /// of a layout go into one.
    var isDivided = false
    var writers: [Layout: Writer] = [:]
    /// How many spools of a layout are ended.
    var ended: [Layout: Int] = [:]
    /// Of gathered rows, those that are still to be written as spools.
    var parts: (layout: Layout, rows: OrderedParts)?
    var last: LastWriter?
    var payload: [UInt8] = []
    /// Rows that are as they were delivered and could not be sent now, by code.
    var refusedNow: [String: Int] = [:]
    /// The row in hand.
    private var change = Change.blank
    /// Only these rows, and without their links into their own object; nil: all, as they are.
    var onlyUnlinked: Set<Hash128>?
    /// Only these rows; nil: all.
    var only: Set<Hash128>?
    /// Only these rows, as their records are there or not, whatever was found out before; nil: all.
    var existing: [Hash128: Bool]?

    init(
        sync: SyncDefinition,
        diff: DiffResult,
        selection: Selection,
        lanes: [ShapingLane],
        router: any RowRouting = OneLane(),
        run: RunID,
        parents: HeldParents,
        folder: String,
        prefix: String
    ) throws {
        self.sync = sync
        self.diff = diff
        reader = try diff.changes()
        self.selection = selection
        self.lanes = lanes
        laneCount = lanes.count
        operation = lanes.first?.shaper.form.operation ?? sync.operation
        self.router = router
        fieldCount = sync.fieldNames.count
        // An update finds every record there already, whatever the order.
        hasOwnLinks =
            selection == .present && (sync.mode == .upsert || sync.mode == .insert)
            && lanes.contains { $0.shaper.ownLinks != 0 }
        self.run = run
        self.parents = parents
        self.folder = folder
        self.prefix = prefix
        looksAfterOwn = hasOwnLinks || !lookedUpOwnLinks.isEmpty
    }

    /// Shapes up to `limit` changes.
    func next(_ limit: Int) throws -> Portion {
        var portion = Portion(refresh: SnapshotBatch(fieldCount: fieldCount))
        // Out of the object for the while: what lies in it is copied before it is lent.
        var change = Change.blank
        var lanes: [ShapingLane] = []
        swap(&change, &self.change)
        swap(&lanes, &self.lanes)
        defer {
            swap(&change, &self.change)
            swap(&lanes, &self.lanes)
        }
        for _ in 0..<limit {
            guard try reader.next(into: &change) else {
                portion.isLast = true
                return portion
            }
            guard (change.changeClass == .removed) == (selection == .removed) else { continue }
            if let onlyUnlinked, !onlyUnlinked.contains(change.key) { continue }
            if let existing, existing[change.key] == nil { continue }
            if let only, !only.contains(change.key) { continue }
            let course = router.course(of: change)
            guard case .lane(let lane) = course else {
                leave(change, course, &portion)
                continue
            }
            if selection == .present, let held = parents.held(change, sync, besideOwn: looksAfterOwn) {
                portion.undelivered.append(.init(key: change.key, row: held))
                continue
            }
            try take(change, lane, &lanes[lane], &portion)
        }
        return portion
    }

    /// What has to be said of the rows, when all are shaped.
    var warnings: [String] { router.warnings + lanes.flatMap(\.answers.notes) + leftAlone }

    // MARK: - Implementation

    /// `number` is that of the lane.
    private func take(
        _ change: Change,
        _ number: Int,
        _ lane: inout ShapingLane,
        _ portion: inout Portion
    ) throws {
        payload.removeAll(keepingCapacity: true)
        // In place: a shaper works in buffers of its own.
        let omitting = onlyUnlinked == nil ? 0 : lane.shaper.ownLinks
        let existence = existing?[change.key]
        let result = lane.shaper.shape(
            change,
            answers: lane.answers,
            existence: existence,
            omitting: omitting,
            into: &payload
        )
        guard mustGoAside(result), lane.aside != nil else {
            return try note(result, of: change, number, &lane, isAside: false, &portion)
        }
        payload.removeAll(keepingCapacity: true)
        let aside = lane.aside?.shape(
            change,
            answers: lane.answers,
            existence: existence,
            omitting: omitting,
            into: &payload
        )
        if let aside { try note(aside, of: change, number, &lane, isAside: true, &portion) }
    }

    /// Whether no batch of CSV can hold the row.
    private func mustGoAside(_ result: ShapingResult) -> Bool {
        switch result {
        case .shaped(let row): row.byteCount > Self.longestRow
        case .onlyByREST: true
        case .unchanged, .nothingToSend, .unmatched, .refused: false
        }
    }

    static let job = JobLimits()
    /// A longer row fails its whole batch of either Bulk API.
    private static let longestRow = job.rowBytes

    private func note(
        _ result: ShapingResult,
        of change: Change,
        _ number: Int,
        _ lane: inout ShapingLane,
        isAside: Bool,
        _ portion: inout Portion
    ) throws {
        switch result {
        case .shaped(let row):
            let layout = Layout(lane: number, isAside: isAside, columns: row.layout)
            // What goes without its links, or in part, is not yet what is to be delivered: it looks changed till then.
            let isProvisional = lane.isProvisional || onlyUnlinked != nil
            let record = PayloadRecord(
                key: change.key,
                raw: isProvisional ? 0 : row.raw,
                shaped: isProvisional ? 0 : row.shaped,
                match: row.result,
                parent: row.parent,
                refusals: UInt32(truncatingIfNeeded: change.known?.refusal?.rawValue ?? 0),
                fields: lane.fieldHashes(count: fieldCount, isAside: isAside)
            )
            if try append(record, change.keyText, lane.matchValue(isAside: isAside), to: layout, lane) {
                portion.ready.append(try endFull(layout, lane))
            }
            if hasOwnLinks {
                writers[layout]?.relations.append(
                    Waves.Row(own: row.own, parent: row.selfParent, otherParents: row.otherParents)
                )
            }
        case .unchanged:
            portion.refresh.renewed(key: change.key, raw: change.raw)
            portion.unchanged += 1
        case .nothingToSend(let row):
            portion.refresh.delivered(
                key: change.key,
                raw: row.raw,
                shaped: row.shaped,
                fields: lane.fieldHashes(count: fieldCount, isAside: isAside),
                keyText: change.keyText,
                matchText: String(decoding: lane.matchValue(isAside: isAside), as: UTF8.self)
            )
            portion.unchanged += 1
        case .unmatched where selection == .removed:
            // What a removal wanted: the record is not there.
            leave(change, .forgotten, &portion)
        case .unmatched:
            portion.undelivered.append(
                undelivered(change, .unmatched, "NOT_FOUND", "no \(sync.objectLabel) has this match value")
            )
        case .onlyByREST:
            let message =
                "the text #N/A means null in Bulk CSV and cannot be said; use `api: rest` for this sync, or map another text"
            portion.undelivered.append(marked(undelivered(change, .rejected, "UNSAYABLE_TEXT", message), change))
        case .refused(let refusal) where isAsDelivered(change, lane):
            refusedNow[refusal.code, default: 0] += 1
            portion.unchanged += 1
        case .refused(let refusal):
            var row = undelivered(change, .rejected, refusal.code, refusal.message)
            row.row.fields = refusal.fields
            row.row.values = refusal.values
            portion.undelivered.append(marked(row, change))
        }
    }
}
