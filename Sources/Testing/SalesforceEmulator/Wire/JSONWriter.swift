extension JSONValue {
    /// The text of the value: compact, or spaced as Salesforce does for `X-PrettyPrint: 1`.
    func encoded(pretty: Bool = false) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(512)
        write(into: &out, pretty: pretty, indent: 0)
        return out
    }

    // MARK: - Implementation

    private func write(into out: inout [UInt8], pretty: Bool, indent: Int) {
        switch self {
        case .null: out.append(contentsOf: "null".utf8)
        case .bool(let bool): out.append(contentsOf: (bool ? "true" : "false").utf8)
        case .number(let text): out.append(contentsOf: text.utf8)
        case .string(let string): Self.quote(string, into: &out)
        case .array(let items):
            out.append(contentsOf: (pretty ? "[ " : "[").utf8)
            for (index, item) in items.enumerated() {
                if index > 0 { out.append(contentsOf: (pretty ? ", " : ",").utf8) }
                item.write(into: &out, pretty: pretty, indent: indent)
            }
            out.append(contentsOf: (pretty && !items.isEmpty ? " ]" : "]").utf8)
        case .object(let members):
            out.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { out.append(UInt8(ascii: ",")) }
                if pretty { Self.breakLine(indent + 1, into: &out) }
                Self.quote(member.name, into: &out)
                out.append(contentsOf: (pretty ? " : " : ":").utf8)
                member.value.write(into: &out, pretty: pretty, indent: indent + 1)
            }
            if pretty, !members.isEmpty { Self.breakLine(indent, into: &out) }
            out.append(UInt8(ascii: "}"))
        }
    }

    private static func breakLine(_ indent: Int, into out: inout [UInt8]) {
        out.append(0x0A)
        out.append(contentsOf: repeatElement(0x20, count: indent * 2))
    }

    private static func quote(_ string: String, into out: inout [UInt8]) {
        out.append(UInt8(ascii: "\""))
        for byte in string.utf8 {
            switch byte {
            case UInt8(ascii: "\""): out.append(contentsOf: #"\""#.utf8)
            case UInt8(ascii: "\\"): out.append(contentsOf: #"\\"#.utf8)
            case 0x0A: out.append(contentsOf: #"\n"#.utf8)
            case 0x0D: out.append(contentsOf: #"\r"#.utf8)
            case 0x09: out.append(contentsOf: #"\t"#.utf8)
            case 0..<0x20:
                let digits = String(byte, radix: 16)
                out.append(contentsOf: ("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).utf8)
            default: out.append(byte)
            }
        }
        out.append(UInt8(ascii: "\""))
    }
}
