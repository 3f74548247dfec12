internal import CivilTime
internal import Gating
internal import Salesforce

/// What an org says of its scheduled and running work (reference 07-events-and-automation, B2, B6 and B7).
struct OrgJobs: Sendable {
    var scheduled: [ScheduledJob]
    var live: [LiveJob]
    var zone: String?

    /// One call.
    ///
    /// - Throws: `SalesforceError`, not worth retrying when the user has no right to see it.
    static func read(_ client: SalesforceClient) async throws -> OrgJobs {
        let answers = try await client.queries([
            """
            SELECT Id, CronJobDetail.Name, CronJobDetail.JobType, State, NextFireTime, PreviousFireTime FROM CronTrigger \
            WHERE State IN ('WAITING','ACQUIRED','EXECUTING') ORDER BY NextFireTime LIMIT 2000
            """,
            """
            SELECT Id, ApexClass.Name, JobType, Status, CreatedDate, CronTriggerId FROM AsyncApexJob \
            WHERE Status IN ('Holding','Queued','Preparing','Processing') LIMIT 2000
            """,
            """
            SELECT Id, CreatedDate, CompletedDate, CronTriggerId FROM AsyncApexJob \
            WHERE Status = 'Completed' AND CronTriggerId != null ORDER BY CompletedDate DESC LIMIT 500
            """,
            """
            SELECT ApiName, Label, TriggerObjectOrEvent.QualifiedApiName FROM FlowDefinitionView \
            WHERE TriggerType = 'Scheduled' LIMIT 2000
            """,
            "SELECT TimeZoneSidKey FROM Organization LIMIT 1",
        ])
        let flows = answers[3]
        var durations: [String: [Duration]] = [:]
        for record in answers[2] {
            guard let id = record.text("CronTriggerId"), let from = record.time("CreatedDate"),
                let until = record.time("CompletedDate")
            else { continue }
            durations[id, default: []].append(until - from)
        }
        let scheduled = answers[0].compactMap { record -> ScheduledJob? in
            guard let id = record.id, let name = record.text("CronJobDetail.Name"),
                let type = record.text("CronJobDetail.JobType"), writingJobTypes.contains(type)
            else { return nil }
            var job = ScheduledJob(
                id: id,
                name: name,
                next: record.time("NextFireTime"),
                previous: record.time("PreviousFireTime"),
                objects: type == scheduledFlow ? objects(ofFlow: name, flows) : []
            )
            job.durations = durations[id] ?? []
            return job
        }
        let live = answers[1].compactMap { record -> LiveJob? in
            // The job of a schedule is queued for as long as it is scheduled, and does nothing meanwhile.
            guard let name = record.text("ApexClass.Name"), let since = record.time("CreatedDate"),
                record.text("JobType") != "ScheduledApex"
            else { return nil }
            return LiveJob(
                className: name,
                scheduledBy: record.text("CronTriggerId"),
                since: since,
                status: record.text("Status") ?? "under way"
            )
        }
        return OrgJobs(scheduled: scheduled, live: live, zone: answers[4].first?.text("TimeZoneSidKey"))
    }

    // MARK: - Implementation

    private static let scheduledFlow = "6"
    /// Scheduled flows, scheduled Apex, batches; exports, reports and dashboards write no records.
    private static let writingJobTypes: Set<String> = [scheduledFlow, "7", "9"]

    /// A scheduled flow's job has the flow's name, or begins with it.
    private static func objects(ofFlow job: String, _ flows: [SObjectRecord]) -> [String] {
        let found = flows.first { flow in
            [flow.text("ApiName"), flow.text("Label")].compactMap(\.self).contains {
                job == $0 || job.hasPrefix("\($0) ")
            }
        }
        return [found?.text("TriggerObjectOrEvent.QualifiedApiName")].compactMap(\.self)
    }
}

extension SObjectRecord {
    /// A datetime as Salesforce writes it, `2026-03-02T10:00:00.000+0000`.
    func time(_ path: String) -> Timestamp? {
        guard let text = text(path) else { return nil }
        return Timestamp(rfc3339: text.hasSuffix("+0000") ? text.dropLast(5) + "Z" : text)
    }
}
