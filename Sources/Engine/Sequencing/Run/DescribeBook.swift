internal import Fingerprinting
internal import Ledger
internal import SyncModel

/// Whether the fields that a sync writes are still of the types with which all its rows were looked at.
///
/// The org is asked when a step has something to send anyhow; the next run shapes every row once.
struct DescribeBook: Sendable {
    let ledger: Ledger
    let sync: SyncDefinition

    /// What was described last is not what every row was shaped with.
    var isChanged: Bool {
        get async throws { try await kept().map { $0.seen != $0.shaped } ?? false }
    }

    /// Keeps what a describe says now.
    func keep(_ objects: DescribedObjects) async throws {
        let seen = print(objects)
        let known = try await kept()
        if known?.seen == seen { return }
        try await ledger.setValue("\(seen)|\(known?.shaped ?? seen)", for: key)
    }

    /// Notes that every row was shaped with what was described last.
    func settle() async throws {
        guard let known = try await kept(), known.seen != known.shaped else { return }
        try await ledger.setValue("\(known.seen)|\(known.seen)", for: key)
    }

    // MARK: - Implementation

    private var key: String { "describe:\(sync.name)" }

    private func kept() async throws -> (seen: String, shaped: String)? {
        guard let parts = try await ledger.value(key)?.split(separator: "|"), parts.count == 2 else { return nil }
        return (String(parts[0]), String(parts[1]))
    }

    /// Of everything in a describe that says what becomes of a row.
    private func print(_ objects: DescribedObjects) -> String {
        let mappings = sync.fields + sync.only.values.flatMap(\.self)
        let written = Set((mappings.map(\.field) + [sync.match?.field].compactMap(\.self)).map { $0.lowercased() })
        let isOwn = Set(sync.objects.map { $0.lowercased() })
        let linked = Set(
            mappings.compactMap { mapping -> String? in
                guard case .lookup(let lookup) = mapping.value else { return nil }
                return "\(lookup.object).\(lookup.field)".lowercased()
            }
        )
        var lines: [String] = []
        for (name, object) in objects.all {
            for (field, description) in object.fieldsByFoldedName {
                let isWritten = isOwn.contains(name) && (written.contains(field) || description.isRequired)
                if isWritten || linked.contains("\(name).\(field)") { lines.append("\(name).\(description.facts)") }
            }
            lines += objects.recordTypes(of: name).map { "\(name):\($0.key)=\($0.value)" }
        }
        let text = lines.sorted().joined(separator: "\n")
        return String(Fingerprint.hash64(text), radix: 16)
    }
}

extension FieldDescription {
    /// Whether a new record must have a value of it.
    fileprivate var isRequired: Bool { !isNillable && isCreateable && !isDefaultedOnCreate }

    fileprivate var facts: String {
        let values = picklistValues.filter(\.isActive).map(\.value).sorted()
        let rights = [isNillable, isCreateable, isUpdateable, isDefaultedOnCreate]
        let keys = [isExternalID, isIDLookup, isUnique, isCaseSensitive, isRestrictedPicklist, isCalculated]
        let widths = [length, precision, scale, digits]
        return
            "\(name)|\(type.rawValue)|\(widths)|\(rights)|\(keys)|\(values)|\(referenceTo.sorted())|\(relationshipName ?? "")"
    }
}
