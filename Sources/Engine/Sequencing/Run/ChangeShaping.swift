internal import Fingerprinting
internal import Ledger
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

    private let sync: SyncDefinition
    private let reader: ChangeSpoolReader
    private let selection: Selection
    private let fieldCount: Int
    private var router: any RowRouting
    private let parents: HeldParents
    private let folder: String
    private let prefix: String
    private var lanes: [ShapingLane]
    private var writers: [Layout: PayloadSpoolWriter] = [:]
    private var payload: [UInt8] = []
    /// Keys that were owed and are on their way: what depends on them is freed when they are accepted.
    private(set) var owedKeys: Set<Hash128> = []

    init(
        sync: SyncDefinition,
        diff: DiffResult,
        selection: Selection,
        lanes: [ShapingLane],
        router: any RowRouting = OneLane(),
        parents: HeldParents,
        folder: String,
        prefix: String
    ) throws {
        self.sync = sync
        reader = try diff.changes()
        self.selection = selection
        self.lanes = lanes
        self.router = router
        fieldCount = sync.fieldNames.count
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
            let course = router.course(of: change)
            guard case .lane(let lane) = course else {
                leave(change, course, &portion)
                continue
            }
            if selection == .present, let held = parents.held(change, sync) {
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
            _ = try writer.finish()
            let name = name(layout)
            let shaper = lanes[layout.lane].shaper
            let ready = ReadySpool(
                name: name,
                spool: try PayloadSpool(path: folder + "/" + name),
                object: shaper.object,
                operation: shaper.form.operation,
                header: shaper.csvHeader(layout: layout.columns),
                columns: shaper.columns(layout: layout.columns),
                resultKey: shaper.resultKey
            )
            try ready.keepManifest(in: folder)
            return ready
        }
    }

    // MARK: - Implementation

    /// What one spool has in common: who shaped it, and its columns.
    private struct Layout: Hashable, Comparable {
        var lane: Int
        var columns: UInt64

        static func < (left: Layout, right: Layout) -> Bool {
            (left.lane, left.columns) < (right.lane, right.columns)
        }
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
        let result = lanes[lane].shaper.shape(change, answers: lanes[lane].answers, into: &payload)
        switch result {
        case .shaped(let row):
            if change.changeClass == .owed { owedKeys.insert(change.key) }
            _ = try writer(Layout(lane: lane, columns: row.layout)).append(
                PayloadRecord(
                    key: change.key,
                    raw: lanes[lane].isProvisional ? 0 : row.raw,
                    shaped: lanes[lane].isProvisional ? 0 : row.shaped,
                    match: row.result,
                    parent: row.parent,
                    layout: UInt32(truncatingIfNeeded: row.layout),
                    fields: lanes[lane].fieldHashes(count: fieldCount)
                ),
                payload: payload,
                keyText: change.keyText,
                matchText: String(decoding: lanes[lane].shaper.matchValue, as: UTF8.self)
            )
        case .unchanged:
            portion.refresh.renewed(key: change.key, raw: change.raw)
            portion.unchanged += 1
        case .nothingToSend(let row):
            portion.refresh.delivered(
                key: change.key,
                raw: row.raw,
                shaped: row.shaped,
                fields: lanes[lane].fieldHashes(count: fieldCount),
                keyText: change.keyText,
                matchText: String(decoding: lanes[lane].shaper.matchValue, as: UTF8.self)
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
            portion.undelivered.append(undelivered(change, .rejected, "UNSAYABLE_TEXT", message))
        case .refused(let refusal):
            var row = undelivered(change, .rejected, refusal.code, refusal.message)
            row.row.fields = refusal.fields
            row.row.values = refusal.values
            portion.undelivered.append(row)
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

    private func writer(_ layout: Layout) throws -> PayloadSpoolWriter {
        if let known = writers[layout] { return known }
        let writer = try PayloadSpoolWriter(path: folder + "/" + name(layout), fieldCount: fieldCount)
        writers[layout] = writer
        return writer
    }

    private func name(_ layout: Layout) -> String {
        prefix + (lanes.count > 1 ? "-\(layout.lane)" : "") + ".\(layout.columns)"
    }
}
