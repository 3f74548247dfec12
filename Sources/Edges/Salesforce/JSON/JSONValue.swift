/// A JSON value as it came: numbers keep their text, objects their order.
package enum JSONValue: Sendable, Equatable {
    case null
    case bool(Bool)
    /// The digits as sent: `1.10` stays `1.10`.
    case number(String)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)
}

/// The members of a JSON object, in the order in which they came.
package struct JSONObject: Sendable, Equatable {
    package struct Member: Sendable, Equatable {
        package var name: String
        package var value: JSONValue
    }

    package var members: [Member]

    package init(members: [Member] = []) {
        self.members = members
    }

    /// The first member of this very name.
    package subscript(name: String) -> JSONValue? {
        members.first { $0.name == name }?.value
    }
}

extension JSONValue {
    package var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    package var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    package var int: Int? {
        if case .number(let text) = self { Int(text) ?? Double(text).flatMap { Int(exactly: $0) } } else { nil }
    }

    package var array: [JSONValue]? {
        if case .array(let values) = self { values } else { nil }
    }

    package var object: JSONObject? {
        if case .object(let object) = self { object } else { nil }
    }

    /// A text, number or truth value as text; nil for null, arrays and objects.
    package var scalarText: String? {
        switch self {
        case .string(let text), .number(let text): text
        case .bool(let value): value ? "true" : "false"
        case .null, .array, .object: nil
        }
    }
}

extension JSONValue {
    /// Reads a text that is one JSON value; nil for any other.
    package init?(reading bytes: [UInt8]) {
        // What is wrong with it is of no use to who wants the value.
        guard let value = try? JSONValue.parsed(bytes) else { return nil }
        self = value
    }
}
