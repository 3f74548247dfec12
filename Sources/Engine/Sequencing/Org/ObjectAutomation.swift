internal import Gating
internal import Salesforce

/// Reads what an org does when a record of one object is saved (reference 07-events-and-automation, B1 to B5).
struct ObjectAutomation: Sendable {
    let client: SalesforceClient
    let object: String

    /// So many calls it takes.
    static let calls = 3

    /// - Throws: `SalesforceError`, not worth retrying when the user has no right to see it.
    func read() async throws -> AutomationInventory {
        let name = SOQL.quoted(object)
        let answers = try await client.queries([
            """
            SELECT Name, TableEnumOrId, UsageBeforeInsert, UsageAfterInsert, UsageBeforeUpdate, UsageAfterUpdate, \
            UsageBeforeDelete, UsageAfterDelete, UsageAfterUndelete, LastModifiedDate, LastModifiedBy.Name \
            FROM ApexTrigger WHERE Status = 'Active' LIMIT 2000
            """,
            """
            SELECT ApiName, TriggerType, RecordTriggerType, ProcessType, LastModifiedDate FROM FlowDefinitionView \
            WHERE ActiveVersionId != null AND TriggerObjectOrEvent.QualifiedApiName = \(name) LIMIT 2000
            """,
            """
            SELECT DeveloperName, LastModifiedDate, LastModifiedBy.Name FROM DuplicateRule \
            WHERE SobjectType = \(name) AND IsActive = true LIMIT 2000
            """,
            "SELECT Name, LastModifiedDate FROM AssignmentRule WHERE SobjectType = \(name) AND Active = true LIMIT 200",
            "SELECT DurableId FROM EntityDefinition WHERE QualifiedApiName = \(name) LIMIT 1",
        ])
        // A custom object is named by its id there, in 15 characters or in 18.
        let id = answers[4].first?.text("DurableId") ?? object
        func isOurs(_ record: SObjectRecord) -> Bool {
            guard let table = record.text("TableEnumOrId") else { return false }
            return table.lowercased() == object.lowercased() || table.prefix(15) == id.prefix(15)
        }
        var items = answers[0].filter(isOurs).map { item("trigger", $0, "Name", events(of: $0)) }
        items += answers[1].map { item("flow", $0, "ApiName", flowEvents(of: $0)) }
        items += answers[2].map { item("duplicate rule", $0, "DeveloperName") }
        items += answers[3].map { item("assignment rule", $0, "Name") }
        let rules = try await client.query(
            """
            SELECT ValidationName, ErrorMessage, LastModifiedDate FROM ValidationRule \
            WHERE EntityDefinition.QualifiedApiName = \(name) AND Active = true LIMIT 2000
            """,
            atMost: 2_000,
            tooling: true
        )
        items += rules.map { rule in
            var item = item("validation rule", rule, "ValidationName")
            item.message = rule.text("ErrorMessage")
            return item
        }
        let workflows = try await client.query(
            "SELECT Name, TableEnumOrId, LastModifiedDate FROM WorkflowRule LIMIT 2000",
            atMost: 2_000,
            tooling: true
        )
        items += workflows.filter(isOurs).map { item("workflow rule", $0, "Name") }
        return AutomationInventory(items)
    }

    // MARK: - Implementation

    private func item(
        _ kind: String,
        _ record: SObjectRecord,
        _ name: String,
        _ events: String = ""
    ) -> AutomationInventory.Item {
        AutomationInventory.Item(
            kind: kind,
            name: record.text(name) ?? "",
            events: events,
            changed: record.text("LastModifiedDate"),
            changedBy: record.text("LastModifiedBy.Name")
        )
    }

    private func events(of trigger: SObjectRecord) -> String {
        let usages = [
            ("UsageBeforeInsert", "before insert"), ("UsageAfterInsert", "after insert"),
            ("UsageBeforeUpdate", "before update"), ("UsageAfterUpdate", "after update"),
            ("UsageBeforeDelete", "before delete"), ("UsageAfterDelete", "after delete"),
            ("UsageAfterUndelete", "after undelete"),
        ]
        return usages.filter { trigger[path: $0.0]?.bool == true }.map(\.1).joined(separator: ", ")
    }

    private func flowEvents(of flow: SObjectRecord) -> String {
        // Process Builder says so by its process type.
        let kind = flow.text("ProcessType") == "Workflow" ? "Process Builder" : flow.text("TriggerType") ?? ""
        return [kind, flow.text("RecordTriggerType") ?? ""].filter { !$0.isEmpty && $0 != "None" }.joined(
            separator: ", "
        )
    }
}
