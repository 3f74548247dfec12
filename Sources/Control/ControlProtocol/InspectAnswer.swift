/// `inspect [OBJECT] [--destination D]`: always read fresh.
package struct InspectAnswer: Codable, Sendable, Equatable {
    package struct ObjectEntry: Codable, Sendable, Equatable {
        package var name: String
        package var label: String
        /// `object`, `event` or `picklist`.
        package var kind: String
        package var createable: Bool
        package var updateable: Bool
        package var deletable: Bool

        package init(name: String, label: String, kind: String, createable: Bool, updateable: Bool, deletable: Bool) {
            self.name = name
            self.label = label
            self.kind = kind
            self.createable = createable
            self.updateable = updateable
            self.deletable = deletable
        }
    }

    package struct FieldEntry: Codable, Sendable, Equatable {
        package var name: String
        package var label: String
        package var type: String
        package var createable: Bool
        package var updateable: Bool
        package var required: Bool
        package var externalId: Bool
        package var unique: Bool
        /// A good match field: an external id, and unique.
        package var recommended: Bool
        package var referenceTo: [String]

        package init(
            name: String,
            label: String,
            type: String,
            createable: Bool,
            updateable: Bool,
            required: Bool,
            externalID: Bool,
            unique: Bool,
            referenceTo: [String]
        ) {
            self.name = name
            self.label = label
            self.type = type
            self.createable = createable
            self.updateable = updateable
            self.required = required
            externalId = externalID
            self.unique = unique
            recommended = externalID && unique
            self.referenceTo = referenceTo
        }
    }

    package struct AutomationEntry: Codable, Sendable, Equatable {
        /// `trigger`, `flow`, `workflow-rule`, `validation-rule`, `duplicate-rule`, `assignment-rule` or `scheduled-job`.
        package var kind: String
        package var name: String
        package var active: Bool
        package var events: [String]
        @OrNull package var lastChanged: String?
        @OrNull package var changedBy: String?
        /// Of scheduled jobs.
        @OrNull package var next: String?

        package init(kind: String, name: String, active: Bool, events: [String]) {
            self.kind = kind
            self.name = name
            self.active = active
            self.events = events
            lastChanged = nil
            changedBy = nil
            next = nil
        }
    }

    package var schema = ControlCoding.schema
    package var destination: String
    /// Null: the list of all objects.
    @OrNull package var object: String?
    package var objects: [ObjectEntry]
    package var fields: [FieldEntry]
    package var automation: [AutomationEntry]
    package var notices: [String]

    package init(
        destination: String,
        object: String?,
        objects: [ObjectEntry] = [],
        fields: [FieldEntry] = [],
        automation: [AutomationEntry] = [],
        notices: [String] = []
    ) {
        self.destination = destination
        self.object = object
        self.objects = objects
        self.fields = fields
        self.automation = automation
        self.notices = notices
    }
}
