extension Org {
    func scope(of query: SOQLQuery, like outer: QueryScope) throws(SOQLFault) -> QueryScope {
        guard let type = schema[query.object], outer.isTooling || !type.isToolingOnly, !outer.hidden.contains(type.name)
        else {
            throw SOQLFault(
                "INVALID_TYPE",
                "sObject type '\(query.object)' is not supported. If you are attempting to use a custom object, be sure to append the "
                    + "'__c' after the entity name. Please reference your WSDL or the describe call for the appropriate names.",
                at: query.objectOffset
            )
        }
        guard !type.isEvent, type.queryable else {
            throw SOQLFault(
                "INVALID_TYPE_FOR_OPERATION",
                "entity type \(type.name) does not support query",
                at: query.objectOffset
            )
        }
        refreshSetup(type)
        var scope = outer
        scope.type = type
        scope.alias = query.alias
        return scope
    }

    /// The numbers of the records that a query finds, in its order, limit and offset applied.
    func matches(_ query: SOQLQuery, _ scope: QueryScope, among candidates: [Int]? = nil) throws(SOQLFault) -> [Int] {
        let table = table(of: scope.type)
        let test = try query.condition.map { condition throws(SOQLFault) in try self.test(condition, scope) }
        if let offset = query.offset, offset > 2_000 {
            throw SOQLFault("NUMBER_OUTSIDE_VALID_RANGE", "Maximum SOQL offset allowed is 2000")
        }
        var found: [Int] = []
        var quick = candidates
        if quick == nil { quick = try quickCandidates(query.condition, scope, table) }
        let stopsAt = query.order.isEmpty ? query.limit.map { $0 + (query.offset ?? 0) } : nil
        func consider(_ number: Int) -> Bool {
            guard let record = table.record(number), !record.isPurged, scope.includesDeleted || !record.isDeleted,
                test?(number, record, table) ?? true
            else { return true }
            found.append(number)
            return stopsAt.map { found.count < $0 } ?? true
        }
        if stopsAt != 0 {
            if let quick {
                for number in quick where !consider(number) { break }
            } else {
                var number = 1
                while number < table.nextNumber, consider(number) { number += 1 }
            }
        }
        if !query.order.isEmpty { found = try sorted(found, by: query.order, scope, table) }
        if let offset = query.offset { found.removeFirst(min(offset, found.count)) }
        if let limit = query.limit, found.count > limit { found.removeLast(found.count - limit) }
        return found
    }

    // MARK: - Implementation

    private func sorted(
        _ numbers: [Int],
        by order: [Ordering],
        _ scope: QueryScope,
        _ table: Table
    ) throws(SOQLFault) -> [Int] {
        var paths: [ResolvedPath] = []
        for ordering in order {
            let path = try resolve(ordering.path, in: scope.type, alias: scope.alias, hidden: scope.hidden)
            guard path.field.sortable else {
                throw SOQLFault(
                    "MALFORMED_QUERY",
                    "field '\(path.field.name)' can not be sorted in a query call",
                    at: ordering.path.offset
                )
            }
            paths.append(path)
        }
        let keyed = numbers.map { number -> (Int, [Value]) in
            guard let record = table.record(number) else { return (number, []) }
            return (number, paths.map { value(at: $0, number, record, table) })
        }
        return keyed.sorted { left, right in
            for (index, ordering) in order.enumerated() {
                let (one, other) = (left.1[index], right.1[index])
                if one.isNull || other.isNull {
                    if one.isNull == other.isNull { continue }
                    return one.isNull != ordering.nullsLast
                }
                guard let relation = SalesforceEmulator.order(one, other), relation != 0 else { continue }
                return (relation < 0) != ordering.isDescending
            }
            return left.0 < right.0
        }.map(\.0)
    }

    /// The records that an indexed part of the condition leaves, so that not all need be looked at.
    private func quickCandidates(
        _ condition: SOQLCondition?,
        _ scope: QueryScope,
        _ table: Table
    ) throws(SOQLFault) -> [Int]? {
        guard let condition, !scope.includesDeleted else { return nil }
        switch condition {
        case .and(let parts):
            for part in parts {
                if let candidates = try quickCandidates(part, scope, table) { return candidates }
            }
            return nil
        case .compare(let path, .equal, let literal): return try lookedUp(path, [literal], scope, table)
        case .isIn(let path, let literals, negated: false): return try lookedUp(path, literals, scope, table)
        case .or, .not, .compare, .compareAggregate, .isIn, .isInQuery, .includes: return nil
        }
    }

    private func lookedUp(
        _ path: FieldPath,
        _ literals: [SOQLLiteral],
        _ scope: QueryScope,
        _ table: Table
    ) throws(SOQLFault) -> [Int]? {
        let resolved = try resolve(path, in: scope.type, alias: scope.alias, hidden: scope.hidden)
        guard resolved.isOwn else { return nil }
        let field = resolved.field
        let isKey = field.unique || field.externalId || field.idLookup
        let isParent = field.type == .reference && field.computation == nil
        guard resolved.position == 0 && field.type == .id || isParent || (isKey && field.computation == nil) else {
            return nil
        }
        var numbers: Set<Int> = []
        for literal in literals {
            guard case .value(let value) = try filterValue(literal, for: field), !value.isNull else { return nil }
            if field.type == .id {
                if let id = value.reference, id.prefix == scope.type.keyPrefix { numbers.insert(id.number) }
            } else if isParent {
                if let id = value.reference { numbers.formUnion(table.children(of: id, by: resolved.position)) }
            } else {
                numbers.formUnion(table.find(value, in: resolved.position, limit: .max))
            }
        }
        return numbers.sorted()
    }
}
