extension JSONText {
    /// The document as YAML 1.2, block style, ending in a line end.
    package var yaml: String {
        var lines: [String] = []
        append(to: &lines, indent: 0, lead: "")
        return lines.joined(separator: "\n") + "\n"
    }

    /// The document as JSON for a person: two blanks a level.
    package var prettyJSON: String {
        pretty(indent: 0) + "\n"
    }

    // MARK: - Implementation

    /// Appends the value; `lead` is what its first line begins with: a key, or the dash of a list.
    private func append(to lines: inout [String], indent: Int, lead: String) {
        let blanks = String(repeating: " ", count: indent)
        switch self {
        case .object(let members) where !members.isEmpty:
            // A mapping in a list begins behind the dash; under a key it begins on the next line.
            if !lead.isEmpty, !lead.hasSuffix("- ") { lines.append(lead) }
            for (index, member) in members.enumerated() {
                let start = index == 0 && lead.hasSuffix("- ") ? lead : blanks
                member.value.append(to: &lines, indent: indent + 2, lead: start + Self.scalar(member.key) + ":")
            }
        case .array(let values) where !values.isEmpty:
            if !lead.isEmpty, !lead.hasSuffix("- ") { lines.append(lead) }
            for (index, value) in values.enumerated() {
                let start = index == 0 && lead.hasSuffix("- ") ? lead : blanks
                value.append(to: &lines, indent: indent + 2, lead: start + "- ")
            }
        default:
            lines.append(lead + (lead.isEmpty || lead.hasSuffix(" ") ? "" : " ") + flow)
        }
    }

    /// A value without children.
    private var flow: String {
        switch self {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .number(let text): text
        case .string(let text): Self.scalar(text)
        case .array: "[]"
        case .object: "{}"
        }
    }

    /// The text plain where every reader of YAML takes it for the same text, else in double quotes.
    private static func scalar(_ text: String) -> String {
        let isPlain =
            !text.isEmpty
            && text.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                    || "_-./ ".utf8.contains(byte)
            }
        guard isPlain, let first = text.utf8.first, first >= 0x41 || first == UInt8(ascii: "/"), text.utf8.last != 0x20,
            !words.contains(text.lowercased())
        else { return quoted(text) }
        return text
    }

    /// What some reader of YAML takes for something else than a text.
    private static let words: Set<String> = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"]

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _
            where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
                || [0x2028, 0x2029, 0xFEFF].contains(scalar.value):
                let digits = String(scalar.value, radix: 16, uppercase: true)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    private func pretty(indent: Int) -> String {
        let blanks = String(repeating: " ", count: indent + 2)
        let end = "\n" + String(repeating: " ", count: indent)
        switch self {
        case .object(let members) where !members.isEmpty:
            return "{\n"
                + members.map { "\(blanks)\(Self.quoted($0.key)): \($0.value.pretty(indent: indent + 2))" }.joined(
                    separator: ",\n"
                ) + end + "}"
        case .array(let values) where !values.isEmpty:
            return "[\n" + values.map { blanks + $0.pretty(indent: indent + 2) }.joined(separator: ",\n") + end + "]"
        case .string(let text): return Self.quoted(text)
        case .null, .bool, .number, .array, .object: return flow
        }
    }
}
