internal import DelimitedText

/// Replaces the values of fields that are to be hidden, in whatever form a body has them.
///
/// Bodies are kept in part, so they are scanned, not parsed.
package struct BodyRedaction: Sendable {
    /// What stands in a value's place.
    package static let mark = "(redacted)"

    private let fields: Set<String>

    /// `fields`: API names, in any case.
    package init(_ fields: [String]) {
        self.fields = Set(fields.map { $0.lowercased() })
    }

    package var isEmpty: Bool { fields.isEmpty }

    /// Whether a field's values are hidden; of a relationship path (`Account.Tax_Id__c`) its last name counts.
    package func hides(_ field: some StringProtocol) -> Bool {
        if fields.isEmpty { return false }
        let name = field.lowercased()
        return fields.contains(name) || fields.contains(String(name.split(separator: ".").last ?? ""))
    }

    /// The body without the hidden values.
    package func body(_ text: String) -> String {
        if fields.isEmpty { return text }
        switch text.first(where: { !$0.isWhitespace }) {
        case nil: return text
        case "{", "[": return json(text)
        case "<": return xml(text)
        default: return delimited(text)
        }
    }

    /// The answer to a call without the hidden values, also where a message repeats those that were sent.
    package func answer(_ text: String, to request: String?) -> String {
        let answer = body(text)
        guard !fields.isEmpty, let request, let first = request.first(where: { !$0.isWhitespace }),
            first == "{" || first == "["
        else { return answer }
        var sent: Set<String> = []
        _ = json(request) { sent.insert($0) }
        return without(sent, answer)
    }

    /// A path without the literals of a query that names a hidden field.
    package func path(_ path: String) -> String {
        let folded = path.lowercased()
        guard fields.contains(where: { folded.contains($0) }) else { return path }
        // A quote in an address is written as it is or as %27.
        var result = ""
        var isInside = false
        var rest = path[...]
        while let next = rest.first {
            let length = next == "'" ? 1 : rest.hasPrefix("%27") ? 3 : 0
            if length > 0 {
                if !isInside { result += rest.prefix(length) + Self.mark } else { result += rest.prefix(length) }
                isInside.toggle()
                rest = rest.dropFirst(length)
            } else {
                if !isInside { result.append(next) }
                rest = rest.dropFirst()
            }
        }
        return result
    }

    /// A message about a row without the hidden ones of its values, which Salesforce likes to repeat.
    package func message(_ text: String, about values: [String: String]) -> String {
        fields.isEmpty ? text : without(values.filter { hides($0.key) }.map(\.value), text)
    }

    // MARK: - Implementation

    private func without(_ hidden: some Sequence<String>, _ text: String) -> String {
        // Of a letter or two nobody could tell what they stand for.
        let long = hidden.filter { $0.utf8.count > 2 }
        if long.isEmpty { return text }
        // Most of many stand nowhere in it, which bytes tell sooner than characters.
        let bytes = Array(text.utf8)
        let found = long.filter { value in
            !value.utf8.allSatisfy { $0 < 0x80 } || Self.holds(bytes, Array(value.utf8))
        }
        return found.sorted { $0.utf8.count > $1.utf8.count }.reduce(text) { $0.replacing($1, with: Self.mark) }
    }

    private static func holds(_ text: [UInt8], _ value: [UInt8]) -> Bool {
        guard let first = value.first, value.count <= text.count else { return false }
        return (0...text.count - value.count).contains { start in
            text[start] == first && text[start..<start + value.count].elementsEqual(value)
        }
    }

    /// `hear` is told each value that is hidden and was a string or a number.
    private func json(_ text: String, _ hear: (String) -> Void = { _ in }) -> String {
        var result = ""
        var rest = text[...]
        while let quote = rest.firstIndex(of: "\"") {
            result += rest[..<quote]
            guard let end = Self.endOfString(rest, quote) else { return result + rest[quote...] }
            let name = rest[rest.index(after: quote)..<end]
            result += rest[quote...end]
            rest = rest[rest.index(after: end)...]
            guard let colon = rest.first(where: { !$0.isWhitespace }), colon == ":" else { continue }
            let value = rest[rest.index(after: rest.firstIndex(of: ":") ?? rest.startIndex)...]
                .drop(while: \.isWhitespace)
            if name == "url" || name == "query", value.first == "\"" {
                // A query of a composite call, whose literals may be of a hidden field.
                let end = Self.endOfString(value, value.startIndex) ?? value.endIndex
                result += rest[..<value.startIndex] + path(String(value[..<end]))
                rest = value[end...]
                if let quote = rest.first {
                    result.append(quote)
                    rest = rest.dropFirst()
                }
                continue
            }
            guard hides(name) else { continue }
            guard let first = value.first, first != "{", first != "[" else { continue }
            result += ":\"\(Self.mark)\""
            if first == "\"" {
                guard let close = Self.endOfString(value, value.startIndex) else { return result }
                hear(String(value[value.index(after: value.startIndex)..<close]))
                rest = value[value.index(after: close)...]
            } else {
                let bare = value.prefix { !",}]".contains($0) && !$0.isWhitespace }
                // `true` and `null` stand everywhere, and tell nothing.
                if first == "-" || first.isNumber { hear(String(bare)) }
                rest = value[bare.endIndex...]
            }
        }
        return result + rest
    }

    /// The closing quote of the string that opens at `start`.
    private static func endOfString(_ text: Substring, _ start: Substring.Index) -> Substring.Index? {
        var index = text.index(after: start)
        while index < text.endIndex {
            if text[index] == "\\" {
                index = text.index(after: index)
                if index == text.endIndex { return nil }
            } else if text[index] == "\"" {
                return index
            }
            index = text.index(after: index)
        }
        return nil
    }

    private func xml(_ text: String) -> String {
        var result = ""
        var rest = text[...]
        while let open = rest.firstIndex(of: "<") {
            guard let close = rest[open...].firstIndex(of: ">") else { break }
            result += rest[...close]
            let tag = rest[rest.index(after: open)..<close]
            rest = rest[rest.index(after: close)...]
            let name = tag.prefix { !$0.isWhitespace && $0 != "/" }.split(separator: ":").last ?? ""
            guard !tag.hasPrefix("/"), !tag.hasSuffix("/"), hides(name) else { continue }
            let value = rest.prefix { $0 != "<" }
            if !value.isEmpty { result += Self.mark }
            rest = rest.dropFirst(value.count)
        }
        return result + rest
    }

    private func delimited(_ text: String) -> String {
        var hidden: [Int]?
        var result: [UInt8] = []
        var writer = DelimitedWriter()
        var parser = DelimitedParser()
        do {
            try Array(text.utf8).withUnsafeBytes { bytes in
                try parser.feed(bytes) { record in
                    let cells = (0..<record.count).map { record.text($0) }
                    let columns = hidden ?? cells.indices.filter { hides(cells[$0]) }
                    let isRow = hidden != nil
                    // Another cell may repeat what is hidden: the message of a result does.
                    let values: [String] = isRow ? columns.filter { $0 < cells.count }.map { cells[$0] } : []
                    for (index, cell) in cells.enumerated() {
                        let isHidden = isRow && columns.contains(index)
                        writer.append(isHidden ? Self.mark : without(values, cell), to: &result)
                    }
                    writer.endRow(to: &result)
                    hidden = columns
                }
            }
        } catch {
            return hidden?.isEmpty == false ? Self.mark : text
        }
        guard let hidden, !hidden.isEmpty else { return text }
        // What follows the last whole row is cut: it may hold what is hidden.
        return String(decoding: result, as: UTF8.self)
    }
}
