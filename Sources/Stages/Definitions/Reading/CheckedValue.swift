internal import SyncModel

/// A value that fits the type of its key.
indirect enum CheckedValue: Sendable {
    case text(String)
    case flag(Bool)
    case whole(Int)
    case share(Share)
    case span(Duration)
    case size(Int64)
    case template(FieldTemplate)
    case secret(SecretReference)
    /// One of a type's fixed words: `manual`, `none`, `*`.
    case word(String)
    case list([PlacedValue])
    case mapping(CheckedMapping)
    case named([NamedValue])
}

struct PlacedValue: Sendable {
    var place: Place
    var value: CheckedValue
}

struct NamedValue: Sendable {
    var name: String
    var namePlace: Place
    var value: PlacedValue
}

/// A mapping whose keys are known; what did not fit was reported and left out.
struct CheckedMapping: Sendable {
    struct Entry: Sendable {
        var keyPlace: Place
        var valuePlace: Place
        /// nil: it did not fit.
        var value: CheckedValue?
    }

    var place: Place
    var entries: [String: Entry] = [:]

    func isWritten(_ key: String) -> Bool { entries[key] != nil }

    /// Where the key stands, or the mapping if it is not written.
    func keyPlace(_ key: String) -> Place { entries[key]?.keyPlace ?? place }

    func valuePlace(_ key: String) -> Place { entries[key]?.valuePlace ?? place }

    subscript(_ key: String) -> CheckedValue? { entries[key]?.value }

    func text(_ key: String) -> String? {
        guard case .text(let text) = self[key] else { return nil }
        return text
    }

    func choice<Choice: RawRepresentable>(_ key: String, as type: Choice.Type = Choice.self) -> Choice?
    where Choice.RawValue == String {
        text(key).flatMap(Choice.init(rawValue:))
    }

    func flag(_ key: String) -> Bool? {
        guard case .flag(let flag) = self[key] else { return nil }
        return flag
    }

    func whole(_ key: String) -> Int? {
        guard case .whole(let number) = self[key] else { return nil }
        return number
    }

    func share(_ key: String) -> Share? {
        guard case .share(let share) = self[key] else { return nil }
        return share
    }

    func span(_ key: String) -> Duration? {
        guard case .span(let span) = self[key] else { return nil }
        return span
    }

    func bound(_ key: String) -> SyncDefinition.Bound? {
        switch self[key] {
        case .whole(let rows): .rows(rows)
        case .share(let share): .share(share)
        default: nil
        }
    }

    func textOrSecret(_ key: String) -> TextOrSecret? {
        switch self[key] {
        case .text(let text): .text(text)
        case .secret(let secret): .secret(secret)
        case .whole(let number): .text(String(number))
        default: nil
        }
    }

    func mapping(_ key: String) -> CheckedMapping? {
        guard case .mapping(let mapping) = self[key] else { return nil }
        return mapping
    }

    func named(_ key: String) -> [NamedValue]? {
        guard case .named(let values) = self[key] else { return nil }
        return values
    }

    func list(_ key: String) -> [PlacedValue]? {
        guard case .list(let values) = self[key] else { return nil }
        return values
    }

    /// The texts of a list, or of one text alone.
    func texts(_ key: String) -> [String]? {
        list(key)?.compactMap { entry in
            guard case .text(let text) = entry.value else { return nil }
            return text
        }
    }
}
