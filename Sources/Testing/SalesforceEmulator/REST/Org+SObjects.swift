extension Org {
    /// Everything below `/sobjects`.
    func sobjects(_ rest: RESTCall) throws(RESTError) -> Answer {
        let path = Array(rest.path.dropFirst())
        guard let name = path.first else {
            try allow(["GET", "HEAD"], rest)
            return described(rest) { describeGlobal(rest) }
        }
        let type = try object(name, rest)
        if let answer = try pages(type, Array(path.dropFirst()), rest) { return answer }
        switch path.count {
        case 1: return try basics(type, rest)
        case 2 where path[1] == "describe":
            try allow(["GET", "HEAD"], rest)
            return described(rest) { describe(type, rest) }
        case 2 where path[1] == "eventSchema" && type.isEvent: return try eventSchema(type, rest)
        case 2 where path[1] == "deleted" || path[1] == "updated":
            return try changes(type, rest, deleted: path[1] == "deleted")
        case 2 where path[1] == "Id" && rest.call.method == "POST": return try create(type, rest)
        case 2: return try row(type, path[1], rest)
        case 3:
            if type.position(of: path[1]) == nil, case .id(let id) = RecordID.read(path[1]), id.prefix == type.keyPrefix
            {
                if let field = type.field(path[2]), field.type == .base64 {
                    return try blobBody(type, id, field, rest)
                }
                if type.name == "User", path[2] == "password" { return try password(of: id, rest) }
                return try related(type, id, path[2], rest)
            }
            return try byExternalId(type, field: path[1], value: path[2], rest)
        default: throw .notFound
        }
    }

    func recordJSON(
        _ type: ObjectType,
        _ number: Int,
        fields: [Int]?,
        _ rest: RESTCall
    ) -> JSONValue {
        let table = table(of: type)
        let id = table.id(number)
        var members = [
            JSONMember(
                name: "attributes",
                value: .members(["type": .string(type.name), "url": .string(rest.url(type, id))])
            )
        ]
        guard let record = table.record(number) else { return .object(members) }
        for position in fields ?? Array(type.fields.indices) {
            let field = type.fields[position]
            if rest.context.hidden.contains("\(type.name).\(field.name)") { continue }
            let value = blob(
                json(position, of: record, number, table),
                field,
                type,
                id,
                base: rest.holdsBytes ? nil : rest.base
            )
            members.append(JSONMember(name: field.name, value: value))
        }
        return .object(members)
    }

    func fieldList(_ text: String?, _ type: ObjectType) throws(RESTError) -> [Int]? {
        guard let text, !text.isEmpty else { return nil }
        var positions: [Int] = []
        for name in text.split(separator: ",") {
            guard let position = type.position(of: name.trimmingBlanks()) else {
                throw RESTError(400, "INVALID_FIELD", "No such column '\(name)' on sobject of type \(type.name)")
            }
            positions.append(position)
        }
        return positions
    }

    /// Saves the one row of a call, or throws what was wrong with it.
    func saveOne(
        _ members: [JSONMember],
        _ type: ObjectType,
        _ operation: SaveOperation,
        id: RecordID?,
        _ rest: RESTCall,
        key: (position: Int, value: Value)? = nil,
        idsAllowed: Bool = false
    ) throws(RESTError) -> (RecordID, created: Bool, note: String?) {
        var block = try block(
            [members],
            of: type,
            in: rest.call.body,
            hidden: rest.context.hidden,
            idsAllowed: idsAllowed,
            rowErrors: false
        )
        if let id { block.identities[0] = .id(id) }
        if let key {
            block.columns.append(key.position)
            block.cells.append(key.value)
        }
        switch save(block, into: type, by: operation, rest.context).first {
        case .saved(let saved, let created): return (saved, created, type.isEvent ? events[type.name]?.last?.uuid : nil)
        case .failed(let errors, _): throw RESTError(saving: errors.first ?? .unknownReference)
        case nil: throw .notFound
        }
    }

    // MARK: - Implementation

    private func basics(_ type: ObjectType, _ rest: RESTCall) throws(RESTError) -> Answer {
        switch rest.call.method {
        case "POST": return try create(type, rest)
        case "GET", "HEAD":
            return .json(.members(["objectDescribe": .object(summary(type, rest)), "recentItems": .array([])]))
        default: throw .method(rest.call.method, allowed: "HEAD,GET,POST")
        }
    }

    private func create(_ type: ObjectType, _ rest: RESTCall) throws(RESTError) -> Answer {
        let members = try recordMembers(of: type, rest)
        let (id, _, note) = try saveOne(members, type, .insert, id: nil, rest)
        let errors: [JSONValue] =
            note.map {
                [.members(["statusCode": .string("OPERATION_ENQUEUED"), "message": .string($0), "fields": .array([])])]
            } ?? []
        return Answer.json(
            .members(["id": .string(id.long), "success": .bool(true), "errors": .array(errors)]),
            status: 201
        ).with("Location", rest.url(type, id))
    }

    private func row(_ type: ObjectType, _ text: String, _ rest: RESTCall) throws(RESTError) -> Answer {
        let id = try recordID(text, of: type, rest)
        switch rest.call.method {
        case "GET", "HEAD":
            guard let record = table(of: type).record(id.number), !record.isDeleted else { throw .notFound }
            if let answer = try conditional(record.modifiedAt, type, id, rest) { return answer }
            let answer = Answer.json(
                recordJSON(type, id.number, fields: try fieldList(rest.call.parameter("fields"), type), rest)
            ).with("Last-Modified", httpDate(record.modifiedAt))
            return type.name == "Account" ? answer.with("ETag", entityTag(id.long, record.modifiedAt)) : answer
        case "PATCH":
            let members = try recordMembers(of: type, rest)
            try exists(id, type)
            if let record = table(of: type).record(id.number) { _ = try conditional(record.modifiedAt, type, id, rest) }
            _ = try saveOne(members, type, .update, id: id, rest)
            return .empty
        case "DELETE":
            try exists(id, type)
            if case .failed(let errors, _) = delete(id, rest.context) {
                throw RESTError(saving: errors.first ?? .unknownReference)
            }
            return .empty
        default: throw .method(rest.call.method, allowed: "DELETE,GET,HEAD,PATCH")
        }
    }

    /// The record that a path names by its id, or by the lasting name that objects of the setup have.
    private func recordID(_ text: String, of type: ObjectType, _ rest: RESTCall) throws(RESTError) -> RecordID {
        if type.isSetup, let position = type.position(of: "DurableId"),
            let number = table(of: type).find(.text(text), in: position).first
        {
            return table(of: type).id(number)
        }
        switch RecordID.read(text) {
        case .id(let read) where read.prefix == type.keyPrefix: return read
        case .foreign(type.keyPrefix):
            throw rest.call.method == "GET"
                ? .notFound : RESTError(404, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
        case .id, .foreign:
            throw RESTError(
                400,
                "MALFORMED_ID",
                "\(type.label) ID: id value of incorrect type: \(text)",
                fields: ["Id"]
            )
        case .malformed:
            throw RESTError(404, "NOT_FOUND", "Provided external ID field does not exist or is not accessible: \(text)")
        }
    }

    private func exists(_ id: RecordID, _ type: ObjectType) throws(RESTError) {
        guard let record = table(of: type).record(id.number) else {
            throw RESTError(404, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
        }
        if record.isDeleted { throw RESTError(404, "ENTITY_IS_DELETED", "entity is deleted", fields: []) }
    }

    func requireJSON(_ rest: RESTCall) throws(RESTError) {
        if rest.call.body.isEmpty { throw .noBody }
        let type = rest.call.contentType
        guard type.isEmpty || type == "application/json" || rest.call.isXML else {
            throw RESTError(
                415,
                "UNSUPPORTED_MEDIA_TYPE",
                "Content type '\(type)' is not supported: the request body must be application/json"
            )
        }
    }

    var unexpectedShape: RESTError {
        RESTError(400, "JSON_PARSER_ERROR", "The request body must be a JSON object at [line:1, column:1]")
    }
}
