package import CivilTime

/// What a list shows of a run: without its steps, so that a thousand are soon read.
package struct RunOutline: Sendable, Equatable {
    package var id: RunID
    package var sequence: String
    package var state: RunState
    package var reason: String?
    package var trigger: RunTrigger
    package var created: Timestamp
    package var started: Timestamp?
    package var ended: Timestamp?

    package init(
        id: RunID,
        sequence: String,
        state: RunState,
        reason: String?,
        trigger: RunTrigger,
        created: Timestamp,
        started: Timestamp?,
        ended: Timestamp?
    ) {
        self.id = id
        self.sequence = sequence
        self.state = state
        self.reason = reason
        self.trigger = trigger
        self.created = created
        self.started = started
        self.ended = ended
    }
}

extension RunRecord {
    /// The run without its steps.
    package var outline: RunOutline {
        RunOutline(
            id: id,
            sequence: sequence,
            state: state,
            reason: reason,
            trigger: trigger,
            created: created,
            started: started,
            ended: ended
        )
    }
}
