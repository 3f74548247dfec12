import Foundation

/// As much of JSON Schema (draft 7) as the schemas of `etc/schema` use; a keyword that it does not know fails the test.
struct SchemaValidator {
    private let root: [String: Any]

    init(_ text: String) throws {
        root = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] ?? [:]
    }

    /// Why the value does not fit; nil: it does.
    func objection(to value: WrittenValue) -> String? { objection(to: value, by: root, at: "") }

    // MARK: - Implementation

    private func objection(to value: WrittenValue, by schema: [String: Any], at place: String) -> String? {
        for (keyword, rule) in schema.sorted(by: { $0.key < $1.key }) {
            if let why = objection(to: value, keyword, rule, schema, place) { return why }
        }
        return nil
    }

    private func objection(
        to value: WrittenValue,
        _ keyword: String,
        _ rule: Any,
        _ schema: [String: Any],
        _ place: String
    ) -> String? {
        switch keyword {
        case "$schema", "title", "description", "default", "properties": return nil
        case "type":
            let types = (rule as? [String]) ?? [rule as? String ?? ""]
            return types.contains(where: value.isOf) ? nil : "\(place): is not \(types)"
        case "enum":
            guard case .text(let text) = value, (rule as? [String])?.contains(text) == true else {
                return "\(place): is none of \(rule)"
            }
            return nil
        case "const":
            guard case .text(let text) = value, text == rule as? String else { return "\(place): is not \(rule)" }
            return nil
        case "pattern":
            guard case .text(let text) = value, let pattern = rule as? String else { return nil }
            let fits = text.range(of: pattern, options: .regularExpression) != nil
            return fits ? nil : "\(place): does not fit \(pattern)"
        case "minLength":
            guard case .text(let text) = value, let least = rule as? Int else { return nil }
            return text.unicodeScalars.count >= least ? nil : "\(place): is too short"
        case "minimum", "maximum":
            guard case .number(let number) = value, let bound = (rule as? NSNumber)?.doubleValue else { return nil }
            let fits = keyword == "minimum" ? number >= bound : number <= bound
            return fits ? nil : "\(place): \(keyword) is \(bound)"
        case "anyOf", "oneOf":
            let count = subschemas(rule).count { objection(to: value, by: $0, at: place) == nil }
            return count == 1 || keyword == "anyOf" && count > 0 ? nil : "\(place): fits \(count) of \(keyword)"
        case "minItems":
            guard case .list(let items) = value, let least = rule as? Int else { return nil }
            return items.count >= least ? nil : "\(place): has too few entries"
        case "items":
            guard case .list(let items) = value, let schema = rule as? [String: Any] else { return nil }
            return items.lazy.compactMap { objection(to: $0, by: schema, at: place + "[]") }.first
        case "required":
            guard case .mapping(let members) = value, let names = rule as? [String] else { return nil }
            return names.first { name in !members.contains { $0.name == name } }.map { "\(place): \($0) is missing" }
        case "propertyNames":
            guard case .mapping(let members) = value, let schema = rule as? [String: Any] else { return nil }
            return members.lazy.compactMap { objection(to: .text($0.name), by: schema, at: place + "." + $0.name) }
                .first
        case "additionalProperties":
            guard case .mapping(let members) = value else { return nil }
            let known = schema["properties"] as? [String: [String: Any]] ?? [:]
            for member in members {
                let inner = place + "." + member.name
                guard let schema = known[member.name] ?? rule as? [String: Any] else { return "\(inner): is not known" }
                if let why = objection(to: member.value, by: schema, at: inner) { return why }
            }
            return nil
        default: return "\(place): the keyword \(keyword) is not known to this test"
        }
    }

    private func subschemas(_ rule: Any) -> [[String: Any]] { rule as? [[String: Any]] ?? [] }
}
