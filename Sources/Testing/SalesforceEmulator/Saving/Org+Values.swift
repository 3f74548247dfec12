extension Org {
    /// The value of a field as a reader sees it, computed where it is not stored.
    func value(_ position: Int, of record: Record, _ number: Int, _ table: Table) -> Value {
        let field = table.type.fields[position]
        guard let computation = field.computation else {
            let stored = table.stored(position, of: record)
            return stored.isNull && field.type == .boolean ? field.defaultValue : stored
        }
        switch computation {
        case .id: return .reference(table.id(number))
        case .isDeleted: return .bool(record.isDeleted)
        case .createdDate: return .dateTime(record.createdAt.milliseconds / 1000 * 1000)
        case .createdById: return .reference(record.createdBy)
        case .lastModifiedDate, .systemModstamp: return .dateTime(record.modifiedAt.milliseconds / 1000 * 1000)
        case .lastModifiedById: return .reference(record.modifiedBy)
        case .masterRecordId: return record.master.map(Value.reference) ?? .null
        case .owner:
            let stored = table.stored(position, of: record)
            return stored.isNull ? .reference(record.createdBy) : stored
        case .personName:
            let parts = ["FirstName", "LastName"].compactMap { name -> String? in
                guard let part = table.type.position(of: name), case .text(let text) = table.stored(part, of: record)
                else {
                    return nil
                }
                return text
            }
            return parts.isEmpty ? .null : .text(parts.joined(separator: " "))
        case .photoUrl: return .text("/services/images/photo/\(table.id(number).long)")
        case .formula(let formula): return computed { fitted(evaluate(formula.root, record, number, table), field) }
        case .summary(let rollUp): return computed { evaluate(rollUp, table.id(number)) }
        case .address, .location: return .null
        }
    }

    /// What is computed from what is computed, a few steps deep: one that leads back to itself is empty.
    private func computed(_ body: () -> Value) -> Value {
        guard computationDepth < 6 else { return .null }
        computationDepth += 1
        defer { computationDepth -= 1 }
        return body()
    }

    /// A formula's result in the type of its field.
    private func fitted(_ value: Value, _ field: Field) -> Value {
        switch (value, field.type) {
        case (.null, .boolean): return .bool(false)
        case (.number(let number), _) where field.type.isNumber:
            var scale = 1.0
            for _ in 0..<field.scale { scale *= 10 }
            let scaled = (number * scale).rounded()
            return scaled.isFinite ? .number(scaled / scale) : value
        default: return value
        }
    }

    func value(_ name: String, of record: Record, _ number: Int, _ table: Table) -> Value {
        table.type.position(of: name).map { value($0, of: record, number, table) } ?? .null
    }

    /// The value as REST's JSON shows it.
    func json(_ position: Int, of record: Record, _ number: Int, _ table: Table) -> JSONValue {
        let field = table.type.fields[position]
        if case .address(let prefix) = field.computation { return address(prefix, record, number, table) }
        if case .location(let latitude, let longitude) = field.computation {
            let parts = [latitude, longitude].map { name in
                table.type.position(of: name).map { json($0, of: record, number, table) } ?? .null
            }
            return parts.allSatisfy(\.isNull) ? .null : .members(["latitude": parts[0], "longitude": parts[1]])
        }
        return json(value(position, of: record, number, table), of: field)
    }

    func json(_ value: Value, of field: Field) -> JSONValue {
        switch value {
        case .null: .null
        case .bool(let bool): .bool(bool)
        case .number(let number): .number(numberText(number, whole: field.type == .int || field.type == .long))
        case .text, .date, .dateTime, .time, .reference: .string(plainText(value, of: field))
        }
    }

    /// The value as text: CSV's and XML's form, with `zone` after moments.
    func plainText(_ value: Value, of field: Field, zone: String = "+0000") -> String {
        switch value {
        case .null: ""
        case .bool(let bool): bool ? "true" : "false"
        case .number(let number): numberText(number, whole: field.type == .int || field.type == .long)
        case .text(let text): text
        case .date(let day): CivilDay(Int(day)).description
        case .dateTime(let moment): Instant(milliseconds: moment).text(zone: zone)
        case .time(let time): clockText(Int(time)) + "Z"
        case .reference(let id): field.referenceTo == ["EntityDefinition"] ? durableName(of: id) : id.long
        }
    }

    /// Entities are named by their durable id: the API name, or the id of a custom object.
    private func durableName(of id: RecordID) -> String {
        guard let type = schema.type(of: id), let position = type.position(of: "DurableId"),
            let record = table(of: type).record(id.number),
            case .text(let name) = table(of: type).stored(position, of: record)
        else { return id.long }
        return name
    }

    private func address(_ prefix: String, _ record: Record, _ number: Int, _ table: Table) -> JSONValue {
        let names = ["City", "Country", "GeocodeAccuracy", "Latitude", "Longitude", "PostalCode", "State", "Street"]
        var members: [JSONMember] = []
        for name in names {
            guard let position = table.type.position(of: prefix + name) else { continue }
            let key = name.prefix(1).lowercased() + name.dropFirst()
            members.append(JSONMember(name: key, value: json(position, of: record, number, table)))
        }
        return members.allSatisfy { $0.value.isNull } ? .null : .object(members)
    }
}
