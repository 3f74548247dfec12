/// A formula as it was written, taken apart.
struct Formula: Sendable, Equatable {
    indirect enum Part: Sendable, Equatable {
        case text(String)
        case number(Double)
        case bool(Bool)
        case null
        /// A field, over parents where there are several names.
        case field([String])
        case call(String, [Part])
        case binary(String, Part, Part)
        case negated(Part)
    }

    let source: String
    let root: Part

    init(_ source: String) throws(FormulaFault) {
        self.source = source
        var parser = FormulaParser(source)
        root = try parser.whole()
    }
}

/// Why a formula cannot be used.
struct FormulaFault: Error {
    var message: String
}

/// Reads the formulas that people write for fields and rules: operators, functions, fields and literals.
struct FormulaParser {
    private enum Token: Equatable {
        case word(String)
        case text(String)
        case number(Double)
        case mark(String)
        case end
    }

    private var tokens: [Token] = []
    private var position = 0
    private var depth = 0
    private var fault: String?

    init(_ source: String) {
        var rest = Substring(source)
        while let letter = rest.first {
            if letter.isWhitespace {
                rest.removeFirst()
            } else if letter == "\"" || letter == "'" {
                rest.removeFirst()
                var text = ""
                while let next = rest.first, next != letter {
                    rest.removeFirst()
                    if next == "\\", let escaped = rest.first {
                        rest.removeFirst()
                        text.append(escaped)
                    } else {
                        text.append(next)
                    }
                }
                if rest.isEmpty { fault = "a text is not closed" } else { rest.removeFirst() }
                tokens.append(.text(text))
            } else if letter.isNumber {
                let digits = rest.prefix { $0.isNumber || $0 == "." }
                rest = rest.dropFirst(digits.count)
                tokens.append(.number(Double(digits) ?? 0))
            } else if letter.isLetter || letter == "$" || letter == "_" {
                let word = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." || $0 == "$" }
                rest = rest.dropFirst(word.count)
                tokens.append(.word(String(word)))
            } else {
                let two = String(rest.prefix(2))
                let mark = ["==", "!=", "<>", "<=", ">=", "&&", "||"].contains(two) ? two : String(letter)
                rest = rest.dropFirst(mark.count)
                tokens.append(.mark(mark))
            }
        }
        tokens.append(.end)
    }

    mutating func whole() throws(FormulaFault) -> Formula.Part {
        if let fault { throw FormulaFault(message: fault) }
        let part = try expression(0)
        guard tokens[position] == .end else { throw FormulaFault(message: "unexpected \(shown(tokens[position]))") }
        return part
    }

    // MARK: - Implementation

    private static let ranks = [
        "||": 1, "&&": 2, "=": 3, "==": 3, "<>": 3, "!=": 3, "<": 4, "<=": 4, ">": 4, ">=": 4, "+": 5, "-": 5, "&": 5,
        "*": 6, "/": 6, "^": 7,
    ]

    private func shown(_ token: Token) -> String {
        switch token {
        case .word(let text), .text(let text), .mark(let text): text
        case .number(let number): "\(number)"
        case .end: "end"
        }
    }

    private mutating func expression(_ rank: Int) throws(FormulaFault) -> Formula.Part {
        depth += 1
        defer { depth -= 1 }
        guard depth < 60 else { throw FormulaFault(message: "the formula is nested too deeply") }
        var left = try operand()
        while case .mark(let mark) = tokens[position], let next = Self.ranks[mark], next > rank {
            position += 1
            let right = try expression(mark == "^" ? next - 1 : next)
            left = .binary(mark == "==" ? "=" : mark == "!=" ? "<>" : mark, left, right)
        }
        return left
    }

    private mutating func operand() throws(FormulaFault) -> Formula.Part {
        let token = tokens[position]
        guard token != .end else { throw FormulaFault(message: "unexpected end") }
        position += 1
        switch token {
        case .text(let text): return .text(text)
        case .number(let number): return .number(number)
        case .mark("-"): return .negated(try expression(6))
        case .mark("!"): return .call("NOT", [try expression(6)])
        case .mark("("):
            let inner = try expression(0)
            try close()
            return inner
        case .word(let word):
            if tokens[position] == .mark("(") { return .call(word.uppercased(), try arguments()) }
            switch word.uppercased() {
            case "TRUE": return .bool(true)
            case "FALSE": return .bool(false)
            case "NULL": return .null
            default: return .field(word.split(separator: ".").map(String.init))
            }
        case .mark, .end: throw FormulaFault(message: "unexpected \(shown(token))")
        }
    }

    private mutating func close() throws(FormulaFault) {
        guard tokens[position] == .mark(")") else { throw FormulaFault(message: "a parenthesis is not closed") }
        position += 1
    }

    private mutating func arguments() throws(FormulaFault) -> [Formula.Part] {
        position += 1
        var arguments: [Formula.Part] = []
        if tokens[position] != .mark(")") {
            while true {
                arguments.append(try expression(0))
                guard tokens[position] == .mark(",") else { break }
                position += 1
            }
        }
        try close()
        return arguments
    }
}
