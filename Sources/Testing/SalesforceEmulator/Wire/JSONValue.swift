/// A JSON value with its members in order and its numbers as they were written.
indirect enum JSONValue: Sendable, Equatable {
    case null
    case bool(Bool)
    case number(String)
    case string(String)
    case array([JSONValue])
    case object([JSONMember])
}

/// One member of an object; `offset` is where its value ends in the text it was read from.
struct JSONMember: Sendable, Equatable {
    var name: String
    var value: JSONValue
    var offset: Int = 0

    /// Where a member stood is no part of what it says.
    static func == (left: JSONMember, right: JSONMember) -> Bool {
        left.name == right.name && left.value == right.value
    }
}

extension JSONValue {
    static func int(_ number: Int) -> JSONValue { .number(String(number)) }

    static func text(_ string: String?) -> JSONValue { string.map(JSONValue.string) ?? .null }

    static func members(_ pairs: KeyValuePairs<String, JSONValue>) -> JSONValue {
        .object(pairs.map { JSONMember(name: $0.key, value: $0.value) })
    }

    subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    var string: String? {
        if case .string(let string) = self { string } else { nil }
    }

    var bool: Bool? {
        switch self {
        case .bool(let bool): bool
        case .string("true"): true
        case .string("false"): false
        default: nil
        }
    }

    var double: Double? {
        switch self {
        case .number(let text), .string(let text): Double(text)
        default: nil
        }
    }

    var integer: Int? {
        double.flatMap { $0.magnitude < 9e15 && $0 == $0.rounded() ? Int($0) : nil }
    }

    var array: [JSONValue]? {
        if case .array(let array) = self { array } else { nil }
    }

    var members: [JSONMember]? {
        if case .object(let members) = self { members } else { nil }
    }

    var isNull: Bool { self == .null }

    mutating func set(_ name: String, _ value: JSONValue) {
        guard case .object(var members) = self else { return }
        if let index = members.firstIndex(where: { $0.name == name }) {
            members[index].value = value
        } else {
            members.append(JSONMember(name: name, value: value))
        }
        self = .object(members)
    }

    mutating func remove(_ name: String) {
        guard case .object(var members) = self else { return }
        members.removeAll { $0.name == name }
        self = .object(members)
    }
}
