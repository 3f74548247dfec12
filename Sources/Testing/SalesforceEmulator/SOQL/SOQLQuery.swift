/// A query as it was written, names not yet looked up (reference 05 §1).
struct SOQLQuery {
    var items: [SelectItem]
    var isCount = false
    var object: String
    var objectOffset: Int
    var alias: String?
    var condition: SOQLCondition?
    var grouping: [Grouped] = []
    var subtotals = Subtotals.none
    var having: SOQLCondition?
    var order: [Ordering] = []
    var limit: Int?
    var offset: Int?
}

/// `Account.Owner.Name`, and where it stands in the statement.
struct FieldPath {
    var parts: [String]
    var offset: Int

    var text: String { parts.joined(separator: ".") }
}

enum SelectItem {
    case field(FieldPath, alias: String?)
    /// `toLabel(…)`, `FORMAT(…)`, `convertCurrency(…)`: a field that may have an alias.
    case converted(FieldPath, ShownForm, alias: String?)
    case aggregate(Aggregate, alias: String?)
    /// `GROUPING(…)`: 1 where a row sums over the field, else 0.
    case isSubtotal(FieldPath, alias: String?)
    case children(SOQLQuery)
    /// `TYPEOF What WHEN Account THEN Phone ELSE Name END`.
    case byType(TypeBranches)
    /// `FIELDS(ALL)` and its kin.
    case fields(String, offset: Int)
}

/// What a parent that may be of several objects shows, by its object.
struct TypeBranches {
    var relation: FieldPath
    var branches: [(object: String, offset: Int, fields: [FieldPath])]
    var otherwise: [FieldPath]?
}

struct Aggregate {
    enum Function: Equatable {
        case count, countDistinct, sum, average, minimum, maximum
        /// Date functions are used like aggregates in GROUP BY, and like fields in WHERE.
        case part(DatePart)

        private static let names: [(String, Function)] = [
            ("COUNT", .count), ("COUNT_DISTINCT", .countDistinct), ("SUM", .sum), ("AVG", .average), ("MIN", .minimum),
            ("MAX", .maximum),
        ]

        init?(named text: String) {
            let name = text.uppercased()
            if let known = Self.names.first(where: { $0.0 == name })?.1 {
                self = known
            } else if let part = DatePart(rawValue: name) {
                self = .part(part)
            } else {
                return nil
            }
        }

        var name: String {
            if case .part(let part) = self { return part.rawValue }
            return Self.names.first { $0.1 == self }?.0 ?? ""
        }
    }

    var function: Function
    var path: FieldPath?
}

/// What rows are grouped by: a field, or a part of a date.
struct Grouped {
    var path: FieldPath
    var part: DatePart?
}

/// Which sums a grouped query has beside its groups.
enum Subtotals {
    case none
    /// `GROUP BY ROLLUP(a, b)`: over b, and over all.
    case rollup
    /// `GROUP BY CUBE(a, b)`: over every selection of the fields.
    case cube

    /// Of each kind of row: for every grouping whether it is summed over.
    func kinds(of count: Int) -> [[Bool]] {
        switch self {
        case .none: [Array(repeating: false, count: count)]
        case .rollup: (0...count).map { summed in (0..<count).map { $0 >= count - summed } }
        case .cube: (0..<1 << count).map { bits in (0..<count).map { bits >> $0 & 1 == 1 } }
        }
    }
}

struct Ordering {
    var path: FieldPath
    var aggregate: Aggregate?
    var isDescending = false
    var nullsLast = false
}

indirect enum SOQLCondition {
    case and([SOQLCondition])
    case or([SOQLCondition])
    case not(SOQLCondition)
    case compare(FieldPath, SOQLOperator, SOQLLiteral)
    case compareAggregate(Aggregate, SOQLOperator, SOQLLiteral)
    case isIn(FieldPath, [SOQLLiteral], negated: Bool)
    case isInQuery(FieldPath, SOQLQuery, negated: Bool)
    case includes(FieldPath, [SOQLLiteral], negated: Bool)
}

enum SOQLOperator: String {
    case equal = "="
    case unequal = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case like = "LIKE"
}

/// A literal and where it stands.
struct SOQLLiteral {
    enum Kind {
        case string(String)
        case number(Double)
        case bool(Bool)
        case null
        /// Days since 1970.
        case date(Int)
        case dateTime(Instant)
        /// `LAST_N_DAYS:30` and its kin.
        case period(String, Int?)
    }

    var kind: Kind
    var offset: Int
}

/// Why a query cannot be answered, in Salesforce's code and words.
struct SOQLFault: Error {
    var code: String
    var message: String
    /// Where in the statement, when the message shows it.
    var offset: Int?

    init(_ code: String, _ message: String, at offset: Int? = nil) {
        self.code = code
        self.message = message
        self.offset = offset
    }

    /// The message with the statement, a caret below the place, row and column (reference 05 §6).
    func text(in statement: String) -> String {
        guard let offset else { return message }
        let bytes = Array(statement.utf8)
        var row = 1
        var column = 1
        var lineStart = 0
        for (index, byte) in bytes.prefix(offset).enumerated() {
            if byte == 0x0A {
                row += 1
                column = 1
                lineStart = index + 1
            } else {
                column += 1
            }
        }
        let rest = bytes[lineStart...]
        let line = String(decoding: rest.prefix { $0 != 0x0A }, as: UTF8.self)
        let window = line.utf8.count > 400 ? String(line.prefix(400)) : line
        return
            "\n\(window)\n\(String(repeating: " ", count: column - 1))^\nERROR at Row:\(row):Column:\(column)\n\(message)"
    }
}
