extension Org {
    /// `/sobjects/{Object}/{field}/{value}` (reference 02 §5).
    func byExternalId(
        _ type: ObjectType,
        field name: String,
        value text: String,
        _ rest: RESTCall
    ) throws(RESTError) -> Answer {
        guard let key = type.position(of: name), type.fields[key].externalId || type.fields[key].idLookup else {
            throw RESTError(404, "NOT_FOUND", "Provided external ID field does not exist or is not accessible: \(name)")
        }
        let field = type.fields[key]
        let value = try keyValue(text, field)
        let table = table(of: type)
        let found = key == 0 ? value.reference.map { [$0.number] } ?? [] : table.find(value, in: key, limit: 100)
        if found.count > 1 {
            return .json(.array(found.map { .string(rest.url(type, table.id($0))) }), status: 300)
        }
        switch rest.call.method {
        case "GET", "HEAD":
            guard let number = found.first, let record = table.record(number), !record.isDeleted else {
                throw .notFound
            }
            return .json(recordJSON(type, number, fields: try fieldList(rest.call.parameter("fields"), type), rest))
        case "DELETE":
            guard let number = found.first else { throw .notFound }
            if case .failed(let errors, _) = delete(table.id(number), rest.context) {
                throw RESTError(saving: errors.first ?? .unknownReference)
            }
            return .empty
        case "PATCH": return try upsert(type, key, value, exists: !found.isEmpty, rest)
        default: throw .method(rest.call.method, allowed: "DELETE,GET,HEAD,PATCH")
        }
    }

    // MARK: - Implementation

    private func keyValue(_ text: String, _ field: Field) throws(RESTError) -> Value {
        let text = text.trimmingBlanks()
        switch field.type {
        case .id, .reference:
            guard case .id(let id) = RecordID.read(text) else { throw .notFound }
            return .reference(id)
        case .int, .long, .double, .currency, .percent:
            guard let number = Double(text) else { throw .notFound }
            return .number(number)
        default: return .text(text)
        }
    }

    private func upsert(
        _ type: ObjectType,
        _ key: Int,
        _ value: Value,
        exists: Bool,
        _ rest: RESTCall
    ) throws(RESTError) -> Answer {
        try requireJSON(rest)
        guard case .object(let members) = try rest.json() else { throw unexpectedShape }
        let field = type.fields[key]
        if members.contains(where: { $0.name.lowercased() == field.name.lowercased() }) {
            throw RESTError(
                400,
                "INVALID_FIELD",
                "The \(field.name) field should not be specified in the sobject data."
            )
        }
        if !exists, rest.call.parameter("updateOnly") == "true" { throw .notFound }
        let (id, created, _): (RecordID, Bool, String?)
        if key == 0 {
            guard let target = value.reference else { throw .notFound }
            (id, created, _) = try saveOne(members, type, .update, id: target, rest)
        } else {
            (id, created, _) = try saveOne(members, type, .upsert(key: key), id: nil, rest, key: (key, value))
        }
        if !created, rest.number < 46 { return .empty }
        let answer = Answer.json(
            .members([
                "id": .string(id.long), "success": .bool(true), "errors": .array([]), "created": .bool(created),
            ]),
            status: created ? 201 : 200
        )
        return created ? answer.with("Location", rest.url(type, id)) : answer
    }
}
