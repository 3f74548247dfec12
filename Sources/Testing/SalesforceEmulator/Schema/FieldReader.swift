import Yams

/// Reads one field of an `org.yaml`, by the Metadata API's type names.
struct FieldReader {
    let name: String
    let place: YAMLPlace

    func nameField(label: String) throws -> Field {
        let parts = try place.fields("type", "label", "length", "display_format", "format")
        let type = try parts["type"]?.text() ?? "Text"
        switch type {
        case "AutoNumber":
            return Field.numbered(
                "Name",
                try (parts["display_format"] ?? parts["format"])?.text() ?? "{0000}",
                try parts["label"]?.text() ?? label
            )
        case "Text":
            return Field.text("Name", try parts["length"]?.number() ?? 80, try parts["label"]?.text() ?? label).changed
            {
                $0.nameField = true
                $0.idLookup = true
                $0.nillable = false
            }
        default: throw place.fault("must have type Text or AutoNumber")
        }
    }

    func read(existing: Field?, object: ObjectType, org: isolated Org) throws -> Field {
        let parts = try place.fields(
            "type",
            "label",
            "length",
            "precision",
            "scale",
            "required",
            "unique",
            "externalId",
            "external_id",
            "caseSensitive",
            "case_sensitive",
            "restricted",
            "values",
            "value_set",
            "valueSet",
            "valueSetName",
            "referenceTo",
            "reference_to",
            "relationshipName",
            "relationship_name",
            "childRelationshipName",
            "child_relationship_name",
            "createable",
            "updateable",
            "default",
            "defaultValue",
            "help",
            "inlineHelpText",
            "format",
            "displayFormat",
            "reparentable",
            "cascadeDelete",
            "restrictedDelete",
            "sorted",
            "controllingField",
            "controlling_field",
            "valueSettings",
            "value_settings",
            "description",
            "visibleLines",
            "formula",
            "summarizedField",
            "summaryForeignKey",
            "summaryOperation",
            "filterable",
            "sortable",
            "nillable",
            "idLookup",
            "digits"
        )
        var field: Field
        if let type = parts["type"] {
            field = try made(type.text(), parts, object, org)
        } else if let existing {
            field = existing
        } else {
            throw place.fault("needs a type")
        }
        field.custom = existing?.custom ?? name.hasSuffix("__c")
        if let label = parts["label"] { field.label = try label.text() }
        if try parts["required"]?.flag() == true, field.type != .boolean { field.nillable = false }
        if let nillable = try parts["nillable"]?.flag(), field.type != .boolean { field.nillable = nillable }
        if let unique = parts["unique"] { field.unique = try unique.flag() }
        if let external = parts["externalId"] ?? parts["external_id"] {
            field.externalId = try external.flag()
            if field.externalId { field.idLookup = true }
        }
        if let lookup = parts["idLookup"] { field.idLookup = try lookup.flag() }
        if let sensitive = parts["caseSensitive"] ?? parts["case_sensitive"] {
            field.caseSensitive = try sensitive.flag()
        }
        if let createable = parts["createable"] { field.createable = try createable.flag() }
        if let updateable = parts["updateable"] { field.updateable = try updateable.flag() }
        if let filterable = parts["filterable"] { field.filterable = try filterable.flag() }
        if let sortable = parts["sortable"] { field.sortable = try sortable.flag() }
        if let restricted = parts["restricted"] { field.restrictedPicklist = try restricted.flag() }
        if let help = parts["help"] ?? parts["inlineHelpText"] { field.inlineHelpText = try help.text() }
        if let cascade = parts["cascadeDelete"] {
            field.cascadeDelete = try cascade.flag()
            field.deletesWithParent = field.cascadeDelete
        }
        if let restrictedDelete = parts["restrictedDelete"] { field.restrictedDelete = try restrictedDelete.flag() }
        if let values = parts["values"],
            field.picklist != nil || field.type == .picklist || field.type == .multipicklist
        {
            field.picklist = .own(try PicklistReader.values(values))
        }
        if let set = parts["value_set"] ?? parts["valueSet"] ?? parts["valueSetName"] {
            field.picklist = .global(try set.text())
            field.restrictedPicklist = true
        }
        if let dependency = try dependency(parts) { field.dependency = dependency }
        if let value = parts["default"] ?? parts["defaultValue"] { try setDefault(value, &field) }
        if let formula = parts["formula"] { try setFormula(formula, &field) }
        return field
    }

