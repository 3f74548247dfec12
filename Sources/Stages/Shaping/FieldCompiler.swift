internal import Fingerprinting
internal import SyncModel

/// Works the mapping out against describe and gathers what does not fit.
struct FieldCompiler {
    let sync: SyncDefinition
    let columns: MappedColumns
    let object: ObjectDescription
    let related: [String: ObjectDescription]
    let recordTypes: [String: String]
    let zone: LocalZone?
    /// Every link is looked up, and sent as an Id.
    let resolvesLinks: Bool
    let form: PayloadForm

    private(set) var faults: [ShapingError.Fault] = []
    private(set) var questions: [LookupQuestion] = []
    var links: [ShapedLink] = []
    /// Bits of the fields that are written only where the record has none.
    private(set) var ifEmptyFields: [String] = []
    /// The field by whose values rows of the sync refer to one another, in lower case.
    private(set) var ownKey: String?

    init(
        sync: SyncDefinition,
        columns: MappedColumns,
        object: ObjectDescription,
        related: [String: ObjectDescription],
        recordTypes: [String: String],
        zone: LocalZone?,
        resolvesLinks: Bool,
        form: PayloadForm
    ) {
        self.sync = sync
        self.columns = columns
        self.object = object
        self.related = Dictionary(related.map { ($0.key.lowercased(), $0.value) }) { first, _ in first }
        self.recordTypes = recordTypes
        self.zone = zone
        self.resolvesLinks = resolvesLinks
        self.form = form
    }

    var operation: RecordOperation { form.operation }

    mutating func fault(_ code: ShapingError.Fault.Code, _ field: String?, _ message: String, suggestion: String? = nil)
    {
        faults.append(ShapingError.Fault(code: code, field: field, message: message, suggestion: suggestion))
    }

    /// The index of an equal question, asked once.
    mutating func ask(_ question: LookupQuestion) -> Int {
        if let known = questions.firstIndex(of: question) { return known }
        questions.append(question)
        return questions.count - 1
    }

    /// The fields in the order of the mapping, those that do not fit left out and noted.
    mutating func compile(match: String?) -> [ShapedField] {
        let mappings = sync.fields + (sync.only.first { $0.key.lowercased() == object.name.lowercased() }?.value ?? [])
        ownKey = ownKey(of: mappings, match: match)
        var seen: Set<String> = []
        if let match, operation != .update, operation != .clear { seen.insert(match.lowercased()) }
        var fields: [ShapedField] = []
        for mapping in mappings {
            guard seen.insert(mapping.field.lowercased()).inserted else {
                fault(.mappedTwice, mapping.field, "\(mapping.field) is given twice")
                continue
            }
            if let field = compile(mapping, match: match) { fields.append(field) }
        }
        if operation == .insert || operation == .publish, sync.localChecks { checkRequired(given: seen) }
        return fields
    }

    /// Whether the Ids that this field holds can be told by what they begin with.
    func prefixes(of objects: [String]) -> [[UInt8]] {
        let known = objects.map { name in
            name.lowercased() == object.name.lowercased() ? object.keyPrefix : related[name.lowercased()]?.keyPrefix
        }
        return known.contains(nil) ? [] : known.compactMap { $0.map { Array($0.utf8) } }
    }

    // MARK: - Implementation

    private mutating func compile(_ mapping: FieldMapping, match: String?) -> ShapedField? {
        guard let field = object.field(mapping.field) else {
            let names = object.fieldsByFoldedName.values.map(\.name)
            fault(
                .unknownField,
                mapping.field,
                "\(object.name) has no field \(mapping.field), or this user may not see it (field-level security)",
                suggestion: nearestNames(to: mapping.field, among: names, limit: 1).first
            )
            return nil
        }
        guard let presence = presence(of: field, mapping: mapping) else { return nil }
        if operation == .clear { return isCleared(field, mapping, match) ? cleared(field) : nil }
        guard let (form, link) = formAndLink(mapping, field: field) else { return nil }
        guard let source = source(mapping, field: field, form: form) else { return nil }
        var mapping = mapping
        // A primary key is never null: what tells a created record from all others is always filled, alone or in a template.
        if operation == .insert, field.isUnique, source.columns.contains(where: columns.key.contains) {
            mapping.whenNull = .reject
        }
        var ifEmptyBit: Int?
        if mapping.write == .ifEmpty, operation == .update || operation == .upsert {
            ifEmptyBit = ifEmptyFields.count
            ifEmptyFields.append(field.name)
        }
        return ShapedField(
            description: field,
            mapping: mapping,
            source: source,
            form: form,
            presence: presence,
            ifEmptyBit: ifEmptyBit,
            nameHash: Fingerprint.hash64(field.name.lowercased()),
            compiledLink: link
        )
    }

    /// `clear` leaves alone the match field, what may not be null, what may not be updated, and constants.
    private func isCleared(_ field: FieldDescription, _ mapping: FieldMapping, _ match: String?) -> Bool {
        if case .constant = mapping.value { return false }
        return field.isUpdateable && field.isNillable && field.type != .boolean
            && field.name.lowercased() != match?.lowercased()
    }

