import FoundationEssentials

/// How documents become bytes and bytes documents: snake_case keys in alphabetical order, no blanks, nulls written.
package enum ControlCoding {
    /// The number that every document carries under `schema`; keys may be added within it, never changed or taken away.
    package static let schema = 1

    /// The document as one line of JSON, without a line end.
    package static func encode(_ document: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        return [UInt8](try encoder.encode(document))
    }

    /// The document in `bytes`.
    ///
    /// - Throws: `ControlFault` with `badRequest`, which names the key that is missing or wrong.
    package static func decode<Document: Decodable>(
        _ type: Document.Type,
        from bytes: some Sequence<UInt8>
    ) throws -> Document {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        do {
            return try decoder.decode(type, from: Data(bytes))
        } catch let error as DecodingError {
            throw ControlFault(.badRequest, "cannot read the document: \(Self.sentence(error))")
        }
    }

    // MARK: - Implementation

    private static func sentence(_ error: DecodingError) -> String {
        switch error {
        case .keyNotFound(let key, let context):
            "the key `\(snake(key.stringValue))`\(place(context.codingPath)) is missing"
        case .typeMismatch(let type, let context):
            "\(value(context.codingPath)) should be \(expected(type))"
        case .valueNotFound(let type, let context):
            "\(value(context.codingPath)) is null, and should be \(expected(type))"
        case .dataCorrupted(let context):
            context.codingPath.isEmpty ? "it is not JSON" : "\(value(context.codingPath)) is not valid"
        @unknown default:
            "it does not have the expected shape"
        }
    }

    private static func place(_ path: [any CodingKey]) -> String {
        path.isEmpty ? "" : " of `\(joined(path))`"
    }

    private static func value(_ path: [any CodingKey]) -> String {
        path.isEmpty ? "the document" : "`\(joined(path))`"
    }

    private static func joined(_ path: [any CodingKey]) -> String {
        path.map { key in key.intValue.map { String($0) } ?? snake(key.stringValue) }.joined(separator: ".")
    }

    private static func snake(_ name: String) -> String {
        name.reduce(into: "") { text, letter in
            if letter.isUppercase { text.append("_") }
            text.append(letter.lowercased())
        }
    }

    private static func expected(_ type: any Any.Type) -> String {
        switch type {
        case is String.Type: "a text"
        case is Bool.Type: "true or false"
        case is any BinaryInteger.Type, is any BinaryFloatingPoint.Type: "a number"
        case is any Collection.Type where !(type is [String: Any].Type): "a list or an object"
        default: "an object"
        }
    }
}

extension ControlCoding {
    /// The command in a request's body; a key that the command does not know is refused, so that a misspelt one is not lost.
    ///
    /// - Throws: `ControlFault` with `badRequest`.
    package static func decodeCommand<Command: Codable>(
        _ type: Command.Type,
        from bytes: some Sequence<UInt8>
    ) throws -> Command {
        let bytes = [UInt8](bytes)
        let command = try decode(type, from: bytes)
        // Encoding writes every key, so it tells which ones there are.
        let known = try JSONDecoder().decode([String: AnyValue].self, from: Data(encode(command))).keys
        let given = try JSONDecoder().decode([String: AnyValue].self, from: Data(bytes)).keys
        if let stranger = given.filter({ !known.contains($0) }).min() {
            throw ControlFault(
                .badRequest,
                "cannot read the document: the key `\(stranger)` is not known here",
                hint: "it may have: \(known.sorted().joined(separator: ", "))"
            )
        }
        return command
    }

    /// Any JSON value, not looked at.
    private struct AnyValue: Decodable {
        init(from decoder: any Decoder) throws {}
    }
}
