/// A search as it was written: what to find, in which fields, and what to return of which objects.
struct SOSLQuery {
    enum Fields: String {
        case all = "ALL"
        case name = "NAME"
        case email = "EMAIL"
        case phone = "PHONE"
        case sidebar = "SIDEBAR"
    }

    struct Object {
        var name: String
        /// What stands in the parentheses, as the SOQL that asks for the same.
        var statement: String
    }

    var term: SearchTerm
    var fields = Fields.all
    var objects: [Object] = []
    var limit = 2_000

    /// Reads `FIND {…} [IN … FIELDS] [RETURNING …] [LIMIT n]`.
    init(_ text: String) throws(SOSLFault) {
        var rest = Substring(text).trimmingBlanks()[...]
        guard Self.take("FIND", from: &rest) else { throw SOSLFault("unexpected token: '\(Self.word(of: rest))'") }
        guard rest.first == "{", let end = Self.closing(rest) else {
            throw SOSLFault("Search term must be enclosed in braces")
        }
        term = try SearchTerm(rest[rest.index(after: rest.startIndex)..<end])
        rest = rest[rest.index(after: end)...].trimmingBlanks()[...]
        if Self.take("IN", from: &rest) {
            let word = Self.word(of: rest)
            guard let fields = Fields(rawValue: word.uppercased()) else {
                throw SOSLFault("unexpected token: '\(word)'")
            }
            self.fields = fields
            _ = Self.take(word, from: &rest)
            guard Self.take("FIELDS", from: &rest) else {
                throw SOSLFault("unexpected token: '\(Self.word(of: rest))'")
            }
        }
        if Self.take("RETURNING", from: &rest) {
            repeat { objects.append(try Self.object(&rest)) } while Self.takeComma(&rest)
        }
        while Self.take("WITH", from: &rest) {
            rest = rest.drop { $0 != "=" }.dropFirst().trimmingBlanks()[...]
            rest = rest.drop { !$0.isWhitespace }.trimmingBlanks()[...]
        }
        if Self.take("LIMIT", from: &rest) {
            let digits = rest.prefix { $0.isNumber }
            guard let count = Int(digits), count <= 2_000 else {
                throw SOSLFault("unexpected token: '\(Self.word(of: rest))'")
            }
            limit = count
            rest = rest.dropFirst(digits.count).trimmingBlanks()[...]
        }
        guard rest.isEmpty else { throw SOSLFault("unexpected token: '\(Self.word(of: rest))'") }
    }

    init(term: SearchTerm, fields: Fields, objects: [Object], limit: Int) {
        self.term = term
        self.fields = fields
        self.objects = objects
        self.limit = limit
    }

    // MARK: - Implementation

    private static func word(of rest: Substring) -> String {
        let word = rest.prefix { !$0.isWhitespace && $0 != "(" && $0 != "," }
        return word.isEmpty ? (rest.isEmpty ? "<EOF>" : String(rest.prefix(1))) : String(word)
    }

    private static func take(_ wanted: String, from rest: inout Substring) -> Bool {
        guard word(of: rest).uppercased() == wanted.uppercased() else { return false }
        rest = rest.dropFirst(wanted.count).trimmingBlanks()[...]
        return true
    }

    private static func takeComma(_ rest: inout Substring) -> Bool {
        guard rest.first == "," else { return false }
        rest = rest.dropFirst().trimmingBlanks()[...]
        return true
    }

    /// The brace that ends the term; one behind a backslash is part of it.
    private static func closing(_ rest: Substring) -> Substring.Index? {
        var index = rest.startIndex
        while index < rest.endIndex {
            if rest[index] == "\\" {
                index = rest.index(after: index)
                if index == rest.endIndex { return nil }
            } else if rest[index] == "}" {
                return index
            }
            index = rest.index(after: index)
        }
        return nil
    }

