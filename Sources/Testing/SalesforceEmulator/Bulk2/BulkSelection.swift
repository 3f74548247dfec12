/// What a bulk query found: the records, and the columns that show them.
struct BulkSelection {
    var query: SOQLQuery
    var scope: QueryScope
    var paths: [ResolvedPath]
    /// How each of them is shown.
    var forms: [ShownForm]
    /// Column names as the result's header has them.
    var names: [String]
    var numbers: [Int]
}

extension Org {
    /// Finds the records of a statement, of those with these numbers where a range is given; what Bulk can't do is refused.
    func bulkSelection(
        _ statement: String,
        all: Bool,
        hidden: Set<String>,
        among range: Range<Int>? = nil
    ) throws(SOQLFault) -> BulkSelection {
        let query = try SOQLParser.parse(statement)
        let start = QueryScope(type: schema.types[0], hidden: hidden, includesDeleted: all)
        let scope = try scope(of: query, like: start)
        guard !query.isCount, !isGrouped(query), query.offset == nil else {
            throw SOQLFault("FEATURENOTENABLED", "Aggregates, GROUP BY and OFFSET are not supported in Bulk queries")
        }
        var selection = BulkSelection(query: query, scope: scope, paths: [], forms: [], names: [], numbers: [])
        for item in query.items {
            var form = ShownForm.stored
            switch item {
            case .field(let path, _), .converted(let path, _, _):
                if case .converted(_, let wanted, _) = item { form = wanted }
                let resolved = try resolve(path, in: scope.type, alias: scope.alias, hidden: hidden)
                switch resolved.field.computation {
                case .address, .location:
                    throw SOQLFault("FUNCTIONALITY_NOT_ENABLED", "Selecting compound data not supported in Bulk Query")
                default: break
                }
                selection.paths.append(resolved)
                selection.forms.append(form)
                selection.names.append((resolved.relations + [resolved.field.name]).joined(separator: "."))
            case .fields, .aggregate, .isSubtotal, .children, .byType:
                throw SOQLFault(
                    "FEATURENOTENABLED",
                    "Nested queries, TYPEOF and FIELDS() are not supported in Bulk queries"
                )
            }
        }
        selection.numbers = try matches(query, scope, among: range.map(Array.init))
        return selection
    }

    /// The rows as text, as CSV has them.
    func textRows(_ selection: BulkSelection) -> [[String]] {
        let table = table(of: selection.scope.type)
        return selection.numbers.map { number in
            guard let record = table.record(number) else { return [] }
            return zip(selection.paths, selection.forms).map { path, form in
                let value = value(at: path, number, record, table)
                if form == .stored { return plainText(value, of: path.field, zone: "Z") }
                let shown = shown(json(value, of: path.field), as: form, path.field)
                return shown.string ?? plainText(value, of: path.field, zone: "Z")
            }
        }
    }

    /// The rows as records with their parents inside, in REST's form.
    func jsonRows(_ selection: BulkSelection, base: String) throws(SOQLFault) -> [JSONValue] {
        let plan = try plan(selection.query, selection.scope)
        let table = table(of: selection.scope.type)
        return selection.numbers.map { json(plan, $0, table, selection.scope, base: base) }
    }
}
