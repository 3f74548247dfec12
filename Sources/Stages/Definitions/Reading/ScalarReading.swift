internal import SyncModel

/// A text read as a value of a type.
///
/// YAML 1.1 would make a number of `010` and false of `NO`: here a text is what its author wrote, and its key says what it means.
enum ScalarReading {
    case value(CheckedValue)
    /// Known, but not in this version.
    case later
    /// With what is wrong beyond what was expected, and the nearest valid value.
    case refused(String?, suggestion: String?)

    static func read(_ text: String, as type: ValueType, context: ReadingContext) -> ScalarReading {
        switch type {
        case .text, .path, .nameOf, .textOrSecret:
            return text.isEmpty ? .refused(nil, suggestion: nil) : .value(.text(text))
        case .column:
            return text.allSatisfy(\.isWhitespace) ? .refused(nil, suggestion: nil) : .value(.text(text))
        case .apiName: return apiName(text)
        case .template: return template(text)
        case .url(let rule): return Address.read(text, rule)
        case .reference(let kind):
            let names = context.names[kind] ?? []
            guard !names.contains(text) else { return .value(.text(text)) }
            let place = "\(kind.folder ?? "")/\(text).yaml"
            return .refused("there is no \(Findings.quoted(place))", suggestion: nearestName(to: text, among: names))
        case .flag:
            switch text {
            case "true": return .value(.flag(true))
            case "false": return .value(.flag(false))
            case _ where ["yes", "on", "y", "1", "true"].contains(text.lowercased()):
                return .refused(nil, suggestion: "true")
            case _ where ["no", "off", "n", "0", "false"].contains(text.lowercased()):
                return .refused(nil, suggestion: "false")
            default: return .refused(nil, suggestion: nearestName(to: text, among: ["true", "false"]))
            }
        case .whole(let range):
            guard let number = Quantity.whole(text) else {
                let stripped = String(text.drop { $0 == "0" }.filter { $0 != "_" && $0 != "," })
                let suggestion = Quantity.whole(stripped).flatMap { range.contains($0) ? String($0) : nil }
                return .refused(nil, suggestion: suggestion)
            }
            return range.contains(number) ? .value(.whole(number)) : .refused(nil, suggestion: nil)
        case .share:
            if let share = Quantity.share(text) { return .value(.share(share)) }
            return .refused(nil, suggestion: Quantity.share(text + "%").map { _ in text + "%" })
        case .bound:
            if let number = Quantity.whole(text), number >= 0 { return .value(.whole(number)) }
            return Quantity.share(text).map { .value(.share($0)) } ?? .refused(nil, suggestion: nil)
        case .span(let least): return TimeText.span(text, least: least)
        case .size:
            if let size = Quantity.size(text) { return .value(.size(size)) }
            let binary = text.replacing("KB", with: "KiB").replacing("MB", with: "MiB").replacing("GB", with: "GiB")
                .replacing("TB", with: "TiB")
            return .refused(nil, suggestion: Quantity.size(binary).map { _ in binary })
        case .choice(let words, let later):
            if words.contains(text) { return .value(.text(text)) }
            return later.contains(text.lowercased())
                ? .later : .refused(nil, suggestion: nearestName(to: text, among: words))
        case .word(let word):
            return text == word ? .value(.word(word)) : .refused(nil, suggestion: nearestName(to: text, among: [word]))
        case .version: return version(text)
        case .character:
            if text == "tab" { return .value(.text("\t")) }
            guard let byte = text.utf8.first, text.utf8.count == 1, !["\"", "\n", "\r"].contains(text) else {
                return .refused(nil, suggestion: nil)
            }
            return byte == 0 ? .refused(nil, suggestion: nil) : .value(.text(text))
        case .zone: return TimeText.zone(text, context: context)
        case .calendar: return TimeText.calendar(text, context: context)
        case .cron: return TimeText.cron(text)
        case .either(let types):
            for type in types {
                if case .value(let value) = read(text, as: type, context: context) { return .value(value) }
            }
            return .refused(nil, suggestion: nil)
        case .secret, .oneOrMore, .list, .mapping, .variants, .named:
            return .refused(nil, suggestion: nil)
        }
    }

    // MARK: - Implementation

    /// Letters, digits and underscores, a letter first (Salesforce, "API Name" of objects and fields); a namespace is part of it.
    private static func apiName(_ text: String) -> ScalarReading {
        let isName =
            text.utf8.first.map(isLetter) == true && text.utf8.count <= 255
            && text.utf8.allSatisfy { isLetter($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "_") }
        if isName { return .value(.text(text)) }
        if text.contains(".") { return .refused("another record's field is written with `lookup`", suggestion: nil) }
        return .refused("letters, digits and `_`, a letter first", suggestion: nil)
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }

    private static func template(_ text: String) -> ScalarReading {
        var parts: [FieldTemplate.Part] = []
        var rest = Substring(text)
        while let open = rest.firstRange(of: "{{") {
            if open.lowerBound > rest.startIndex { parts.append(.text(String(rest[..<open.lowerBound]))) }
            guard let close = rest[open.upperBound...].firstRange(of: "}}") else {
                return .refused("`{{` without `}}`", suggestion: nil)
            }
            let column = rest[open.upperBound..<close.lowerBound].drop(while: \.isWhitespace)
            let name = String(column.reversed().drop(while: \.isWhitespace).reversed())
            guard !name.isEmpty, !name.contains("{") else {
                return .refused("no column between `{{` and `}}`", suggestion: nil)
            }
            parts.append(.column(name))
            rest = rest[close.upperBound...]
        }
        guard !parts.isEmpty else {
            return .refused("no column in it; a constant is written with `value`", suggestion: nil)
        }
        guard rest.firstRange(of: "}}") == nil else { return .refused("`}}` without `{{`", suggestion: nil) }
        if !rest.isEmpty { parts.append(.text(String(rest))) }
        return .value(.template(FieldTemplate(parts: parts)))
    }

    private static func version(_ text: String) -> ScalarReading {
        let digits = text.hasSuffix(".0") ? text.dropLast(2) : Substring(text)
        let trimmed = digits.first == "v" ? digits.dropFirst() : digits
        guard (2...3).contains(trimmed.utf8.count), trimmed.first != "0",
            trimmed.utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else {
            return .refused(nil, suggestion: nil)
        }
        guard text == "\(trimmed).0" else { return .refused(nil, suggestion: "\(trimmed).0") }
        guard let number = Int(trimmed), number >= APIVersions.oldest else {
            return .refused("the oldest that can be used is \(APIVersions.oldest).0", suggestion: nil)
        }
        return .value(.text(text))
    }
}