    private static func object(_ rest: inout Substring) throws(SOSLFault) -> Object {
        let name = word(of: rest)
        guard name.first?.isLetter == true else { throw SOSLFault("unexpected token: '\(name)'") }
        rest = rest.dropFirst(name.count).trimmingBlanks()[...]
        guard rest.first == "(" else { return Object(name: name, statement: "SELECT Id FROM \(name)") }
        var depth = 0
        var isQuoted = false
        var index = rest.startIndex
        while index < rest.endIndex {
            let letter = rest[index]
            if letter == "'" { isQuoted.toggle() }
            if !isQuoted, letter == "(" { depth += 1 }
            if !isQuoted, letter == ")" {
                depth -= 1
                if depth == 0 { break }
            }
            index = rest.index(after: index)
        }
        guard index < rest.endIndex else { throw SOSLFault("unexpected token: '<EOF>'") }
        let inside = rest[rest.index(after: rest.startIndex)..<index]
        rest = rest[rest.index(after: index)...].trimmingBlanks()[...]
        let clause =
            inside.firstRange(of: /(?i)\s(where|order\s+by|limit|offset|using)\s/)?.lowerBound ?? inside.endIndex
        let fields = inside[..<clause].trimmingBlanks()
        return Object(
            name: name,
            statement: "SELECT \(fields.isEmpty ? "Id" : fields) FROM \(name) \(inside[clause...].trimmingBlanks())"
        )
    }
}

/// Why a search cannot be answered.
struct SOSLFault: Error {
    var message: String

    init(_ message: String) { self.message = message }
}

/// The words of a search, any of the alternatives, each with all its parts.
struct SearchTerm {
    private var alternatives: [[(pattern: LikePattern, isExcluded: Bool, isPhrase: Bool)]] = []

    init(_ text: some StringProtocol) throws(SOSLFault) {
        var words: [String] = []
        var word = ""
        var isQuoted = false
        var letters = text.makeIterator()
        while let letter = letters.next() {
            if letter == "\\" {
                if let next = letters.next() { word.append(next) }
            } else if letter == "\"" {
                isQuoted.toggle()
                word.append(letter)
            } else if letter.isWhitespace || letter == "(" || letter == ")", !isQuoted {
                if !word.isEmpty { words.append(word) }
                word = ""
            } else {
                word.append(letter)
            }
        }
        if !word.isEmpty { words.append(word) }
        guard words.contains(where: { $0.filter { $0.isLetter || $0.isNumber }.count >= 2 }) else {
            throw SOSLFault("Search term must be longer than one character: \(text)")
        }
        alternatives = [[]]
        var excludes = false
        for word in words {
            switch word.uppercased() {
            case "OR": alternatives.append([])
            case "AND": continue
            case "NOT": excludes = true
            default:
                let isPhrase = word.contains("\"")
                alternatives[alternatives.count - 1].append((Self.pattern(word), excludes, isPhrase))
                excludes = false
            }
        }
    }

    /// Whether texts hold all words of one of the alternatives, each at the start of a word of theirs.
    func matches(_ texts: [String]) -> Bool {
        let words = texts.flatMap { text in
            [folded(text)] + folded(text).split { !($0.isLetter || $0.isNumber) }.map(String.init)
        }
        let whole = folded(texts.joined(separator: " "))
        return alternatives.contains { parts in
            !parts.isEmpty
                && parts.allSatisfy { part in
                    (part.isPhrase ? part.pattern.matches(whole) : words.contains { part.pattern.matches($0) })
                        != part.isExcluded
                }
        }
    }

    private static func pattern(_ word: String) -> LikePattern {
        let plain = word.filter { $0 != "\"" }
        var like = ""
        for letter in plain {
            switch letter {
            case "*": like.append("%")
            case "?": like.append("_")
            case "%", "_", "\\": like += "\\\(letter)"
            default: like.append(letter)
            }
        }
        return LikePattern(word.contains("\"") ? "%\(like)%" : like)
    }
}
