extension Org {
    /// Puts the setup's records in place: what the schema, the triggers, flows and rules say of themselves.
    func plantSetup() {
        for type in SetupObjects.all() + StatusObjects.all() { schema.add(type) }
        let described = schema.types.filter {
            !$0.isToolingOnly && $0.name != "EntityDefinition" && $0.name != "FieldDefinition"
        }
        for type in described { plantEntity(type) }
        for name in schema.globalSets.keys.sorted() {
            let label = schema.globalSetLabels[name] ?? name
            let developer = name.hasSuffix("__gvs") ? String(name.dropLast(5)) : name
            plant(
                "GlobalValueSet",
                [
                    "DeveloperName": .text(developer), "MasterLabel": .text(label), "FullName": .text(name),
                    "ManageableState": .text("unmanaged"),
                    "Metadata": .text("{}"),
                ]
            )
        }
        for name in schema.standardSets.keys.sorted() {
            plant(
                "StandardValueSet",
                [
                    "DurableId": .text(name), "MasterLabel": .text(name), "FullName": .text(name),
                    "Metadata": .text("{}"),
                ]
            )
        }
        for type in described { plantAutomation(type) }
        for rule in duplicateRules {
            plant(
                "DuplicateRule",
                [
                    "DeveloperName": .text(rule.name), "MasterLabel": .text(rule.name.replacing("_", with: " ")),
                    "SobjectType": .text(rule.object),
                    "SobjectSubtype": .text("None"), "IsActive": .bool(rule.isActive), "Language": .text("en_US"),
                ]
            )
        }
        for name in Set(apexJobs.map(\.className)).sorted() {
            setupIds["class \(name)"] = plant(
                "ApexClass",
                [
                    "Name": .text(name), "ApiVersion": .number(60), "Status": .text("Active"), "IsValid": .bool(true),
                    "Body": .text("// not kept"),
                ]
            )
        }
        for (index, job) in apexJobs.enumerated() {
            setupIds["job \(index)"] = plant(
                "AsyncApexJob",
                [
                    "ApexClassId": setupIds["class \(job.className)"].map(Value.reference) ?? .null,
                    "JobType": .text("BatchApex"),
                    "TotalJobItems": .number(10), "NumberOfErrors": .number(0),
                ]
            )
        }
    }

    /// Brings up to date what depends on the hour: asynchronous jobs and scheduled ones.
    func refreshSetup(_ type: ObjectType) {
        switch type.name {
        case "AsyncApexJob": refreshApexJobs(type)
        case "CronTrigger": refreshCronTriggers(type)
        default: if StatusObjects.names.contains(type.name) { refreshStatuses(type) }
        }
    }

    // MARK: - Implementation

    private func plantEntity(_ type: ObjectType) {
        let developer = type.custom ? String(type.name.dropLast(3)) : type.name
        let custom =
            type.custom
            ? plant("CustomObject", ["DeveloperName": .text(developer), "FullName": .text(type.name)]) : nil
        let durable = custom?.short ?? type.name
        let entity = plant(
            "EntityDefinition",
            [
                "DurableId": .text(durable), "QualifiedApiName": .text(type.name), "DeveloperName": .text(developer),
                "Label": .text(type.label),
                "PluralLabel": .text(type.plural), "MasterLabel": .text(type.label),
                "KeyPrefix": .text(type.keyPrefix.description),
                "IsCustomizable": .bool(!type.isSetup || type.custom), "IsTriggerable": .bool(type.triggerable),
                "IsApexTriggerable": .bool(type.triggerable),
                "IsQueryable": .bool(type.queryable), "PublisherId": .text(type.custom ? "<local>" : "System"),
                "IsEverCreatable": .bool(type.createable), "IsEverUpdatable": .bool(type.updateable),
                "IsEverDeletable": .bool(type.deletable),
            ]
        )
        setupIds["entity \(type.name)"] = entity
        setupIds["table \(type.name)"] = custom
        if type.isSetup { return }
        for field in type.fields {
            let bare = field.custom ? String(field.name.dropLast(3)) : field.name
            plant(
                "FieldDefinition",
                [
                    "DurableId": .text("\(durable).\(field.name)"), "QualifiedApiName": .text(field.name),
                    "DeveloperName": .text(bare),
                    "Label": .text(field.label), "MasterLabel": .text(field.label),
                    "DataType": .text(dataType(of: field)),
                    "EntityDefinitionId": .reference(entity), "Length": .number(Double(field.length)),
                    "Precision": .number(Double(field.precision)),
                    "Scale": .number(Double(field.scale)), "IsNillable": .bool(field.nillable),
                    "IsIndexed": .bool(field.externalId || field.idLookup),
                    "IsNameField": .bool(field.nameField), "ValueTypeId": .text(field.type.rawValue),
                ]
            )
            guard field.custom else { continue }
            setupIds["field \(type.name).\(field.name)"] = plant(
                "CustomField",
                [
                    "DeveloperName": .text(bare), "TableEnumOrId": .text(custom?.long ?? type.name),
                    "ManageableState": .text("unmanaged"),
                    "FullName": .text("\(type.name).\(field.name)"), "Metadata": .text("{}"),
                    "EntityDefinitionId": .reference(entity),
                    "Length": .number(Double(field.length)), "Precision": .number(Double(field.precision)),
                    "Scale": .number(Double(field.scale)),
                ]
            )
        }
    }

