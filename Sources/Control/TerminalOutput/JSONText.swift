/// A JSON document as it is written: order of keys and spelling of numbers kept.
package indirect enum JSONText: Sendable, Equatable {
    case null
    case bool(Bool)
    /// As spelt.
    case number(String)
    case string(String)
    case array([JSONText])
    case object([Member])

    /// One key of an object.
    package struct Member: Sendable, Equatable {
        package var key: String
        package var value: JSONText

        package init(_ key: String, _ value: JSONText) {
            self.key = key
            self.value = value
        }
    }

    /// Reads a document.
    ///
    /// - Throws: `JSONTextError`, with the byte where it stops being JSON.
    package init(_ bytes: some Collection<UInt8>) throws {
        var reader = JSONTextReader(bytes: Array(bytes))
        self = try reader.document()
    }

    /// The value under a key of an object.
    package subscript(_ key: String) -> JSONText? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.key == key }?.value
    }
}

/// Where a text stops being JSON.
package struct JSONTextError: Error, Sendable, Equatable, CustomStringConvertible {
    package var offset: Int
    package var description: String { "cannot read the document: it is not JSON from byte \(offset) on" }
}

private struct JSONTextReader {
    let bytes: [UInt8]
    var position = 0

    /// Deeper than any document of ours, and shallow enough for the stack.
    private static let deepest = 200

    mutating func document() throws -> JSONText {
        let value = try value(depth: 0)
        skipBlanks()
        guard position == bytes.count else { throw error }
        return value
    }

    private var error: JSONTextError { JSONTextError(offset: position) }

    private mutating func value(depth: Int) throws -> JSONText {
        skipBlanks()
        guard depth < Self.deepest, let byte = peek else { throw error }
        switch byte {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    private mutating func object(depth: Int) throws -> JSONText {
        var members: [JSONText.Member] = []
        position += 1
        skipBlanks()
        if take("}") { return .object([]) }
        repeat {
            skipBlanks()
            guard peek == UInt8(ascii: "\"") else { throw error }
            let key = try string()
            skipBlanks()
            guard take(":") else { throw error }
            members.append(JSONText.Member(key, try value(depth: depth + 1)))
            skipBlanks()
        } while take(",")
        guard take("}") else { throw error }
        return .object(members)
    }

    private mutating func array(depth: Int) throws -> JSONText {
        var values: [JSONText] = []
        position += 1
        skipBlanks()
        if take("]") { return .array([]) }
        repeat {
            values.append(try value(depth: depth + 1))
            skipBlanks()
        } while take(",")
        guard take("]") else { throw error }
        return .array(values)
    }

    private mutating func string() throws -> String {
        position += 1
        var text: [UInt8] = []
        while let byte = peek, byte != UInt8(ascii: "\"") {
            guard byte >= 0x20 else { throw error }
            position += 1
            guard byte == UInt8(ascii: "\\") else {
                text.append(byte)
                continue
            }
            try escape(into: &text)
        }
        guard take("\""), let result = String(validating: text, as: UTF8.self) else { throw error }
        return result
    }

    private mutating func escape(into text: inout [UInt8]) throws {
        guard let byte = peek else { throw error }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(8)
        case UInt8(ascii: "f"): text.append(12)
        case UInt8(ascii: "n"): text.append(10)
        case UInt8(ascii: "r"): text.append(13)
        case UInt8(ascii: "t"): text.append(9)
        case UInt8(ascii: "u"):
            var units = [try hexadecimal()]
            if (0xD800..<0xDC00).contains(units[0]), take("\\"), take("u") { units.append(try hexadecimal()) }
            guard let scalars = String(validating: units, as: UTF16.self) else { throw error }
            text += Array(scalars.utf8)
        default: throw error
        }
    }

    private mutating func hexadecimal() throws -> UInt16 {
        guard position + 4 <= bytes.count,
            let value = UInt16(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16)
        else { throw error }
        position += 4
        return value
    }

    private mutating func number() throws -> JSONText {
        let start = position
        while let byte = peek, "+-.0123456789eE".utf8.contains(byte) { position += 1 }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        guard Double(text) != nil, let first = text.utf8.first,
            first == UInt8(ascii: "-") || (0x30...0x39).contains(first)
        else {
            position = start
            throw error
        }
        return .number(text)
    }

    private mutating func word(_ text: String, _ value: JSONText) throws -> JSONText {
        guard bytes[position...].starts(with: text.utf8) else { throw error }
        position += text.utf8.count
        return value
    }

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard peek == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func skipBlanks() {
        while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }
}
