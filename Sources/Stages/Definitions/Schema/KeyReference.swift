/// Every key of a kind of file, with its default and meaning, as a Markdown table: a part of docs/definitions.md.
///
/// - Returns: lines that end in a line's end; keys within keys are written with a point between them.
package func keyReference(of kind: FileKind) -> String {
    let rows = KeyReference.rows(of: kind.type, within: "")
    let table = rows.map {
        "| `\($0.key)`\($0.isRequired ? " *" : "") | \($0.type) | \($0.standard) | \($0.meaning) |\n"
    }
    return "| key | value | default | meaning |\n| --- | --- | --- | --- |\n" + table.joined()
}

/// Every key that a kind of file may have, keys within keys with a point between them, each once.
///
/// - Returns: the keys in the order of the tables.
package func keys(of kind: FileKind) -> [String] {
    KeyReference.rows(of: kind.type, within: "").map(\.key)
}

private enum KeyReference {
    struct Row {
        var key: String
        var type: String
        var isRequired: Bool
        var standard: String
        var meaning: String
    }

    static func rows(of type: ValueType, within outer: String) -> [Row] {
        switch type {
        case .mapping(let table): return rows(of: table, within: outer)
        case .variants(let table):
            let deciding = (outer.isEmpty ? "" : outer + ".") + table.key
            let words = table.variants.map { "`\($0.value)`" }.joined(separator: ", ")
            let first = Row(
                key: deciding,
                type: words,
                isRequired: true,
                standard: "–",
                meaning: "which of the keys below there are"
            )
            let variants = table.variants.map { (value: $0.value, rows: rows(of: $0.table, within: outer)) }
            var written: Set<String> = [deciding]
            let others = variants.flatMap { variant in
                variant.rows.compactMap { row -> Row? in
                    let isCommon = variants.allSatisfy { other in
                        other.rows.contains { $0.key == row.key && $0.meaning == row.meaning }
                    }
                    guard row.key != deciding,
                        written.insert(isCommon ? row.key : "\(variant.value) \(row.key)").inserted
                    else { return nil }
                    var named = row
                    if !isCommon { named.meaning = "`\(variant.value)`: \(row.meaning)" }
                    return named
                }
            }
            return [first] + others
        case .oneOrMore(let element), .list(let element, _): return rows(of: element, within: outer)
        // Names within names have the keys that were told of one level up.
        case .named(_, .named): return []
        case .named(_, let element): return rows(of: element, within: outer + ".NAME")
        case .either(let types): return types.flatMap { rows(of: $0, within: outer) }
        default: return []
        }
    }

    private static func rows(of table: KeyTable, within outer: String) -> [Row] {
        table.keys.flatMap { key -> [Row] in
            let path = (outer.isEmpty ? "" : outer + ".") + key.name
            let standard = key.standard.map { "`\($0)`" } ?? key.standardNote ?? "–"
            let row = Row(
                key: path,
                type: escaped(key.type.summary),
                isRequired: key.isRequired,
                standard: escaped(standard),
                meaning: escaped(key.meaning)
            )
            return [row] + rows(of: key.type, within: path)
        }
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("|", with: "\\|")
    }
}

extension ValueType {
    /// What to write, in a cell of a table.
    fileprivate var summary: String {
        switch self {
        case .choice(let words, _): words.map { "`\($0)`" }.joined(separator: ", ")
        case .secret: "a secret"
        case .textOrSecret: "text, or a secret"
        case .mapping, .variants: "keys below"
        case .named(_, .named): "name: keys as under `fields`"
        case .named(_, let type): type.isScalar ? "name: \(type.summary)" : "name: keys below"
        case .list(let type, _): "list of \(type.summary)"
        case .oneOrMore(let type): "\(type.summary), or a list"
        case .either(let types): types.map(\.summary).joined(separator: ", or ")
        default: expectation
        }
    }
}
