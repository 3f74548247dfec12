internal import SyncModel

extension SequenceDefinition {
    /// nil: something that it needs is missing, as was reported.
    init?(name: String, _ root: CheckedMapping, findings: inout Findings) {
        guard let list = root.list("steps") else { return nil }
        let written = list.compactMap { entry -> CheckedMapping? in
            guard case .mapping(let mapping) = entry.value else { return nil }
            return mapping
        }
        let steps = written.map { step in
            StepDefinition(
                syncs: step.texts("sync") ?? [],
                after: [],
                onFailure: step.choice("on_failure") ?? .stop,
                maxRejected: step.bound("max_rejected"),
                attempts: step.whole("attempts") ?? 1
            )
        }
        self.init(name: name, steps: steps, schedule: ScheduleDefinition(root))
        StepOrder.resolve(written, in: &self.steps, findings: &findings)
        description = root.text("description")
        if let span = root.span("randomized_delay") { randomizedDelay = span }
        if let choice: CatchUp = root.choice("catch_up") { catchUp = choice }
        catchUpDeadline = root.span("catch_up_deadline")
        if let choice: Overlap = root.choice("overlap") { overlap = choice }
        timeout = root.span("timeout")
        if let span = root.span("max_wait") { maxWait = span }
        pauseAfterFailures = root.whole("pause_after_failures")
        notify = NotificationDefinition.all(in: root.list("notify"))
    }
}

extension ScheduleDefinition {
    fileprivate init(_ root: CheckedMapping) {
        self.init()
        guard let written = root.mapping("schedule") else { return }
        if let calendars = written.texts("calendar") {
            kind = .calendar(calendars)
        } else if let span = written.span("every") {
            kind = .every(span)
        } else if let fields = written.text("cron") {
            kind = .cron(fields)
        }
        timezone = written.text("timezone")
        except = written.texts("except") ?? []
        gap = written.choice("dst_gap") ?? .next
        fold = written.choice("dst_fold") ?? .auto
    }
}
