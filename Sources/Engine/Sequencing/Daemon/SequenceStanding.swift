package import CivilTime
package import SyncModel

/// How one sequence stands, for those who look.
package struct SequenceStanding: Sendable, Equatable {
    package enum State: String, Sendable {
        case idle
        case queued
        case waiting
        case running
        case stopping
    }

    package var name: String
    package var description: String?
    package var state: State
    /// The run that is on, or waits to be.
    package var current: RunRecord?
    /// The newest run that has ended.
    package var last: RunOutline?
    package var next: Timestamp?
    /// The elapse that was acted on last.
    package var lastElapse: Timestamp?
    package var waitingFor: Wait?
    package var isPaused: Bool
    package var pausedReason: String?
    package var pausedUntil: Timestamp?

    package init(
        name: String,
        description: String? = nil,
        state: State,
        last: RunOutline? = nil,
        next: Timestamp? = nil,
        lastElapse: Timestamp? = nil,
        waitingFor: Wait? = nil,
        isPaused: Bool = false,
        pausedReason: String? = nil,
        pausedUntil: Timestamp? = nil
    ) {
        self.name = name
        self.description = description
        self.state = state
        self.last = last
        self.next = next
        self.lastElapse = lastElapse
        self.waitingFor = waitingFor
        self.isPaused = isPaused
        self.pausedReason = pausedReason
        self.pausedUntil = pausedUntil
    }

    /// What a run waits for.
    package struct Wait: Sendable, Equatable {
        package var reason: String
        package var until: Timestamp?
        /// The run that has what it waits for.
        package var run: RunID?

        package init(reason: String, until: Timestamp? = nil, for run: RunID? = nil) {
            self.reason = reason
            self.until = until
            self.run = run
        }
    }
}

/// When a sequence is due, as the timekeeper knows it.
struct SequenceTiming: Sendable, Equatable {
    var next: Timestamp?
    var last: Timestamp?
    var isPaused: Bool
    var pausedReason: String?
    var pausedUntil: Timestamp?
}