    /// `Text(255) (External ID) (Unique Case Insensitive)` and the like.
    private func dataType(of field: Field) -> String {
        var text = metadataType(of: field)
        if field.type == .string { text += "(\(field.length))" }
        if field.type.isNumber, field.precision > 0 { text += "(\(field.precision - field.scale), \(field.scale))" }
        if field.type == .reference { text += "(\(field.referenceTo.joined(separator: ",")))" }
        if field.externalId { text += " (External ID)" }
        if field.unique { text += field.caseSensitive ? " (Unique Case Sensitive)" : " (Unique Case Insensitive)" }
        return text
    }

    private func plantAutomation(_ type: ObjectType) {
        guard let automation = automations[type.name], let entity = setupIds["entity \(type.name)"] else { return }
        let table = setupIds["table \(type.name)"]?.long ?? type.name
        for trigger in automation.triggers {
            let has = { (event: String) in Value.bool(trigger.events.contains(event)) }
            plant(
                "ApexTrigger",
                [
                    "Name": .text(trigger.name), "TableEnumOrId": .text(table),
                    "Status": .text(trigger.isActive ? "Active" : "Inactive"),
                    "IsValid": .bool(true), "ApiVersion": .number(60),
                    "Body": .text("trigger \(trigger.name) on \(type.name) {}"),
                    "UsageBeforeInsert": has("insert"), "UsageAfterInsert": has("insert"),
                    "UsageBeforeUpdate": has("update"),
                    "UsageAfterUpdate": has("update"), "UsageBeforeDelete": has("delete"),
                    "UsageAfterDelete": has("delete"),
                    "UsageAfterUndelete": has("undelete"), "UsageIsBulk": .bool(true),
                    "EntityDefinitionId": .reference(entity),
                ]
            )
        }
        for rule in automation.rules {
            let metadata = JSONValue.members([
                "active": .bool(rule.isActive), "description": .null, "errorConditionFormula": .string(rule.condition),
                "errorDisplayField": .text(rule.field), "errorMessage": .string(rule.message),
                "shouldEvaluateOnClient": .null, "urls": .null,
            ])
            plant(
                "ValidationRule",
                [
                    "ValidationName": .text(rule.name), "Active": .bool(rule.isActive),
                    "ErrorMessage": .text(rule.message),
                    "ErrorDisplayField": rule.field.map(Value.text) ?? .null, "EntityDefinitionId": .reference(entity),
                    "FullName": .text("\(type.name).\(rule.name)"),
                    "Metadata": .text(String(decoding: metadata.encoded(), as: UTF8.self)),
                ]
            )
        }
        for flow in automation.flows { plant(flow, type, entity) }
    }

