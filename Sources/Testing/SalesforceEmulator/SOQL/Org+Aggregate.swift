extension Org {
    /// The rows of a grouped query, or of one with aggregates only.
    func aggregated(_ query: SOQLQuery, _ scope: QueryScope) throws(SOQLFault) -> [JSONValue] {
        let table = table(of: scope.type)
        var plain = query
        plain.limit = nil
        plain.offset = nil
        plain.order = []
        let numbers = try matches(plain, scope)
        let groupings = try query.grouping.map { grouped throws(SOQLFault) in try grouping(grouped, scope) }
        var groups = query.subtotals.kinds(of: groupings.count).flatMap { summed in
            self.groups(of: numbers, by: groupings, summed, table)
        }
        if groups.isEmpty, groupings.isEmpty { groups = [Group(keys: [], numbers: [], isSummed: [])] }
        if let having = query.having {
            var kept: [Group] = []
            for group in groups where try passes(having, group, groupings, scope, table) { kept.append(group) }
            groups = kept
        }
        groups = try ordered(groups, query, groupings, scope, table)
        if let offset = query.offset { groups.removeFirst(min(offset, groups.count)) }
        if let limit = query.limit { groups = Array(groups.prefix(limit)) }
        return try groups.map { group throws(SOQLFault) in try row(query, group, groupings, scope, table) }
    }

    // MARK: - Implementation

    private struct Grouping {
        var path: ResolvedPath
        var part: DatePart?

        func of(_ org: isolated Org, _ number: Int, _ record: Record, _ table: Table) -> Value {
            let value = org.value(at: path, number, record, table)
            return part.map { $0.of(value) } ?? value
        }
    }

    /// The records of one row, and what they have in common.
    private struct Group {
        /// Null where the row sums over the grouping.
        var keys: [Value]
        var numbers: [Int]
        var isSummed: [Bool]
    }

    private func grouping(_ grouped: Grouped, _ scope: QueryScope) throws(SOQLFault) -> Grouping {
        let resolved = try resolve(grouped.path, in: scope.type, alias: scope.alias, hidden: scope.hidden)
        if let part = grouped.part {
            try require(part, on: resolved.field, at: grouped.path)
        } else if !resolved.field.groupable {
            throw SOQLFault(
                "MALFORMED_QUERY",
                "field '\(resolved.field.name)' can not be grouped in a query call",
                at: grouped.path.offset
            )
        }
        return Grouping(path: resolved, part: grouped.part)
    }

    /// The groups of one kind of row, in the order in which their first records come.
    private func groups(of numbers: [Int], by groupings: [Grouping], _ summed: [Bool], _ table: Table) -> [Group] {
        var groups: [Group] = []
        var places: [[LookupKey]: Int] = [:]
        for number in numbers {
            guard let record = table.record(number) else { continue }
            let keys: [Value] = zip(groupings, summed).map { $1 ? .null : $0.of(self, number, record, table) }
            let lookup = keys.map(LookupKey.init)
            if let place = places[lookup] {
                groups[place].numbers.append(number)
            } else {
                places[lookup] = groups.count
                groups.append(Group(keys: keys, numbers: [number], isSummed: summed))
            }
        }
        return groups
    }

    /// The value of an aggregate over a group, and the field whose form it takes.
    private func compute(
        _ aggregate: Aggregate,
        _ group: Group,
        _ groupings: [Grouping],
        _ scope: QueryScope,
        _ table: Table
    ) throws(SOQLFault) -> (Value, Field) {
        let whole = Field(name: "", label: "", type: .int)
        let decimal = Field(name: "", label: "", type: .double)
        guard let path = aggregate.path else { return (.number(Double(group.numbers.count)), whole) }
        let resolved = try resolve(path, in: scope.type, alias: scope.alias, hidden: scope.hidden)
        if case .part(let part) = aggregate.function {
            let index = groupings.firstIndex {
                $0.part == part && $0.path.steps == resolved.steps && $0.path.position == resolved.position
            }
            guard let index else {
                throw SOQLFault("MALFORMED_QUERY", "Field must be grouped or aggregated: \(path.text)", at: path.offset)
            }
            return (group.keys[index], part.form(of: resolved.field))
        }
        let values = group.numbers.compactMap { number -> Value? in
            guard let record = table.record(number) else { return nil }
            let value = value(at: resolved, number, record, table)
            return value.isNull ? nil : value
        }
        func numbers() throws(SOQLFault) -> [Double] {
            guard resolved.field.type.isNumber else {
                throw SOQLFault(
                    "MALFORMED_QUERY",
                    "field \(resolved.field.name) does not support aggregate operator \(aggregate.function.name)",
                    at: path.offset
                )
            }
            return values.compactMap { if case .number(let number) = $0 { number } else { nil } }
        }
        switch aggregate.function {
        case .count: return (.number(Double(values.count)), whole)
        case .countDistinct: return (.number(Double(Set(values.map(LookupKey.init)).count)), whole)
        case .sum:
            let numbers = try numbers()
            return (
                numbers.isEmpty ? .null : .number(numbers.reduce(0, +)), resolved.field.type == .int ? whole : decimal
            )
        case .average:
            let numbers = try numbers()
            return (numbers.isEmpty ? .null : .number(numbers.reduce(0, +) / Double(numbers.count)), decimal)
        case .minimum: return (values.min { (order($0, $1) ?? 0) < 0 } ?? .null, resolved.field)
        case .maximum: return (values.max { (order($0, $1) ?? 0) < 0 } ?? .null, resolved.field)
        case .part: return (.null, whole)
        }
    }

    private func row(
        _ query: SOQLQuery,
        _ group: Group,
        _ groupings: [Grouping],
        _ scope: QueryScope,
        _ table: Table
    ) throws(SOQLFault) -> JSONValue {
        var members = [JSONMember(name: "attributes", value: .members(["type": .string("AggregateResult")]))]
        var unnamed = 0
        for item in query.items {
            switch item {
            case .field(let path, let alias), .converted(let path, _, let alias):
                let resolved = try resolve(path, in: scope.type, alias: scope.alias, hidden: scope.hidden)
                guard
                    let index = groupings.firstIndex(where: {
                        $0.part == nil && $0.path.steps == resolved.steps && $0.path.position == resolved.position
                    })
                else {
                    throw SOQLFault(
                        "MALFORMED_QUERY",
                        "Field must be grouped or aggregated: \(path.text)",
                        at: path.offset
                    )
                }
                members.append(
                    JSONMember(name: alias ?? resolved.field.name, value: json(group.keys[index], of: resolved.field))
                )
            case .aggregate(let aggregate, let alias):
                let (value, field) = try compute(aggregate, group, groupings, scope, table)
                let name = alias ?? "expr\(unnamed)"
                if alias == nil { unnamed += 1 }
                members.append(JSONMember(name: name, value: json(value, of: field)))
            case .isSubtotal(let path, let alias):
                let resolved = try resolve(path, in: scope.type, alias: scope.alias, hidden: scope.hidden)
                let index = groupings.firstIndex {
                    $0.path.steps == resolved.steps && $0.path.position == resolved.position
                }
                guard let index else {
                    throw SOQLFault("MALFORMED_QUERY", "Field must be grouped: \(path.text)", at: path.offset)
                }
                members.append(
                    JSONMember(name: alias ?? "expr\(unnamed)", value: .int(group.isSummed[index] ? 1 : 0))
                )
                if alias == nil { unnamed += 1 }
            case .children(let inner):
                throw SOQLFault("MALFORMED_QUERY", "Grouped queries cannot have sub-selects", at: inner.objectOffset)
            case .byType(let branches):
                throw SOQLFault(
                    "MALFORMED_QUERY",
                    "TYPEOF is not supported in grouped queries",
                    at: branches.relation.offset
                )
            case .fields(_, let offset):
                throw SOQLFault(
                    "MALFORMED_QUERY",
                    "The SOQL FIELDS function is not supported in grouped queries",
                    at: offset
                )
            }
        }
        return .object(members)
    }

    private func passes(
        _ condition: SOQLCondition,
        _ group: Group,
        _ groupings: [Grouping],
        _ scope: QueryScope,
        _ table: Table
    ) throws(SOQLFault) -> Bool {
        switch condition {
        case .and(let parts):
            for part in parts where try !passes(part, group, groupings, scope, table) { return false }
            return true
        case .or(let parts):
            for part in parts where try passes(part, group, groupings, scope, table) { return true }
            return false
        case .not(let inner): return try !passes(inner, group, groupings, scope, table)
        case .compareAggregate(let aggregate, let comparison, let literal):
            let (value, field) = try compute(aggregate, group, groupings, scope, table)
            guard case .value(let wanted) = try filterValue(literal, for: field), let relation = order(value, wanted)
            else { return false }
            switch comparison {
            case .equal: return relation == 0
            case .unequal: return relation != 0
            case .less: return relation < 0
            case .lessOrEqual: return relation <= 0
            case .greater: return relation > 0
            case .greaterOrEqual: return relation >= 0
            case .like: return false
            }
        case .compare, .isIn, .isInQuery, .includes:
            // A condition on a grouped field is the same for all of its records.
            guard let number = group.numbers.first, let record = table.record(number) else { return false }
            return try test(condition, scope)(number, record, table)
        }
    }

    private func ordered(
        _ groups: [Group],
        _ query: SOQLQuery,
        _ groupings: [Grouping],
        _ scope: QueryScope,
        _ table: Table
    ) throws(SOQLFault) -> [Group] {
        guard !query.order.isEmpty else { return groups }
        var keyed: [(group: Group, keys: [Value])] = []
        for group in groups {
            var keys: [Value] = []
            for ordering in query.order {
                if let aggregate = ordering.aggregate {
                    keys.append(try compute(aggregate, group, groupings, scope, table).0)
                } else if let aggregate = aggregate(named: ordering.path.text, in: query) {
                    keys.append(try compute(aggregate, group, groupings, scope, table).0)
                } else {
                    let resolved = try resolve(ordering.path, in: scope.type, alias: scope.alias, hidden: scope.hidden)
                    guard
                        let index = groupings.firstIndex(where: {
                            $0.path.position == resolved.position && $0.path.steps == resolved.steps
                        })
                    else {
                        throw SOQLFault(
                            "MALFORMED_QUERY",
                            "Ordered field must be grouped or aggregated: \(ordering.path.text)",
                            at: ordering.path.offset
                        )
                    }
                    keys.append(group.keys[index])
                }
            }
            keyed.append((group, keys))
        }
        return keyed.sorted { left, right in
            for (index, ordering) in query.order.enumerated() {
                let (one, other) = (left.keys[index], right.keys[index])
                if one.isNull || other.isNull {
                    if one.isNull == other.isNull { continue }
                    return one.isNull != ordering.nullsLast
                }
                guard let relation = order(one, other), relation != 0 else { continue }
                return (relation < 0) != ordering.isDescending
            }
            return false
        }.map(\.group)
    }

    private func aggregate(named name: String, in query: SOQLQuery) -> Aggregate? {
        for case .aggregate(let aggregate, let alias?) in query.items where alias.lowercased() == name.lowercased() {
            return aggregate
        }
        return nil
    }
}
