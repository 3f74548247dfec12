package import CivilTime
package import SyncModel

/// What people are to be told, once per change of state.
package struct NoticeBoard: Sendable, Equatable, Codable {
    /// One thing to tell.
    package struct Notice: Sendable, Equatable {
        package var event: NotificationDefinition.Event
        package var sequence: String
        package var run: RunID?
        package var state: String?
        package var reason: String?
        package var time: Timestamp

        package init(
            event: NotificationDefinition.Event,
            sequence: String,
            run: RunID? = nil,
            state: String? = nil,
            reason: String? = nil,
            time: Timestamp
        ) {
            self.event = event
            self.sequence = sequence
            self.run = run
            self.state = state
            self.reason = reason
            self.time = time
        }
    }

    /// What holds of each sequence, and was told.
    private var standing: [String: Set<String>] = [:]
    /// Runs with an overrun.
    private var overruns: Set<String> = []

    package init() {}

    /// A run of a sequence has ended.
    package mutating func ended(_ run: RunRecord, at time: Timestamp) -> [Notice] {
        var notices: [Notice] = []
        func tell(_ event: NotificationDefinition.Event, _ reason: String?) {
            notices.append(
                Notice(
                    event: event,
                    sequence: run.sequence,
                    run: run.id,
                    state: run.state.rawValue,
                    reason: reason,
                    time: time
                )
            )
        }
        switch run.state {
        case .failed, .timedOut: if begins(.failed, run.sequence) { tell(.failed, run.reason) }
        case .missed: if begins(.missed, run.sequence) { tell(.missed, run.reason) }
        case .succeeded, .partial:
            let failed = ends(.failed, run.sequence)
            let missed = ends(.missed, run.sequence)
            if failed || missed { tell(.recovered, run.reason) }
        // These tell nothing of how the sequence stands.
        case .cancelled, .skipped: return []
        case .queued, .waiting, .running, .stopping, .interrupted: return []
        }
        if run.state == .missed { return notices }
        let rejected = run.steps.reduce(0) { $0 + $1.counts.rejected }
        let resting = run.steps.reduce(0) { $0 + $1.counts.resting }
        if rejected == 0 {
            // A run that came to nothing says nothing of rows; those that rest were told of, and are rejected still.
            if run.state != .failed && run.state != .timedOut && resting == 0 { _ = ends(.rejected, run.sequence) }
        } else if begins(.rejected, run.sequence) {
            tell(.rejected, "\(rejected) rows were rejected")
        }
        let inDoubt = run.steps.reduce(0) { $0 + $1.counts.inDoubt }
        if inDoubt == 0 {
            _ = ends(.inDoubt, run.sequence)
        } else if begins(.inDoubt, run.sequence) {
            tell(.inDoubt, "\(inDoubt) rows are in doubt")
        }
        if overruns.remove(run.id.rawValue) == nil { _ = ends(.overrun, run.sequence) }
        _ = ends(.awaitingApproval, run.sequence)
        return notices
    }

    /// A run was queued; `isLate`: after its time.
    package mutating func queued(_ sequence: String, reason: String?, isLate: Bool, at time: Timestamp) -> [Notice] {
        guard isLate else {
            _ = ends(.late, sequence)
            return []
        }
        guard begins(.late, sequence) else { return [] }
        return [Notice(event: .late, sequence: sequence, reason: reason, time: time)]
    }

    /// A job still runs in a window after its grace.
    package mutating func overran(_ sequence: String, _ run: RunID?, reason: String?, at time: Timestamp) -> [Notice] {
        if let run { overruns.insert(run.rawValue) }
        guard begins(.overrun, sequence) else { return [] }
        return [Notice(event: .overrun, sequence: sequence, run: run, reason: reason, time: time)]
    }

    /// A run asks a person to approve it.
    package mutating func asked(_ sequence: String, _ run: RunID?, reason: String?, at time: Timestamp) -> [Notice] {
        guard begins(.awaitingApproval, sequence) else { return [] }
        return [Notice(event: .awaitingApproval, sequence: sequence, run: run, reason: reason, time: time)]
    }

    // MARK: - Implementation

    private mutating func begins(_ event: NotificationDefinition.Event, _ sequence: String) -> Bool {
        standing[sequence, default: []].insert(event.rawValue).inserted
    }

    private mutating func ends(_ event: NotificationDefinition.Event, _ sequence: String) -> Bool {
        standing[sequence]?.remove(event.rawValue) != nil
    }
}
