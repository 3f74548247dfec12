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
    private let diff: DiffResult
    private let reader: ChangeSpoolReader
    private let selection: Selection
    private let fieldCount: Int
    /// Rows refer to rows of their own object: the order in which they go counts.
    private let hasOwnLinks: Bool
    private var router: any RowRouting
    private let run: RunID
    private let parents: HeldParents
    private let folder: String
    private let prefix: String
    private var lanes: [ShapingLane]
    private var writers: [Layout: Writer] = [:]
    private var payload: [UInt8] = []
    /// Only these rows, and without their links into their own object; nil: all, as they are.
    private var onlyUnlinked: Set<Hash128>?
    /// Only these rows, as their records are there or not, whatever was found out before; nil: all.
    private var existing: [Hash128: Bool]?

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
    }

    /// Shapes up to `limit` changes.
    func next(_ limit: Int) throws -> Portion {
        var portion = Portion(refresh: SnapshotBatch(fieldCount: fieldCount))
        for _ in 0..<limit {
            guard let change = try reader.next() else {
                portion.isLast = true
                return portion
            }
            guard (change.changeClass == .removed) == (selection == .removed) else { continue }
            if let onlyUnlinked, !onlyUnlinked.contains(change.key) { continue }
            if let existing, existing[change.key] == nil { continue }
            let course = router.course(of: change)
            guard case .lane(let lane) = course else {
                leave(change, course, &portion)
                continue
            }
            if selection == .present, let held = parents.held(change, sync, besideOwn: hasOwnLinks) {
                portion.undelivered.append(.init(key: change.key, row: held))
                continue
            }
            try take(change, lane, &portion)
        }
        return portion
    }

    /// What has to be said of the rows, when all are shaped.
    var warnings: [String] { router.warnings }

    /// Ends the spools; each is whole and durable afterwards.
    func finish() throws -> [ReadySpool] {
        try writers.sorted { $0.key < $1.key }.map { layout, writer in
            _ = try writer.spool.finish()
            let name = name(layout)
            let lane = lanes[layout.lane]
            let shaper = layout.isAside ? lane.aside ?? lane.shaper : lane.shaper
            let ready = ReadySpool(
                name: name,
                spool: try PayloadSpool(path: folder + "/" + name),
                object: shaper.object,
                operation: shaper.form.operation,
                header: shaper.csvHeader(layout: layout.columns),
                columns: shaper.columns(layout: layout.columns),
                resultKey: shaper.resultKey,
                api: layout.isAside ? .rest : lane.api,
                isJSON: layout.isAside || lane.api == .rest,
                hasParents: writer.hasParents,
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

    private struct Writer {
        var spool: PayloadSpoolWriter
        var hasParents = false
        var relations: [Waves.Row] = []
    }

    /// Takes note of a row that is not shaped.
    private func leave(_ change: Change, _ course: RowCourse, _ portion: inout Portion) {
        switch course {
        case .lane, .passedBy: break
        case .left(let state, let code, let message):
            portion.undelivered.append(undelivered(change, state, code, message))
        case .forgotten:
            portion.refresh.removed(key: change.key)
            portion.gone += 1
        case .settled:
            portion.refresh.delivered(
                key: change.key,
                raw: change.raw,
                shaped: 0,
                fields: [UInt16](repeating: 0, count: fieldCount),
                keyText: change.keyText
            )
            portion.unchanged += 1
        }
    }

    private func take(_ change: Change, _ lane: Int, _ portion: inout Portion) throws {
        payload.removeAll(keepingCapacity: true)
        // In place: a shaper works in buffers of its own.
        let omitting = onlyUnlinked == nil ? 0 : lanes[lane].shaper.ownLinks
        let existence = existing?[change.key]
        let result = lanes[lane].shaper.shape(
            change,
            answers: lanes[lane].answers,
            existence: existence,
            omitting: omitting,
            into: &payload
        )
        guard mustGoAside(result), lanes[lane].aside != nil else {
            return try note(result, of: change, lane, isAside: false, &portion)
        }
        payload.removeAll(keepingCapacity: true)
        let answers = lanes[lane].answers
        let aside = lanes[lane].aside?.shape(
            change,
            answers: answers,
            existence: existence,
            omitting: omitting,
            into: &payload
        )
        if let aside { try note(aside, of: change, lane, isAside: true, &portion) }
    }

    /// Whether no batch of CSV can hold the row.
    private func mustGoAside(_ result: ShapingResult) -> Bool {
        switch result {
        case .shaped(let row): row.byteCount > Self.longestRow
        case .onlyByREST: true
        case .unchanged, .nothingToSend, .unmatched, .refused: false
        }
    }

    private func isProvisional(_ lane: Int) -> Bool { lanes[lane].isProvisional || onlyUnlinked != nil }

    /// A longer row fails its whole batch of either Bulk API.
    private static let longestRow = JobLimits().rowBytes

    private func note(
        _ result: ShapingResult,
        of change: Change,
        _ lane: Int,
        isAside: Bool,
        _ portion: inout Portion
    ) throws {
        var matchText: String {
            let value = isAside ? lanes[lane].aside?.matchValue ?? [] : lanes[lane].shaper.matchValue
            return String(decoding: value, as: UTF8.self)
        }
        switch result {
        case .shaped(let row):
            let layout = Layout(lane: lane, isAside: isAside, columns: row.layout)
            _ = try writer(layout, hasParent: row.parent != 0).append(
                PayloadRecord(
                    key: change.key,
                    // What goes without its links, or in part, is not yet what is to be delivered: it looks changed till then.
                    raw: isProvisional(lane) ? 0 : row.raw,
                    shaped: isProvisional(lane) ? 0 : row.shaped,
                    match: row.result,
                    parent: row.parent,
                    refusals: UInt32(truncatingIfNeeded: change.known?.refusal?.rawValue ?? 0),
                    fields: lanes[lane].fieldHashes(count: fieldCount, isAside: isAside)
                ),
                payload: payload,
                keyText: change.keyText,
                matchText: matchText
            )
            if hasOwnLinks {
                writers[layout]?.relations.append(Waves.Row(match: row.match, parent: row.selfParent))
            }
        case .unchanged:
            portion.refresh.renewed(key: change.key, raw: change.raw)
            portion.unchanged += 1
        case .nothingToSend(let row):
            portion.refresh.delivered(
                key: change.key,
                raw: row.raw,
                shaped: row.shaped,
                fields: lanes[lane].fieldHashes(count: fieldCount, isAside: isAside),
                keyText: change.keyText,
                matchText: matchText
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
        case .refused(let refusal):
            var row = undelivered(change, .rejected, refusal.code, refusal.message)
            row.row.fields = refusal.fields
            row.row.values = refusal.values
            portion.undelivered.append(marked(row, change))
        }
    }

    private func undelivered(
        _ change: Change,
        _ state: UndeliveredState,
        _ code: String,
        _ message: String
    ) -> BatchOutcome.Undelivered {
        .init(
            key: change.key,
            row: UndeliveredRow(
                sync: sync.name,
                key: change.keyText,
                operation: lanes.first?.shaper.form.operation ?? sync.operation,
                state: state,
                code: code,
                message: message
            )
        )
    }

    /// Counts a refusal, so that a row that is refused again and again comes to rest.
    private func marked(_ row: BatchOutcome.Undelivered, _ change: Change) -> BatchOutcome.Undelivered {
        guard selection == .present, sync.rowsMayRest else { return row }
        var row = row
        row.mark = RefusalMark(raw: change.raw, code: row.row.code, run: run, after: change.known?.refusal)
        return row
    }

    private func writer(_ layout: Layout, hasParent: Bool) throws -> PayloadSpoolWriter {
        if let known = writers[layout] {
            if hasParent, !known.hasParents { writers[layout]?.hasParents = true }
            return known.spool
        }
        let writer = try PayloadSpoolWriter(path: folder + "/" + name(layout), fieldCount: fieldCount)
        writers[layout] = Writer(spool: writer, hasParents: hasParent)
        return writer
    }

    private func name(_ layout: Layout) -> String {
        prefix + (lanes.count > 1 ? "-\(layout.lane)" : "") + (layout.isAside ? "-aside" : "") + ".\(layout.columns)"
    }
}

extension ChangeShaping {
    /// The fields that are sent only when a record is created, or only when it is there.
    var fieldsByExistence: Set<String> {
        lanes.reduce(into: []) { fields, lane in
            if lane.shaper.form.operation == .upsert { fields.formUnion(lane.shaper.fieldsByExistence) }
        }
    }

    /// Shapes some rows once more, as their records are there or not; and those of them that are refused now.
    func otherWay(_ rows: [Hash128: Bool]) throws -> (ready: [ReadySpool], left: [BatchOutcome.Undelivered]) {
        let again = try pass("other")
        again.existing = rows
        var left: [BatchOutcome.Undelivered] = []
        var portion = Portion(refresh: SnapshotBatch(fieldCount: fieldCount))
        while !portion.isLast {
            portion = try again.next(10_000)
            left += portion.undelivered
        }
        return (try again.finish(), left)
    }

    /// Another pass over the same changes, into spools of its own.
    private func pass(_ name: String) throws -> ChangeShaping {
        try ChangeShaping(
            sync: sync,
            diff: diff,
            selection: selection,
            lanes: lanes,
            router: router,
            run: run,
            parents: parents,
            folder: folder,
            prefix: prefix + "-" + name
        )
    }

    /// Whether the records can do without their links to one another for a while.
    var mayOmitOwnLinks: Bool { lanes.allSatisfy(\.shaper.mayOmitOwnLinks) }

    /// Shapes some rows once more, without their links into their own object.
    ///
    /// They count as delivered only when they have gone with their links, too.
    func withoutOwnLinks(_ keys: Set<Hash128>) throws -> [ReadySpool] {
        let again = try pass("unlinked")
        again.onlyUnlinked = keys
        var portion = Portion(refresh: SnapshotBatch(fieldCount: fieldCount))
        while !portion.isLast { portion = try again.next(10_000) }
        return try again.finish()
    }
}
