package import SyncModel

/// What can happen to a run.
package enum RunEvent: String, Sendable, CaseIterable {
    /// A gate is closed, a lock is taken, an approval is missing, Salesforce is not reached.
    case blocked
    /// Nothing is in its way any more.
    case cleared
    /// Somebody asked it to stop.
    case stopRequested
    /// The daemon ends, or had ended, in the middle.
    case interrupted
    /// A start takes an interrupted run up again.
    case requeued
    /// All steps have ended; the result says how.
    case finished
    /// Its `timeout` passed.
    case timedOut
    /// It was not to begin: overlap, pause.
    case skipped
    /// Its `max_wait` passed with nothing sent.
    case missed
}

extension RunState {
    /// The state after an event: one total function.
    ///
    /// nil: the event means nothing in this state, and changes nothing.
    ///
    /// `result` is what `finished` ends in.
    package func after(_ event: RunEvent, result: RunState = .succeeded) -> RunState? {
        switch (self, event) {
        case (.succeeded, _), (.partial, _), (.failed, _), (.timedOut, _), (.cancelled, _), (.skipped, _), (.missed, _):
            nil
        case (.queued, .blocked), (.running, .blocked): .waiting
        case (.waiting, .blocked): .waiting
        case (.stopping, .blocked), (.interrupted, .blocked): nil
        case (.queued, .cleared), (.waiting, .cleared): .running
        case (.running, .cleared), (.stopping, .cleared), (.interrupted, .cleared): nil
        case (.queued, .stopRequested), (.interrupted, .stopRequested): .cancelled
        case (.waiting, .stopRequested), (.running, .stopRequested): .stopping
        case (.stopping, .stopRequested): nil
        case (.queued, .interrupted), (.waiting, .interrupted), (.running, .interrupted), (.stopping, .interrupted):
            .interrupted
        case (.interrupted, .interrupted): nil
        case (.interrupted, .requeued): .queued
        case (.queued, .requeued), (.waiting, .requeued), (.running, .requeued), (.stopping, .requeued): nil
        case (.stopping, .finished): result == .failed ? .failed : .cancelled
        case (.queued, .finished), (.waiting, .finished), (.running, .finished): result
        case (.interrupted, .finished): nil
        case (.queued, .timedOut), (.waiting, .timedOut), (.running, .timedOut), (.stopping, .timedOut): .timedOut
        case (.interrupted, .timedOut): nil
        case (.queued, .skipped): .skipped
        case (.waiting, .skipped), (.running, .skipped), (.stopping, .skipped), (.interrupted, .skipped): nil
        case (.queued, .missed), (.waiting, .missed): .missed
        case (.running, .missed), (.stopping, .missed), (.interrupted, .missed): nil
        }
    }

    /// A run's result is the worst of its steps.
    package static func result(of steps: [StepState]) -> RunState {
        let order: [(StepState, RunState)] = [
            (.failed, .failed), (.timedOut, .timedOut), (.cancelled, .cancelled), (.partial, .partial),
        ]
        for (step, run) in order where steps.contains(step) { return run }
        return .succeeded
    }
}
