internal import SyncModel
internal import Yams

/// Reads one file's nodes by the tables of keys.
struct FileReader {
    let context: ReadingContext
    var findings: Findings
    private let repeated: [Place: String]

    init(context: ReadingContext, findings: Findings, repeated: [Place: String]) {
        self.context = context
        self.findings = findings
        self.repeated = repeated
    }

    /// The node as a value of the type; nil: it is none, and a fault says why.
    ///
    /// `key` is the dotted path of the key that it belongs to, empty for the file itself.
    mutating func read(_ node: Node, as type: ValueType, key: String) -> CheckedValue? {
        if node.anchor != nil {
            findings.fault(node.place, key, "anchors and aliases are not taken: write the value out")
            return nil
        }
        switch type {
        case .mapping(let table): return readMapping(node, table, key: key).map(CheckedValue.mapping)
        case .variants(let table): return readVariants(node, table, key: key).map(CheckedValue.mapping)
        case .named(let name, let value): return readNamed(node, name, value, key: key)
        case .list(let element, let least): return readList(node, element, least: least, key: key)
        case .oneOrMore(let element):
            guard case .sequence = node else {
                return read(node, as: element, key: key).map { .list([PlacedValue(place: node.place, value: $0)]) }
            }
            return readList(node, element, least: 0, key: key)
        case .either(let types): return readEither(node, types, key: key)
        case .secret, .textOrSecret: return readSecret(node, type, key: key)
        default: return readScalar(node, type, key: key)
        }
    }

    // MARK: - Mappings

    private mutating func readVariants(_ node: Node, _ variants: VariantTable, key: String) -> CheckedMapping? {
        guard case .mapping(let mapping) = node else {
            return readMapping(
                node,
                KeyTable(noun: variants.noun, keys: variants.variants.first?.table.keys ?? []),
                key: key
            )
        }
        guard let deciding = mapping.first(where: { $0.key.scalar?.string == variants.key }) else {
            let known = Set(variants.variants.flatMap { $0.table.keys.map(\.name) }).union([variants.key])
            for (keyNode, _) in mapping where !known.contains(keyNode.scalar?.string ?? "") {
                refuseUnknown(keyNode, among: known, otherNames: [:], within: key)
            }
            let words = variants.variants.map { "`\($0.value)`" }.joined(separator: ", ")
            findings.fault(node.place, path(key, variants.key), "key `\(variants.key)` is missing: one of \(words)")
            return nil
        }
        let choice = ValueType.choice(variants.variants.map(\.value), later: variants.later)
        guard case .text(let value) = read(deciding.value, as: choice, key: path(key, variants.key)),
            let variant = variants.variants.first(where: { $0.value == value })
        else { return nil }
        return readMapping(node, variant.table, key: key)
    }

    private mutating func readMapping(_ node: Node, _ table: KeyTable, key: String) -> CheckedMapping? {
        guard case .mapping(let mapping) = node, node.tagName == nil else {
            findings.fault(
                node.place,
                key,
                "\(subject(key, or: table.noun)) expects keys and values, found \(Self.kind(of: node))"
            )
            return nil
        }
        var checked = CheckedMapping(place: node.place)
        let known = table.keys.map(\.name)
        for (keyNode, valueNode) in mapping {
            guard let name = keyName(keyNode, within: key) else { continue }
            guard let entry = table.key(name) else {
                if table.later.contains(name) {
                    findings.fault(keyNode.place, path(key, name), "`\(path(key, name))` is not in this version")
                } else {
                    refuseUnknown(keyNode, among: known, otherNames: table.otherNames, within: key)
                }
                continue
            }
            checked.entries[name] = CheckedMapping.Entry(
                keyPlace: keyNode.place,
                valuePlace: valueNode.place,
                value: read(valueNode, as: entry.type, key: path(key, name))
            )
        }
        for entry in table.keys where entry.isRequired && !checked.isWritten(entry.name) {
            findings.fault(
                node.place,
                path(key, entry.name),
                "key `\(path(key, entry.name))` is missing: \(entry.meaning) (\(entry.type.expectation))"
            )
        }
        for group in table.exactlyOne {
            let written = group.filter(checked.isWritten).sorted { checked.keyPlace($0) < checked.keyPlace($1) }
            let words = group.map { "`\(path(key, $0))`" }.joined(separator: ", ")
            if written.isEmpty {
                findings.fault(node.place, key.isEmpty ? nil : key, "\(table.noun) needs one of \(words)")
            }
            for extra in written.dropFirst() {
                findings.fault(
                    checked.keyPlace(extra),
                    path(key, extra),
                    "`\(path(key, extra))` beside `\(path(key, written[0]))`: \(table.noun) takes only one of \(words)"
                )
            }
        }
        return checked
    }

