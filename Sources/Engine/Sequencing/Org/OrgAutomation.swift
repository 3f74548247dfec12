package import Salesforce

/// Something in the org that runs, or may refuse, when a record is written.
package struct AutomationItem: Sendable, Equatable {
    package enum Kind: String, Sendable, CaseIterable {
        case trigger
        case flow
        case workflowRule = "workflow-rule"
        case validationRule = "validation-rule"
        case duplicateRule = "duplicate-rule"
        case assignmentRule = "assignment-rule"
        case scheduledJob = "scheduled-job"
    }

    package var kind: Kind
    package var name: String
    package var isActive: Bool
    package var events: [String]
    package var lastChanged: String?
    package var changedBy: String?
    /// Of scheduled jobs.
    package var next: String?
}

/// What fires when an object's records are written (reference 07, part B); read fresh each time.
package struct OrgAutomation: Sendable {
    private let client: SalesforceClient

    package init(_ client: SalesforceClient) {
        self.client = client
    }

    /// Everything that is known to touch an object, and a notice for each sort that the user may not see.
    package func items(of object: String) async -> (items: [AutomationItem], notices: [String]) {
        var items: [AutomationItem] = []
        var notices: [String] = []
        for (what, ask) in [
            ("Apex triggers", triggers), ("flows", flows), ("workflow rules", workflowRules),
            ("validation rules", validationRules), ("duplicate rules", duplicateRules),
            ("assignment rules", assignmentRules), ("scheduled jobs", scheduledJobs),
        ] as [(String, (String) async throws -> [AutomationItem])] {
            do {
                items += try await ask(object)
            } catch {
                notices.append(
                    "\(what) can't be seen: \(Self.words(error)); the user needs View Setup and Configuration"
                )
            }
        }
        return (items, notices)
    }

    // MARK: - Implementation

    private func triggers(_ object: String) async throws -> [AutomationItem] {
        let events = ["Insert", "Update", "Delete"].flatMap { ["Before\($0)", "After\($0)"] } + ["AfterUndelete"]
        let records = try await query(
            "SELECT Name, Status, LastModifiedDate, LastModifiedBy.Name, \(events.map { "Usage\($0)" }.joined(separator: ", "))"
                + " FROM ApexTrigger WHERE TableEnumOrId = \(SOQL.quoted(try await tableID(of: object)))"
        )
        return records.map { record in
            item(
                .trigger,
                record,
                name: "Name",
                isActive: record.text("Status") == "Active",
                events: events.filter { record.text("Usage\($0)") == "true" }.map(Self.spaced)
            )
        }
    }

    private func flows(_ object: String) async throws -> [AutomationItem] {
        let records = try await query(
            """
            SELECT ApiName, ProcessType, TriggerType, RecordTriggerType, ActiveVersionId, LastModifiedDate FROM \
            FlowDefinitionView WHERE TriggerObjectOrEvent.QualifiedApiName = \(SOQL.quoted(object))
            """
        )
        return records.map { record in
            let events =
                record.text("ProcessType") == "Workflow"
                ? ["process builder"] : [record.text("TriggerType"), record.text("RecordTriggerType")]
            return item(
                .flow,
                record,
                name: "ApiName",
                isActive: record.text("ActiveVersionId") != nil,
                events: events.compactMap(\.self).map(Self.spaced)
            )
        }
    }

    private func workflowRules(_ object: String) async throws -> [AutomationItem] {
        // Whether one is active is in its metadata only, one row a query: each counts as active until it is looked at.
        try await query(
            "SELECT Name, LastModifiedDate FROM WorkflowRule WHERE TableEnumOrId = \(SOQL.quoted(try await tableID(of: object)))",
            tooling: true
        ).map { item(.workflowRule, $0, name: "Name", isActive: true, events: ["after save"]) }
    }

    private func validationRules(_ object: String) async throws -> [AutomationItem] {
        try await query(
            """
            SELECT ValidationName, Active, ErrorMessage, LastModifiedDate FROM ValidationRule \
            WHERE EntityDefinition.QualifiedApiName = \(SOQL.quoted(object))
            """,
            tooling: true
        ).map { record in
            item(
                .validationRule,
                record,
                name: "ValidationName",
                isActive: record.text("Active") == "true",
                events: ["refuses: \(record.text("ErrorMessage") ?? "")"]
            )
        }
    }

    private func duplicateRules(_ object: String) async throws -> [AutomationItem] {
        try await query(
            "SELECT DeveloperName, IsActive, LastModifiedDate FROM DuplicateRule WHERE SobjectType = \(SOQL.quoted(object))"
        ).map {
            item(
                .duplicateRule,
                $0,
                name: "DeveloperName",
                isActive: $0.text("IsActive") == "true",
                events: ["create, update"]
            )
        }
    }

    private func assignmentRules(_ object: String) async throws -> [AutomationItem] {
        guard ["Case", "Lead"].contains(object) else { return [] }
        return try await query(
            "SELECT Name, Active, LastModifiedDate FROM AssignmentRule WHERE SobjectType = \(SOQL.quoted(object))"
        ).map {
            item(
                .assignmentRule,
                $0,
                name: "Name",
                isActive: $0.text("Active") == "true",
                events: ["with its header only"]
            )
        }
    }

    /// The org does not tell what a scheduled job touches: all are named.
    private func scheduledJobs(_ object: String) async throws -> [AutomationItem] {
        try await query(
            """
            SELECT CronJobDetail.Name, CronJobDetail.JobType, State, NextFireTime FROM CronTrigger \
            WHERE State IN ('WAITING', 'ACQUIRED', 'EXECUTING')
            """
        ).filter { ["6", "7", "9"].contains($0.text("CronJobDetail.JobType") ?? "") }.map { record in
            var item = AutomationItem(
                kind: .scheduledJob,
                name: record.text("CronJobDetail.Name") ?? "(no name)",
                isActive: true,
                events: ["may touch any object"]
            )
            item.next = record.text("NextFireTime")
            return item
        }
    }

    /// Custom objects are named by Id there (reference 07, B1).
    private func tableID(of object: String) async throws -> String {
        guard object.hasSuffix("__c") else { return object }
        let soql = "SELECT DurableId FROM EntityDefinition WHERE QualifiedApiName = \(SOQL.quoted(object))"
        return try await client.query(soql, atMost: 2).first?.text("DurableId") ?? object
    }

    private func query(_ soql: String, tooling: Bool = false) async throws -> [SObjectRecord] {
        try await client.query(soql, atMost: 2_000, tooling: tooling)
    }

    private func item(
        _ kind: AutomationItem.Kind,
        _ record: SObjectRecord,
        name: String,
        isActive: Bool,
        events: [String]
    ) -> AutomationItem {
        AutomationItem(
            kind: kind,
            name: record.text(name) ?? "(no name)",
            isActive: isActive,
            events: events,
            lastChanged: record.text("LastModifiedDate"),
            changedBy: record.text("LastModifiedBy.Name")
        )
    }

    /// `BeforeInsert` as `before insert`.
    private static func spaced(_ name: String) -> String {
        name.reduce(into: "") { text, letter in
            if letter.isUppercase, !text.isEmpty { text += " " }
            text += letter.lowercased()
        }
    }

    private static func words(_ error: any Error) -> String {
        (error as? SalesforceError).map { "\($0.code): \($0.message)" } ?? "\(error)"
    }
}