    private func plant(_ flow: Flow, _ type: ObjectType, _ entity: RecordID) {
        let recordTrigger =
            flow.events.isSuperset(of: ["insert", "update"])
            ? "CreateAndUpdate"
            : flow.events.contains("insert") ? "Create" : flow.events.contains("update") ? "Update" : "Delete"
        let isScheduled = flow.type == "Scheduled"
        let start = JSONValue.members([
            "object": .string(type.name), "triggerType": .string(flow.type),
            "recordTriggerType": isScheduled ? .null : .string(recordTrigger),
            "schedule": isScheduled
                ? .members(["frequency": .string("Daily"), "startDate": .null, "startTime": .null]) : .null,
        ])
        let metadata = JSONValue.members([
            "label": .string(flow.name), "processType": .string("AutoLaunchedFlow"),
            "status": .string(flow.isActive ? "Active" : "Draft"), "start": start,
        ])
        let version = plant(
            "Flow",
            [
                "MasterLabel": .text(flow.name), "VersionNumber": .number(1),
                "Status": .text(flow.isActive ? "Active" : "Draft"),
                "ProcessType": .text("AutoLaunchedFlow"), "FullName": .text("\(flow.name)-1"),
                "RunInMode": .text("DefaultMode"),
                "Metadata": .text(String(decoding: metadata.encoded(), as: UTF8.self)),
            ]
        )
        let definition = plant(
            "FlowDefinition",
            [
                "DeveloperName": .text(flow.name), "MasterLabel": .text(flow.name),
                "ActiveVersionId": flow.isActive ? .reference(version) : .null,
                "LatestVersionId": .reference(version), "ManageableState": .text("unmanaged"),
            ]
        )
        if let flows = schema["Flow"], let position = flows.position(of: "DefinitionId"),
            var record = self.table(of: flows).record(version.number)
        {
            self.table(of: flows).store(.reference(definition), in: position, of: &record)
            self.table(of: flows).replace(version.number, with: record)
        }
        plant(
            "FlowDefinitionView",
            [
                "DurableId": .text(definition.short), "ApiName": .text(flow.name), "Label": .text(flow.name),
                "ProcessType": .text("AutoLaunchedFlow"),
                "TriggerType": .text(flow.type),
                "RecordTriggerType": isScheduled ? .text("None") : .text(recordTrigger),
                "TriggerObjectOrEventId": .reference(entity), "TriggerObjectOrEventLabel": .text(type.label),
                "IsActive": .bool(flow.isActive),
                "ActiveVersionId": flow.isActive ? .text(version.long) : .null, "LatestVersionId": .text(version.long),
                "VersionNumber": .number(1),
                "HasAsyncAfterCommitPath": .bool(false), "ManageableState": .text("unmanaged"),
            ]
        )
        guard let cron = flow.cron else { return }
        let detail = plant("CronJobDetail", ["Name": .text(flow.name), "JobType": .text(isScheduled ? "6" : "7")])
        plant(
            "CronTrigger",
            [
                "CronJobDetailId": .reference(detail), "CronExpression": .text(cron), "TimeZoneSidKey": .text("GMT"),
                "State": .text(flow.isActive ? "WAITING" : "PAUSED"), "StartTime": .dateTime(clock.now.milliseconds),
                "OwnerId": .reference(administrator),
            ]
        )
    }

    private func refreshApexJobs(_ type: ObjectType) {
        let table = table(of: type)
        for (index, job) in apexJobs.enumerated() {
            guard let id = setupIds["job \(index)"], var record = table.record(id.number) else { continue }
            let passed = clock.now.milliseconds - job.startsAt.milliseconds
            let isDone = passed >= Int64(job.milliseconds)
            record.createdAt = job.startsAt
            record.isDeleted = passed < 0
            set("Status", .text(isDone ? "Completed" : "Processing"), &record, table)
            let items = isDone ? 10 : max(0, Int(passed) * 10 / max(job.milliseconds, 1))
            set("JobItemsProcessed", .number(Double(items)), &record, table)
            let end = job.startsAt.advanced(byMilliseconds: Int64(job.milliseconds))
            set("CompletedDate", isDone ? .dateTime(end.milliseconds) : .null, &record, table)
            table.replace(id.number, with: record)
        }
    }

    private func refreshCronTriggers(_ type: ObjectType) {
        let table = table(of: type)
        guard let expression = type.position(of: "CronExpression") else { return }
        for (offset, old) in table.records.enumerated() {
            guard case .text(let text) = table.stored(expression, of: old), let schedule = CronExpression(text) else {
                continue
            }
            var record = old
            set(
                "NextFireTime",
                schedule.next(after: clock.now).map { .dateTime($0.milliseconds) } ?? .null,
                &record,
                table
            )
            table.replace(offset + 1, with: record)
        }
    }
}