    /// A location's two numbers; the field itself is their compound.
    func locationParts(of field: Field) -> [Field] {
        guard case .location(let latitude, let longitude) = field.computation else { return [] }
        return [(latitude, "Latitude"), (longitude, "Longitude")].map { name, kind in
            Field.decimal(name, 18, 15, "\(field.label) (\(kind))").changed {
                $0.custom = true
                $0.compoundFieldName = field.name
            }
        }
    }

    // MARK: - Implementation

    private func setFormula(_ place: YAMLPlace, _ field: inout Field) throws {
        let source = try place.text()
        do throws(FormulaFault) {
            field.computation = .formula(try Formula(source))
        } catch {
            throw place.fault("is a formula that can't be read: \(error.message)")
        }
        field.formula = source
        field = field.readOnly
        field.nillable = field.type != .boolean
        field.defaultedOnCreate = false
    }

    private func rollUp(_ parts: [String: YAMLPlace], _ label: String, _ org: isolated Org) throws -> Field {
        guard let key = try parts["summaryForeignKey"]?.text().split(separator: ".").map(String.init), key.count == 2
        else {
            throw place.fault("needs summaryForeignKey, such as Child__c.Parent__c")
        }
        let word = try parts["summaryOperation"]?.text().lowercased() ?? "count"
        guard let operation = RollUp.Operation(rawValue: word) else {
            throw place.fault("has a summaryOperation that is not count, sum, min or max")
        }
        let summed = try parts["summarizedField"]?.text().split(separator: ".").last.map(String.init)
        guard summed != nil || operation == .count else { throw place.fault("needs summarizedField") }
        let target = summed.flatMap { org.schema[key[0]]?.field($0) }
        var field = Field.decimal(name, 18, target?.scale ?? 0, label).readOnly
        if let target, operation != .count { field.type = target.type == .int ? .double : target.type }
        field.computation = .summary(
            RollUp(operation: operation, child: key[0], foreignKey: key[1], field: summed)
        )
        return field
    }

    private func setDefault(_ value: YAMLPlace, _ field: inout Field) throws {
        switch field.type {
        case .boolean: field.defaultValue = .bool(try value.flag())
        case .int, .long, .double, .currency, .percent:
            guard let number = Double(try value.text()) else { throw value.fault("must be a number") }
            field.defaultValue = .number(number)
        case .date:
            var text = try value.text()
            guard let day = text.withUTF8({ readDay($0) }) else { throw value.fault("must be a date") }
            field.defaultValue = .date(Int32(day))
        case .datetime:
            guard let moment = readInstant(try value.text()) else { throw value.fault("must be a date and time") }
            field.defaultValue = .dateTime(moment.milliseconds)
        default: field.defaultValue = .text(try value.text())
        }
        field.defaultedOnCreate = true
    }

