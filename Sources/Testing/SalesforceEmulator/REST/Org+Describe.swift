extension Org {
    /// `GET /sobjects`.
    func describeGlobal(_ rest: RESTCall) -> JSONValue {
        .members([
            "encoding": .string("UTF-8"), "maxBatchSize": .int(200),
            "sobjects": .array(
                schema.types.filter { !isHidden($0, rest.session) && !$0.isToolingOnly }.map {
                    .object(summary($0, rest))
                }
            ),
        ])
    }

    func describe(_ type: ObjectType, _ rest: RESTCall) -> JSONValue {
        var members = summary(type, rest)
        members.removeAll { $0.name == "urls" }
        let rows: KeyValuePairs<String, JSONValue> = [
            "actionOverrides": .array([]), "childRelationships": .array(childRelationships(type, rest)),
            "compactLayoutable": .bool(!type.isEvent),
            "defaultImplementation": .null, "extendedBy": .null, "extendsInterfaces": .null,
            "fields": .array(
                type.fields.filter { !rest.context.hidden.contains("\(type.name).\($0.name)") }.map {
                    describe($0, type, rest)
                }
            ),
            "implementedBy": .null, "implementsInterfaces": .null, "listviewable": .null, "lookupLayoutable": .null,
            "namedLayoutInfos": .array([]), "networkScopeFieldName": .null,
            "recordTypeInfos": .array(type.isEvent ? [] : recordTypeInfos(type, rest)),
            "searchLayoutable": .bool(!type.isEvent),
            "supportedScopes": .array(
                type.isEvent
                    ? []
                    : [
                        .members(["label": .string("All \(type.plural.lowercased())"), "name": .string("everything")]),
                        .members(["label": .string("My \(type.plural.lowercased())"), "name": .string("mine")]),
                    ]
            ),
            "urls": urls(type, rest, full: true),
        ]
        members += rows.map { JSONMember(name: $0.key, value: $0.value) }
        if rest.number >= 50 { members.append(JSONMember(name: "sobjectDescribeOption", value: .string("FULL"))) }
        return .object(members.sorted { $0.name < $1.name })
    }

    func summary(_ type: ObjectType, _ rest: RESTCall) -> [JSONMember] {
        let writable = !rest.context.readOnly.contains(type.name)
        let rows: KeyValuePairs<String, JSONValue> = [
            "activateable": .bool(false),
            "createable": .bool(type.createable && writable && !rest.context.lacks(.create, on: type)),
            "custom": .bool(type.custom),
            "customSetting": .bool(false),
            "deepCloneable": .bool(type.traitsOfUse.contains(.cloned)),
            "deletable": .bool(
                type.deletable && writable && !type.isEvent && !rest.context.lacks(.delete, on: type)
            ),
            "deprecatedAndHidden": .bool(false), "feedEnabled": .bool(type.traitsOfUse.contains(.fed)),
            "hasSubtypes": .bool(false),
            "isInterface": .bool(false), "isSubtype": .bool(false), "keyPrefix": .string(type.keyPrefix.description),
            "label": .string(type.label), "labelPlural": .string(type.plural),
            "layoutable": .bool(!type.isSetup && !type.isEvent && !type.traitsOfUse.contains(.bare)),
            "mergeable": .bool(type.mergeable && writable),
            "mruEnabled": .bool(!type.isSetup && !type.isEvent && !type.isSubordinate),
            "name": .string(type.name),
            "queryable": .bool(type.queryable && !type.isEvent), "replicateable": .bool(!type.isEvent),
            "retrieveable": .bool(!type.isEvent), "searchable": .bool(type.isSearchable),
            "triggerable": .bool(type.triggerable), "undeletable": .bool(type.undeletable && writable && !type.isEvent),
            "updateable": .bool(
                type.updateable && writable && !type.isEvent && !rest.context.lacks(.edit, on: type)
            ), "urls": urls(type, rest, full: false),
        ]
        var members = rows.map { JSONMember(name: $0.key, value: $0.value) }
        if rest.number >= 50 {
            let more = ["associateEntityType", "associateParentEntity"].map { JSONMember(name: $0, value: .null) }
            members.insert(contentsOf: more, at: 1)
        }
        return members
    }

    // MARK: - Implementation

    /// The object's own record types, then the master that every object has.
    private func recordTypeInfos(_ type: ObjectType, _ rest: RESTCall) -> [JSONValue] {
        let base = "\(rest.base)/sobjects/\(type.name)/describe/layouts"
        func info(
            _ name: String,
            _ label: String,
            _ id: String,
            active: Bool,
            isDefault: Bool,
            master: Bool
        ) -> JSONValue {
            .members([
                "active": .bool(active), "available": .bool(active), "defaultRecordTypeMapping": .bool(isDefault),
                "developerName": .string(name), "master": .bool(master), "name": .string(label),
                "recordTypeId": .string(id), "urls": .members(["layout": .string("\(base)/\(id)")]),
            ])
        }
        let own = type.recordTypes.map {
            info($0.name, $0.label, $0.id.long, active: $0.isActive, isDefault: $0.isDefault, master: false)
        }
        let hasDefault = type.recordTypes.contains { $0.isDefault }
        return own + [
            info("Master", "Master", "012000000000000AAA", active: true, isDefault: !hasDefault, master: true)
        ]
    }

    private func urls(_ type: ObjectType, _ rest: RESTCall, full: Bool) -> JSONValue {
        let base = "\(rest.base)/sobjects/\(type.name)"
        var members: [JSONMember] = []
        func add(_ name: String, _ value: String) { members.append(JSONMember(name: name, value: .string(value))) }
        let paths = [
            "compactLayouts": "describe/compactLayouts", "rowTemplate": "{ID}", "eventSchema": "eventSchema",
            "approvalLayouts": "describe/approvalLayouts", "listviews": "listviews", "describe": "describe",
            "quickActions": "quickActions", "layouts": "describe/layouts",
            "namedLayouts": "describe/namedLayouts/{LayoutName}",
            "passwordUtilities": "{ID}/password", "caseArticleSuggestions": "suggestedArticles",
            "caseRowArticleSuggestions": "{ID}/suggestedArticles",
        ]
        for name in type.resources {
            if name == "listviews", full {
                add("uiDetailTemplate", "\(rest.call.origin)/{ID}")
                add("uiEditTemplate", "\(rest.call.origin)/{ID}/e")
                if !type.recordTypes.isEmpty { add("defaultValues", "\(base)/defaultValues?recordTypeId&fields") }
            }
            if name == "quickActions", full, type.resources.contains("listviews") {
                add("uiNewRecord", "\(rest.call.origin)/\(type.keyPrefix)/e")
            }
            if name == "sobject" { add(name, base) } else if let path = paths[name] { add(name, "\(base)/\(path)") }
        }
        return .object(members)
    }

    private func childRelationships(_ type: ObjectType, _ rest: RESTCall) -> [JSONValue] {
        schema.children(of: type).filter { !rest.context.hidden.contains($0.child.name) && !$0.child.isToolingOnly }.map
        {
            child,
            position in
            let field = child.fields[position]
            return .members([
                "cascadeDelete": .bool(field.deletesWithParent), "childSObject": .string(child.name),
                "deprecatedAndHidden": .bool(false),
                "field": .string(field.name), "junctionIdListNames": .array([]), "junctionReferenceTo": .array([]),
                "relationshipName": .text(field.childRelationshipName),
                "restrictedDelete": .bool(field.restrictedDelete),
            ])
        }
    }

    private func describe(_ field: Field, _ type: ObjectType, _ rest: RESTCall) -> JSONValue {
        let writable =
            !rest.context.readOnly.contains(type.name) && !rest.context.readOnly.contains("\(type.name).\(field.name)")
        let byteLength =
            field.type == .id || field.type == .reference ? field.length : field.type.isText ? field.length * 3 : 0
        let controlling = field.dependency.map { schema.controllingValues(of: $0, in: type) } ?? []
        let values = schema.values(of: field).filter(\.isActive).map { value -> JSONValue in
            .members([
                "active": .bool(true), "defaultValue": .bool(value.isDefault), "label": .string(value.label),
                "validFor": .text(field.dependency?.validFor(value.name, beside: controlling)),
                "value": .string(value.name),
            ])
        }
        let defaultValue: JSONValue = field.type == .boolean ? json(field.defaultValue, of: field) : .null
        return .members([
            "aggregatable": .bool(field.aggregatable), "aiPredictionField": .bool(false),
            "autoNumber": .bool(field.autoNumber),
            "byteLength": .int(byteLength), "calculated": .bool(field.isCalculated),
            "calculatedFormula": .text(field.formula),
            "cascadeDelete": .bool(field.cascadeDelete), "caseSensitive": .bool(field.caseSensitive),
            "compoundFieldName": .text(field.compoundFieldName), "controllerName": .text(field.dependency?.controller),
            "createable": .bool(field.createable && writable && !rest.context.lacks(.create, on: type)),
            "custom": .bool(field.custom), "defaultValue": defaultValue,
            "defaultValueFormula": .null, "defaultedOnCreate": .bool(field.defaultedOnCreate),
            "dependentPicklist": .bool(field.dependency != nil),
            "deprecatedAndHidden": .bool(false), "digits": .int(field.digits),
            "displayLocationInDecimal": .bool(field.type == .location),
            "encrypted": .bool(field.type == .encryptedstring), "externalId": .bool(field.externalId),
            "extraTypeInfo": .text(field.extraTypeInfo),
            "filterable": .bool(field.filterable), "filteredLookupInfo": .null,
            "formulaTreatNullNumberAsZero": .bool(false),
            "groupable": .bool(field.groupable), "highScaleNumber": .bool(false),
            "htmlFormatted": .bool(field.extraTypeInfo == "richtextarea"), "idLookup": .bool(field.idLookup),
            "inlineHelpText": .text(field.inlineHelpText), "label": .string(field.label), "length": .int(field.length),
            "mask": field.type == .encryptedstring ? .string("*") : .null,
            "maskType": field.type == .encryptedstring ? .string("all") : .null, "name": .string(field.name),
            "nameField": .bool(field.nameField),
            "namePointing": .bool(field.referenceTo.count > 1), "nillable": .bool(field.nillable),
            "permissionable": .bool(field.isPermissionable), "picklistValues": .array(values),
            "polymorphicForeignKey": .bool(field.referenceTo.count > 1), "precision": .int(field.precision),
            "queryByDistance": .bool(field.type == .address || field.type == .location),
            "referenceTargetField": .null, "referenceTo": .array(field.referenceTo.map(JSONValue.string)),
            "relationshipName": .text(field.relationshipName),
            "relationshipOrder": field.relationshipOrder.map(JSONValue.int) ?? .null,
            "restrictedDelete": .bool(field.restrictedDelete), "restrictedPicklist": .bool(field.restrictedPicklist),
            "scale": .int(field.scale),
            "searchPrefilterable": .bool(
                field.type == .reference && field.computation == nil && field.referenceTo != ["RecordType"]
            ),
            "soapType": .string(field.type.soapType), "sortable": .bool(field.sortable),
            "type": .string(field.type.rawValue),
            "unique": .bool(field.unique),
            "updateable": .bool(field.updateable && writable && !rest.context.lacks(.edit, on: type)),
            "writeRequiresMasterRead": .bool(false),
        ])
    }
}
