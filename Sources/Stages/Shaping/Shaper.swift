package import SyncModel

/// Turns changes into Salesforce's form, for one object, one operation and one form of payload.
///
/// A value that works in buffers of its own: each task has its own copy. The ordinary row allocates nothing.
package struct Shaper: Sendable {
    package let object: String
    package let form: PayloadForm
    /// What must be looked for before rows can be shaped; empty: nothing.
    package let questions: [LookupQuestion]
    /// The fields that refer to other records, in the order of `linkHashes`.
    package let links: [ShapedLink]
    /// API names of the mapped fields, in the order of `fieldHashes`.
    package let fieldNames: [String]
    /// By what a row of a Bulk 2.0 result is known.
    package let resultKey: ResultKey
    /// A mapped field is unique in Salesforce and never empty, so that a create that was sent twice is noticed.
    package let hasUniqueField: Bool
    /// The field by whose values rows of this sync refer to one another, in lower case; nil: they do not.
    package let ownKey: String?
    /// Rows are sent although their payload is the delivered one (a full resync).
    package var sendsEqualPayloads = false

    /// Of the row last shaped: one hash a mapped field in the order of the mapping, 0 for a field that does not count.
    package internal(set) var fieldHashes: [UInt16] = []
    /// Of the row last shaped: one hash a link, of the folded value; 0 for a null.
    ///
    /// The linked row's is its `match`.
    package internal(set) var linkHashes: [UInt64] = []
    /// Of the row last shaped: the match value as Salesforce writes it; empty when the sync has none.
    package internal(set) var matchValue: [UInt8] = []

    let match: MatchPlan?
    let fields: [ShapedField]
    let columnNames: [String]
    let localChecks: Bool
    let rowOpening: [UInt8]
    let matchOpening: [UInt8]
    /// Index of the field whose value a result is known by; nil: another key.
    let resultField: Int?
    /// Index of the field by whose value rows of this sync refer to one another; nil: by their match value, or not.
    let ownKeyField: Int?
    let isOwnKeyCaseSensitive: Bool
    /// How ordinary rows are written; nil: there are none.
    var plain: PlainCourse?
    var canonical: [UInt8] = []
    var scratch: [UInt8] = []
    var template: [UInt8] = []
    var echo: [UInt8] = []

    /// Holds the mapping against describe.
    ///
    /// `columns` is the order of a change's cells; `related` holds the linked objects by API name, for lookups and for
    /// the prefixes of Ids; `recordTypes` Ids by developer name, for `record_type:`; `zone` is that of datetimes without
    /// one (nil: such a value is refused). `resolvesLinks`: every link is looked up and sent as an Id, where it would go as an external
    /// id or as the row holds it.
    ///
    /// - Throws: `ShapingError` with every fault.
    package init(
        sync: SyncDefinition,
        model: ModelDefinition,
        columns: MappedColumns,
        object: ObjectDescription,
        related: [String: ObjectDescription] = [:],
        recordTypes: [String: String] = [:],
        zone: LocalZone? = nil,
        resolvesLinks: Bool = false,
        form: PayloadForm
    ) throws {
        var compiler = FieldCompiler(
            sync: sync,
            columns: columns,
            object: object,
            related: related,
            recordTypes: recordTypes,
            zone: zone,
            resolvesLinks: resolvesLinks,
            form: form
        )
        let operation = form.operation
        compiler.checkObject()
        let fields = operation == .delete ? [] : compiler.compile(match: sync.match?.field)
        let match = compiler.match(fields: fields)
        if fields.isEmpty, operation != .delete, compiler.faults.isEmpty {
            compiler.fault(.nothingToSend, nil, "no field is left to \(operation.rawValue)")
        }
        guard compiler.faults.isEmpty else {
            throw ShapingError(sync: sync.name, object: object.name, faults: compiler.faults)
        }
        self.object = object.name
        self.form = form
        self.match = match
        self.fields = fields
        questions = compiler.questions
        links = compiler.links
        fieldNames = fields.map(\.name)
        columnNames = columns.names
        localChecks = sync.localChecks
        rowOpening = Array(#"{"attributes":{"type":"#.utf8) + PayloadWriting.quoted(object.name) + [UInt8(ascii: "}")]
        hasUniqueField =
            fields.contains { field in
                (object.field(field.name)?.isUnique ?? false) && (field.whenNull == .reject || !field.isNillable)
            }
            || (match?.lead.isValue ?? false && object.field(match?.field ?? "")?.isUnique ?? false)
        (resultKey, resultField) = Self.resultKey(operation: operation, match: match, fields: fields, object: object)
        let key = compiler.ownKey
        ownKey = key
        ownKeyField =
            key == match?.field.lowercased()
            ? nil : fields.firstIndex { $0.linkIndex == nil && $0.name.lowercased() == key }
        isOwnKeyCaseSensitive = key.flatMap(object.field)?.isCaseSensitive ?? false
        plain = PlainCourse(form, match, fields, resultKey, resultField: resultField ?? ownKeyField)
        matchOpening =
            match.map { PayloadWriting.quoted($0.lead.isValue ? $0.field : "Id") + [UInt8(ascii: ":")] } ?? []
        linkHashes = Array(repeating: 0, count: links.count)
    }

    /// The fields that are sent only when the record is created, or only when it is there, in lower case.
    package var fieldsByExistence: Set<String> {
        Set(fields.filter { $0.presence != .always }.map { $0.name.lowercased() })
    }

    /// The links to rows of this sync, one bit each in the order of `links`; 0: there are none.
    package var ownLinks: UInt64 {
        fields.reduce(0) { mask, field in
            guard field.linksToOwn, let index = field.linkIndex else { return mask }
            return mask | 1 << UInt64(index)
        }
    }

    /// Links to rows of this sync whose records are looked up, each with the field that it looks in: such a record has to be there
    /// before the row below it is shaped.
    package var lookedUpOwnLinks: [String: String] {
        var given = Set(fields.filter { $0.linkIndex == nil }.map { $0.name.lowercased() })
        if let match { given.insert(match.field.lowercased()) }
        var links: [String: String] = [:]
        for field in fields {
            guard case .resolved = field.link, field.linkObject.lowercased() == object.lowercased(),
                given.contains(field.linkField.lowercased())
            else { continue }
            links[field.name] = field.linkField
        }
        return links
    }

    /// Whether a record may stand without its links into the same object, so that a circle can be broken.
    package var mayOmitOwnLinks: Bool {
        fields.allSatisfy { !$0.linksToOwn || ($0.isNillable && $0.whenNull != .reject) }
    }

    /// The line of column names of a layout, its line feed included; empty for JSON.
    package func csvHeader(layout: UInt64) -> [UInt8] {
        guard form.isCSV else { return [] }
        var header: [UInt8] = []
        for (index, name) in columns(layout: layout).enumerated() {
            if index > 0 { header.append(UInt8(ascii: ",")) }
            header.append(contentsOf: name.utf8)
        }
        header.append(UInt8(ascii: "\n"))
        return header
    }

    /// The names of the columns of a layout, in their order.
    package func columns(layout: UInt64) -> [String] {
        var columns: [String] = []
        switch match?.lead {
        case .ownID, .answeredID: columns.append("Id")
        case .value: columns.append(match?.field ?? "")
        case .nothing, nil: break
        }
        for field in fields {
            let isCleared = field.linkIndex.map { layout & 1 << UInt64($0) != 0 } ?? false
            columns.append(isCleared ? field.name : field.header)
        }
        return columns
    }

    // MARK: - Implementation

    private static func resultKey(
        operation: RecordOperation,
        match: MatchPlan?,
        fields: [ShapedField],
        object: ObjectDescription
    ) -> (ResultKey, Int?) {
        switch operation {
        case .update, .delete, .clear, .merge: return (.column("Id", caseSensitive: true), nil)
        case .upsert: return (.column(match?.field ?? "", caseSensitive: match?.isCaseSensitive ?? false), nil)
        case .insert, .publish:
            func isUnique(_ name: String) -> Bool { object.field(name)?.isUnique ?? false }
            if let match, match.lead.isValue, isUnique(match.field) {
                return (.column(match.field, caseSensitive: match.isCaseSensitive), nil)
            }
            let index = fields.firstIndex { field in
                isUnique(field.name) && field.linkIndex == nil && (field.whenNull == .reject || !field.isNillable)
            }
            guard let index else { return (.wholeRow, nil) }
            let isCaseSensitive = object.field(fields[index].name)?.isCaseSensitive ?? false
            return (.column(fields[index].name, caseSensitive: isCaseSensitive), index)
        }
    }
}

extension MatchPlan.Lead {
    /// The match field's value itself is sent.
    var isValue: Bool {
        switch self {
        case .value: true
        case .ownID, .answeredID, .nothing: false
        }
    }
}

extension FieldCompiler {
    /// Whether the operation may be done on the object at all.
    mutating func checkObject() {
        switch operation {
        case .insert, .publish:
            if !object.isCreateable { deny(.notCreateable, "create") }
        case .update, .clear, .merge:
            if !object.isUpdateable { deny(.notUpdateable, "edit") }
        case .upsert:
            if !object.isCreateable { deny(.notCreateable, "create") }
            if !object.isUpdateable { deny(.notUpdateable, "edit") }
        case .delete:
            if !object.isDeletable { deny(.notDeletable, "delete") }
        }
    }

    private mutating func deny(_ code: ShapingError.Fault.Code, _ verb: String) {
        fault(code, nil, "this user may not \(verb) \(object.name): its profile or a permission set must allow it")
    }
}