    private mutating func readNamed(
        _ node: Node,
        _ nameType: ValueType,
        _ type: ValueType,
        key: String
    ) -> CheckedValue? {
        guard case .mapping(let mapping) = node, node.tagName == nil else {
            findings.fault(
                node.place,
                key,
                "`\(key)` expects \(ValueType.named(nameType, type).expectation), found \(Self.kind(of: node))"
            )
            return nil
        }
        var values: [NamedValue] = []
        // Salesforce tells API names apart by their letters, not by their case.
        var seen: [String: Place] = [:]
        for (keyNode, valueNode) in mapping {
            guard let name = keyName(keyNode, within: key) else { continue }
            let nameKey = path(key, name)
            if case .refused(let reason, let suggestion) = ScalarReading.read(name, as: nameType, context: context) {
                findings.fault(
                    keyNode.place,
                    nameKey,
                    "`\(key)` expects \(nameType.expectation), found \(Findings.quoted(name))"
                        + (reason.map { ": \($0)" } ?? ""),
                    suggestion: suggestion
                )
                continue
            }
            if let first = seen.updateValue(keyNode.place, forKey: name.lowercased()) {
                findings.fault(
                    keyNode.place,
                    nameKey,
                    "\(Findings.quoted(name)) is written twice, first in line \(first.line)"
                )
                continue
            }
            guard let value = read(valueNode, as: type, key: nameKey) else { continue }
            values.append(
                NamedValue(
                    name: name,
                    namePlace: keyNode.place,
                    value: PlacedValue(place: valueNode.place, value: value)
                )
            )
        }
        return .named(values)
    }

    /// The key's text; nil: it is none, or is written again later, and a fault says so.
    private mutating func keyName(_ node: Node, within key: String) -> String? {
        guard case .scalar(let scalar) = node, node.tagName == nil, node.anchor == nil else {
            findings.fault(node.place, key.isEmpty ? nil : key, "expected a key, found \(Self.kind(of: node))")
            return nil
        }
        if let name = repeated[node.place], scalar.string.unicodeScalars.first == ComposedDocument.repeatMark {
            findings.fault(node.place, path(key, name), "key \(Findings.quoted(name)) is written again below")
            return nil
        }
        if scalar.string == "<<" {
            findings.fault(node.place, nil, "merge keys (`<<`) are not taken: write the keys out")
            return nil
        }
        return scalar.string
    }

    private mutating func refuseUnknown(
        _ node: Node,
        among known: some Collection<String>,
        otherNames: [String: String],
        within key: String
    ) {
        guard let name = keyName(node, within: key) else { return }
        findings.fault(
            node.place,
            path(key, name),
            "unknown key \(Findings.quoted(path(key, name)))",
            suggestion: otherNames[name] ?? nearestName(to: name, among: known)
        )
    }

    // MARK: - Lists and alternatives

    private mutating func readList(_ node: Node, _ element: ValueType, least: Int, key: String) -> CheckedValue? {
        guard case .sequence(let sequence) = node, node.tagName == nil else {
            findings.fault(
                node.place,
                key,
                "`\(key)` expects \(ValueType.list(element, least: least).expectation), found \(Self.kind(of: node))"
            )
            return nil
        }
        if sequence.count < least {
            findings.fault(node.place, key, "`\(key)` is empty: expected at least one entry")
        }
        return .list(
            sequence.compactMap { entry in
                read(entry, as: element, key: key).map { PlacedValue(place: entry.place, value: $0) }
            }
        )
    }

