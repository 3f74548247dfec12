/// A value as a definition writes it: texts in quotes, numbers and truth values plain.
indirect enum WrittenValue {
    struct Member {
        var name: String
        var value: WrittenValue
    }

    case nothing
    case flag(Bool)
    case number(Double)
    case text(String)
    /// `!credential db`: to a schema, a text.
    case tagged(String, String)
    case list([WrittenValue])
    case mapping([Member])

    /// Whether JSON Schema gives it this type.
    func isOf(_ type: String) -> Bool {
        switch self {
        case .nothing: type == "null"
        case .flag: type == "boolean"
        case .number(let number): type == "number" || type == "integer" && number == number.rounded()
        case .text, .tagged: type == "string"
        case .list: type == "array"
        case .mapping: type == "object"
        }
    }

    /// The value as YAML: the outermost keys a line each, what is in them in braces.
    var yaml: String {
        guard case .mapping(let members) = self, !members.isEmpty else { return flow + "\n" }
        return members.map { "\(Self.quoted($0.name)): \($0.value.flow)\n" }.joined()
    }

    // MARK: - Implementation

    private var flow: String {
        switch self {
        case .nothing: "null"
        case .flag(let flag): flag ? "true" : "false"
        case .number(let number): number == number.rounded() ? String(Int(number)) : String(number)
        case .text(let text): Self.quoted(text)
        case .tagged(let tag, let text): "!\(tag) \(Self.quoted(text))"
        case .list(let items): "[" + items.map(\.flow).joined(separator: ", ") + "]"
        case .mapping(let members):
            "{ " + members.map { "\(Self.quoted($0.name)): \($0.value.flow)" }.joined(separator: ", ") + " }"
        }
    }

    private static func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}
