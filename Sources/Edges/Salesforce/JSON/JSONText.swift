/// JSON written by hand for the few small bodies that the room itself sends.
enum JSONText {
    /// A text as a JSON string, with its quotes.
    static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }

    /// An object of texts, in the order given; members without a value are left out.
    static func object(_ members: KeyValuePairs<String, String?>) -> [UInt8] {
        let written = members.compactMap { name, value in value.map { "\(quoted(name)):\(quoted($0))" } }
        return Array("{\(written.joined(separator: ","))}".utf8)
    }
}

extension JSONValue {
    /// The value as JSON text.
    package var text: String {
        switch self {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .number(let digits): digits
        case .string(let text): JSONText.quoted(text)
        case .array(let values): "[" + values.map(\.text).joined(separator: ",") + "]"
        case .object(let object):
            "{" + object.members.map { "\(JSONText.quoted($0.name)):\($0.value.text)" }.joined(separator: ",") + "}"
        }
    }
}
