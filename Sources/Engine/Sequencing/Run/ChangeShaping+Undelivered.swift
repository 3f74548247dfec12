internal import Ledger
internal import Pushing
internal import Shaping
internal import Snapshot
internal import SyncModel

// What becomes of rows that go into no spool.
extension ChangeShaping {
    /// Takes note of a row that is not shaped.
    func leave(_ change: Change, _ course: RowCourse, _ portion: inout Portion) {
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

    func undelivered(
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
                operation: operation,
                state: state,
                code: code,
                message: message
            )
        )
    }

    /// Whether a row is looked at only since its object has changed in Salesforce: it says what was delivered.
    func isAsDelivered(_ change: Change, _ lane: ShapingLane) -> Bool {
        guard selection == .present, diff.isDescribeChanged, !diff.isMappingChanged, !lane.shaper.sendsEqualPayloads,
            change.changeClass == .changed, let known = change.known
        else { return false }
        return known.raw == change.raw && known.flags.contains(.delivered) && !known.flags.contains(.owed)
    }

    /// What is said of such rows that would be refused now: nothing of them is to be sent.
    var leftAlone: [String] {
        let rows = refusedNow.values.reduce(0, +)
        if rows == 0 { return [] }
        let codes = refusedNow.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
        return [
            "\(rows) \(rows == 1 ? "row is as it was" : "rows are as they were") delivered and would be refused now (\(codes)): left as they are until they change"
        ]
    }

    /// Counts a refusal, so that a row that is refused again and again comes to rest.
    func marked(_ row: BatchOutcome.Undelivered, _ change: Change) -> BatchOutcome.Undelivered {
        guard selection == .present, sync.rowsMayRest else { return row }
        var row = row
        row.mark = RefusalMark(raw: change.raw, code: row.row.code, run: run, after: change.known?.refusal)
        return row
    }
}
