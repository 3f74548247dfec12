/// One key that a mapping may have: the only place that says so.
struct Key: Sendable {
    var name: String
    var type: ValueType
    var isRequired: Bool
    /// What is assumed where the key is not written, in YAML; nil: nothing is.
    var standard: String?
    /// For people, in place of `standard` where that cannot be written.
    var standardNote: String?
    var meaning: String

    init(
        _ name: String,
        _ type: ValueType,
        required: Bool = false,
        standard: String? = nil,
        note: String? = nil,
        _ meaning: String
    ) {
        self.name = name
        self.type = type
        isRequired = required
        self.standard = standard
        standardNote = note
        self.meaning = meaning
    }
}

/// The keys of one kind of mapping, and what holds between them.
struct KeyTable: Sendable {
    /// As a sentence names it: `a step`.
    var noun: String
    var keys: [Key]
    /// Groups of which exactly one key must be written.
    var exactlyOne: [[String]] = []
    /// Refused with "not in this version".
    var later: [String] = []
    /// What other programs call a key → what it is called here.
    var otherNames: [String: String] = [:]

    func key(_ name: String) -> Key? {
        keys.first { $0.name == name }
    }

    /// Whether an empty list would leave open what must be said.
    func needsValue(_ key: Key) -> Bool {
        key.isRequired || exactlyOne.contains { $0.contains(key.name) }
    }

    static let description = Key("description", .text, "free text for `show` and `list`")
}

/// Mappings of one place whose keys depend on the value of one of them.
struct VariantTable: Sendable {
    struct Variant: Sendable {
        var value: String
        var table: KeyTable
    }

    var noun: String
    /// The key that decides.
    var key: String
    var variants: [Variant]
    /// Values refused with "not in this version".
    var later: [String] = []
}
