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
        let base = "\(rest.base)/sobjects/\(type.name)"
        let rows: KeyValuePairs<String, JSONValue> = [
            "actionOverrides": .array([]), "childRelationships": .array(childRelationships(type)),
            "compactLayoutable": .bool(!type.isEvent),
            "defaultImplementation": .null, "extendedBy": .null, "extendsInterfaces": .null,
            "fields": .array(
                type.fields.filter { !rest.context.hidden.contains("\(type.name).\($0.name)") }.map {
                    describe($0, type, rest)
                }
            ),
            "implementedBy": .null, "implementsInterfaces": .null, "listviewable": .null, "lookupLayoutable": .null,
            "namedLayoutInfos": .array([]), "networkScopeFieldName": .null,
            "recordTypeInfos": .array(
                type.isEvent
                    ? []
                    : [
                        .members([
                            "active": .bool(true), "available": .bool(true), "defaultRecordTypeMapping": .bool(true),
                            "developerName": .string("Master"), "master": .bool(true), "name": .string("Master"),
                            "recordTypeId": .string("012000000000000AAA"),
                            "urls": .members(["layout": .string("\(base)/describe/layouts/012000000000000AAA")]),
                        ])
                    ]
            ),
            "searchLayoutable": .bool(!type.isEvent), "sobjectDescribeOption": .string("FULL"),
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
        return .object(members.sorted { $0.name < $1.name })
    }

    func summary(_ type: ObjectType, _ rest: RESTCall) -> [JSONMember] {
        let writable = !rest.context.readOnly.contains(type.name)
        let rows: KeyValuePairs<String, JSONValue> = [
            "activateable": .bool(false), "associateEntityType": .null, "associateParentEntity": .null,
            "createable": .bool(type.createable && writable), "custom": .bool(type.custom),
            "customSetting": .bool(false),
            "deepCloneable": .bool(false), "deletable": .bool(type.deletable && writable && !type.isEvent),
            "deprecatedAndHidden": .bool(false), "feedEnabled": .bool(false), "hasSubtypes": .bool(false),
            "isInterface": .bool(false), "isSubtype": .bool(false), "keyPrefix": .string(type.keyPrefix.description),
            "label": .string(type.label), "labelPlural": .string(type.plural),
            "layoutable": .bool(!type.isSetup && !type.isEvent),
            "mergeable": .bool(type.mergeable && writable), "mruEnabled": .bool(!type.isEvent),
            "name": .string(type.name),
            "queryable": .bool(type.queryable && !type.isEvent), "replicateable": .bool(!type.isEvent),
            "retrieveable": .bool(!type.isEvent), "searchable": .bool(!type.isSetup && !type.isEvent),
            "triggerable": .bool(type.triggerable), "undeletable": .bool(type.undeletable && writable && !type.isEvent),
            "updateable": .bool(type.updateable && writable && !type.isEvent), "urls": urls(type, rest, full: false),
        ]
        return rows.map { JSONMember(name: $0.key, value: $0.value) }
    }

    // MARK: - Implementation

    private func urls(_ type: ObjectType, _ rest: RESTCall, full: Bool) -> JSONValue {
        let base = "\(rest.base)/sobjects/\(type.name)"
        var members: [JSONMember] = []
        func add(_ name: String, _ value: String) { members.append(JSONMember(name: name, value: .string(value))) }
        add("compactLayouts", "\(base)/describe/compactLayouts")
        add("rowTemplate", "\(base)/{ID}")
        if type.isEvent {
            add("eventSchema", "\(base)/eventSchema")
        } else {
            add("approvalLayouts", "\(base)/describe/approvalLayouts")
        }
        if full {
            add("uiDetailTemplate", "\(rest.call.origin)/{ID}")
            add("uiEditTemplate", "\(rest.call.origin)/{ID}/e")
            add("uiNewRecord", "\(rest.call.origin)/\(type.keyPrefix)/e")
            add("defaultValues", "\(base)/defaultValues?recordTypeId&fields")
        }
        add("listviews", "\(base)/listviews")
        add("describe", "\(base)/describe")
        add("quickActions", "\(base)/quickActions")
        add("layouts", "\(base)/describe/layouts")
        add("sobject", base)
        return .object(members)
    }

    private func childRelationships(_ type: ObjectType) -> [JSONValue] {
        schema.children(of: type).map { child, position in
            let field = child.fields[position]
            return .members([
                "cascadeDelete": .bool(field.cascadeDelete), "childSObject": .string(child.name),
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
        let values = schema.values(of: field).filter(\.isActive).map { value -> JSONValue in
            .members([
                "active": .bool(true), "defaultValue": .bool(value.isDefault), "label": .string(value.label),
                "validFor": .null,
                "value": .string(value.name),
            ])
        }
        let defaultValue: JSONValue = field.type == .boolean ? json(field.defaultValue, of: field) : .null
        return .members([
            "aggregatable": .bool(field.aggregatable), "aiPredictionField": .bool(false),
            "autoNumber": .bool(field.autoNumber),
            "byteLength": .int(byteLength), "calculated": .bool(false), "calculatedFormula": .null,
            "cascadeDelete": .bool(field.cascadeDelete), "caseSensitive": .bool(field.caseSensitive),
            "compoundFieldName": .text(field.compoundFieldName), "controllerName": .null,
            "createable": .bool(field.createable && writable), "custom": .bool(field.custom),
            "defaultValue": defaultValue,
            "defaultValueFormula": .null, "defaultedOnCreate": .bool(field.defaultedOnCreate),
            "dependentPicklist": .bool(false),
            "deprecatedAndHidden": .bool(false), "digits": .int(field.digits), "displayLocationInDecimal": .bool(false),
            "encrypted": .bool(false), "externalId": .bool(field.externalId),
            "extraTypeInfo": .text(field.extraTypeInfo),
            "filterable": .bool(field.filterable), "filteredLookupInfo": .null,
            "formulaTreatNullNumberAsZero": .bool(false),
            "groupable": .bool(field.groupable), "highScaleNumber": .bool(false),
            "htmlFormatted": .bool(field.extraTypeInfo == "richtextarea"), "idLookup": .bool(field.idLookup),
            "inlineHelpText": .text(field.inlineHelpText), "label": .string(field.label), "length": .int(field.length),
            "mask": .null, "maskType": .null, "name": .string(field.name), "nameField": .bool(field.nameField),
            "namePointing": .bool(field.referenceTo.count > 1), "nillable": .bool(field.nillable),
            "permissionable": .bool(field.nillable && field.createable), "picklistValues": .array(values),
            "polymorphicForeignKey": .bool(field.referenceTo.count > 1), "precision": .int(field.precision),
            "queryByDistance": .bool(field.type == .address || field.type == .location),
            "referenceTargetField": .null, "referenceTo": .array(field.referenceTo.map(JSONValue.string)),
            "relationshipName": .text(field.relationshipName),
            "relationshipOrder": field.relationshipOrder.map(JSONValue.int) ?? .null,
            "restrictedDelete": .bool(field.restrictedDelete), "restrictedPicklist": .bool(field.restrictedPicklist),
            "scale": .int(field.scale), "searchPrefilterable": .bool(field.type == .reference),
            "soapType": .string(field.type.soapType), "sortable": .bool(field.sortable),
            "type": .string(field.type.rawValue),
            "unique": .bool(field.unique), "updateable": .bool(field.updateable && writable),
            "writeRequiresMasterRead": .bool(false),
        ])
    }
}
