/// What the value of a key may be.
indirect enum ValueType: Sendable {
    case text
    /// A file or folder of the host.
    case path
    /// The name of a Salesforce object or field, or of an Apex class.
    case apiName(String)
    /// A column of the model.
    case column
    case template
    /// `http` or `https`.
    case url(URLRule)
    case reference(FileKind)
    /// A name that is looked up elsewhere, in words: `a step's sync`.
    case nameOf(String)
    case flag
    case whole(ClosedRange<Int>)
    case share
    /// A number of rows or a share.
    case bound
    case span(least: Duration)
    case size
    /// One of these words; some more are refused with "not in this version".
    case choice([String], later: [String] = [])
    /// Exactly this word.
    case word(String)
    case version
    case character
    case zone
    case calendar
    case cron
    /// `!credential`, `!env` or `!file`, never plain text.
    case secret
    case textOrSecret
    /// One value, or a list of such.
    case oneOrMore(ValueType)
    case list(ValueType, least: Int)
    case mapping(KeyTable)
    case variants(VariantTable)
    /// Free names, each with such a value; the names are of this type.
    case named(ValueType, ValueType)
    /// The first that fits.
    case either([ValueType])
}

/// What holds for an address beyond being one.
enum URLRule: Sendable {
    case any
    /// `http` to the machine itself only.
    case secureOrLoopback
}

extension ValueType {
    /// What to expect, as the end of a sentence that begins "expects".
    var expectation: String {
        switch self {
        case .text: "text"
        case .path: "a path"
        case .apiName(let noun): "the API name of \(noun)"
        case .column: "a column of the model"
        case .template: "text with columns such as {{name}}"
        case .url(.any): "an address that begins with https:// or http://"
        case .url(.secureOrLoopback): "an address that begins with https://"
        case .reference(let kind): "the name of \(kind.noun)"
        case .nameOf(let noun): "the name of \(noun)"
        case .flag: "true or false"
        case .whole(let range):
            range.upperBound == .max
                ? "a whole number of at least \(range.lowerBound)"
                : "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .share: "a share such as 20%"
        case .bound: "a number of rows or a share such as 20%"
        case .span: "a span such as 15min or 1h 30min"
        case .size: "a size such as 2GiB"
        case .choice(let words, _): Self.alternatives(words)
        case .word(let word): "`\(word)`"
        case .version: "an API version such as 62.0"
        case .character: "one character, or `tab`"
        case .zone: "a time zone such as Europe/London"
        case .calendar: "a calendar event such as Mon..Fri 02:30"
        case .cron: "five cron fields such as 30 2 * * 1-5"
        case .secret: "a secret by reference: !credential NAME, !env NAME or !file PATH"
        case .textOrSecret: "text, or a secret by reference: !credential NAME, !env NAME or !file PATH"
        case .oneOrMore(let type): "\(type.expectation), or a list of such"
        case .list(let type, _): "a list, each entry \(type.expectation)"
        case .mapping(let table): "keys such as \(table.keys.prefix(3).map { "`\($0.name)`" }.joined(separator: ", "))"
        case .variants(let table): "keys, `\(table.key)` among them"
        case .named(let name, let type): "\(name.expectation), a colon and \(type.expectation)"
        case .either(let types): Self.alternatives(types.map(\.expectation))
        }
    }

    /// Whether a text by itself can be such a value.
    var isScalar: Bool {
        switch self {
        case .list, .mapping, .variants, .named: false
        case .oneOrMore(let type): type.isScalar
        case .either(let types): types.contains(where: \.isScalar)
        default: true
        }
    }

    private static func alternatives(_ words: [String]) -> String {
        guard let last = words.last, words.count > 1 else { return words.first ?? "nothing" }
        return words.dropLast().joined(separator: ", ") + " or " + last
    }
}
