internal import SyncModel
internal import Yams

/// Reads one file's nodes by the tables of keys.
struct FileReader {
    let context: ReadingContext
    var findings: Findings
    let repeated: [Place: String]

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
            var reason: String?
            var suggestion: String?
            if let last = scalarTypes.last {
                let reading = ScalarReading.read(scalar.string, as: last, context: context)
                if case .refused(let why, let found) = reading { (reason, suggestion) = (why, found) }
            }
            let words = types.compactMap { type -> String? in
                guard case .word(let word) = type else { return nil }
                return word
            }
            findings.fault(
                node.place,
                key,
                "`\(key)` expects \(ValueType.either(types).expectation), found \(Findings.quoted(scalar.string))"
                    + (reason.map { ": \($0)" } ?? ""),
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
            if case .calendar = type {
                for note in TimeText.notes(on: scalar.string) { findings.notice(node.place, key, "`\(key)`: \(note)") }
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

    func path(_ outer: String, _ name: String) -> String {
        outer.isEmpty ? name : "\(outer).\(name)"
    }

    func subject(_ key: String, or noun: String) -> String {
        key.isEmpty ? noun : "`\(key)`"
    }

    static func kind(of node: Node) -> String {
        switch node {
        case .scalar where node.isNothing: "nothing"
        case .scalar: "text"
        case .mapping: "keys and values"
        case .sequence: "a list"
        case .alias: "an alias"
        }
    }
}