    private func made(
        _ type: String,
        _ parts: [String: YAMLPlace],
        _ object: ObjectType,
        _ org: isolated Org
    ) throws -> Field {
        let bare = name.hasSuffix("__c") ? String(name.dropLast(3)) : name
        let label = bare.contains("_") ? bare.replacing("_", with: " ") : spelled(bare)
        let length = try parts["length"]?.number()
        if let length, !(1...131_072).contains(length) {
            throw place.fault("has a length that is not between 1 and 131072")
        }
        let precision = try parts["precision"]?.number() ?? 18
        let scale = try parts["scale"]?.number() ?? (type == "Currency" ? 2 : 0)
        guard (1...18).contains(precision), (0...17).contains(scale), scale <= precision else {
            throw place.fault("has a precision or scale that can't be")
        }
        switch type {
        case "Text": return .text(name, length ?? 255, label)
        case "TextArea": return .area(name, 255, label)
        case "LongTextArea": return .area(name, length ?? 32_768, label)
        case "Html": return Field.area(name, length ?? 32_768, label).changed { $0.extraTypeInfo = "richtextarea" }
        case "EncryptedText":
            return Field.text(name, length ?? 175, label).typed(.encryptedstring).changed { $0.filterable = false }
        case "Email": return Field.email(name, label).changed { $0.idLookup = false }
        case "Phone": return .phone(name, label)
        case "Url": return .url(name, label)
        case "Checkbox": return .flag(name, label)
        case "Summary": return try rollUp(parts, label, org)
        case "Number": return .decimal(name, precision, scale, label)
        case "Int", "Integer": return .whole(name, label, digits: try parts["digits"]?.number() ?? 9)
        case "Currency": return .decimal(name, precision, scale, label, type: .currency)
        case "Percent": return .decimal(name, precision, scale, label, type: .percent)
        case "Date": return .day(name, label)
        case "DateTime": return .moment(name, label)
        case "Time": return Field(name: name, label: label, type: .time)
        case "AutoNumber":
            return Field.numbered(name, try (parts["format"] ?? parts["displayFormat"])?.text() ?? "{0000}", label)
                .changed { $0.nameField = false }
        case "Picklist", "MultiselectPicklist":
            var field = Field.pick(name, [], label)
            if type == "MultiselectPicklist" {
                field.type = .multipicklist
                field.length = 4_099
                field.sortable = false
                field.groupable = false
                field.aggregatable = false
            }
            return field
        case "Lookup", "Hierarchy", "MasterDetail", "ExternalLookup":
            return try reference(type, parts, object, org, label)
        case "Location":
            return Field(name: name, label: label, type: .location).readOnly.changed {
                $0.computation = .location(latitude: "\(bare)__Latitude__s", longitude: "\(bare)__Longitude__s")
                $0.sortable = false
                $0.groupable = false
                $0.aggregatable = false
            }
        default:
            throw place.fault(
                "has an unknown type \(type); known are Text, TextArea, LongTextArea, Html, EncryptedText, Email, Phone, Url, Checkbox, "
                    + "Number, Currency, Percent, Date, DateTime, Time, AutoNumber, Picklist, MultiselectPicklist, Lookup, Hierarchy, "
                    + "MasterDetail, Location, Summary"
            )
        }
    }

    private func reference(
        _ type: String,
        _ parts: [String: YAMLPlace],
        _ object: ObjectType,
        _ org: isolated Org,
        _ label: String
    ) throws -> Field {
        let place = parts["referenceTo"] ?? parts["reference_to"]
        var targets: [String] = []
        if let place { targets = place.node.sequence == nil ? [try place.text()] : try place.texts() }
        if targets.isEmpty, type == "Hierarchy" { targets = [object.name] }
        guard !targets.isEmpty else { throw self.place.fault("needs referenceTo") }
        targets = try targets.map { name in
            guard let target = org.schema[name] else { throw self.place.fault("refers to \(name), which is no object") }
            return target.name
        }
        let bare = name.hasSuffix("__c") ? String(name.dropLast(3)) : name
        let relation = try (parts["relationshipName"] ?? parts["relationship_name"])?.text()
        let children = try (parts["childRelationshipName"] ?? parts["child_relationship_name"])?.text()
        var field = Field.lookup(
            name,
            "",
            label: label,
            relation: relation
                ?? (name.hasSuffix("__c") ? "\(bare)__r" : name.hasSuffix("Id") ? String(name.dropLast(2)) : nil),
            children: children ?? (object.custom ? "\(object.plural.replacing(" ", with: "_"))__r" : nil)
        )
        field.referenceTo = targets
        if type == "MasterDetail" {
            field.nillable = false
            field.cascadeDelete = true
            field.deletesWithParent = true
            field.relationshipOrder = 0
            field.reparentable = try parts["reparentable"]?.flag() ?? false
            field.updateable = field.reparentable
        }
        return field
    }
}
