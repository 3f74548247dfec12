/// The rows a query found that were not handed out yet.
struct QueryCursor {
    var numbers: [Int]
    var plan: SelectPlan
    var scope: QueryScope
    var createdAt: Instant
    var user: String
}

extension Org {
    /// `/query`, `/queryAll` and their next pages.
    func query(_ rest: RESTCall) throws(RESTError) -> Answer {
        try allow(["GET", "HEAD"], rest)
        if rest.path.count == 2 { return try nextPage(rest.path[1], rest) }
        guard rest.path.count == 1 else { throw .notFound }
        if rest.call.parameter("q") == nil, let statement = rest.call.parameter("explain") {
            return .json(try explained(statement, rest))
        }
        guard let statement = rest.call.parameter("q") else {
            throw RESTError(400, "MALFORMED_QUERY", "A query string has to be specified")
        }
        return .json(try answer(statement, all: rest.path[0] == "queryAll", tooling: false, rest))
    }

    /// The answer of a statement, or its fault as REST shows it.
    func answer(_ statement: String, all: Bool, tooling: Bool, _ rest: RESTCall) throws(RESTError) -> JSONValue {
        do throws(SOQLFault) {
            let query = try SOQLParser.parse(statement)
            let start = QueryScope(
                type: schema.types[0],
                hidden: rest.context.hidden,
                includesDeleted: all,
                isTooling: tooling
            )
            let scope = try scope(of: query, like: start)
            if isHidden(scope.type, rest.session) {
                throw SOQLFault(
                    "INVALID_TYPE",
                    "sObject type '\(query.object)' is not supported.",
                    at: query.objectOffset
                )
            }
            if query.isCount {
                return .members([
                    "totalSize": .int(try matches(query, scope).count), "done": .bool(true), "records": .array([]),
                ])
            }
            if isGrouped(query) {
                let rows = try aggregated(query, scope)
                return .members(["totalSize": .int(rows.count), "done": .bool(true), "records": .array(rows)])
            }
            let plan = try plan(query, scope)
            let numbers = try matches(query, scope)
            return page(
                QueryCursor(numbers: numbers, plan: plan, scope: scope, createdAt: clock.now, user: rest.session.user),
                from: 0,
                locator: nil,
                rest,
                base: tooling ? rest.base + "/tooling" : rest.base
            )
        } catch {
            throw RESTError(400, error.code, error.text(in: statement))
        }
    }

    /// `?explain=`: one plan, a scan of the object.
    private func explained(_ statement: String, _ rest: RESTCall) throws(RESTError) -> JSONValue {
        let found = try answer(statement, all: false, tooling: false, rest)
        guard let name = (try? SOQLParser.parse(statement))?.object, let type = schema[name] else { throw .notFound }
        let plan = JSONValue.members([
            "cardinality": .int(found["totalSize"]?.integer ?? 0), "fields": .array([]),
            "leadingOperationType": .string("TableScan"), "notes": .array([]), "relativeCost": .number("1.0"),
            "sobjectCardinality": .int(table(of: type).liveCount), "sobjectType": .string(type.name),
        ])
        return .members(["plans": .array([plan]), "sourceQuery": .string(statement)])
    }

    func isGrouped(_ query: SOQLQuery) -> Bool {
        !query.grouping.isEmpty
            || query.items.contains {
                switch $0 {
                case .aggregate, .isSubtotal: true
                case .field, .converted, .children, .byType, .fields: false
                }
            }
    }

    // MARK: - Implementation

    func nextPage(_ text: String, _ rest: RESTCall) throws(RESTError) -> Answer {
        let bad = RESTError(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
        let halves = text.split(separator: "-")
        guard halves.count == 2, let start = Int(halves[1]), let cursor = cursors[String(halves[0])], start >= 0,
            start < cursor.numbers.count, cursor.user == rest.session.user,
            clock.now.milliseconds - cursor.createdAt.milliseconds < 2 * 86_400_000
        else { throw bad }
        return .json(page(cursor, from: start, locator: String(halves[0]), rest, base: rest.base))
    }

    private func page(
        _ cursor: QueryCursor,
        from start: Int,
        locator: String?,
        _ rest: RESTCall,
        base: String
    ) -> JSONValue {
        let end = min(start + pageSize(rest), cursor.numbers.count)
        let table = table(of: cursor.scope.type)
        let records = cursor.numbers[start..<end].map {
            json(cursor.plan, $0, table, cursor.scope, base: rest.holdsBytes ? "" : base)
        }
        var members = [
            JSONMember(name: "totalSize", value: .int(cursor.numbers.count)),
            JSONMember(name: "done", value: .bool(end == cursor.numbers.count)),
        ]
        if end < cursor.numbers.count {
            let name = locator ?? keep(cursor)
            members.append(JSONMember(name: "nextRecordsUrl", value: .string("\(rest.base)/query/\(name)-\(end)")))
        }
        members.append(JSONMember(name: "records", value: .array(records)))
        return .object(members)
    }

    private func keep(_ cursor: QueryCursor) -> String {
        cursorCount += 1
        let name = RecordID(prefix: KeyPrefix("01g"), number: cursorCount).long
        cursors[name] = cursor
        return name
    }

    private func pageSize(_ rest: RESTCall) -> Int {
        guard let header = rest.call.header("sforce-query-options"),
            let mark = header.lowercased().firstRange(of: "batchsize=")
        else {
            return 2_000
        }
        let digits = header[mark.upperBound...].prefix { $0.isNumber }
        return Int(digits).map { min(max($0, 200), 2_000) } ?? 2_000
    }
}
