extension Org {
    /// `/search?q=` and `/parameterizedSearch`.
    func search(_ rest: RESTCall) throws(RESTError) -> Answer {
        if rest.path[0] == "parameterizedSearch" {
            try allow(["GET", "POST"], rest)
            let query = rest.call.method == "POST" ? try parameters(try rest.json()) : try parameters(rest.call)
            return .json(try found(query, rest))
        }
        try allow(["GET"], rest)
        if rest.path.count == 2 { return .json(try searchPage(rest.path[1], rest)) }
        guard rest.path.count == 1, let text = rest.call.parameter("q") else {
            throw RESTError(400, "MALFORMED_SEARCH", "A search string has to be specified")
        }
        let answer = try searched(text, rest)
        return .json(rest.number < 37 ? answer["searchRecords"] ?? .array([]) : answer)
    }

    /// The answer of a search statement.
    func searched(_ text: String, _ rest: RESTCall) throws(RESTError) -> JSONValue {
        let query: SOSLQuery
        do throws(SOSLFault) {
            query = try SOSLQuery(text)
        } catch {
            throw RESTError(400, "MALFORMED_SEARCH", error.message)
        }
        return try found(query, rest)
    }

    // MARK: - Implementation

    private func found(_ query: SOSLQuery, _ rest: RESTCall) throws(RESTError) -> JSONValue {
        var wanted = query.objects
        if wanted.isEmpty {
            wanted = schema.types.filter { $0.isSearchable && hasTable($0) && !isHidden($0, rest.session) }.map {
                SOSLQuery.Object(name: $0.name, statement: "SELECT Id FROM \($0.name)")
            }
        }
        var records: [JSONValue] = []
        for object in wanted where records.count < query.limit {
            records += try matches(object, query, rest)
        }
        return .members(["searchRecords": .array(Array(records.prefix(query.limit)))])
    }

    private func matches(
        _ object: SOSLQuery.Object,
        _ query: SOSLQuery,
        _ rest: RESTCall
    ) throws(RESTError) -> [JSONValue] {
        do throws(SOQLFault) {
            let parsed = try SOQLParser.parse(object.statement)
            let start = QueryScope(type: schema.types[0], hidden: rest.context.hidden, includesDeleted: false)
            let scope = try scope(of: parsed, like: start)
            guard scope.type.isSearchable, !isHidden(scope.type, rest.session) else {
                throw SOQLFault("INVALID_TYPE", "sObject type '\(object.name)' is not supported in a search.")
            }
            let plan = try plan(parsed, scope)
            let table = table(of: scope.type)
            let places = searchedFields(of: scope.type, query.fields, scope.hidden)
            let hits = (1..<max(table.nextNumber, 1)).filter { number in
                guard let record = table.record(number), !record.isDeleted else { return false }
                let texts = places.compactMap { place -> String? in
                    if case .text(let text) = value(place, of: record, number, table) { text } else { nil }
                }
                return query.term.matches(texts)
            }
            return try matches(parsed, scope, among: hits).map { json(plan, $0, table, scope, base: rest.base) }
        } catch {
            throw RESTError(400, error.code, error.text(in: object.statement))
        }
    }

    private func searchedFields(of type: ObjectType, _ fields: SOSLQuery.Fields, _ hidden: Set<String>) -> [Int] {
        type.fields.indices.filter { position in
            let field = type.fields[position]
            if hidden.contains("\(type.name).\(field.name)") { return false }
            switch fields {
            case .name: return field.nameField
            case .email: return field.type == .email
            case .phone: return field.type == .phone
            case .all, .sidebar: return field.type.isText && field.type != .complexvalue
            }
        }
    }

    private func parameters(_ call: Call) throws(RESTError) -> SOSLQuery {
        let names = call.query.filter { $0.name == "sobject" }.flatMap {
            $0.value.split(separator: ",").map(String.init)
        }
        let objects = names.map { name in
            statement(
                name,
                fields: call.parameter("\(name).fields") ?? call.parameter("fields"),
                condition: call.parameter("\(name).where"),
                limit: call.parameter("\(name).limit")
            )
        }
        return try query(
            call.parameter("q"),
            fields: call.parameter("in"),
            objects,
            limit: call.parameter("overallLimit").flatMap(Int.init)
        )
    }

    private func parameters(_ body: JSONValue) throws(RESTError) -> SOSLQuery {
        func list(_ value: JSONValue?) -> String? { value?.array?.compactMap(\.string).joined(separator: ",") }
        let objects = (body["sobjects"]?.array ?? []).map { object in
            statement(
                object["name"]?.string ?? "",
                fields: list(object["fields"]) ?? list(body["fields"]),
                condition: object["where"]?.string,
                limit: object["limit"]?.integer.map(String.init)
            )
        }
        return try query(
            body["q"]?.string,
            fields: body["in"]?.string,
            objects,
            limit: body["overallLimit"]?.integer
        )
    }

    private func statement(_ name: String, fields: String?, condition: String?, limit: String?) -> SOSLQuery.Object {
        let shown = fields.map { $0.isEmpty ? "Id" : $0 } ?? "Id"
        let filter = condition.map { " WHERE \($0)" } ?? ""
        let most = limit.map { " LIMIT \($0)" } ?? ""
        return SOSLQuery.Object(name: name, statement: "SELECT \(shown) FROM \(name)\(filter)\(most)")
    }

    private func query(
        _ text: String?,
        fields: String?,
        _ objects: [SOSLQuery.Object],
        limit: Int?
    ) throws(RESTError) -> SOSLQuery {
        do throws(SOSLFault) {
            return SOSLQuery(
                term: try SearchTerm(text ?? ""),
                fields: fields.flatMap { SOSLQuery.Fields(rawValue: $0.uppercased()) } ?? .all,
                objects: objects,
                limit: min(max(limit ?? 2_000, 0), 2_000)
            )
        } catch {
            throw RESTError(400, "MALFORMED_SEARCH", error.message)
        }
    }
}
