/// The JSON Schema (draft 7) of a kind of file, from the tables that also read it: editors complete and check with it.
///
/// - Returns: the text of `etc/schema/KIND.json`, with a line's end at its end.
package func jsonSchema(of kind: FileKind) -> String {
    let head: [(String, JSONText)] = [
        ("$schema", .string("http://json-schema.org/draft-07/schema#")),
        ("title", .string(kind.folder.map { "\($0)/NAME.yaml: \(kind.noun)" } ?? "sequenced.yaml: \(kind.noun)")),
    ]
    return JSONText.object(head + JSONSchema.entries(for: kind.type)).text() + "\n"
}

/// Turns the types of values into schemas.
private enum JSONSchema {
    static func entries(for type: ValueType) -> [(String, JSONText)] {
        switch type {
        case .text, .path, .reference, .nameOf, .cron, .calendar, .version, .textOrSecret:
            return anyScalar + [("minLength", .number(1))]
        case .column: return anyScalar + [("pattern", .string(#"\S"#))]
        case .zone: return pattern("^[A-Za-z][A-Za-z0-9/_+-]*$")
        case .secret:
            return [("type", .string("string")), ("description", .string("!credential NAME, !env NAME or !file PATH"))]
        case .template: return pattern(#"\{\{.+\}\}"#)
        case .character: return pattern("^(tab|.)$")
        case .apiName: return pattern("^[A-Za-z][A-Za-z0-9_]*$")
        case .url: return pattern("^https?://")
        case .flag: return [("type", .string("boolean"))]
        case .whole(let range):
            let most: [(String, JSONText)] = range.upperBound == .max ? [] : [("maximum", .number(range.upperBound))]
            return [("type", .string("integer")), ("minimum", .number(range.lowerBound))] + most
        case .share: return pattern("^[0-9.]+%$")
        case .bound:
            let rows = JSONText.object([("type", .string("integer")), ("minimum", .number(0))])
            return [("anyOf", .array([rows, .object(entries(for: .share))]))]
        case .span:
            let seconds = JSONText.object([("type", .string("integer")), ("minimum", .number(0))])
            let text = JSONText.object(pattern("^[0-9.]+ ?[A-Za-zµμ]*( ?[0-9.]+ ?[A-Za-zµμ]+)*$"))
            return [("anyOf", .array([seconds, text]))]
        case .size: return pattern("^[0-9.]+ ?(B|[KMGT](iB)?)$")
        case .choice(let words, _): return [("enum", .array(words.map(JSONText.string)))]
        case .word(let word): return [("const", .string(word))]
        case .oneOrMore(let element):
            let one = JSONText.object(entries(for: element))
            return [("anyOf", .array([one, .object([("type", .string("array")), ("items", one)])]))]
        case .list(let element, let least):
            return [
                ("type", .string("array")), ("minItems", .number(least)), ("items", .object(entries(for: element))),
            ]
        case .mapping(let table): return entries(for: table)
        case .variants(let table):
            return [("oneOf", .array(table.variants.map { .object(entries(for: $0.table)) }))]
        case .named(let name, let element):
            var object: [(String, JSONText)] = [("type", .string("object"))]
            object.append(("propertyNames", .object(entries(for: name))))
            object.append(("additionalProperties", .object(entries(for: element))))
            return object
        case .either(let types): return [("anyOf", .array(types.map { .object(entries(for: $0)) }))]
        }
    }

    /// A plain `62.0` is a number to an editor and a text to us.
    private static var anyScalar: [(String, JSONText)] {
        [("type", .array([.string("string"), .string("number"), .string("boolean")]))]
    }

    private static func entries(for table: KeyTable) -> [(String, JSONText)] {
        let properties = table.keys.map { key -> (String, JSONText) in
            var property = entries(for: key.type).filter { $0.0 != "description" }
            property.append(("description", .string(meaning(of: key))))
            return (key.name, .object(property))
        }
        var schema: [(String, JSONText)] = [
            ("type", .string("object")),
            ("additionalProperties", .flag(false)),
            ("properties", .object(properties)),
        ]
        let required = table.keys.filter(\.isRequired).map { JSONText.string($0.name) }
        if !required.isEmpty { schema.append(("required", .array(required))) }
        if let group = table.exactlyOne.first {
            schema.append(("oneOf", .array(group.map { .object([("required", .array([.string($0)]))]) })))
        }
        return schema
    }

    private static func meaning(of key: Key) -> String {
        var text = key.meaning
        if case .secret = key.type { text += " (!credential NAME, !env NAME or !file PATH)" }
        if let standard = key.standard ?? key.standardNote { text += "; default: \(standard)" }
        return text
    }

    private static func pattern(_ text: String) -> [(String, JSONText)] {
        [("type", .string("string")), ("pattern", .string(text))]
    }
}
