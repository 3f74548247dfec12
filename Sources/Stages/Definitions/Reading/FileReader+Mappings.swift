internal import Yams

/// Mappings: keys of a table, and names of one's own.
extension FileReader {
    mutating func readVariants(_ node: Node, _ variants: VariantTable, key: String) -> CheckedMapping? {
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
                _ = refuseUnknown(keyNode, among: known, otherNames: [:], within: key)
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

    mutating func readMapping(_ node: Node, _ table: KeyTable, key: String) -> CheckedMapping? {
        guard case .mapping(let mapping) = node, node.tagName == nil else {
            findings.fault(
                node.place,
                key,
                "\(subject(key, or: table.noun)) expects keys and values, found \(Self.kind(of: node))"
            )
            return nil
        }
        refuseRepeated(in: mapping, within: key)
        var checked = CheckedMapping(place: node.place)
        var meant: Set<String> = []
        let known = table.keys.map(\.name)
        for (keyNode, valueNode) in mapping {
            guard let name = keyName(keyNode, within: key) else { continue }
            guard let entry = table.key(name) else {
                if table.later.contains(name) {
                    findings.fault(keyNode.place, path(key, name), "`\(path(key, name))` is not in this version")
                } else {
                    let suggestion = refuseUnknown(keyNode, among: known, otherNames: table.otherNames, within: key)
                    if let suggestion { meant.insert(suggestion) }
                }
                continue
            }
            let value = read(valueNode, as: entry.type, key: path(key, name))
            checked.entries[name] = CheckedMapping.Entry(
                keyPlace: keyNode.place,
                valuePlace: valueNode.place,
                value: value
            )
            if case .oneOrMore = entry.type, valueNode.sequence?.isEmpty == true, table.needsValue(entry) {
                findings.fault(
                    valueNode.place,
                    path(key, name),
                    "`\(path(key, name))` is empty: expected at least one entry"
                )
            }
        }
        // A key that was misspelt has its fault already.
        let missing = table.keys.filter { $0.isRequired && !checked.isWritten($0.name) && !meant.contains($0.name) }
        for entry in missing {
            findings.fault(
                node.place,
                path(key, entry.name),
                "key `\(path(key, entry.name))` is missing: \(entry.meaning) (\(entry.type.expectation))"
            )
        }
        for group in table.exactlyOne {
            let written = group.filter(checked.isWritten).sorted { checked.keyPlace($0) < checked.keyPlace($1) }
            let words = group.map { "`\(path(key, $0))`" }.joined(separator: ", ")
            if written.isEmpty, meant.isDisjoint(with: group) {
                // The first of them stands for all: every fault of a mapping names a key.
                findings.fault(node.place, path(key, group.first ?? ""), "\(table.noun) needs one of \(words)")
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

    mutating func readNamed(
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
        refuseRepeated(in: mapping, within: key)
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

    /// Tells of keys that are written more than once, each at its later places.
    private mutating func refuseRepeated(in mapping: Node.Mapping, within key: String) {
        guard !repeated.isEmpty else { return }
        var first: [String: Place] = [:]
        for (node, _) in mapping {
            let isMarked = node.scalar?.string.unicodeScalars.first == ComposedDocument.repeatMark
            guard let name = isMarked ? repeated[node.place] : node.scalar?.string else { continue }
            guard let before = first[name] else {
                if isMarked { first[name] = node.place }
                continue
            }
            findings.fault(
                node.place,
                path(key, name),
                "key \(Findings.quoted(name)) is written twice, first in line \(before.line)"
            )
        }
    }

    /// The key's text; nil: it is none, or is the same as a later one, and a fault says so.
    private mutating func keyName(_ node: Node, within key: String) -> String? {
        guard case .scalar(let scalar) = node, node.tagName == nil, node.anchor == nil else {
            let isTemplate = if case .mapping = node { true } else { false }
            let remedy = isTemplate ? ": text that begins with `{{` must stand in quotes" : ""
            findings.fault(node.place, key.isEmpty ? nil : key, "expected a key, found \(Self.kind(of: node))\(remedy)")
            return nil
        }
        if scalar.string.unicodeScalars.first == ComposedDocument.repeatMark { return nil }
        if scalar.string == "<<" {
            findings.fault(node.place, nil, "merge keys (`<<`) are not taken: write the keys out")
            return nil
        }
        return scalar.string
    }

    /// Returns the key that was meant perhaps.
    private mutating func refuseUnknown(
        _ node: Node,
        among known: some Collection<String>,
        otherNames: [String: String],
        within key: String
    ) -> String? {
        guard let name = keyName(node, within: key) else { return nil }
        let suggestion = otherNames[name] ?? nearestName(to: name, among: known)
        findings.fault(
            node.place,
            path(key, name),
            "unknown key \(Findings.quoted(path(key, name)))",
            suggestion: suggestion
        )
        return suggestion
    }
}
