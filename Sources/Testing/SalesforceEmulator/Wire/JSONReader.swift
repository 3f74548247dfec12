/// A place in a JSON text where reading stopped, in the words that Salesforce's own parser uses.
struct JSONFault: Error, Equatable {
    var message: String
}

/// Reads JSON text.
///
/// Refuses what is not JSON with line and column, as Salesforce does (reference 08 A3, JSON_PARSER_ERROR).
struct JSONReader {
    private let bytes: [UInt8]
    private var position = 0
    private var depth = 0
    private static let deepest = 200

    static func read(_ bytes: [UInt8]) throws(JSONFault) -> JSONValue {
        var reader = JSONReader(bytes: bytes)
        if reader.bytes.starts(with: [0xEF, 0xBB, 0xBF]) { reader.position = 3 }
        if let offset = bytes.withUnsafeBufferPointer({ firstFaultOfUTF8(in: $0) }) {
            reader.position = offset
            throw reader.fault("Invalid UTF-8 start byte 0x\(String(bytes[offset], radix: 16))")
        }
        reader.skipBlanks()
        guard reader.position < bytes.count else {
            throw reader.fault("No content to map to Object due to end of input")
        }
        let value = try reader.value()
        reader.skipBlanks()
        guard reader.position == bytes.count else {
            throw reader.unexpected("was expecting end of input")
        }
        return value
    }

    static func place(of offset: Int, in bytes: [UInt8]) -> String {
        var line = 1
        var column = 1
        for byte in bytes.prefix(offset) {
            if byte == 0x0A {
                line += 1
                column = 1
            } else {
                column += 1
            }
        }
        return "[line:\(line), column:\(column)]"
    }

    // MARK: - Implementation

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private func fault(_ what: String) -> JSONFault {
        JSONFault(message: "\(what) at \(Self.place(of: position, in: bytes))")
    }

    private func unexpected(_ expectation: String) -> JSONFault {
        guard position < bytes.count else { return fault("Unexpected end-of-input: \(expectation)") }
        let rest = String(decoding: bytes[position..<min(position + 4, bytes.count)], as: UTF8.self)
        let scalar = rest.unicodeScalars.first ?? " "
        return JSONFault(
            message: "Unexpected character ('\(scalar)' (code \(scalar.value))): \(expectation) at "
                + Self.place(of: position + 1, in: bytes)
        )
    }

    private mutating func skipBlanks() {
        while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
    }

    private mutating func value() throws(JSONFault) -> JSONValue {
        skipBlanks()
        guard position < bytes.count else { throw fault("Unexpected end-of-input: expected close marker") }
        switch bytes[position] {
        case UInt8(ascii: "{"): return try nested { reader throws(JSONFault) in try reader.object() }
        case UInt8(ascii: "["): return try nested { reader throws(JSONFault) in try reader.list() }
        case UInt8(ascii: "\""): return .string(try text())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default:
            for (word, value) in [("true", JSONValue.bool(true)), ("false", .bool(false)), ("null", .null)]
            where bytes[position...].starts(with: word.utf8) {
                position += word.utf8.count
                return value
            }
            throw unexpected("expected a valid value (number, String, array, object, 'true', 'false' or 'null')")
        }
    }

    private mutating func nested(
        _ body: (inout JSONReader) throws(JSONFault) -> JSONValue
    ) throws(JSONFault) -> JSONValue {
        depth += 1
        guard depth <= Self.deepest else { throw fault("The JSON is nested too deeply") }
        defer { depth -= 1 }
        return try body(&self)
    }

