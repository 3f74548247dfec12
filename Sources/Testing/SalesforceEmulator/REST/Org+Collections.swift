extension Org {
    /// `/composite/sobjects…` (reference 02 §6).
    func collections(_ rest: RESTCall) throws(RESTError) -> Answer {
        let path = Array(rest.path.dropFirst(2))
        switch (rest.call.method, path.count) {
        case ("POST", 0): return try collectionSave(rest, key: nil)
        case ("PATCH", 0): return try collectionSave(rest, key: nil)
        case ("PATCH", 2):
            let type = try object(path[0], rest)
            guard let key = type.position(of: path[1]), type.fields[key].externalId || type.fields[key].idLookup else {
                throw RESTError(
                    404,
                    "NOT_FOUND",
                    "Provided external ID field does not exist or is not accessible: \(path[1])"
                )
            }
            return try collectionSave(rest, key: (type, key))
        case ("DELETE", 0): return try collectionDelete(rest)
        case ("GET", 1), ("POST", 1): return try collectionRead(try object(path[0], rest), rest)
        default: throw .method(rest.call.method, allowed: path.isEmpty ? "DELETE,PATCH,POST" : "GET,PATCH,POST")
        }
    }

    func itemErrors(_ errors: [SaveError], version: String) -> JSONValue {
        .array(
            errors.map { error in
                var json = JSONValue.members([
                    "statusCode": .string(error.code), "message": .string(error.message),
                    "fields": .array(error.fields.map(JSONValue.string)),
                ])
                if let found = error.duplicates { json.set("duplicateResult", duplicateJSON(found, version)) }
                return json
            }
        )
    }

    // MARK: - Implementation

    private struct Item {
        var type: ObjectType
        var members: [JSONMember]
    }

    private func collectionSave(_ rest: RESTCall, key: (type: ObjectType, position: Int)?) throws(RESTError) -> Answer {
        try requireJSON(rest)
        let body = try rest.json()
        guard body.members != nil, let records = body["records"]?.array else { throw unexpectedShape }
        guard records.count <= 200 else { throw tooMany }
        let allOrNone = body["allOrNone"]?.bool ?? false
        var items: [Item] = []
        for record in records {
            guard case .object(let members) = record else { throw unexpectedShape }
            guard let name = record["attributes"]?["type"]?.string else {
                throw RESTError(400, "INVALID_INPUT", "The attributes.type of each record is required")
            }
            guard let type = schema[name], !isHidden(type, rest.session) else {
                throw RESTError(
                    404,
                    "NOT_FOUND",
                    "The requested resource does not exist"
                )
            }
            if let key, key.type !== type {
                throw RESTError(400, "INVALID_FIELD", "All records must be of type \(key.type.name)")
            }
            items.append(Item(type: type, members: members))
        }
        let runs = runs(of: items)
        guard runs.count <= 10 else {
            throw RESTError(400, "INVALID_INPUT", "The records are of more than 10 runs of types")
        }
        let operation: SaveOperation =
            key.map { .upsert(key: $0.position) } ?? (rest.call.method == "POST" ? .insert : .update)
        var outcomes: [Outcome] = []
        var thrown: RESTError?
        undoable {
            for run in runs {
                do throws(RESTError) {
                    let type = items[run.lowerBound].type
                    let block = try block(
                        items[run].map(\.members),
                        of: type,
                        in: rest.call.body,
                        hidden: rest.context.hidden,
                        idsAllowed: operation != .insert,
                        rowErrors: true
                    )
                    outcomes += save(block, into: type, by: operation, rest.context)
                } catch {
                    thrown = error
                    return false
                }
            }
            return !(allOrNone && outcomes.contains { $0.isFailure })
        }
        if let thrown { throw thrown }
        return .json(.array(shown(outcomes, allOrNone: allOrNone, upsert: key != nil, items.map(\.type), rest)))
    }

    private func runs(of items: [Item]) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        for (index, item) in items.enumerated() {
            if let last = runs.last, items[last.lowerBound].type === item.type {
                runs[runs.count - 1] = last.lowerBound..<index + 1
            } else {
                runs.append(index..<index + 1)
            }
        }
        return runs
    }

    private func shown(
        _ outcomes: [Outcome],
        allOrNone: Bool,
        upsert: Bool,
        _ types: [ObjectType],
        _ rest: RESTCall
    ) -> [JSONValue] {
        let rolledBack = allOrNone && outcomes.contains { $0.isFailure }
        return zip(outcomes, types).map { outcome, type in
            var members: [JSONMember] = []
            func add(_ name: String, _ value: JSONValue) { members.append(JSONMember(name: name, value: value)) }
            switch outcome {
            case .saved(let id, let created):
                if rolledBack {
                    add("id", .string(id.long))
                    add("success", .bool(false))
                    add("errors", itemErrors([.rolledBack], version: rest.version))
                } else {
                    add("id", .string(id.long))
                    add("success", .bool(true))
                    add("errors", type.isEvent ? enqueued(type, id) : .array([]))
                    if upsert { add("created", .bool(created)) }
                }
            case .failed(let errors, _):
                add("success", .bool(false))
                add("errors", itemErrors(errors, version: rest.version))
                if upsert { add("created", .bool(false)) }
            }
            return .object(members)
        }
    }

    private func enqueued(_ type: ObjectType, _ id: RecordID) -> JSONValue {
        let uuid = events[type.name]?.first { $0.id == id }?.uuid ?? ""
        return .array([
            .members(["statusCode": .string("OPERATION_ENQUEUED"), "message": .string(uuid), "fields": .array([])])
        ])
    }

    private func collectionDelete(_ rest: RESTCall) throws(RESTError) -> Answer {
        guard let text = rest.call.parameter("ids"), !text.isEmpty else {
            throw RESTError(400, "MISSING_ARGUMENT", "ids is required")
        }
        let ids = text.split(separator: ",").map { $0.trimmingBlanks() }
        guard ids.count <= 200 else { throw tooMany }
        let allOrNone = rest.call.parameter("allOrNone") == "true"
        var outcomes: [Outcome] = []
        undoable {
            for text in ids {
                switch RecordID.read(text) {
                case .id(let id): outcomes.append(delete(id, rest.context))
                case .foreign: outcomes.append(.failed([.unknownReference], nil))
                case .malformed: outcomes.append(.failed([SaveError("MALFORMED_ID", "malformed id \(text)")], nil))
                }
            }
            return !(allOrNone && outcomes.contains { $0.isFailure })
        }
        let rolledBack = allOrNone && outcomes.contains { $0.isFailure }
        return .json(
            .array(
                zip(outcomes, ids).map { outcome, text in
                    switch outcome {
                    case .saved(let id, _):
                        .members([
                            "id": .string(id.long), "success": .bool(!rolledBack),
                            "errors": rolledBack ? itemErrors([.rolledBack], version: rest.version) : .array([]),
                        ])
                    case .failed(let errors, _):
                        .members([
                            "id": .string(text), "success": .bool(false),
                            "errors": itemErrors(errors, version: rest.version),
                        ])
                    }
                }
            )
        )
    }

    private func collectionRead(_ type: ObjectType, _ rest: RESTCall) throws(RESTError) -> Answer {
        let ids: [String]
        let fields: [Int]
        if rest.call.method == "POST" {
            try requireJSON(rest)
            let body = try rest.json()
            ids = body["ids"]?.array?.compactMap(\.string) ?? []
            fields = try fieldList(body["fields"]?.array?.compactMap(\.string).joined(separator: ","), type) ?? []
        } else {
            ids = rest.call.parameter("ids")?.split(separator: ",").map(String.init) ?? []
            fields = try fieldList(rest.call.parameter("fields"), type) ?? []
        }
        guard !ids.isEmpty, !fields.isEmpty else {
            throw RESTError(400, "MISSING_ARGUMENT", "ids and fields are required")
        }
        guard ids.count <= 2_000 else { throw tooMany }
        return .json(
            .array(
                ids.map { text in
                    guard case .id(let id) = RecordID.read(text), id.prefix == type.keyPrefix,
                        let record = table(of: type).record(id.number), !record.isDeleted
                    else { return .null }
                    return recordJSON(type, id.number, fields: fields.contains(0) ? fields : fields + [0], rest)
                }
            )
        )
    }

    private var tooMany: RESTError {
        RESTError(400, "EXCEEDED_ID_LIMIT", "record limit reached. cannot submit more than 200 records into this call")
    }
}
