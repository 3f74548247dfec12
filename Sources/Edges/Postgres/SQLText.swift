/// SQL as PostgreSQL's scanner sees it, as far as finding the semicolon that ends a statement.
struct SQLText {
    private let bytes: [UInt8]

    init(_ text: String) {
        bytes = Array(text.utf8)
    }

    /// The statement up to its semicolon: one outside of texts, quoted names and comments.
    var withoutSemicolon: String {
        var place = 0
        while place < bytes.count {
            switch bytes[place] {
            case UInt8(ascii: ";"):
                return String(decoding: bytes[..<place], as: UTF8.self)
            case UInt8(ascii: "'"):
                place = endOfQuoted(from: place, backslashEscapes: isEscapeString(at: place))
            case UInt8(ascii: "\""):
                place = endOfQuoted(from: place, backslashEscapes: false)
            case UInt8(ascii: "-") where byte(place + 1) == UInt8(ascii: "-"):
                place =
                    bytes[place...].firstIndex { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") } ?? bytes.count
            case UInt8(ascii: "/") where byte(place + 1) == UInt8(ascii: "*"):
                place = endOfComment(from: place)
            case UInt8(ascii: "$") where !isNamePart(byte(place - 1)):
                place = endOfDollarQuoted(from: place)
            default:
                place += 1
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    // MARK: - Implementation

    private func byte(_ place: Int) -> UInt8? {
        bytes.indices.contains(place) ? bytes[place] : nil
    }

    /// `E'…'`, where the E begins a word.
    private func isEscapeString(at quote: Int) -> Bool {
        guard let mark = byte(quote - 1), mark | 0x20 == UInt8(ascii: "e") else { return false }
        return !isNamePart(byte(quote - 2))
    }

    /// A doubled quote ends one text and begins the next, which comes to the same.
    private func endOfQuoted(from start: Int, backslashEscapes: Bool) -> Int {
        let quote = bytes[start]
        var place = start + 1
        while place < bytes.count {
            if backslashEscapes, bytes[place] == UInt8(ascii: "\\") {
                place += 2
            } else if bytes[place] == quote {
                return place + 1 < bytes.count && bytes[place + 1] == quote
                    ? endOfQuoted(from: place + 1, backslashEscapes: backslashEscapes) : place + 1
            } else {
                place += 1
            }
        }
        return bytes.count
    }

    /// Comments nest.
    private func endOfComment(from start: Int) -> Int {
        var depth = 0
        var place = start
        while place < bytes.count {
            switch (bytes[place], byte(place + 1)) {
            case (UInt8(ascii: "/"), UInt8(ascii: "*")):
                depth += 1
                place += 2
            case (UInt8(ascii: "*"), UInt8(ascii: "/")):
                depth -= 1
                place += 2
                if depth == 0 { return place }
            default:
                place += 1
            }
        }
        return bytes.count
    }

    /// `$$…$$` or `$tag$…$tag$`; a dollar that begins neither is passed over.
    private func endOfDollarQuoted(from start: Int) -> Int {
        var end = start + 1
        while let part = byte(end), isNamePart(part), part != UInt8(ascii: "$") { end += 1 }
        let startsWithDigit = byte(start + 1).map { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") } ?? false
        guard byte(end) == UInt8(ascii: "$"), !startsWithDigit else { return start + 1 }
        let tag = bytes[start...end]
        var place = end + 1
        while place + tag.count <= bytes.count {
            if bytes[place..<(place + tag.count)].elementsEqual(tag) { return place + tag.count }
            place += 1
        }
        return bytes.count
    }

    private func isNamePart(_ byte: UInt8?) -> Bool {
        guard let byte else { return false }
        return byte >= 0x80 || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "$")
            || (byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9"))
            || (byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z"))
    }
}
