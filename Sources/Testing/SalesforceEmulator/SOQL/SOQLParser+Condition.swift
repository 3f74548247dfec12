extension SOQLParser {
    /// A condition: units joined by all AND or all OR.
    mutating func condition() throws(SOQLFault) -> SOQLCondition {
        let first = try unit()
        if isWord("AND") {
            var all = [first]
            while takeWord("AND") { all.append(try unit()) }
            if isWord("OR") { throw unexpected }
            return .and(all)
        }
        if isWord("OR") {
            var any = [first]
            while takeWord("OR") { any.append(try unit()) }
            if isWord("AND") { throw unexpected }
            return .or(any)
        }
        return first
    }

    // MARK: - Implementation

    private mutating func unit() throws(SOQLFault) -> SOQLCondition {
        nesting += 1
        defer { nesting -= 1 }
        guard nesting <= Self.deepestCondition else {
            throw SOQLFault(
                "QUERY_TOO_COMPLICATED",
                "Query is either selecting too many fields or the filter conditions are too complicated.",
                at: current.offset
            )
        }
        if takeWord("NOT") { return .not(try unit()) }
        if takeMark("(") {
            let inner = try condition()
            try requireMark(")")
            return inner
        }
        if next.kind == .mark("(") {
            let aggregate = try aggregate()
            if takeWord("NOT") {
                try require("IN")
                return .not(try equal(aggregate, toOneOf: literals()))
            }
            if takeWord("IN") { return try equal(aggregate, toOneOf: literals()) }
            let comparison = try comparison()
            return .compareAggregate(aggregate, comparison, try literal())
        }
        let path = try path()
        if takeWord("NOT") {
            try require("IN")
            return try list(path, negated: true)
        }
        if takeWord("IN") { return try list(path, negated: false) }
        if takeWord("INCLUDES") { return .includes(path, try literals(), negated: false) }
        if takeWord("EXCLUDES") { return .includes(path, try literals(), negated: true) }
        let comparison = try comparison()
        return .compare(path, comparison, try literal())
    }

    private func equal(_ aggregate: Aggregate, toOneOf literals: [SOQLLiteral]) -> SOQLCondition {
        .or(literals.map { .compareAggregate(aggregate, .equal, $0) })
    }

    private mutating func comparison() throws(SOQLFault) -> SOQLOperator {
        if takeWord("LIKE") { return .like }
        guard case .mark(let text) = current.kind, let comparison = SOQLOperator(rawValue: text == "<>" ? "!=" : text)
        else {
            throw unexpected
        }
        advance()
        return comparison
    }

    private mutating func list(_ path: FieldPath, negated: Bool) throws(SOQLFault) -> SOQLCondition {
        if case .mark("(") = current.kind, case .word(let text) = next.kind, text.uppercased() == "SELECT" {
            advance()
            let inner = try subquery()
            try requireMark(")")
            return .isInQuery(path, inner, negated: negated)
        }
        return .isIn(path, try literals(), negated: negated)
    }

    private mutating func literals() throws(SOQLFault) -> [SOQLLiteral] {
        try requireMark("(")
        var literals: [SOQLLiteral] = []
        repeat { literals.append(try literal()) } while takeMark(",")
        try requireMark(")")
        return literals
    }

    private mutating func literal() throws(SOQLFault) -> SOQLLiteral {
        let token = current
        switch token.kind {
        case .string(let text):
            if text.utf16.count > 4_000 {
                throw SOQLFault(
                    "MALFORMED_QUERY",
                    "String literals can't be longer than 4,000 characters.",
                    at: token.offset
                )
            }
            advance()
            return SOQLLiteral(kind: .string(text), offset: token.offset)
        case .number(let text):
            guard let kind = numeric(text) else { throw unexpected }
            advance()
            return SOQLLiteral(kind: kind, offset: token.offset)
        case .word(let text):
            guard let kind = try word(text.uppercased()) else { throw unexpected }
            return SOQLLiteral(kind: kind, offset: token.offset)
        case .mark, .end: throw unexpected
        }
    }

    private func numeric(_ text: String) -> SOQLLiteral.Kind? {
        if let number = Double(text) { return .number(number) }
        var written = text
        if let day = written.withUTF8({ readDay($0) }), written.utf8.count == 10 { return .date(day) }
        return readInstant(text.uppercased()).map { .dateTime($0) }
    }

    private mutating func word(_ text: String) throws(SOQLFault) -> SOQLLiteral.Kind? {
        switch text {
        case "TRUE", "FALSE":
            advance()
            return .bool(text == "TRUE")
        case "NULL":
            advance()
            return .null
        default:
            if text.count > 3, text.prefix(3).allSatisfy(\.isLetter), let amount = Double(text.dropFirst(3)) {
                advance()
                return .number(amount)
            }
            guard SOQLPeriod.isKnown(text) else { return nil }
            advance()
            guard SOQLPeriod.takesCount(text) else { return .period(text, nil) }
            try requireMark(":")
            guard case .number(let digits) = current.kind, let count = Int(digits), count >= 0, count < 100_000 else {
                throw unexpected
            }
            advance()
            return .period(text, count)
        }
    }
}
