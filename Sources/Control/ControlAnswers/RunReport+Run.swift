package import CivilTime
package import ControlProtocol
package import SyncModel

extension RunReport {
    /// A run as `show RUN` has it.
    package init(_ run: RunRecord, waitingUntil: Timestamp? = nil) {
        self.init(
            id: run.id.rawValue,
            sequence: run.sequence,
            state: run.state.rawValue,
            trigger: run.trigger.rawValue,
            created: run.created.rfc3339,
            steps: run.steps.map(StepReport.init)
        )
        reason = run.reason
        actor = run.actor.map { ActorReport(uid: $0.uid, name: $0.name) }
        scheduled = run.occurrence?.instant.rfc3339
        retryOf = run.request.retryOf?.rawValue
        started = run.started?.rfc3339
        ended = run.ended?.rfc3339
        if run.state == .waiting { waiting = WaitingReport(reason: run.reason ?? "", until: waitingUntil?.rfc3339) }
        request.from = run.request.from
        request.only = run.request.only
        request.keys = run.request.keys
        request.fullResync = run.request.fullResync
        request.rejectedOnly = run.request.rejectedOnly
        request.overrideWindow = run.request.overrideWindow
        request.overrideReason = run.request.overrideReason
        warnings = run.warnings
    }
}

extension StepReport {
    /// One sync within a run.
    package init(_ step: StepRecord) {
        self.init(sync: step.sync, object: step.object, state: step.state.rawValue)
        reason = step.reason
        if step.state == .waiting { waiting = WaitingReport(reason: step.reason ?? "", until: nil) }
        let counts = step.counts
        read = counts.read
        added = counts.added
        changed = counts.changed
        removed = counts.removed
        unchanged = counts.unchanged
        owed = counts.owed
        created = counts.created
        updated = counts.updated
        deleted = counts.deleted
        merged = counts.merged
        published = counts.published
        unmatched = counts.unmatched
        held = counts.held
        rejected = counts.rejected
        unsent = counts.unsent
        resting = counts.resting
        inDoubt = counts.inDoubt
        batches = counts.batches
        retries = counts.retries
        apiCalls = counts.apiCalls
        bulkRows = counts.bulkRows
        bulkBatches = counts.bulkBatches
        pressure = step.pressure.map {
            PressureReport(api: $0.api, size: $0.size, parallel: $0.parallel, serial: $0.isSerial)
        }
        started = step.started?.rfc3339
        ended = step.ended?.rfc3339
    }
}

extension RunSummary {
    /// A run in one line.
    package init(_ run: RunOutline) {
        self.init(
            id: run.id.rawValue,
            sequence: run.sequence,
            state: run.state.rawValue,
            reason: run.reason,
            trigger: run.trigger.rawValue,
            created: run.created.rfc3339,
            started: run.started?.rfc3339,
            ended: run.ended?.rfc3339
        )
    }
}
