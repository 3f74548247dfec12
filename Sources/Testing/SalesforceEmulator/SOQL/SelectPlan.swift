/// What a query shows of each record: fields, parents and children in the order they were selected.
final class SelectPlan {
    enum Entry {
        case field(name: String, position: Int, fieldName: String, form: ShownForm = .stored)
        case typeName
        case parent(relation: String, step: Int, SelectPlan)
        /// A parent of several objects, shown by what it is; another one only where there is an `ELSE`.
        case parentByType(relation: String, step: Int, branches: [String: SelectPlan], otherwise: SelectPlan?)
        case children(name: String, child: ObjectType, field: Int, SOQLQuery, SelectPlan)
    }

    var entries: [Entry] = []

    func parent(_ relation: String, _ step: Int) -> SelectPlan {
        for case .parent(relation, _, let plan) in entries { return plan }
        let plan = SelectPlan()
        entries.append(.parent(relation: relation, step: step, plan))
        return plan
    }
}

extension Org {
    func plan(_ query: SOQLQuery, _ scope: QueryScope) throws(SOQLFault) -> SelectPlan {
        let plan = SelectPlan()
        for item in query.items {
            switch item {
            case .field(let path, let alias):
                guard alias == nil else {
                    throw SOQLFault(
                        "MALFORMED_QUERY",
                        "only aggregate expressions use field aliasing",
                        at: path.offset
                    )
                }
                guard try add(path, nil, to: plan, scope) else {
                    throw SOQLFault("MALFORMED_QUERY", "duplicate field selected: \(path.text)", at: path.offset)
                }
            case .converted(let path, let form, let alias):
                guard try add(path, alias, form, to: plan, scope) else {
                    throw SOQLFault("MALFORMED_QUERY", "duplicate field selected: \(path.text)", at: path.offset)
                }
            case .fields(let which, let offset):
                guard ["ALL", "STANDARD", "CUSTOM"].contains(which) else {
                    throw SOQLFault("MALFORMED_QUERY", "unexpected token: '\(which)'", at: offset)
                }
                if which != "STANDARD", (query.limit ?? .max) > 200 {
                    throw SOQLFault(
                        "MALFORMED_QUERY",
                        "The SOQL FIELDS function must have a LIMIT of at most 200",
                        at: offset
                    )
                }
                for (position, field) in scope.type.fields.enumerated()
                where which == "ALL" || field.custom == (which == "CUSTOM") {
                    if scope.hidden.contains("\(scope.type.name).\(field.name)") { continue }
                    plan.entries.append(.field(name: field.name, position: position, fieldName: field.name))
                }
            case .children(let inner): plan.entries.append(try childEntry(inner, scope))
            case .byType(let branches): plan.entries.append(try entry(branches, scope))
            case .aggregate, .isSubtotal: throw SOQLFault("MALFORMED_QUERY", "Aggregates need a grouped query")
            }
        }
        return plan
    }

    func json(_ plan: SelectPlan, _ number: Int, _ table: Table, _ scope: QueryScope, base: String) -> JSONValue {
        guard let record = table.record(number) else { return .null }
        let type = table.type
        let durable = type.isSetup ? type.position(of: "DurableId") : nil
        let key =
            durable.map { plainText(value($0, of: record, number, table), of: type.fields[$0]) }
            ?? table.id(number).long
        var members = [
            JSONMember(
                name: "attributes",
                value: .members(["type": .string(type.name), "url": .string("\(base)/sobjects/\(type.name)/\(key)")])
            )
        ]
        for entry in plan.entries {
            switch entry {
            case .typeName: members.append(JSONMember(name: "Type", value: .string(type.name)))
            case .field(let name, let position, let fieldName, let form):
                let own =
                    position < type.fields.count && type.fields[position].name == fieldName
                    ? position : type.position(of: fieldName)
                let stored = own.map { shown($0, record, number, table, base) } ?? .null
                members.append(
                    JSONMember(name: name, value: own.map { shown(stored, as: form, type.fields[$0]) } ?? .null)
                )
            case .parent(let relation, let step, let inner):
                let place = end(of: [step], [relation], number, record, table)
                members.append(
                    JSONMember(name: relation, value: place.map { json(inner, $0.0, $0.2, scope, base: base) } ?? .null)
                )
            case .parentByType(let relation, let step, let branches, let otherwise):
                let place = end(of: [step], [relation], number, record, table)
                let shown = place.flatMap { place in
                    (branches[place.2.type.name] ?? otherwise).map {
                        json($0, place.0, place.2, scope, base: base)
                    }
                }
                members.append(JSONMember(name: relation, value: shown ?? .null))
            case .children(let name, let child, let field, let query, let inner):
                members.append(
                    JSONMember(
                        name: name,
                        value: children(of: table.id(number), child, field, query, inner, scope, base: base)
                    )
                )
            }
        }
        return .object(members)
    }

