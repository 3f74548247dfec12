/// Reads one object or event of an `org.yaml`.
struct ObjectReader {
    let name: String
    let place: YAMLPlace
    let isEvent: Bool

    /// Makes the object known, with its system fields, unless it is there already.
    func declare(in org: isolated Org) throws -> ObjectType {
        guard !isEvent || name.hasSuffix("__e") else { throw place.fault("must end in __e") }
        if let type = org.schema[name] { return type }
        guard name.wholeMatch(of: /[A-Za-z][A-Za-z0-9_]*/) != nil else { throw place.fault("is no API name") }
        guard isEvent || !name.hasSuffix("__e") else {
            throw place.fault("is a platform event and belongs under events")
        }
        let fields = try place.fields(
            "label",
            "plural",
            "fields",
            "triggers",
            "flows",
            "validation_rules",
            "duplicate_rules",
            "record_types",
            "name_field",
            "key_prefix",
            "name"
        )
        let bare = name.hasSuffix("__c") || name.hasSuffix("__e") ? String(name.dropLast(3)) : name
        let label = try fields["label"]?.text() ?? bare.replacing("_", with: " ")
        let prefix = try fields["key_prefix"]?.text() ?? org.schema.freePrefix(event: isEvent)
        let type = ObjectType(name: name, label: label, plural: try fields["plural"]?.text(), prefix: prefix)
        type.custom = true
        if isEvent {
            type.updateable = false
            type.deletable = false
            type.queryable = false
            type.undeletable = false
            type.add(Field.text("ReplayId", 1_000, "Replay ID").readOnly)
            type.add(.audit("CreatedDate", .createdDate))
            type.add(.auditor("CreatedById", .createdById))
        } else {
            type.addLeadingFields()
            if let naming = fields["name_field"] ?? fields["name"] {
                try type.add(FieldReader(name: "Name", place: naming).nameField(label: "\(label) Name"))
            } else {
                type.add(
                    Field.text("Name", 80, "\(label) Name").changed {
                        $0.nameField = true
                        $0.idLookup = true
                        $0.nillable = true
                        $0.defaultedOnCreate = true
                    }
                )
            }
            type.add(.ownerField)
            type.addAuditFields()
        }
        org.schema.add(type)
        return type
    }

    /// Adds fields and automation.
    func fill(in org: isolated Org) throws {
        guard let type = org.schema[name] else { return }
        let parts = try place.fields(
            "label",
            "plural",
            "fields",
            "triggers",
            "flows",
            "validation_rules",
            "duplicate_rules",
            "record_types",
            "name_field",
            "key_prefix",
            "name"
        )
        if let label = parts["label"] { type.label = try label.text() }
        if let plural = parts["plural"] { type.plural = try plural.text() }
        for (field, place) in try parts["fields"]?.mapping() ?? [] {
            guard field.wholeMatch(of: /[A-Za-z][A-Za-z0-9_]*/) != nil else { throw place.fault("is no API name") }
            let reader = FieldReader(name: field, place: place)
            let read = try reader.read(existing: type.field(field), object: type, org: org)
            for part in reader.locationParts(of: read) { type.add(part) }
            type.add(read)
            if read.relationshipOrder == 0, let owner = type.position(of: "OwnerId"), type.custom {
                type.change(owner) {
                    $0.createable = false
                    $0.updateable = false
                }
            }
        }
        try RecordTypeReader(type: type).read(parts["record_types"], in: org)
        try AutomationReader(type: type, parts: parts).read(in: org)
    }

    /// Whether the formulas of the object name fields that are there; asked when all objects are known.
    func checkFormulas(in org: isolated Org) throws {
        guard let type = org.schema[name] else { return }
        for field in type.fields {
            guard case .formula(let formula) = field.computation, let fault = org.fault(in: formula.root, of: type)
            else {
                continue
            }
            throw place.fault("has a formula in \(field.name) that can't be used: \(fault)")
        }
    }
}
