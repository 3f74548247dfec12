/// A query as it was written, names not yet looked up (reference 05 §1).
struct SOQLQuery {
    var items: [SelectItem]
    var isCount = false
    var object: String
    var objectOffset: Int
    var alias: String?
    var condition: SOQLCondition?
    var grouping: [FieldPath] = []
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
    case converted(FieldPath, alias: String?)
    case aggregate(Aggregate, alias: String?)
    case children(SOQLQuery)
    /// `FIELDS(ALL)` and its kin.
    case fields(String, offset: Int)
}

struct Aggregate {
    enum Function: String {
        case count = "COUNT"
        case countDistinct = "COUNT_DISTINCT"
        case sum = "SUM"
        case average = "AVG"
        case minimum = "MIN"
        case maximum = "MAX"
        /// Date parts are used like aggregates in GROUP BY.
        case calendarYear = "CALENDAR_YEAR"
        case calendarMonth = "CALENDAR_MONTH"
        case calendarQuarter = "CALENDAR_QUARTER"
        case dayOnly = "DAY_ONLY"
    }

    var function: Function
    var path: FieldPath?
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
