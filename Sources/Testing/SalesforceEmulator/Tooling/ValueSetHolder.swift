/// Where a list of picklist values lives, so that it can be read and replaced whichever API asks.
enum ValueSetHolder {
    case field(ObjectType, Int)
    case global(String)
    case standard(String)
}

extension Org {
    func values(in holder: ValueSetHolder) -> [PicklistValue] {
        switch holder {
        case .field(let type, let position): schema.values(of: type.fields[position])
        case .global(let name): schema.globalSets[name] ?? []
        case .standard(let name): schema.standardSets[name] ?? []
        }
    }

    /// Puts a new list in the place of the old; values that are missing from it are deactivated, not deleted (reference
    /// 06 B3).
    func replaceValues(in holder: ValueSetHolder, with wanted: [PicklistValue]) throws(SaveError) {
        let old = values(in: holder)
        guard !wanted.isEmpty else {
            throw SaveError("REQUIRED_FIELD_MISSING", "Required field is missing: value", ["value"])
        }
        var seen: Set<String> = []
        for value in wanted {
            guard !value.name.isEmpty else {
                throw SaveError("REQUIRED_FIELD_MISSING", "Required field is missing: valueName", ["valueName"])
            }
            guard value.name.utf16.count <= 255 else {
                throw SaveError(
                    "STRING_TOO_LONG",
                    "Picklist value: data value too large: \(value.name) (max length=255)",
                    ["valueName"]
                )
            }
            guard seen.insert(folded(value.name)).inserted else {
                throw SaveError(
                    "DUPLICATE_VALUE",
                    "duplicate value found: \(value.name) duplicates value on record with id: \(value.name)"
                )
            }
            if let same = old.first(where: { folded($0.name) == folded(value.name) }), same.name != value.name {
                throw SaveError(
                    "DUPLICATE_VALUE",
                    "duplicate value found: the value \(value.name) exists as \(same.name)"
                )
            }
        }
        guard wanted.count(where: \.isDefault) <= 1 else {
            throw SaveError("FIELD_INTEGRITY_EXCEPTION", "Only one picklist value can be the default")
        }
        let gone = old.filter { !seen.contains(folded($0.name)) }.map { value in
            var value = value
            value.isActive = false
            value.isDefault = false
            return value
        }
        let most = limit(of: holder)
        guard wanted.count + (most.counted ? gone.count : 0) <= most.values else {
            throw SaveError("LIMIT_EXCEEDED", "A picklist can have at most \(most.values) values")
        }
        store(wanted + gone, in: holder)
        metadataChangedAt = clock.now
    }

    // MARK: - Implementation

    private func limit(of holder: ValueSetHolder) -> (values: Int, counted: Bool) {
        switch holder {
        case .field(let type, let position):
            let field = type.fields[position]
            return (field.type == .multipicklist ? 500 : 1_000, field.restrictedPicklist)
        case .global: return (1_000, true)
        case .standard("LeadStatus"), .standard("TaskStatus"), .standard("CaseStatus"), .standard("OpportunityStage"):
            return (100, false)
        case .standard("TaskPriority"), .standard("CasePriority"): return (50, false)
        case .standard: return (1_000, false)
        }
    }

    private func store(_ values: [PicklistValue], in holder: ValueSetHolder) {
        switch holder {
        case .field(let type, let position): type.change(position) { $0.picklist = .own(values) }
        case .global(let name): schema.globalSets[name] = values
        case .standard(let name): schema.standardSets[name] = values
        }
    }
}
