/// An object as describe shows it.
///
/// Confined to the org that owns it.
final class ObjectType {
    let name: String
    var label: String
    var plural: String
    let keyPrefix: KeyPrefix
    private(set) var fields: [Field] = []
    private var positions: [String: Int] = [:]
    private var relationships: [String: Int] = [:]
    var custom = false
    var createable = true
    var updateable = true
    var deletable = true
    var queryable = true
    var mergeable = false
    var undeletable = true
    var triggerable = true
    /// Records of the setup, which no call but the Tooling API's changes.
    var isSetup = false
    /// Only the Tooling API knows it.
    var isToolingOnly = false
    var isBulkSupported = true
    /// What describe says of how people use it.
    var traitsOfUse: Set<ObjectUse> = []
    var recordTypes: [RecordTypeEntry] = []
    /// A platform event.
    var isEvent: Bool { name.hasSuffix("__e") }
    /// Positions of the fields that a new record must bring, and of those with an index that forbids doubles.
    private(set) var requiredFields: [Int] = []
    private(set) var uniqueFields: [Int] = []
    private(set) var defaultedFields: [Int] = []
    private(set) var numberedFields: [Int] = []
    /// Standard lookups to the object itself that may change; custom ones may lead in a circle.
    private(set) var hierarchyFields: [Int] = []
    /// What saving asks of each field, by position.
    private(set) var traits: [FieldTraits] = []

    init(name: String, label: String, plural: String? = nil, prefix: String) {
        self.name = name
        self.label = label
        self.plural = plural ?? label + "s"
        keyPrefix = KeyPrefix(prefix)
    }

    func position(of name: String) -> Int? {
        if let position = positions[name] { return position }
        return positions[name.lowercased()]
    }

    func field(_ name: String) -> Field? { position(of: name).map { fields[$0] } }

    /// The reference field that a relationship name follows.
    func relationship(_ name: String) -> Int? { relationships[name.lowercased()] }

    /// Adds a field, or puts it in the place of one of the same name.
    func add(_ field: Field) {
        if let old = positions[field.name.lowercased()] {
            fields[old] = field
        } else {
            positions[field.name.lowercased()] = fields.count
            fields.append(field)
        }
        summarize()
    }

    func change(_ position: Int, _ body: (inout Field) -> Void) {
        body(&fields[position])
        summarize()
    }

    /// A child that has no life of its own in lists and searches.
    var isSubordinate: Bool { traitsOfUse.contains(.subordinate) || traitsOfUse.contains(.bare) }

    var isSearchable: Bool { !isSetup && !isEvent && !traitsOfUse.contains(.subordinate) }

    /// The names of `urls` in describe, in their order.
    var resources: [String] {
        if isEvent {
            return ["compactLayouts", "rowTemplate", "eventSchema", "describe", "quickActions", "layouts", "sobject"]
        }
        switch name {
        case "Organization": return ["rowTemplate", "describe", "sobject"]
        case "UserRole": return ["compactLayouts", "rowTemplate", "describe", "sobject"]
        case "CampaignMember": return ["compactLayouts", "rowTemplate", "describe", "layouts", "sobject"]
        case "OpportunityContactRole":
            return ["compactLayouts", "rowTemplate", "describe", "quickActions", "layouts", "sobject"]
        case "User":
            return [
                "compactLayouts", "rowTemplate", "namedLayouts", "passwordUtilities", "describe", "quickActions",
                "layouts",
                "sobject",
            ]
        case "Case":
            return [
                "compactLayouts", "rowTemplate", "approvalLayouts", "caseArticleSuggestions",
                "caseRowArticleSuggestions",
                "listviews", "describe", "quickActions", "layouts", "sobject",
            ]
        default:
            if isSetup { return ["rowTemplate", "describe", "sobject"] }
            return [
                "compactLayouts", "rowTemplate", "approvalLayouts", "listviews", "describe", "quickActions", "layouts",
                "sobject",
            ]
        }
    }

    private func summarize() {
        relationships = [:]
        requiredFields = []
        uniqueFields = []
        defaultedFields = []
        numberedFields = []
        hierarchyFields = []
        traits = fields.map(FieldTraits.init)
        for (position, field) in fields.enumerated() {
            positions[field.name] = position
            if let name = field.relationshipName, !field.referenceTo.isEmpty {
                relationships[name.lowercased()] = position
            }
            if field.isRequired { requiredFields.append(position) }
            if field.unique { uniqueFields.append(position) }
            if field.autoNumber { numberedFields.append(position) }
            if field.updateable, !field.custom, field.referenceTo.contains(name) { hierarchyFields.append(position) }
            if !field.defaultValue.isNull, field.type != .boolean { defaultedFields.append(position) }
        }
    }
}

/// How people use an object, where describe tells it.
enum ObjectUse {
    /// It has a feed.
    case fed
    /// Clones take its children along.
    case cloned
    /// It lives by its parent: no recycle bin, no search.
    case subordinate
    /// It has no page.
    case bare
}

/// A record type of an object.
struct RecordTypeEntry {
    var name: String
    var label: String
    var description: String?
    var isActive = true
    var isDefault = false
    var id: RecordID
    /// Of each picklist that it narrows: the values it has, folded.
    var picklists: [String: Set<String>] = [:]
}

/// The few facts of a field that every saved value is held against, without the weight of the rest.
struct FieldTraits {
    var createable: Bool
    var updateable: Bool
    var nillable: Bool
    var isBoolean: Bool
    var caseSensitive: Bool

    init(_ field: Field) {
        createable = field.createable
        updateable = field.updateable
        nillable = field.nillable
        isBoolean = field.type == .boolean
        caseSensitive = field.caseSensitive
    }
}
