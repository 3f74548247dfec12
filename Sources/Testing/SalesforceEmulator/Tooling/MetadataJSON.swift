/// `Metadata` as the Tooling API shows it, and read back from there (reference 06 B2, B4).
extension Org {
    func metadata(of type: ObjectType, _ position: Int) -> JSONValue {
        let field = type.fields[position]
        var json = JSONValue.members([
            "businessOwnerGroup": .null, "businessStatus": .null,
            "caseSensitive": field.unique ? .bool(field.caseSensitive) : .null,
            "defaultValue": field.type == .boolean ? json(field.defaultValue, of: field) : .null,
            "deleteConstraint": .null,
            "deprecated": .null, "description": .null, "displayFormat": .text(field.displayFormat),
            "externalId": .bool(field.externalId), "formula": .null, "inlineHelpText": .text(field.inlineHelpText),
            "label": .string(field.label),
        ])
        json.set("length", field.type.isText && field.picklist == nil ? .int(field.length) : .null)
        json.set("precision", field.precision > 0 ? .int(field.precision) : .null)
        json.set("referenceTo", .text(field.referenceTo.first))
        json.set(
            "relationshipName",
            .text(field.childRelationshipName.map { $0.hasSuffix("__r") ? String($0.dropLast(3)) : $0 })
        )
        json.set("required", .bool(!field.nillable && field.type != .boolean))
        json.set("scale", field.precision > 0 ? .int(field.scale) : .null)
        json.set("trackHistory", .bool(false))
        json.set("type", .string(metadataType(of: field)))
        json.set("unique", field.unique ? .bool(true) : .null)
        json.set("urls", .null)
        json.set("valueSet", valueSet(of: field))
        json.set("visibleLines", .null)
        return json
    }

    func metadata(ofGlobalSet name: String) -> JSONValue {
        .members([
            "customValue": .array((schema.globalSets[name] ?? []).map { shown($0, standard: false) }),
            "description": .null,
            "masterLabel": .string(schema.globalSetLabels[name] ?? name), "sorted": .bool(false), "urls": .null,
        ])
    }

    func metadata(ofStandardSet name: String) -> JSONValue {
        .members([
            "groupingStringEnum": .null, "sorted": .bool(false),
            "standardValue": .array(
                (schema.standardSets[name] ?? []).filter(\.isActive).map { shown($0, standard: true) }
            ),
            "urls": .null,
        ])
    }

    /// The values of a JSON list of them.
    func picklistValues(_ list: JSONValue?) throws(SaveError) -> [PicklistValue] {
        guard let items = list?.array else {
            throw SaveError("REQUIRED_FIELD_MISSING", "Required field is missing: value", ["value"])
        }
        var values: [PicklistValue] = []
        for item in items {
            guard let name = (item["valueName"] ?? item["fullName"])?.string ?? item["label"]?.string else {
                throw SaveError("REQUIRED_FIELD_MISSING", "Required field is missing: valueName", ["valueName"])
            }
            let known = ["valueName", "fullName", "label", "default", "isActive", "color", "description", "urls"]
            values.append(
                PicklistValue(
                    name: name,
                    label: item["label"]?.string ?? name,
                    isActive: item["isActive"]?.bool ?? true,
                    isDefault: item["default"]?.bool ?? false,
                    extras: (item.members ?? []).filter { !known.contains($0.name) && !$0.value.isNull }
                )
            )
        }
        return values
    }

    /// The Metadata API's name of a field's type.
    func metadataType(of field: Field) -> String {
        switch field.type {
        case .string: field.autoNumber ? "AutoNumber" : "Text"
        case .textarea:
            field.extraTypeInfo == "richtextarea" ? "Html" : field.length > 255 ? "LongTextArea" : "TextArea"
        case .phone: "Phone"
        case .url: "Url"
        case .email: "Email"
        case .picklist, .combobox: "Picklist"
        case .multipicklist: "MultiselectPicklist"
        case .boolean: "Checkbox"
        case .int, .long, .double: "Number"
        case .currency: "Currency"
        case .percent: "Percent"
        case .date: "Date"
        case .datetime: "DateTime"
        case .time: "Time"
        case .reference: field.relationshipOrder == nil ? "Lookup" : "MasterDetail"
        case .encryptedstring: "EncryptedText"
        case .location: "Location"
        case .id, .base64, .address, .anyType, .complexvalue: field.type.rawValue
        }
    }

    // MARK: - Implementation

    private func valueSet(of field: Field) -> JSONValue {
        let settings = field.dependency?.valueSettings(for: schema.values(of: field)).map { setting in
            JSONValue.members([
                "controllingFieldValue": .array(setting.controlling.map(JSONValue.string)), "urls": .null,
                "valueName": .string(setting.name),
            ])
        }
        switch field.picklist {
        case nil: return .null
        case .own(let values):
            // Of a local set that is not restricted, only active values are read (reference 06 B3).
            let shown = field.restrictedPicklist ? values : values.filter(\.isActive)
            return .members([
                "controllingField": .text(field.dependency?.controller), "restricted": .bool(field.restrictedPicklist),
                "valueSetDefinition": .members([
                    "sorted": .bool(false), "value": .array(shown.map { self.shown($0, standard: false) }),
                ]), "valueSetName": .null, "valueSettings": .array(settings ?? []),
            ])
        case .global(let name), .standard(let name):
            return .members([
                "controllingField": .text(field.dependency?.controller), "restricted": .bool(true),
                "valueSetDefinition": .null,
                "valueSetName": .string(name),
                "valueSettings": .array(settings ?? []),
            ])
        }
    }

    private func shown(_ value: PicklistValue, standard: Bool) -> JSONValue {
        var members = [
            JSONMember(name: "color", value: .null), JSONMember(name: "default", value: .bool(value.isDefault)),
            JSONMember(name: "description", value: .null),
            JSONMember(name: "isActive", value: value.isActive ? .null : .bool(false)),
            JSONMember(name: "label", value: .string(value.label)), JSONMember(name: "urls", value: .null),
            JSONMember(name: "valueName", value: .string(value.name)),
        ]
        guard standard else { return .object(members) }
        let names = [
            "allowEmail", "closed", "converted", "cssExposed", "forecastCategory", "groupingString", "highPriority",
            "probability",
            "reverseRole", "reviewed", "won",
        ]
        let extras = JSONValue.object(value.extras)
        members += names.map { JSONMember(name: $0, value: extras[$0] ?? .null) }
        return .object(members.sorted { $0.name < $1.name })
    }
}
