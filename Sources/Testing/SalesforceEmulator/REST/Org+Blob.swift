extension Org {
    /// Where the bytes of a field are read; the bytes themselves, in base64, where the caller's protocol has them inside.
    func blob(_ value: JSONValue, _ field: Field, _ type: ObjectType, _ id: RecordID, base: String?) -> JSONValue {
        guard field.type == .base64, !value.isNull, let base else { return value }
        return .string("\(base)/sobjects/\(type.name)/\(id.long)/\(field.name)")
    }

    /// `/sobjects/{Object}/{id}/{field}` of a field of bytes.
    func blobBody(_ type: ObjectType, _ id: RecordID, _ field: Field, _ rest: RESTCall) throws(RESTError) -> Answer {
        try allow(["GET", "HEAD"], rest)
        guard let record = table(of: type).record(id.number), !record.isDeleted,
            !rest.context.hidden.contains("\(type.name).\(field.name)")
        else { throw .notFound }
        return Answer(
            status: 200,
            headers: [("Content-Type", "application/octet-stream")],
            body: bytes(of: field.name, record, table(of: type)) ?? []
        )
    }

    /// The fields of a record in a body of JSON, of XML, or of several parts: the record, and the bytes of one field.
    func recordMembers(of type: ObjectType, _ rest: RESTCall) throws(RESTError) -> [JSONMember] {
        guard rest.call.contentType == "multipart/form-data" else {
            try requireJSON(rest)
            guard case .object(let members) = try rest.json() else { throw unexpectedShape }
            return members
        }
        guard let parts = multipart(rest.call) else {
            throw RESTError(400, "INVALID_MULTIPART_REQUEST", "The body is not the parts that its boundary tells apart")
        }
        var members: [JSONMember] = []
        for (name, bytes) in parts.sorted(by: { $0.key < $1.key }) {
            if let field = type.field(name), field.type == .base64 {
                members.append(JSONMember(name: field.name, value: .string(Base64.encode(bytes))))
                continue
            }
            let json: JSONValue
            do throws(JSONFault) {
                json = try JSONReader.read(bytes)
            } catch {
                throw RESTError(400, "JSON_PARSER_ERROR", error.message)
            }
            guard let fields = json.members else { throw unexpectedShape }
            members += fields
        }
        return members
    }
}
