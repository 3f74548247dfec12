/// The objects of the setup: what runs in the org, and how it is made.
enum SetupObjects {
    static func all() -> [ObjectType] {
        [
            object(
                "EntityDefinition",
                "4ie",
                tooling: false,
                [
                    .text("DurableId", 255), .text("QualifiedApiName", 255), .text("DeveloperName", 255),
                    .text("Label", 255),
                    .text("PluralLabel", 255), .text("MasterLabel", 255), .text("KeyPrefix", 3),
                    .text("NamespacePrefix", 15),
                    .flag("IsCustomizable"), .flag("IsTriggerable"), .flag("IsQueryable"), .flag("IsCustomSetting"),
                    .text("PublisherId", 255),
                    .flag("IsApexTriggerable"), .flag("IsWorkflowEnabled"), .flag("IsEverCreatable"),
                    .flag("IsEverUpdatable"), .flag("IsEverDeletable"),
                ]
            ),
            object(
                "FieldDefinition",
                "4fd",
                tooling: false,
                [
                    .text("DurableId", 255), .text("QualifiedApiName", 255), .text("DeveloperName", 255),
                    .text("Label", 255),
                    .text("MasterLabel", 255), .text("DataType", 255), .text("NamespacePrefix", 15), .whole("Length"),
                    .whole("Precision"),
                    .whole("Scale"), .flag("IsNillable"), .flag("IsIndexed"), .flag("IsCalculated"),
                    .flag("IsNameField"),
                    .lookup("EntityDefinitionId", "EntityDefinition"), .text("ValueTypeId", 80),
                    .text("RelationshipName", 255),
                ]
            ),
            object(
                "ApexClass",
                "01p",
                tooling: false,
                [
                    .text("Name", 255), .text("NamespacePrefix", 15), .decimal("ApiVersion", 18, 1),
                    .text("Status", 40), .flag("IsValid"), .area("Body"),
                ]
            ),
            object(
                "ApexTrigger",
                "01q",
                tooling: false,
                [
                    .text("Name", 255), .text("NamespacePrefix", 15), .text("TableEnumOrId", 40), .text("Status", 40),
                    .flag("IsValid"),
                    .decimal("ApiVersion", 18, 1), .area("Body"), .flag("UsageBeforeInsert"), .flag("UsageAfterInsert"),
                    .flag("UsageBeforeUpdate"), .flag("UsageAfterUpdate"), .flag("UsageBeforeDelete"),
                    .flag("UsageAfterDelete"),
                    .flag("UsageAfterUndelete"), .flag("UsageIsBulk"),
                    .lookup("EntityDefinitionId", "EntityDefinition"),
                ]
            ),
            object(
                "FlowDefinitionView",
                "3dd",
                tooling: false,
                [
                    .text("DurableId", 255), .text("ApiName", 255), .text("Label", 255), .text("Description", 255),
                    .text("ProcessType", 40),
                    .text("TriggerType", 40), .text("RecordTriggerType", 40), .whole("TriggerOrder"),
                    .lookup("TriggerObjectOrEventId", "EntityDefinition"), .text("TriggerObjectOrEventLabel", 255),
                    .flag("IsActive"),
                    .text("ActiveVersionId", 255), .text("LatestVersionId", 255), .whole("VersionNumber"),
                    .flag("HasAsyncAfterCommitPath"),
                    .text("NamespacePrefix", 15), .text("ManageableState", 40),
                ]
            ),
            object(
                "FlowDefinition",
                "300",
                tooling: true,
                [
                    .text("DeveloperName", 255), .text("MasterLabel", 255), .text("NamespacePrefix", 15),
                    .lookup("ActiveVersionId", "Flow", relation: "ActiveVersion"),
                    .lookup("LatestVersionId", "Flow", relation: "LatestVersion"), .text("ManageableState", 40),
                ]
            ),
            object(
                "Flow",
                "301",
                tooling: true,
                [
                    .lookup("DefinitionId", "FlowDefinition"), .text("MasterLabel", 255), .whole("VersionNumber"),
                    .text("Status", 40),
                    .text("ProcessType", 40), .text("Description", 255), .text("RunInMode", 40), .text("FullName", 255),
                    complex("Metadata"),
                ]
            ),
            object(
                "CustomObject",
                "01I",
                tooling: true,
                [.text("DeveloperName", 255), .text("NamespacePrefix", 15), .text("FullName", 255)]
            ),
            object(
                "CustomField",
                "00N",
                tooling: true,
                [
                    .text("DeveloperName", 255), .text("NamespacePrefix", 15), .text("TableEnumOrId", 40),
                    .text("ManageableState", 40),
                    .text("FullName", 255), complex("Metadata"), .lookup("EntityDefinitionId", "EntityDefinition"),
                    .whole("Length"),
                    .whole("Precision"), .whole("Scale"),
                ]
            ),
            object(
                "GlobalValueSet",
                "0Nt",
                tooling: true,
                [
                    .text("DeveloperName", 255), .text("MasterLabel", 255), .text("NamespacePrefix", 15),
                    .text("ManageableState", 40),
                    .text("Description", 255), .text("FullName", 255), complex("Metadata"),
                ]
            ),
            object(
                "StandardValueSet",
                "4sv",
                tooling: true,
                [.text("DurableId", 255), .text("MasterLabel", 255), .text("FullName", 255), complex("Metadata")]
            ),
            object(
                "ValidationRule",
                "03d",
                tooling: true,
                [
                    .text("ValidationName", 255), .flag("Active"), .area("ErrorMessage", 255),
                    .text("ErrorDisplayField", 255), .text("Description", 255),
                    .lookup("EntityDefinitionId", "EntityDefinition"), .text("NamespacePrefix", 15),
                    .text("FullName", 255), complex("Metadata"),
                ]
            ),
            object(
                "WorkflowRule",
                "01Q",
                tooling: true,
                [
                    .text("Name", 255), .text("TableEnumOrId", 40), .text("NamespacePrefix", 15),
                    .text("FullName", 255), complex("Metadata"),
                ]
            ),
            object(
                "DuplicateRule",
                "0Bm",
                tooling: false,
                [
                    .text("DeveloperName", 255), .text("MasterLabel", 255), .text("SobjectType", 40),
                    .text("SobjectSubtype", 40), .flag("IsActive"),
                    .text("Language", 10), .text("NamespacePrefix", 15),
                ]
            ),
            object(
                "AssignmentRule",
                "01R",
                tooling: false,
                [.text("Name", 255), .text("SobjectType", 40), .flag("Active")]
            ),
            object("CronJobDetail", "08a", tooling: false, [.text("Name", 255), .text("JobType", 10)]),
            object(
                "CronTrigger",
                "08e",
                tooling: false,
                [
                    .lookup("CronJobDetailId", "CronJobDetail"), .text("CronExpression", 255),
                    .text("TimeZoneSidKey", 40), .text("State", 16),
                    .moment("NextFireTime"), .moment("PreviousFireTime"), .moment("StartTime"), .moment("EndTime"),
                    .whole("TimesTriggered"),
                    .lookup("OwnerId", "User"),
                ]
            ),
            object(
                "AsyncApexJob",
                "707",
                tooling: false,
                [
                    .lookup("ApexClassId", "ApexClass"), .text("JobType", 40), .text("Status", 40),
                    .text("ExtendedStatus", 255), .text("MethodName", 255),
                    .whole("TotalJobItems"), .whole("JobItemsProcessed"), .whole("NumberOfErrors"),
                    .moment("CompletedDate"),
                    .lookup("ParentJobId", "AsyncApexJob"), .lookup("CronTriggerId", "CronTrigger"),
                ]
            ),
        ]
    }

    static func object(_ name: String, _ prefix: String, tooling: Bool, _ fields: [Field]) -> ObjectType {
        let type = StandardObjects.setup(.standard(name, prefix, owned: false, fields.map(\.readOnly)))
        type.isToolingOnly = tooling
        return type
    }

    private static func complex(_ name: String) -> Field {
        Field(name: name, label: name, type: .complexvalue).changed {
            $0.filterable = false
            $0.sortable = false
        }
    }
}
