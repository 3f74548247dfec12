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
        var isLast = false
    }

    /// Which changes are shaped: those that are sent in the step's turn, or the removals at the end of the run.
    enum Selection {
        case present
        case removed
    }

    let sync: SyncDefinition
    let diff: DiffResult
    private let reader: ChangeSpoolReader
    let selection: Selection
    let fieldCount: Int
    /// Rows refer to rows of their own object: the order in which they go counts.
    private let hasOwnLinks: Bool
    /// Rows whose parent is one of this sync are seen to later in the step.
    private var looksAfterOwn = false
    var router: any RowRouting
    let run: RunID
    let parents: HeldParents
    let folder: String
    let prefix: String
    var lanes: [ShapingLane]
    private let laneCount: Int
    /// What is done with the rows, as reports name it.
    let operation: RecordOperation
    private var writers: [Layout: Writer] = [:]
    /// Rows that are as they were delivered and could not be sent now, by code.
    var refusedNow: [String: Int] = [:]
    private var last: LastWriter?
    private var payload: [UInt8] = []
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

    /// Ends the spools; each is whole and durable afterwards.
    func finish() throws -> [ReadySpool] {
        try writers.sorted { $0.key < $1.key }.map { layout, writer in
            let name = name(layout)
            let lane = lanes[layout.lane]
            let shaper = layout.isAside ? lane.aside ?? lane.shaper : lane.shaper
            let (spool, cuts) = try finish(writer.room, layout, shaper)
            let ready = ReadySpool(
                name: name,
                spool: spool,
                object: shaper.object,
                operation: shaper.form.operation,
                header: shaper.csvHeader(layout: layout.columns),
                columns: shaper.columns(layout: layout.columns),
                resultKey: shaper.resultKey,
                api: layout.isAside ? .rest : lane.api,
                isJSON: layout.isAside || lane.api == .rest,
                hasParents: writer.hasParents,
                cuts: cuts,
                relations: writer.relations
            )
            try ready.keepManifest(in: folder)
            return ready
        }
    }

    // MARK: - Implementation

    /// What one spool has in common: who shaped it, in which form, and its columns.
    private struct Layout: Hashable, Comparable {
        var lane: Int
        var isAside = false
        var columns: UInt64

        static func < (left: Layout, right: Layout) -> Bool {
            (left.lane, left.isAside ? 1 : 0, left.columns) < (right.lane, right.isAside ? 1 : 0, right.columns)
        }
    }

    /// Where the payloads of one layout go.
    private enum Room {
        case spool(PayloadSpoolWriter)
        /// Of rows that lock a parent: written as a spool when all are there, in the order in which they go.
        case gathered(GatheredPayloads)
    }

    private struct Writer {
        var room: Room
        var hasParents = false
        var relations: [Waves.Row] = []
    }

    /// Most rows go where the one before went.
    private struct LastWriter {
        var layout: Layout
        var room: Room
        var hasParents: Bool
    }

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
            return try note(result, of: change, number, lane, isAside: false, &portion)
        }
        payload.removeAll(keepingCapacity: true)
        let aside = lane.aside?.shape(
            change,
            answers: lane.answers,
            existence: existence,
            omitting: omitting,
            into: &payload
        )
        if let aside { try note(aside, of: change, number, lane, isAside: true, &portion) }
    }

    /// Whether no batch of CSV can hold the row.
    private func mustGoAside(_ result: ShapingResult) -> Bool {
        switch result {
        case .shaped(let row): row.byteCount > Self.longestRow
        case .onlyByREST: true
        case .unchanged, .nothingToSend, .unmatched, .refused: false
        }
    }

    /// A longer row fails its whole batch of either Bulk API.
    private static let longestRow = JobLimits().rowBytes

    private func note(
        _ result: ShapingResult,
        of change: Change,
        _ number: Int,
        _ lane: ShapingLane,
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
            try append(record, change.keyText, lane.matchValue(isAside: isAside), to: layout, lane)
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

    /// Adds the payload in hand to its spool.
    private func append(
        _ record: PayloadRecord,
        _ keyText: String,
        _ matchValue: [UInt8],
        to layout: Layout,
        _ lane: ShapingLane
    ) throws {
        let room = try room(layout, lane, hasParent: record.parent != 0)
        var keyText = keyText
        try payload.withUnsafeBytes { payload in
            try keyText.withUTF8 { keyText in
                try matchValue.withUnsafeBytes { matchValue in
                    let keyText = UnsafeRawBufferPointer(keyText)
                    switch room {
                    case .spool(let spool):
                        _ = try spool.append(record, payload: payload, keyText: keyText, matchText: matchValue)
                    case .gathered(let gathered):
                        try gathered.append(record, payload: payload, keyText: keyText, matchText: matchValue)
                    }
                }
            }
        }
    }

    private func room(_ layout: Layout, _ lane: ShapingLane, hasParent: Bool) throws -> Room {
        if let last, last.layout == layout, last.hasParents || !hasParent { return last.room }
        let room: Room
        if let known = writers[layout] {
            room = known.room
            if hasParent { writers[layout]?.hasParents = true }
        } else {
            room = try makeRoom(layout, lane)
            writers[layout] = Writer(room: room, hasParents: hasParent)
        }
        last = LastWriter(layout: layout, room: room, hasParents: writers[layout]?.hasParents ?? false)
        return room
    }

    private func makeRoom(_ layout: Layout, _ lane: ShapingLane) throws -> Room {
        let path = folder + "/" + name(layout)
        // Waves put rows in an order of their own, and know them by their places.
        guard !hasOwnLinks, !layout.isAside, lane.api != .rest, !lane.shaper.links.isEmpty else {
            return .spool(try PayloadSpoolWriter(path: path, fieldCount: fieldCount))
        }
        let gathered = try GatheredPayloads(
            path: path + ".scratch",
            fieldCount: fieldCount,
            rows: reader.count,
            bytes: reader.byteCount,
            bucketBytes: SpoolOrder(lane.api, batchRows: sync.batch.size, headerBytes: 0).bucketBytes
        )
        return .gathered(gathered)
    }

    private func finish(
        _ room: Room,
        _ layout: Layout,
        _ shaper: Shaper
    ) throws -> (spool: PayloadSpool, cuts: [Range<Int>]?) {
        let path = folder + "/" + name(layout)
        switch room {
        case .spool(let writer):
            _ = try writer.finish()
            return (try PayloadSpool(path: path), nil)
        case .gathered(let gathered):
            let header = shaper.csvHeader(layout: layout.columns)
            let order = SpoolOrder(lanes[layout.lane].api, batchRows: sync.batch.size, headerBytes: header.count)
            let (spool, cuts) = try order.write(gathered, to: path, fieldCount: fieldCount)
            return (spool, cuts)
        }
    }

    private func name(_ layout: Layout) -> String {
        prefix + (laneCount > 1 ? "-\(layout.lane)" : "") + (layout.isAside ? "-aside" : "") + ".\(layout.columns)"
    }
}