    private func cleared(_ field: FieldDescription) -> ShapedField {
        ShapedField(
            description: field,
            mapping: FieldMapping(field: field.name, value: .constant("")),
            source: .constant([]),
            form: .text(TextForm(length: 0, truncates: false)),
            presence: .always,
            ifEmptyBit: nil,
            nameHash: Fingerprint.hash64(field.name.lowercased()),
            compiledLink: nil
        )
    }

    /// Why a field can't be written.
    private static let notWritable = "a formula, a system field, or no right to it (field-level security)"

    private mutating func presence(of field: FieldDescription, mapping: FieldMapping) -> ShapedField.Presence? {
        switch operation {
        case .insert, .publish:
            if field.isCreateable { return .always }
            guard object.isCreateable else { return nil }
            fault(
                .notCreateable,
                mapping.field,
                "\(field.name) is not createable: \(Self.notWritable)"
            )
        // What can't be changed stays as the parent has it.
        case .merge: return field.isUpdateable ? .always : nil
        case .update:
            if field.isUpdateable { return .always }
            guard object.isUpdateable else { return nil }
            fault(
                .notUpdateable,
                mapping.field,
                "\(field.name) is not updateable: \(Self.notWritable)"
            )
        case .upsert:
            switch (field.isCreateable, field.isUpdateable) {
            case (true, true): return .always
            case (true, false): return .onCreate
            case (false, true): return .onUpdate
            case (false, false):
                // Where the object itself may not be written, that says it.
                guard object.isCreateable || object.isUpdateable else { return nil }
                fault(
                    .notCreateable,
                    mapping.field,
                    "\(field.name) is neither createable nor updateable: \(Self.notWritable)"
                )
            }
        case .clear: return .always
        case .delete: return nil
        }
        return nil
    }

    /// The form of what the mapping's column holds, and the link, if it is one.
    private mutating func formAndLink(
        _ mapping: FieldMapping,
        field: FieldDescription
    ) -> (ValueForm, CompiledLink?)? {
        if case .lookup(let lookup) = mapping.value { return self.link(lookup, field: field) }
        if case .recordType = mapping.value {
            guard field.type == .reference else {
                fault(
                    .badType,
                    mapping.field,
                    "\(field.name) takes no record type: it is of type \(field.type.rawValue)"
                )
                return nil
            }
            return (.recordType(RecordTypeForm(recordTypes)), nil)
        }
        if field.type == .base64, form.isCSV {
            fault(.badType, mapping.field, "\(field.name) is of type base64, which CSV cannot say: choose `api: rest`")
            return nil
        }
        let form = ValueForm(
            field,
            truncates: mapping.truncate,
            isChecked: sync.localChecks,
            zone: zone,
            prefixes: prefixes(of: field.referenceTo)
        )
        guard let form else {
            fault(
                .badType,
                mapping.field,
                "\(field.name) is of type \(field.type.rawValue), which is written by its parts"
            )
            return nil
        }
        guard field.type == .reference, case .column = mapping.value else { return (form, nil) }
        let target = field.referenceTo.count == 1 ? field.referenceTo[0] : ""
        return (form, idLink(target, field: "Id", name: field.name))
    }

    private mutating func source(
        _ mapping: FieldMapping,
        field: FieldDescription,
        form: ValueForm
    ) -> ShapedField.Source? {
        switch mapping.value {
        case .column(let name), .recordType(let name): return position(name, mapping).map { .column($0) }
        case .lookup(let lookup): return position(lookup.column, mapping).map { .column($0) }
        case .template(let template):
            var parts: [ShapedField.Part] = []
            for part in template.parts {
                switch part {
                case .text(let text): parts.append(.text(Array(text.utf8)))
                case .column(let name):
                    guard let position = position(name, mapping) else { return nil }
                    parts.append(.column(position))
                }
            }
            return .template(parts)
        case .constant(let text):
            var output: [UInt8] = []
            var scratch: [UInt8] = []
            let valueFault = Array(text.utf8).withUnsafeBytes { bytes -> ValueFault? in
                let trimmed = MatchFolding.trimmed(bytes)
                return trimmed.isEmpty ? nil : form.append(trimmed, scratch: &scratch, to: &output)
            }
            if let valueFault {
                fault(
                    .badConstant,
                    mapping.field,
                    "\(field.name) cannot take the value \"\(text)\": \(valueFault.message(label: field.label, value: text))"
                )
                return nil
            }
            return .constant(output)
        }
    }

    private mutating func position(_ column: String, _ mapping: FieldMapping) -> Int? {
        if let position = columns.names.firstIndex(of: column) { return position }
        fault(
            .badTemplate,
            mapping.field,
            "\(mapping.field) reads a column \(column) that the model does not hand over"
        )
        return nil
    }

    private mutating func checkRequired(given: Set<String>) {
        for field in object.fieldsByFoldedName.values.sorted(by: { $0.name < $1.name })
        where field.isRequiredOnCreate && !given.contains(field.name.lowercased()) {
            fault(
                .requiredFieldNotMapped,
                field.name,
                "\(field.name) must be given when \(object.name) is created and is not mapped"
                    + " (`local_checks: false` if automation fills it)"
            )
        }
    }
}
