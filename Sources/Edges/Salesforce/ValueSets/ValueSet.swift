/// Where the values of a picklist live (reference 06, B1).
package enum ValueSetHolder: Sendable, Equatable {
    /// A custom field with values of its own; both are API names.
    case customField(object: String, field: String)
    /// Shared by several custom fields, by its developer name.
    case globalValueSet(name: String)
    /// Of a standard picklist, as `Industry` or `OpportunityStage`.
    case standardValueSet(name: String)
}

/// One value, with all that was read of it.
package struct ValueSetValue: Sendable, Equatable {
    /// The API name.
    package var valueName: String
    package var label: String
    package var isActive: Bool
    package var isDefault: Bool
    /// The members as read, which are sent back but for the four above.
    var rest: JSONObject

    package init(valueName: String, label: String, isActive: Bool = true, isDefault: Bool = false) {
        self.valueName = valueName
        self.label = label
        self.isActive = isActive
        self.isDefault = isDefault
        rest = JSONObject()
    }
}

/// A picklist's values as read, with all else that must be sent back when they are replaced.
package struct ValueSet: Sendable, Equatable {
    package let holder: ValueSetHolder
    package let fullName: String
    /// In the order of display; inactive ones only where Salesforce lists them (reference 06, B3).
    package let values: [ValueSetValue]
    package let isRestricted: Bool
    /// Of the Tooling API.
    let id: String
    let metadata: JSONObject
}

extension ValueSetValue {
    init?(_ value: JSONValue) {
        guard let object = value.object, let name = (object["valueName"] ?? object["fullName"])?.string else {
            return nil
        }
        valueName = name
        label = object["label"]?.string ?? name
        isActive = object["isActive"]?.bool ?? true
        isDefault = object["default"]?.bool ?? false
        rest = object
    }

    /// The value as Tooling takes it: as it was read, with what a caller may change.
    var json: JSONValue {
        var members = rest
        members.set("valueName", .string(valueName))
        members.set("label", .string(label))
        members.set("isActive", .bool(isActive))
        members.set("default", .bool(isDefault))
        return .object(members)
    }

    /// The value as the Metadata API takes a standard one, its elements in the order of the schema (reference 06, B2).
    var standardXML: String {
        var text = XMLText.element("fullName", valueName)
        func add(_ name: String) {
            if let value = rest[name]?.scalarText { text += XMLText.element(name, value) }
        }
        add("color")
        text += XMLText.element("default", isDefault ? "true" : "false")
        add("description")
        text += XMLText.element("isActive", isActive ? "true" : "false") + XMLText.element("label", label)
        for name in [
            "allowEmail", "closed", "converted", "cssExposed", "forecastCategory", "groupingString", "highPriority",
            "probability", "reverseRole", "reviewed", "won",
        ] {
            add(name)
        }
        return "<standardValue>\(text)</standardValue>"
    }
}

extension JSONObject {
    /// Replaces the member of this name, or adds it.
    mutating func set(_ name: String, _ value: JSONValue) {
        if let index = members.firstIndex(where: { $0.name == name }) {
            members[index].value = value
        } else {
            members.append(Member(name: name, value: value))
        }
    }
}
