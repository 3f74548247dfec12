package import CivilTime
package import SyncModel

/// A job that the org runs by its own clock: scheduled Apex, or a scheduled flow.
package struct ScheduledJob: Sendable, Equatable {
    /// The id of its CronTrigger.
    package var id: String
    package var name: String
    package var next: Timestamp?
    package var previous: Timestamp?
    /// What the org says of its objects: that of a scheduled flow; nothing of Apex.
    package var objects: [String]
    /// How long it took before, newest first.
    package var durations: [Duration]

    package init(id: String, name: String, next: Timestamp?, previous: Timestamp?, objects: [String] = []) {
        self.id = id
        self.name = name
        self.next = next
        self.previous = previous
        self.objects = objects
        durations = []
    }
}

/// Asynchronous Apex that is queued or at work.
package struct LiveJob: Sendable, Equatable {
    package var className: String
    /// The CronTrigger that started it, if one did.
    package var scheduledBy: String?
    package var since: Timestamp
    /// Salesforce's word: `Queued`, `Processing`.
    package var status: String

    package init(className: String, scheduledBy: String?, since: Timestamp, status: String) {
        self.className = className
        self.scheduledBy = scheduledBy
        self.since = since
        self.status = status
    }
}

/// What of the org's own work closes the gate, by what the org says and what `automation:` adds.
package struct OrgWork: Sendable, Equatable {
    package var windows: [DiscoveredWindow]
    /// Jobs of which nobody knows what they touch.
    package var unknown: [String]

    /// `before` is what an earlier look has found: a job that has fired names its next time only, and is still at work.
    package init(
        scheduled: [ScheduledJob],
        live: [LiveJob],
        automation: DestinationDefinition.Automation,
        destination: String,
        before: [DiscoveredWindow],
        now: Timestamp
    ) {
        windows = []
        unknown = []
        for job in scheduled {
            let written = automation.jobs.first { $0.name == job.name }
            let objects = written?.objects ?? job.objects
            if objects.isEmpty {
                unknown.append(job.name)
                continue
            }
            let (lasts, reason) = Self.span(of: job, written?.lasts)
            func window(_ from: Timestamp, _ until: Timestamp?, _ reason: String) -> DiscoveredWindow {
                DiscoveredWindow(
                    name: "job:\(job.name)",
                    destination: destination,
                    objects: objects,
                    from: from,
                    until: until,
                    reason: reason
                )
            }
            if let next = job.next { windows.append(window(next, next + lasts, reason)) }
            if let previous = job.previous, previous <= now, now < previous + lasts {
                windows.append(window(previous, previous + lasts, reason))
            }
            for work in live where work.scheduledBy == job.id {
                windows.append(window(work.since, nil, "\(work.className) is \(work.status.lowercased())"))
            }
        }
        for work in live {
            guard let objects = automation.watch[work.className] else { continue }
            windows.append(
                DiscoveredWindow(
                    name: "apex:\(work.className)",
                    destination: destination,
                    objects: objects,
                    from: work.since,
                    until: nil,
                    reason: "\(work.className) is \(work.status.lowercased())"
                )
            )
        }
        // Of live work there is no end to remember: it is there or it is not.
        windows += before.filter { known in
            guard let until = known.until else { return false }
            return known.from <= now && now < until
                && !windows.contains { $0.name == known.name && $0.from == known.from }
        }
        unknown.sort()
    }

    // MARK: - Implementation

    private static func span(of job: ScheduledJob, _ written: Duration?) -> (lasts: Duration, reason: String) {
        if let written { return (written, "lasts \(written.roughText) as written") }
        let samples = job.durations.map { ExpectedDuration.Sample(duration: $0, rows: 0) }
        guard let expected = ExpectedDuration(samples, plannedRows: nil) else {
            return (.seconds(1_800), "how long it takes is not known: 30min are kept")
        }
        return (expected.duration, "takes \(expected.duration.roughText): \(expected.reason)")
    }
}
