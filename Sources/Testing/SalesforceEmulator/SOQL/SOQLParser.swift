/// Reads a statement into a query.
struct SOQLParser {
    private let tokens: [SOQLToken]
    private var position = 0
    private var depth = 0
    /// How deep in conditions within conditions the reader is.
    var nesting = 0
    static let deepestCondition = 100

    static func parse(_ statement: String) throws(SOQLFault) -> SOQLQuery {
        guard statement.utf8.count <= 100_000 else {
            throw SOQLFault("MALFORMED_QUERY", "SOQL statements can't be longer than 100,000 characters.")
        }
        var parser = SOQLParser(tokens: try soqlTokens(statement))
        let query = try parser.query(isChild: false)
        guard parser.current.kind == .end else { throw parser.unexpected }
        return query
    }

    // MARK: - Implementation

    private init(tokens: [SOQLToken]) { self.tokens = tokens }

    var current: SOQLToken { tokens[position] }

    var next: SOQLToken { tokens[min(position + 1, tokens.count - 1)] }

    mutating func advance() { position = min(position + 1, tokens.count - 1) }

    var unexpected: SOQLFault {
        if case .mark(":") = current.kind {
            return SOQLFault("MALFORMED_QUERY", "Bind variables only allowed in Apex code", at: current.offset)
        }
        if current.kind == .end {
            return SOQLFault("MALFORMED_QUERY", "unexpected token: '<EOF>'", at: position == 0 ? nil : current.offset)
        }
        return SOQLFault(
            "MALFORMED_QUERY",
            "unexpected token: '\(current.shown)'",
            at: position == 0 ? nil : current.offset
        )
    }

    func isWord(_ word: String) -> Bool {
        if case .word(let text) = current.kind { text.uppercased() == word } else { false }
    }

    func isMark(_ mark: String) -> Bool { current.kind == .mark(mark) }

    mutating func takeWord(_ word: String) -> Bool {
        guard isWord(word) else { return false }
        advance()
        return true
    }

    mutating func takeMark(_ mark: String) -> Bool {
        guard isMark(mark) else { return false }
        advance()
        return true
    }

    mutating func require(_ word: String) throws(SOQLFault) {
        guard takeWord(word) else { throw unexpected }
    }

    mutating func requireMark(_ mark: String) throws(SOQLFault) {
        guard takeMark(mark) else { throw unexpected }
    }

    mutating func name() throws(SOQLFault) -> (String, Int) {
        guard case .word(let text) = current.kind else { throw unexpected }
        let offset = current.offset
        advance()
        return (text, offset)
    }

    mutating func path() throws(SOQLFault) -> FieldPath {
        let (first, offset) = try name()
        var parts = [first]
        while takeMark(".") { parts.append(try name().0) }
        return FieldPath(parts: parts, offset: offset)
    }

    private mutating func query(isChild: Bool) throws(SOQLFault) -> SOQLQuery {
        depth += 1
        defer { depth -= 1 }
        guard depth <= 6 else { throw unexpected }
        try require("SELECT")
        var query = SOQLQuery(items: [], object: "", objectOffset: 0)
        if isWord("COUNT"), next.kind == .mark("("), tokens[min(position + 2, tokens.count - 1)].kind == .mark(")") {
            advance()
            advance()
            advance()
            query.isCount = true
        } else {
            repeat { query.items.append(try selectItem()) } while takeMark(",")
        }
        try require("FROM")
        (query.object, query.objectOffset) = try name()
        while takeMark(".") { query.object += "." + (try name().0) }
        if case .word(let text) = current.kind, !Self.clauseWords.contains(text.uppercased()) {
            query.alias = text
            advance()
        }
        if takeWord("USING") {
            try require("SCOPE")
            _ = try name()
        }
        if takeWord("WHERE") { query.condition = try condition() }
        if takeWord("WITH") {
            _ = try name()
        }
        if takeWord("GROUP") {
            try require("BY")
            try readGrouping(of: &query)
        }
        if takeWord("HAVING") { query.having = try condition() }
        if takeWord("ORDER") {
            try require("BY")
            repeat { query.order.append(try ordering()) } while takeMark(",")
        }
        if takeWord("LIMIT") { query.limit = try count() }
        if takeWord("OFFSET") { query.offset = try count() }
        if takeWord("FOR") {
            guard takeWord("VIEW") || takeWord("REFERENCE") || takeWord("UPDATE") else { throw unexpected }
        }
        if takeWord("ALL") { try require("ROWS") }
        return query
    }

    static let clauseWords: Set<String> = [
        "WHERE", "USING", "WITH", "GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "FOR", "ALL", "FROM", "AND", "OR",
        "SELECT",
    ]

    private mutating func count() throws(SOQLFault) -> Int {
        guard case .number(let text) = current.kind, let count = Int(text), (0...1 << 40).contains(count) else {
            throw unexpected
        }
        advance()
        return count
    }