    // MARK: - Implementation

    /// Adds a field where its path leads, under its own name or another; false when something has that name already.
    func add(
        _ path: FieldPath,
        _ alias: String?,
        _ form: ShownForm = .stored,
        to plan: SelectPlan,
        _ scope: QueryScope
    ) throws(SOQLFault) -> Bool {
        let resolved = try resolve(path, in: scope.type, alias: scope.alias, hidden: scope.hidden)
        var place = plan
        for (relation, step) in zip(resolved.relations, resolved.steps) { place = place.parent(relation, step) }
        if resolved.isTypeName {
            place.entries.append(.typeName)
            return true
        }
        let name = alias ?? resolved.field.name
        let isTaken = place.entries.contains { if case .field(name, _, _, _) = $0 { true } else { false } }
        guard !isTaken else { return false }
        place.entries.append(
            .field(name: name, position: resolved.position, fieldName: resolved.field.name, form: form)
        )
        return true
    }

    /// Metadata and other complex values are kept as JSON text.
    private func shown(
        _ position: Int,
        _ record: Record,
        _ number: Int,
        _ table: Table,
        _ base: String
    ) -> JSONValue {
        let value = blob(
            json(position, of: record, number, table),
            table.type.fields[position],
            table.type,
            table.id(number),
            base: base.isEmpty ? nil : base
        )
        guard table.type.fields[position].type == .complexvalue, case .string(let text) = value else { return value }
        return liveMetadata(table.type, number) ?? (try? JSONReader.read(Array(text.utf8))) ?? .null
    }

    private func childEntry(_ inner: SOQLQuery, _ scope: QueryScope) throws(SOQLFault) -> SelectPlan.Entry {
        let name = inner.object.split(separator: ".").last.map(String.init) ?? inner.object
        guard let (child, field) = schema.childRelationship(name, of: scope.type), !scope.hidden.contains(child.name)
        else {
            throw SOQLFault(
                "INVALID_TYPE",
                "Didn't understand relationship '\(name)' in FROM part of query call. If you are attempting to use a custom "
                    + "relationship, be sure to append the '__r' after the custom relationship name. Please reference your WSDL or the "
                    + "describe call for the appropriate names.",
                at: inner.objectOffset
            )
        }
        var childScope = scope
        childScope.type = child
        childScope.alias = inner.alias
        // Faults of the inner query show up now, not at the first record.
        _ = try matches(inner, childScope, among: [])
        return .children(
            name: child.fields[field].childRelationshipName ?? name,
            child: child,
            field: field,
            inner,
            try plan(inner, childScope)
        )
    }

    private func children(
        of id: RecordID,
        _ child: ObjectType,
        _ field: Int,
        _ query: SOQLQuery,
        _ plan: SelectPlan,
        _ scope: QueryScope,
        base: String
    ) -> JSONValue {
        var childScope = scope
        childScope.type = child
        childScope.alias = query.alias
        let table = table(of: child)
        // It was tried with no candidates before and can't fail now.
        let numbers = (try? matches(query, childScope, among: table.children(of: id, by: field))) ?? []
        guard !numbers.isEmpty else { return .null }
        return .members([
            "totalSize": .int(numbers.count), "done": .bool(true),
            "records": .array(numbers.map { json(plan, $0, table, childScope, base: base) }),
        ])
    }
}
