extension SObjectDescribe {
    /// Nil if what every describe has is missing.
    init?(_ object: JSONObject, lastModified: String?) {
        guard let summary = SObjectSummary(object), let fields = object["fields"]?.array else { return nil }
        let read = fields.compactMap { $0.object.flatMap(SObjectField.init) }
        guard read.count == fields.count else { return nil }
        self.init(
            summary: summary,
            fields: read,
            recordTypes: (object["recordTypeInfos"]?.array ?? []).compactMap {
                $0.object.flatMap(SObjectRecordType.init)
            },
            childRelationships: (object["childRelationships"]?.array ?? []).compactMap {
                $0.object.flatMap(SObjectChildRelationship.init)
            },
            lastModified: lastModified
        )
    }
}

extension SObjectChildRelationship {
    init?(_ object: JSONObject) {
        guard let child = object["childSObject"]?.string, let field = object["field"]?.string else { return nil }
        self.init(
            object: child,
            field: field,
            cascadeDelete: object.flag("cascadeDelete"),
            restrictedDelete: object.flag("restrictedDelete")
        )
    }
}

extension SObjectSummary {
    init?(_ object: JSONObject) {
        guard let name = object["name"]?.string, !name.isEmpty else { return nil }
        let label = object["label"]?.string ?? name
        self.init(
            name: name,
            label: label,
            labelPlural: object["labelPlural"]?.string ?? label,
            keyPrefix: object["keyPrefix"]?.string,
            custom: object.flag("custom"),
            customSetting: object.flag("customSetting"),
            createable: object.flag("createable"),
            updateable: object.flag("updateable"),
            deletable: object.flag("deletable"),
            undeletable: object.flag("undeletable"),
            mergeable: object.flag("mergeable"),
            queryable: object.flag("queryable"),
            triggerable: object.flag("triggerable"),
            deprecatedAndHidden: object.flag("deprecatedAndHidden")
        )
    }
}

extension SObjectField {
    init?(_ object: JSONObject) {
        guard let name = object["name"]?.string, !name.isEmpty, let type = object["type"]?.string else { return nil }
        self.init(
            name: name,
            label: object["label"]?.string ?? name,
            type: type,
            extraTypeInfo: object["extraTypeInfo"]?.string,
            length: object.count("length"),
            byteLength: object.count("byteLength"),
            precision: object.count("precision"),
            scale: object.count("scale"),
            digits: object.count("digits"),
            nillable: object.flag("nillable"),
            createable: object.flag("createable"),
            updateable: object.flag("updateable"),
            defaultedOnCreate: object.flag("defaultedOnCreate"),
            calculated: object.flag("calculated"),
            autoNumber: object.flag("autoNumber"),
            custom: object.flag("custom"),
            externalId: object.flag("externalId"),
            idLookup: object.flag("idLookup"),
            unique: object.flag("unique"),
            caseSensitive: object.flag("caseSensitive"),
            filterable: object["filterable"]?.bool ?? true,
            nameField: object.flag("nameField"),
            encrypted: object.flag("encrypted"),
            htmlFormatted: object.flag("htmlFormatted"),
            restrictedPicklist: object.flag("restrictedPicklist"),
            dependentPicklist: object.flag("dependentPicklist"),
            controllerName: object["controllerName"]?.string,
            picklistValues: (object["picklistValues"]?.array ?? []).compactMap {
                $0.object.flatMap(PicklistValue.init)
            },
            referenceTo: (object["referenceTo"]?.array ?? []).compactMap(\.string),
            relationshipName: object["relationshipName"]?.string,
            relationshipOrder: object["relationshipOrder"]?.int,
            referenceTargetField: object["referenceTargetField"]?.string,
            polymorphicForeignKey: object.flag("polymorphicForeignKey"),
            cascadeDelete: object.flag("cascadeDelete"),
            restrictedDelete: object.flag("restrictedDelete"),
            writeRequiresMasterRead: object.flag("writeRequiresMasterRead"),
            compoundFieldName: object["compoundFieldName"]?.string,
            defaultValue: object["defaultValue"]?.scalarText,
            inlineHelpText: object["inlineHelpText"]?.string
        )
    }
}

extension SObjectField.PicklistValue {
    init?(_ object: JSONObject) {
        guard let value = object["value"]?.string else { return nil }
        self.init(
            value: value,
            label: object["label"]?.string ?? value,
            active: object["active"]?.bool ?? true,
            defaultValue: object.flag("defaultValue"),
            validFor: object["validFor"]?.string
        )
    }
}

extension SObjectRecordType {
    init?(_ object: JSONObject) {
        guard let id = object["recordTypeId"]?.string, let name = object["name"]?.string else { return nil }
        self.init(
            recordTypeID: id,
            name: name,
            developerName: object["developerName"]?.string ?? name,
            active: object.flag("active"),
            available: object.flag("available"),
            master: object.flag("master"),
            defaultRecordTypeMapping: object.flag("defaultRecordTypeMapping")
        )
    }
}

extension JSONObject {
    /// A truth value; what is missing is false.
    func flag(_ name: String) -> Bool { self[name]?.bool ?? false }

    /// A count; what is missing or negative is 0.
    func count(_ name: String) -> Int { max(0, self[name]?.int ?? 0) }
}
