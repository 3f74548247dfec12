extension Org {
    /// Reads records out of JSON into one block.
    ///
    /// The names of a request that are wrong as a whole are thrown.
    func block(
        _ records: [[JSONMember]],
        of type: ObjectType,
        in body: [UInt8],
        hidden: Set<String>,
        idsAllowed: Bool,
        rowErrors: Bool
    ) throws(RESTError) -> RowBlock {
        var positions: [Int] = []
        var rows: [(cells: [Int: Value], identity: RowBlock.Identity, failure: SaveError?)] = []
        for members in records {
            var cells: [Int: Value] = [:]
            var identity = RowBlock.Identity.none
            var failure: SaveError?
            for member in members where member.name != "attributes" {
                if member.name.lowercased() == "id" {
                    guard idsAllowed else {
                        throw RESTError(
                            400,
                            "INVALID_FIELD",
                            "The Id field should not be specified in the sobject data."
                        )
                    }
                    identity = RowBlock.Identity(member.value.string ?? "", of: type)
                    continue
                }
                do throws(SaveError) {
                    guard let (position, value) = try cell(member, of: type, in: body, hidden: hidden) else { continue }
                    // Of a field that is written twice under its own name the last value counts.
                    if cells[position] != nil, let relation = type.fields[position].relationshipName {
                        let field = type.fields[position]
                        throw SaveError(
                            "INVALID_FIELD",
                            "Cannot specify both an external ID reference \(relation) and a salesforce id, "
                                + field.name
                        )
                    }
                    cells[position] = value
                    if !positions.contains(position) { positions.append(position) }
                } catch {
                    let wholeRequest = error.code == "JSON_PARSER_ERROR" || !rowErrors
                    if wholeRequest { throw RESTError(saving: error) }
                    failure = failure ?? error
                }
            }
            rows.append((cells, identity, failure))
        }
        var block = RowBlock(columns: positions)
        for row in rows { block.add(positions.map { row.cells[$0] }, identity: row.identity, failure: row.failure) }
        return block
    }

    // MARK: - Implementation

    /// The field that a member writes and the value it gives it.
    private func cell(
        _ member: JSONMember,
        of type: ObjectType,
        in body: [UInt8],
        hidden: Set<String>
    ) throws(SaveError) -> (Int, Value)? {
        if let parentMembers = member.value.members {
            if type.relationship(member.name) == nil, let position = type.position(of: member.name),
                !hidden.contains("\(type.name).\(type.fields[position].name)")
            {
                throw unfit(member, "START_OBJECT", "{", type.fields[position], body)
            }
            return try parent(member.name, parentMembers, of: type)
        }
        guard let column = column(member.name, of: type, hidden: Set(hidden.compactMap { strip($0, type) })),
            case .field = column.target
        else {
            if let position = type.relationship(member.name), member.value.isNull { return (position, .null) }
            throw .noColumn(member.name, on: type.name)
        }
        return (column.position, try value(member, for: column, in: body))
    }

    private func strip(_ name: String, _ type: ObjectType) -> String? {
        name.hasPrefix("\(type.name).") ? String(name.dropFirst(type.name.count + 1)) : nil
    }

    private func parent(_ name: String, _ members: [JSONMember], of type: ObjectType) throws(SaveError) -> (Int, Value)
    {
        let typeName =
            members.first { $0.name == "attributes" }?.value["type"]?.string
            ?? members.first { $0.name == "type" }?.value.string
        let keys = members.filter { $0.name != "attributes" && $0.name != "type" }
        guard let position = type.relationship(name) else { throw .noColumn(name, on: type.name) }
        guard keys.count == 1, let key = keys.first else {
            throw SaveError("INVALID_FIELD", "The relationship \(name) must name exactly one external ID field")
        }
        let field = type.fields[position]
        guard let target = field.referenceTo.count == 1 ? field.referenceTo.first : typeName,
            let parentType = schema[target]
        else {
            throw SaveError("INVALID_FIELD", "The relationship \(name) needs the type of its parent")
        }
        guard let column = column(name, relation: name, parent: target, key: key.name, of: type) else {
            throw SaveError(
                "INVALID_FIELD",
                parentType.position(of: key.name) == nil
                    ? "No such column '\(key.name)' on sobject of type \(parentType.name)"
                    : "Field name provided, \(key.name) is not an External ID or indexed field for \(parentType.name)"
            )
        }
        return (position, try read(text(of: key.value), for: column))
    }

    private func value(_ member: JSONMember, for column: Column, in body: [UInt8]) throws(SaveError) -> Value {
        let field = column.field
        switch member.value {
        case .null: return .null
        case .bool(let bool):
            guard field.type == .boolean || field.type.isText else {
                throw unfit(member, "VALUE_\(bool ? "TRUE" : "FALSE")", "\(bool)", field, body)
            }
            return field.type == .boolean ? .bool(bool) : .text(bool ? "true" : "false")
        case .number(let text):
            if field.type == .boolean || field.type == .date || field.type == .datetime || field.type == .time {
                throw unfit(member, text.contains(".") ? "VALUE_NUMBER_FLOAT" : "VALUE_NUMBER_INT", text, field, body)
            }
            return try read(text, for: column)
        case .string(let text):
            do throws(SaveError) {
                return try read(text, for: column)
            } catch {
                guard error.code == "INVALID_TYPE_ON_FIELD_IN_RECORD" else { throw error }
                throw unfit(member, "VALUE_STRING", text, field, body)
            }
        case .array: throw unfit(member, "START_ARRAY", "[", field, body)
        case .object: throw unfit(member, "START_OBJECT", "{", field, body)
        }
    }

    private func text(of value: JSONValue) -> String {
        switch value {
        case .string(let text), .number(let text): text
        case .bool(let bool): bool ? "true" : "false"
        case .null, .array, .object: ""
        }
    }

    private func read(_ text: String, for column: Column) throws(SaveError) -> Value {
        var text = text
        let result = text.withUTF8 { bytes -> Result<Value, SaveError> in
            do throws(SaveError) { return .success(try read(bytes, for: column)) } catch { return .failure(error) }
        }
        return try result.get()
    }

    private func unfit(
        _ member: JSONMember,
        _ token: String,
        _ value: String,
        _ field: Field,
        _ body: [UInt8]
    ) -> SaveError {
        let name = field.type.soapType.split(separator: ":").last.map(String.init)?.lowercased() ?? "value"
        let kind = field.type == .datetime ? "datetime" : name
        return SaveError(
            "JSON_PARSER_ERROR",
            "Cannot deserialize instance of \(kind) from \(token) value \(value) or request may be missing a required field at "
                + JSONReader.place(of: member.offset, in: body)
        )
    }
}

extension RESTError {
    /// The status that goes with a row's error when the row is the whole request.
    init(saving error: SaveError) {
        let status: Int
        switch error.code {
        case "ENTITY_IS_DELETED", "NOT_FOUND": status = 404
        case "INSUFFICIENT_ACCESS_OR_READONLY", "REQUEST_LIMIT_EXCEEDED": status = 403
        default: status = 400
        }
        self.init(
            status,
            error.code,
            error.message,
            fields: error.code == "JSON_PARSER_ERROR" || (error.code == "INVALID_FIELD" && error.fields.isEmpty)
                ? nil : error.fields
        )
        duplicates = error.duplicates
    }
}