    private mutating func object() throws(JSONFault) -> JSONValue {
        position += 1
        var members: [JSONMember] = []
        skipBlanks()
        if position < bytes.count, bytes[position] == UInt8(ascii: "}") {
            position += 1
            return .object([])
        }
        while true {
            skipBlanks()
            guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
                throw unexpected("was expecting double-quote to start field name")
            }
            let name = try text()
            skipBlanks()
            guard position < bytes.count, bytes[position] == UInt8(ascii: ":") else {
                throw unexpected("was expecting a colon to separate field name and value")
            }
            position += 1
            let member = try value()
            members.append(JSONMember(name: name, value: member, offset: position))
            skipBlanks()
            guard position < bytes.count else {
                throw fault("Unexpected end-of-input: expected close marker for OBJECT")
            }
            switch bytes[position] {
            case UInt8(ascii: ","): position += 1
            case UInt8(ascii: "}"):
                position += 1
                return .object(members)
            default: throw unexpected("was expecting comma to separate OBJECT entries")
            }
        }
    }

    private mutating func list() throws(JSONFault) -> JSONValue {
        position += 1
        var items: [JSONValue] = []
        skipBlanks()
        if position < bytes.count, bytes[position] == UInt8(ascii: "]") {
            position += 1
            return .array([])
        }
        while true {
            items.append(try value())
            skipBlanks()
            guard position < bytes.count else {
                throw fault("Unexpected end-of-input: expected close marker for ARRAY")
            }
            switch bytes[position] {
            case UInt8(ascii: ","): position += 1
            case UInt8(ascii: "]"):
                position += 1
                return .array(items)
            default: throw unexpected("was expecting comma to separate ARRAY entries")
            }
        }
    }

    private mutating func number() throws(JSONFault) -> JSONValue {
        let start = position
        while position < bytes.count, "+-.eE0123456789".utf8.contains(bytes[position]) { position += 1 }
        let written = String(decoding: bytes[start..<position], as: UTF8.self)
        let digits = written.drop { $0 == "-" }
        guard let number = Double(written), number.isFinite, let first = digits.first, first.isNumber,
            let last = digits.last, last.isNumber, !(first == "0" && digits.dropFirst().first?.isNumber == true)
        else {
            position = start
            throw unexpected("not a valid number")
        }
        return .number(written)
    }

    private mutating func text() throws(JSONFault) -> String {
        position += 1
        let start = position
        while position < bytes.count, bytes[position] != UInt8(ascii: "\""), bytes[position] != UInt8(ascii: "\\"),
            bytes[position] >= 0x20
        { position += 1 }
        if position < bytes.count, bytes[position] == UInt8(ascii: "\"") {
            defer { position += 1 }
            return String(decoding: bytes[start..<position], as: UTF8.self)
        }
        var out = Array(bytes[start..<position])
        while position < bytes.count {
            let byte = bytes[position]
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return String(decoding: out, as: UTF8.self)
            case UInt8(ascii: "\\"): try escape(into: &out)
            case 0..<0x20: throw unexpected("Illegal unquoted character, has to be escaped using backslash")
            default:
                out.append(byte)
                position += 1
            }
        }
        throw fault("Unexpected end-of-input: was expecting closing quote for a string value")
    }

    private mutating func escape(into out: inout [UInt8]) throws(JSONFault) {
        position += 1
        guard position < bytes.count else { throw fault("Unexpected end-of-input in character escape sequence") }
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): out.append(byte)
        case UInt8(ascii: "b"): out.append(0x08)
        case UInt8(ascii: "f"): out.append(0x0C)
        case UInt8(ascii: "n"): out.append(0x0A)
        case UInt8(ascii: "r"): out.append(0x0D)
        case UInt8(ascii: "t"): out.append(0x09)
        case UInt8(ascii: "u"):
            var code = try hexadecimal()
            if (0xD800..<0xDC00).contains(code), position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
                bytes[position + 1] == UInt8(ascii: "u")
            {
                position += 2
                let low = try hexadecimal()
                code = (0xDC00..<0xE000).contains(low) ? 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00) : 0xFFFD
            }
            out.append(contentsOf: String(Character(Unicode.Scalar(code) ?? "\u{FFFD}")).utf8)
        default:
            position -= 1
            throw unexpected("Unrecognized character escape")
        }
    }

    private mutating func hexadecimal() throws(JSONFault) -> UInt32 {
        guard position + 4 <= bytes.count,
            bytes[position..<position + 4].allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
            let code = UInt32(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16)
        else { throw unexpected("expected a hex-digit for character escape sequence") }
        position += 4
        return code
    }
}
