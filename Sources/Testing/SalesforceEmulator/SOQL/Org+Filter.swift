/// Whether a record passes.
typealias RecordTest = (Int, Record, Table) -> Bool

/// Where the names of a query are looked up.
struct QueryScope {
    var type: ObjectType
    var alias: String?
    var hidden: Set<String>
    var includesDeleted: Bool
    var isTooling = false
}

extension Org {
    /// Turns a condition into a test.
    func test(_ condition: SOQLCondition, _ scope: QueryScope) throws(SOQLFault) -> RecordTest {
        switch condition {
        case .and(let parts):
            let tests = try parts.map { part throws(SOQLFault) in try test(part, scope) }
            return { number, record, table in tests.allSatisfy { $0(number, record, table) } }
        case .or(let parts):
            let tests = try parts.map { part throws(SOQLFault) in try test(part, scope) }
            return { number, record, table in tests.contains { $0(number, record, table) } }
        case .not(let inner):
            let inner = try test(inner, scope)
            return { number, record, table in !inner(number, record, table) }
        case .compare(let path, let comparison, let literal): return try comparing(path, comparison, literal, scope)
        case .compareAggregate(let aggregate, let comparison, let literal):
            guard case .part(let part) = aggregate.function, let path = aggregate.path else {
                throw SOQLFault("MALFORMED_QUERY", "Grouped field should not be aggregated", at: literal.offset)
            }
            return try comparing(part, of: path, comparison, literal, scope)
        case .isIn(let path, let literals, let negated):
            let resolved = try filterable(path, scope)
            let values = try literals.map { literal throws(SOQLFault) in try filterValue(literal, for: resolved.field) }
            return membership(resolved, values, negated: negated)
        case .isInQuery(let path, let inner, let negated):
            let resolved = try filterable(path, scope)
            let ids = try semiJoin(inner, scope)
            return { [self] number, record, table in
                let value = value(at: resolved, number, record, table)
                guard let id = value.reference else { return negated && !value.isNull }
                return ids.contains(id) != negated
            }
        case .includes(let path, let literals, let negated):
            let resolved = try filterable(path, scope)
            guard resolved.field.type == .multipicklist else {
                throw SOQLFault(
                    "INVALID_QUERY_FILTER_OPERATOR",
                    "includes or excludes operator only valid on multipicklist field",
                    at: path.offset
                )
            }
            let groups = literals.map { literal -> [String] in
                if case .string(let text) = literal.kind {
                    text.split(separator: ";").map { folded(String($0)) }
                } else {
                    []
                }
            }
            return { [self] number, record, table in
                guard case .text(let text) = value(at: resolved, number, record, table) else { return negated }
                let chosen = Set(text.split(separator: ";").map { folded(String($0)) })
                return groups.contains { $0.allSatisfy { chosen.contains($0) } } != negated
            }
        }
    }

    func filterable(_ path: FieldPath, _ scope: QueryScope) throws(SOQLFault) -> ResolvedPath {
        let resolved = try resolve(path, in: scope.type, alias: scope.alias, hidden: scope.hidden)
        guard resolved.field.filterable else {
            throw SOQLFault(
                "INVALID_FIELD",
                "field '\(resolved.field.name)' can not be filtered in a query call",
                at: path.offset
            )
        }
        return resolved
    }

    // MARK: - Implementation

    private func comparing(
        _ path: FieldPath,
        _ comparison: SOQLOperator,
        _ literal: SOQLLiteral,
        _ scope: QueryScope
    ) throws(SOQLFault) -> RecordTest {
        let resolved = try filterable(path, scope)
        if comparison == .like {
            guard resolved.field.type.isText, case .string(let text) = literal.kind else {
                throw SOQLFault(
                    "INVALID_QUERY_FILTER_OPERATOR",
                    "invalid operator on \(resolved.field.type.rawValue) field",
                    at: path.offset
                )
            }
            let pattern = LikePattern(text)
            return { [self] number, record, table in
                if case .text(let text) = value(at: resolved, number, record, table) {
                    pattern.matches(text)
                } else {
                    false
                }
            }
        }
        let wanted = try filterValue(literal, for: resolved.field)
        if case .value(.null) = wanted, comparison != .equal, comparison != .unequal {
            throw SOQLFault("INVALID_QUERY_FILTER_OPERATOR", "invalid operator on null value", at: literal.offset)
        }
        let isSet = resolved.field.type == .multipicklist
        let caseSensitive = resolved.field.unique && resolved.field.caseSensitive
        return { [self] number, record, table in
            let value = value(at: resolved, number, record, table)
            return holds(value, comparison, wanted, isSet: isSet, caseSensitive: caseSensitive)
        }
    }