    private mutating func selectItem() throws(SOQLFault) -> SelectItem {
        if takeMark("(") {
            let child = try query(isChild: true)
            try requireMark(")")
            return .children(child)
        }
        if isWord("TYPEOF"), case .word = next.kind { return .byType(try typeBranches()) }
        if next.kind == .mark("(") {
            if isWord("FIELDS") {
                let offset = current.offset
                advance()
                advance()
                let (which, _) = try name()
                try requireMark(")")
                return .fields(which.uppercased(), offset: offset)
            }
            if let form = currentForm {
                advance()
                advance()
                // `FORMAT(convertCurrency(Amount))`: there is one currency.
                let isNested = isWord("CONVERTCURRENCY") && next.kind == .mark("(")
                if isNested {
                    advance()
                    advance()
                }
                let path = try path()
                try requireMark(")")
                if isNested { try requireMark(")") }
                return .converted(path, form, alias: try alias())
            }
            if isWord("GROUPING") {
                advance()
                advance()
                let path = try path()
                try requireMark(")")
                return .isSubtotal(path, alias: try alias())
            }
            let aggregate = try aggregate()
            return .aggregate(aggregate, alias: try alias())
        }
        let path = try path()
        return .field(path, alias: try alias())
    }

    private var currentForm: ShownForm? {
        if isWord("TOLABEL") {
            .label
        } else if isWord("FORMAT") {
            .local
        } else {
            isWord("CONVERTCURRENCY") ? .stored : nil
        }
    }

    private mutating func alias() throws(SOQLFault) -> String? {
        guard case .word(let text) = current.kind, !Self.clauseWords.contains(text.uppercased()) else { return nil }
        advance()
        return text
    }

    mutating func aggregate() throws(SOQLFault) -> Aggregate {
        guard case .word(let text) = current.kind, let function = Aggregate.Function(named: text) else {
            throw unexpected
        }
        advance()
        try requireMark("(")
        if takeMark(")") {
            guard function == .count else { throw unexpected }
            return Aggregate(function: .count, path: nil)
        }
        // The users' zone is GMT, as the moments are.
        let isConverted = isWord("CONVERTTIMEZONE") && next.kind == .mark("(")
        if isConverted {
            advance()
            advance()
        }
        let path = try path()
        if isConverted { try requireMark(")") }
        try requireMark(")")
        return Aggregate(function: function, path: path)
    }

    private mutating func readGrouping(of query: inout SOQLQuery) throws(SOQLFault) {
        if next.kind == .mark("("), isWord("ROLLUP") || isWord("CUBE") {
            query.subtotals = isWord("ROLLUP") ? .rollup : .cube
            advance()
            advance()
            repeat { query.grouping.append(try grouped()) } while takeMark(",")
            try requireMark(")")
            guard query.grouping.count <= 3 else {
                throw SOQLFault("MALFORMED_QUERY", "No more than 3 fields allowed in GROUP BY ROLLUP or CUBE")
            }
            return
        }
        repeat { query.grouping.append(try grouped()) } while takeMark(",")
    }

    private mutating func grouped() throws(SOQLFault) -> Grouped {
        guard next.kind == .mark("(") else { return Grouped(path: try path()) }
        let fault = unexpected
        let aggregate = try aggregate()
        guard case .part(let part) = aggregate.function, let path = aggregate.path else { throw fault }
        return Grouped(path: path, part: part)
    }

    private mutating func typeBranches() throws(SOQLFault) -> TypeBranches {
        advance()
        var found = TypeBranches(relation: try path(), branches: [])
        while takeWord("WHEN") {
            let (object, offset) = try name()
            try require("THEN")
            found.branches.append((object, offset, try paths()))
        }
        guard !found.branches.isEmpty else { throw unexpected }
        if takeWord("ELSE") { found.otherwise = try paths() }
        try require("END")
        return found
    }

    private mutating func paths() throws(SOQLFault) -> [FieldPath] {
        var paths: [FieldPath] = []
        repeat { paths.append(try path()) } while takeMark(",")
        return paths
    }

    private mutating func ordering() throws(SOQLFault) -> Ordering {
        var ordering: Ordering
        if next.kind == .mark("(") {
            let offset = current.offset
            ordering = Ordering(path: FieldPath(parts: [], offset: offset), aggregate: try aggregate())
        } else {
            ordering = Ordering(path: try path())
        }
        if takeWord("DESC") { ordering.isDescending = true } else { _ = takeWord("ASC") }
        if takeWord("NULLS") {
            ordering.nullsLast = takeWord("LAST")
            if !ordering.nullsLast { try require("FIRST") }
        }
        return ordering
    }
}

extension SOQLParser {
    mutating func subquery() throws(SOQLFault) -> SOQLQuery { try query(isChild: true) }
}
