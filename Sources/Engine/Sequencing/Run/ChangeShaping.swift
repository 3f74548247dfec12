internal import Fingerprinting
internal import Ledger
internal import Shaping
internal import Snapshot
internal import Spool
internal import SyncModel

/// One payload spool that is ready to be sent: rows of one operation and one set of columns.
struct ReadySpool: Sendable {
    /// Its file name within the run's spool folder.
    var name: String
    var spool: PayloadSpool
    var operation: RecordOperation
    /// With its line feed; empty for JSON.
    var header: [UInt8]
    var columns: [String]
}

/// Shapes the changes of one sync into payload spools, one for each layout.
///
/// `@unchecked Sendable`: handed from one blocking thread to the next, used by one at a time.
final class ChangeShaping: @unchecked Sendable {
    /// What some thousand changes came to, beside what went into the spools.
    struct Portion: Sendable {
        var undelivered: [BatchOutcome.Undelivered] = []
        var refresh: SnapshotBatch
        /// Rows that looked changed or owed and whose payload is the delivered one.
        var unchanged = 0
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
    private let answers: LookupAnswers
    private let parents: HeldParents
    private let folder: String
    private let prefix: String
    private var shaper: Shaper
    private var writers: [UInt64: PayloadSpoolWriter] = [:]
    private var payload: [UInt8] = []
    /// Keys that were owed and are on their way: what depends on them is freed when they are accepted.
    private(set) var owedKeys: Set<Hash128> = []

    init(
        sync: SyncDefinition,
        diff: DiffResult,
        selection: Selection,
        shaper: Shaper,
        answers: LookupAnswers,
        parents: HeldParents,
        folder: String,
        prefix: String
    ) throws {
        self.sync = sync
        reader = try diff.changes()
        self.selection = selection
        self.shaper = shaper
        self.answers = answers
        self.parents = parents
        self.folder = folder
        self.prefix = prefix
    }

    /// Shapes up to `limit` changes.
    func next(_ limit: Int) throws -> Portion {
        var portion = Portion(refresh: SnapshotBatch(fieldCount: sync.fieldNames.count))
        for _ in 0..<limit {
            guard let change = try reader.next() else {
                portion.isLast = true
                return portion
            }
            guard (change.changeClass == .removed) == (selection == .removed) else { continue }
            if selection == .present, let held = parents.held(change, sync) {
                portion.undelivered.append(.init(key: change.key, row: held))
                continue
            }
            try take(change, &portion)
        }
        return portion
    }

    /// Ends the spools; each is whole and durable afterwards.
    func finish() throws -> [ReadySpool] {
        try writers.sorted { $0.key < $1.key }.map { layout, writer in
            _ = try writer.finish()
            let name = Self.name(prefix, layout)
            return ReadySpool(
                name: name,
                spool: try PayloadSpool(path: folder + "/" + name),
                operation: shaper.form.operation,
                header: shaper.csvHeader(layout: layout),
                columns: shaper.columns(layout: layout)
            )
        }
    }

    // MARK: - Implementation

    private func take(_ change: Change, _ portion: inout Portion) throws {
        payload.removeAll(keepingCapacity: true)
        let result = shaper.shape(change, answers: answers, into: &payload)
        switch result {
        case .shaped(let row):
            if change.changeClass == .owed { owedKeys.insert(change.key) }
            _ = try writer(row.layout).append(
                PayloadRecord(
                    key: change.key,
                    raw: row.raw,
                    shaped: row.shaped,
                    match: row.result,
                    parent: row.parent,
                    layout: UInt32(truncatingIfNeeded: row.layout),
                    fields: shaper.fieldHashes
                ),
                payload: payload,
                keyText: change.keyText,
                matchText: String(decoding: shaper.matchValue, as: UTF8.self)
            )
        case .unchanged:
            portion.refresh.renewed(key: change.key, raw: change.raw)
            portion.unchanged += 1
        case .nothingToSend(let row):
            portion.refresh.delivered(
                key: change.key,
                raw: row.raw,
                shaped: row.shaped,
                fields: shaper.fieldHashes,
                keyText: change.keyText,
                matchText: String(decoding: shaper.matchValue, as: UTF8.self)
            )
            portion.unchanged += 1
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
                operation: shaper.form.operation,
                state: state,
                code: code,
                message: message
            )
        )
    }

    private func writer(_ layout: UInt64) throws -> PayloadSpoolWriter {
        if let known = writers[layout] { return known }
        let path = folder + "/" + Self.name(prefix, layout)
        let writer = try PayloadSpoolWriter(path: path, fieldCount: sync.fieldNames.count)
        writers[layout] = writer
        return writer
    }

    private static func name(_ prefix: String, _ layout: UInt64) -> String { "\(prefix).\(layout)" }
}
