extension Org {
    /// What clients ask of a search before they search: objects in the user's order, result columns, names to suggest.
    func searchPage(_ name: String, _ rest: RESTCall) throws(RESTError) -> JSONValue {
        switch name {
        case "scopeOrder": return .array([])
        case "layout":
            return .array(try named(rest.call.parameter("q"), rest).map { searchLayout($0) })
        case "suggestions": return try suggestions(rest)
        default: throw .notFound
        }
    }

    // MARK: - Implementation

    private func named(_ list: String?, _ rest: RESTCall) throws(RESTError) -> [ObjectType] {
        guard let list, !list.isEmpty else { throw RESTError(400, "MISSING_ARGUMENT", "Name the objects") }
        var types: [ObjectType] = []
        for name in list.split(separator: ",") { types.append(try object(name.trimmingBlanks(), rest)) }
        return types
    }

    private func searchLayout(_ type: ObjectType) -> JSONValue {
        let columns = type.fields.filter(\.nameField).prefix(1).map { field in
            JSONValue.members([
                "field": .string("\(type.name).\(field.name)"), "format": .null, "label": .string(field.label),
                "name": .string(field.name),
            ])
        }
        return .members([
            "errorMsg": .null, "label": .string(type.plural), "limitRows": .int(25), "objectType": .string(type.name),
            "searchColumns": .array(columns),
        ])
    }

    /// Records whose name begins with the text, by name.
    private func suggestions(_ rest: RESTCall) throws(RESTError) -> JSONValue {
        let start = folded(rest.call.parameter("q") ?? "")
        guard start.count > 1 else {
            throw RESTError(400, "MALFORMED_SEARCH", "Search term must be longer than one character: \(start)")
        }
        let most = min(max(rest.call.parameter("limit").flatMap(Int.init) ?? 5, 1), 200)
        var found: [(name: String, record: JSONValue)] = []
        for type in try named(rest.call.parameter("sobject"), rest) {
            guard let name = type.fields.firstIndex(where: \.nameField), hasTable(type) else { continue }
            let table = table(of: type)
            for number in 1..<max(table.nextNumber, 1) {
                guard let record = table.record(number), !record.isDeleted,
                    case .text(let text) = value(name, of: record, number, table), folded(text).hasPrefix(start)
                else { continue }
                found.append((text, recordJSON(type, number, fields: [0, name], rest)))
            }
        }
        let shown = found.sorted { $0.name < $1.name }.prefix(most).map(\.record)
        return .members(["autoSuggestResults": .array(shown), "hasMoreResults": .bool(found.count > most)])
    }
}
