/// A value of a picklist, as it is and as it is to be.
package struct PicklistEntry: Sendable, Equatable, Codable {
    /// The API name.
    package var name: String
    package var label: String
    package var isActive: Bool
    package var isDefault: Bool

    package init(name: String, label: String, isActive: Bool = true, isDefault: Bool = false) {
        self.name = name
        self.label = label
        self.isActive = isActive
        self.isDefault = isDefault
    }
}

/// The list that the rows of a model make of a picklist's present one (syncs.md, Picklist).
package struct PicklistPlan: Sendable, Equatable {
    /// A row that is refused; the value that it names stays as it is.
    package struct Refused: Sendable, Equatable {
        /// Its place among the rows.
        package var row: Int
        package var code: String
        package var message: String
    }

    /// The whole list, in the order of display: the model's values, then those that are or become inactive.
    package private(set) var entries: [PicklistEntry] = []
    package private(set) var refused: [Refused] = []
    /// API names.
    package private(set) var added: [String] = []
    package private(set) var reactivated: [String] = []
    package private(set) var relabelled: [String] = []
    package private(set) var deactivated: [String] = []
    /// The list differs from the present one.
    package private(set) var isChanged = false

    /// Matches by API name, case folded, over active and inactive values.
    package init(_ rows: [PicklistRow], present: [PicklistEntry]) {
        refuse(rows)
        let refusedRows = Set(refused.map(\.row))
        var presentByName: [String: PicklistEntry] = [:]
        for entry in present { presentByName[Self.folded(entry.name)] = entry }
        var wanted: Set<String> = []
        for (index, row) in rows.enumerated() where !refusedRows.contains(index) {
            let name = Self.folded(row.value)
            wanted.insert(name)
            let known = presentByName[name]
            var entry = known ?? PicklistEntry(name: row.value, label: row.value)
            entry.isActive = true
            // What the model does not say stays as it was read.
            if let label = row.label { entry.label = label }
            if let isDefault = row.isDefault { entry.isDefault = isDefault }
            switch known {
            case nil: added.append(entry.name)
            case let known? where !known.isActive: reactivated.append(entry.name)
            case let known? where known != entry: relabelled.append(entry.name)
            case .some: break
            }
            entries.append(entry)
        }
        let kept = Set(refused.map { Self.folded(rows[$0.row].value) })
        for entry in present where !wanted.contains(Self.folded(entry.name)) {
            var entry = entry
            if entry.isActive, !kept.contains(Self.folded(entry.name)) {
                entry.isActive = false
                entry.isDefault = false
                deactivated.append(entry.name)
            }
            entries.append(entry)
        }
        // Values that stay because their rows were refused stand among the active ones.
        entries = entries.filter(\.isActive) + entries.filter { !$0.isActive }
        isChanged =
            !(added.isEmpty && reactivated.isEmpty && relabelled.isEmpty && deactivated.isEmpty)
            || entries.filter(\.isActive).map(\.name) != present.filter(\.isActive).map(\.name)
    }

    // MARK: - Implementation

    private mutating func refuse(_ rows: [PicklistRow]) {
        var counts: [String: Int] = [:]
        for row in rows { counts[Self.folded(row.value), default: 0] += 1 }
        let defaults = rows.count { $0.isDefault == true }
        for (index, row) in rows.enumerated() {
            if row.value.isEmpty {
                refused.append(Refused(row: index, code: "REQUIRED_FIELD_MISSING", message: "the row has no API name"))
            } else if counts[Self.folded(row.value), default: 0] > 1 {
                let others = rows.enumerated().filter {
                    $0.offset != index && Self.folded($0.element.value) == Self.folded(row.value)
                }
                let keys = others.prefix(5).map(\.element.keyText).joined(separator: ", ")
                let message = "the API name \(row.value) is shared with the row of key \(keys)"
                refused.append(Refused(row: index, code: "DUPLICATE_VALUE", message: message))
            } else if row.value.utf16.count > 255 {
                let message = "the API name has \(row.value.utf16.count) characters, a picklist value has at most 255"
                refused.append(Refused(row: index, code: "STRING_TOO_LONG", message: message))
            } else if let text = row.badDefault {
                let message = "the default must be true or false, and is \(text)"
                refused.append(Refused(row: index, code: "INVALID_TYPE_ON_FIELD_IN_RECORD", message: message))
            } else if row.isDefault == true, defaults > 1 {
                let message = "\(defaults) rows are the default: a picklist has one at most"
                refused.append(Refused(row: index, code: "FIELD_INTEGRITY_EXCEPTION", message: message))
            }
        }
    }

    private static func folded(_ name: String) -> String { name.lowercased() }
}
