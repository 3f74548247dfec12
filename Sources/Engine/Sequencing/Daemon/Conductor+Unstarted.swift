internal import CivilTime
internal import Ledger
internal import SyncModel

extension Conductor {
    /// Records an elapse that led to no run, so that it is seen in the history.
    func recordUnstarted(_ name: String, _ occurrence: Occurrence, _ state: RunState, _ reason: String) async throws {
        let definition = try sequence(named: name)
        let now = parts.clock.now
        var run = RunRecord(
            id: newRunID(),
            sequence: name,
            state: state,
            trigger: .schedule,
            occurrence: occurrence,
            created: now,
            steps: definition.syncs.map {
                StepRecord(sync: $0, object: definitions.syncs[$0]?.objectLabel ?? "", state: .skipped)
            }
        )
        run.reason = reason
        run.ended = now
        let event = LedgerEvent(
            time: now,
            kind: "run-\(state.rawValue)",
            run: run.id,
            sequence: name,
            state: state.rawValue,
            reason: reason
        )
        _ = try await parts.ledger.create(run, event: event)
        parts.events.announce(event, run: run)
    }
}