    private mutating func readEither(_ node: Node, _ types: [ValueType], key: String) -> CheckedValue? {
        switch node {
        case .scalar(let scalar) where !node.isNothing && node.tagName == nil:
            let scalarTypes = types.filter(\.isScalar)
            for type in scalarTypes {
                if case .oneOrMore(let element) = type {
                    guard case .value(let value) = ScalarReading.read(scalar.string, as: element, context: context)
                    else { continue }
                    return .list([PlacedValue(place: node.place, value: value)])
                }
                if case .value(let value) = ScalarReading.read(scalar.string, as: type, context: context) {
                    return value
                }
            }
            // The last of them is the richest and has the best reason.
            var suggestion: String?
            if let last = scalarTypes.last,
                case .refused(_, let found) = ScalarReading.read(scalar.string, as: last, context: context)
            {
                suggestion = found
            }
            let words = types.compactMap { type -> String? in
                guard case .word(let word) = type else { return nil }
                return word
            }
            findings.fault(
                node.place,
                key,
                "`\(key)` expects \(ValueType.either(types).expectation), found \(Findings.quoted(scalar.string))",
                suggestion: nearestName(to: scalar.string, among: words) ?? suggestion
            )
            return nil
        case .sequence:
            for type in types {
                switch type {
                case .list, .oneOrMore: return read(node, as: type, key: key)
                default: continue
                }
            }
        case .mapping:
            for type in types where !type.isScalar { return read(node, as: type, key: key) }
        case .scalar, .alias: break
        }
        findings.fault(
            node.place,
            key,
            "`\(key)` expects \(ValueType.either(types).expectation), found \(Self.kind(of: node))"
        )
        return nil
    }

    // MARK: - Scalars

    private mutating func readScalar(_ node: Node, _ type: ValueType, key: String) -> CheckedValue? {
        if let tag = node.tagName {
            findings.fault(node.place, key, "`\(key)` takes no tag: \(Findings.quoted(tag)) is for secrets")
            return nil
        }
        guard case .scalar(let scalar) = node, !node.isNothing else {
            findings.fault(node.place, key, "`\(key)` expects \(type.expectation), found \(Self.kind(of: node))")
            return nil
        }
        switch ScalarReading.read(scalar.string, as: type, context: context) {
        case .value(let value):
            if case .path = type, !scalar.string.hasPrefix("/") {
                findings.notice(node.place, key, "`\(key)` is relative to the folder that the daemon is started in")
            }
            return value
        case .later:
            findings.fault(node.place, key, "`\(key): \(scalar.string)` is not in this version")
        case .refused(let reason, let suggestion):
            // An address may carry a password before its `@`.
            let found = scalar.string.contains("@") ? "something else" : Findings.quoted(scalar.string)
            findings.fault(
                node.place,
                key,
                "`\(key)` expects \(type.expectation), found \(found)" + (reason.map { ": \($0)" } ?? ""),
                suggestion: suggestion
            )
        }
        return nil
    }

    private mutating func readSecret(_ node: Node, _ type: ValueType, key: String) -> CheckedValue? {
        let remedy = "write `!credential NAME`, `!env NAME` or `!file PATH`"
        guard case .scalar(let scalar) = node else {
            findings.fault(node.place, key, "`\(key)` expects \(type.expectation), found \(Self.kind(of: node))")
            return nil
        }
        guard let tag = node.tagName else {
            if case .secret = type {
                let problem =
                    node.isNothing ? "`\(key)` has no value" : "`\(key)` is a secret and may not be written in the file"
                findings.fault(node.place, key, "\(problem): \(remedy)")
                return nil
            }
            return readScalar(node, .text, key: key)
        }
        switch SecretText.read(tag: tag, scalar.string) {
        case .secret(let secret):
            if case .environment(let name) = secret {
                findings.notice(
                    node.place,
                    key,
                    "`\(key)` comes from the environment variable \(name): meant for containers and tests"
                )
            }
            return .secret(secret)
        case .refused(let reason, let suggestion):
            findings.fault(node.place, key, "`\(key)`: \(reason)", suggestion: suggestion)
            return nil
        }
    }

    // MARK: - Words

    private func path(_ outer: String, _ name: String) -> String {
        outer.isEmpty ? name : "\(outer).\(name)"
    }

    private func subject(_ key: String, or noun: String) -> String {
        key.isEmpty ? noun : "`\(key)`"
    }

    private static func kind(of node: Node) -> String {
        switch node {
        case .scalar where node.isNothing: "nothing"
        case .scalar: "text"
        case .mapping: "keys and values"
        case .sequence: "a list"
        case .alias: "an alias"
        }
    }
}
