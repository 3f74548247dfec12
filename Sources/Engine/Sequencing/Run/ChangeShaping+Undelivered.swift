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

    /// Counts a refusal, so that a row that is refused again and again comes to rest.
    func marked(_ row: BatchOutcome.Undelivered, _ change: Change) -> BatchOutcome.Undelivered {
        guard selection == .present, sync.rowsMayRest else { return row }
        var row = row
        row.mark = RefusalMark(raw: change.raw, code: row.row.code, run: run, after: change.known?.refusal)
        return row
    }
}