    private func comparing(
        _ part: DatePart,
        of path: FieldPath,
        _ comparison: SOQLOperator,
        _ literal: SOQLLiteral,
        _ scope: QueryScope
    ) throws(SOQLFault) -> RecordTest {
        let resolved = try filterable(path, scope)
        try require(part, on: resolved.field, at: path)
        let wanted = try filterValue(literal, for: part.form(of: resolved.field))
        return { [self] number, record, table in
            let value = part.of(value(at: resolved, number, record, table))
            return holds(value, comparison, wanted, isSet: false, caseSensitive: false)
        }
    }

    /// Refuses a date function of a field that is no date.
    func require(_ part: DatePart, on field: Field, at path: FieldPath) throws(SOQLFault) {
        guard !part.fits(field) else { return }
        throw SOQLFault(
            "INVALID_FIELD",
            "Date function \(part.rawValue) cannot be used on a field of type \(field.type.rawValue): \(field.name)",
            at: path.offset
        )
    }

    /// Whether a comparison holds; null is unequal to everything but null.
    private func holds(
        _ value: Value,
        _ comparison: SOQLOperator,
        _ wanted: FilterValue,
        isSet: Bool,
        caseSensitive: Bool
    ) -> Bool {
        let relation: Int?
        switch wanted {
        case .value(.null):
            return comparison == .equal ? value.isNull : !value.isNull
        case .value(let other):
            if isSet, case .text(let one) = value, case .text(let two) = other {
                relation = Set(folded(one).split(separator: ";")) == Set(folded(two).split(separator: ";")) ? 0 : 1
            } else if caseSensitive, case .text(let one) = value, case .text(let two) = other {
                relation = one == two ? 0 : one < two ? -1 : 1
            } else {
                relation = order(value, other)
            }
        case .days(let days):
            if case .date(let day) = value {
                relation = Int(day) < days.lowerBound ? -1 : Int(day) >= days.upperBound ? 1 : 0
            } else {
                relation = nil
            }
        case .moments(let moments):
            if case .dateTime(let moment) = value {
                relation = moment < moments.lowerBound ? -1 : moment >= moments.upperBound ? 1 : 0
            } else {
                relation = nil
            }
        }
        guard let relation else { return comparison == .unequal }
        switch comparison {
        case .equal: return relation == 0
        case .unequal: return relation != 0
        case .less: return relation < 0
        case .lessOrEqual: return relation <= 0
        case .greater: return relation > 0
        case .greaterOrEqual: return relation >= 0
        case .like: return false
        }
    }

    private func membership(_ path: ResolvedPath, _ wanted: [FilterValue], negated: Bool) -> RecordTest {
        var keys: Set<LookupKey> = []
        var spans: [FilterValue] = []
        var hasNull = false
        for item in wanted {
            if case .value(let value) = item {
                if value.isNull { hasNull = true } else { keys.insert(LookupKey(value)) }
            } else {
                spans.append(item)
            }
        }
        return { [self] number, record, table in
            let value = value(at: path, number, record, table)
            if value.isNull { return hasNull != negated }
            let found =
                keys.contains(LookupKey(value))
                || spans.contains { holds(value, .equal, $0, isSet: false, caseSensitive: false) }
            return found != negated
        }
    }

    private func semiJoin(_ inner: SOQLQuery, _ scope: QueryScope) throws(SOQLFault) -> Set<RecordID> {
        let innerScope = try self.scope(of: inner, like: scope)
        guard inner.items.count == 1, case .field(let path, _)? = inner.items.first else {
            throw SOQLFault(
                "MALFORMED_QUERY",
                "A semi join sub-select must select exactly one field",
                at: inner.objectOffset
            )
        }
        let resolved = try resolve(path, in: innerScope.type, alias: inner.alias, hidden: scope.hidden)
        guard resolved.field.type == .reference || resolved.field.type == .id else {
            throw SOQLFault(
                "MALFORMED_QUERY",
                "The selected field '\(resolved.field.name)' in the sub-select and the outer field must be ids",
                at: path.offset
            )
        }
        var ids: Set<RecordID> = []
        let table = table(of: innerScope.type)
        for number in try matches(inner, innerScope) {
            if let record = table.record(number), let id = value(at: resolved, number, record, table).reference {
                ids.insert(id)
            }
        }
        return ids
    }
}

/// A value as a key that does not look at case.
struct LookupKey: Hashable {
    private let text: String?
    private let bits: UInt64

    init(_ value: Value) {
        if case .text(let string) = value {
            text = folded(string)
            bits = 0
        } else {
            text = nil
            bits = lookupHash(value, caseSensitive: true)
        }
    }
}
