/// A word, mark or literal of a statement.
struct SOQLToken {
    enum Kind: Equatable {
        case word(String)
        case string(String)
        /// A number, date or moment, as it was written.
        case number(String)
        case mark(String)
        case end
    }

    var kind: Kind
    var offset: Int

    var shown: String {
        switch kind {
        case .word(let text), .string(let text), .number(let text), .mark(let text): text
        case .end: "<EOF>"
        }
    }
}

/// Cuts a statement into tokens.
func soqlTokens(_ statement: String) throws(SOQLFault) -> [SOQLToken] {
    let bytes = Array(statement.utf8)
    var tokens: [SOQLToken] = []
    var position = 0
    while position < bytes.count {
        let byte = bytes[position]
        let start = position
        switch byte {
        case 0x20, 0x09, 0x0A, 0x0D: position += 1
        case UInt8(ascii: "'"):
            tokens.append(SOQLToken(kind: .string(try soqlString(bytes, &position)), offset: start))
        case 48...57:
            position = end(of: bytes, from: position) { isDigit($0) || "-:.+TZtzeE".utf8.contains($0) }
            tokens.append(
                SOQLToken(kind: .number(String(decoding: bytes[start..<position], as: UTF8.self)), offset: start)
            )
        case UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."):
            guard position + 1 < bytes.count, isDigit(bytes[position + 1]) || bytes[position + 1] == UInt8(ascii: "."),
                byte != UInt8(ascii: ".") || tokens.isEmpty || !isJoined(tokens.last, start)
            else {
                tokens.append(SOQLToken(kind: .mark(String(UnicodeScalar(byte))), offset: start))
                position += 1
                continue
            }
            position = end(of: bytes, from: position + 1) { isDigit($0) || ".eE".utf8.contains($0) }
            tokens.append(
                SOQLToken(kind: .number(String(decoding: bytes[start..<position], as: UTF8.self)), offset: start)
            )
        case 65...90, 97...122, UInt8(ascii: "_"):
            position = end(of: bytes, from: position) { isDigit($0) || isLetter($0) || $0 == UInt8(ascii: "_") }
            tokens.append(
                SOQLToken(kind: .word(String(decoding: bytes[start..<position], as: UTF8.self)), offset: start)
            )
        case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "!"):
            let isTwo =
                position + 1 < bytes.count
                && (bytes[position + 1] == UInt8(ascii: "=")
                    || (byte == UInt8(ascii: "<") && bytes[position + 1] == UInt8(ascii: ">")))
            position += isTwo ? 2 : 1
            tokens.append(
                SOQLToken(kind: .mark(String(decoding: bytes[start..<position], as: UTF8.self)), offset: start)
            )
        case UInt8(ascii: "="), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: ","), UInt8(ascii: ":"):
            position += 1
            tokens.append(SOQLToken(kind: .mark(String(UnicodeScalar(byte))), offset: start))
        default:
            let rest = String(decoding: bytes[position...].prefix(4), as: UTF8.self)
            throw SOQLFault(
                "MALFORMED_QUERY",
                "line 1:\(start) no viable alternative at character '\(rest.first ?? "?")'"
            )
        }
    }
    tokens.append(SOQLToken(kind: .end, offset: bytes.count))
    return tokens
}

/// A point right after a word continues a path and begins no number.
private func isJoined(_ token: SOQLToken?, _ offset: Int) -> Bool {
    guard let token, case .word(let text) = token.kind else { return false }
    return token.offset + text.utf8.count == offset
}

private func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
private func isLetter(_ byte: UInt8) -> Bool { (65...90).contains(byte) || (97...122).contains(byte) }

private func end(of bytes: [UInt8], from start: Int, while fits: (UInt8) -> Bool) -> Int {
    var position = start
    while position < bytes.count, fits(bytes[position]) { position += 1 }
    return position
}

/// A string literal with its escapes undone; `\%` and `\_` keep their backslash for LIKE.
private func soqlString(_ bytes: [UInt8], _ position: inout Int) throws(SOQLFault) -> String {
    let start = position
    position += 1
    var out: [UInt8] = []
    while position < bytes.count {
        let byte = bytes[position]
        position += 1
        if byte == UInt8(ascii: "'") { return String(decoding: out, as: UTF8.self) }
        guard byte == UInt8(ascii: "\\") else {
            out.append(byte)
            continue
        }
        guard position < bytes.count else { break }
        let escaped = bytes[position]
        position += 1
        switch escaped {
        case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "\\"): out.append(escaped)
        case UInt8(ascii: "n"), UInt8(ascii: "N"): out.append(0x0A)
        case UInt8(ascii: "r"), UInt8(ascii: "R"): out.append(0x0D)
        case UInt8(ascii: "t"), UInt8(ascii: "T"): out.append(0x09)
        case UInt8(ascii: "b"), UInt8(ascii: "B"): out.append(0x08)
        case UInt8(ascii: "f"), UInt8(ascii: "F"): out.append(0x0C)
        case UInt8(ascii: "%"), UInt8(ascii: "_"): out += [UInt8(ascii: "\\"), escaped]
        case UInt8(ascii: "u"), UInt8(ascii: "U"):
            guard position + 4 <= bytes.count,
                let code = UInt32(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16),
                let scalar = Unicode.Scalar(code)
            else {
                throw SOQLFault("MALFORMED_QUERY", "Invalid string literal: illegal unicode escape", at: position - 2)
            }
            out.append(contentsOf: String(Character(scalar)).utf8)
            position += 4
        default:
            throw SOQLFault(
                "MALFORMED_QUERY",
                "Invalid string literal '\(String(decoding: bytes[start..<position], as: UTF8.self))'. Illegal character sequence "
                    + "'\\\(String(UnicodeScalar(escaped)))' in string literal."
            )
        }
    }
    throw SOQLFault("MALFORMED_QUERY", "line 1:\(start) mismatched character '<EOF>' expecting '''")
}
