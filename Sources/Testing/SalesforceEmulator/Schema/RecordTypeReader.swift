/// Reads the record types of an object of an `org.yaml`.
struct RecordTypeReader {
    let type: ObjectType

    func read(_ place: YAMLPlace?, in org: isolated Org) throws {
        guard let place else { return }
        for item in try place.list() {
            let parts = try item.fields("name", "label", "description", "active", "default", "picklists")
            guard let name = try parts["name"]?.text() else { throw item.fault("needs a name") }
            org.recordTypeCount += 1
            var entry = RecordTypeEntry(
                name: name,
                label: try parts["label"]?.text() ?? name.replacing("_", with: " "),
                description: try parts["description"]?.text(),
                isActive: try parts["active"]?.flag() ?? true,
                isDefault: try parts["default"]?.flag() ?? false,
                id: RecordID(prefix: KeyPrefix("012"), number: org.recordTypeCount)
            )
            for (field, values) in try parts["picklists"]?.mapping() ?? [] {
                guard let known = type.field(field), known.picklist != nil else {
                    throw values.fault("names \(field), which is no picklist of \(type.name)")
                }
                entry.picklists[known.name] = Set(try values.texts().map(folded))
            }
            type.recordTypes.append(entry)
            try org.plant(recordType: entry, of: type, item)
        }
        guard !type.recordTypes.isEmpty else { return }
        guard type.recordTypes.count(where: \.isDefault) <= 1 else {
            throw place.fault("can have only one default")
        }
        type.add(.lookup("RecordTypeId", "RecordType", label: "Record Type ID").changed { $0.isUnpermissioned = true })
    }
}

extension Org {
    func plant(recordType entry: RecordTypeEntry, of type: ObjectType, _ item: YAMLPlace) throws {
        let planted = plant(
            "RecordType",
            [
                "Name": .text(entry.label), "DeveloperName": .text(entry.name), "SobjectType": .text(type.name),
                "IsActive": .bool(entry.isActive), "Description": entry.description.map(Value.text) ?? .null,
            ]
        )
        guard planted == entry.id else { throw item.fault("has a record type that can't be numbered") }
    }

    /// A new record takes the default record type; one that is named must be an active one of the object.
    func settleRecordType(_ record: inout Record, isNew: Bool, _ table: Table) throws(SaveError) {
        let types = table.type.recordTypes
        guard !types.isEmpty, let position = table.type.position(of: "RecordTypeId") else { return }
        guard let id = table.stored(position, of: record).reference else {
            if isNew, let entry = types.first(where: \.isDefault) {
                table.store(.reference(entry.id), in: position, of: &record)
                try checkPicklists(of: entry, record, table)
            }
            return
        }
        guard let entry = types.first(where: { $0.id == id }), entry.isActive || !isNew else {
            throw SaveError(
                "INVALID_CROSS_REFERENCE_KEY",
                "Record Type ID: this ID value isn't valid for the user: \(id.long)",
                ["RecordTypeId"]
            )
        }
        try checkPicklists(of: entry, record, table)
    }

    // MARK: - Implementation

    /// A restricted picklist holds what the record type has of it.
    private func checkPicklists(of entry: RecordTypeEntry, _ record: Record, _ table: Table) throws(SaveError) {
        for (name, allowed) in entry.picklists {
            guard let position = table.type.position(of: name), table.type.fields[position].restrictedPicklist,
                case .text(let text) = table.stored(position, of: record)
            else { continue }
            for part in text.split(separator: ";") where !allowed.contains(folded(String(part))) {
                let field = table.type.fields[position]
                throw SaveError(
                    "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
                    "\(field.label): bad value for restricted picklist field: \(part)",
                    [field.name]
                )
            }
        }
    }
}
