internal import SyncModel

/// How a row finds its record: by which column, which field, and what is sent for it.
///
/// A class, since rows only ever borrow it.
final class MatchPlan: Sendable {
    /// What a payload leads with.
    enum Lead: Sendable {
        /// The record's Id, as the row holds it.
        case ownID
        /// The record's Id, as the answer to this question gives it.
        case answeredID(question: Int)
        /// The match field's value.
        case value
        case nothing
    }

    let column: Int
    let columnName: String
    /// Which of the key columns it is: a removed row has no others.
    let keyIndex: Int?
    let keyColumns: Int
    let field: String
    let label: String
    let form: ValueForm
    let isCaseSensitive: Bool
    let lead: Lead
    /// Asked to learn whether the record exists, or which of its fields are empty; nil: nobody needs to know.
    let question: Int?
    /// The question need not be asked for a row that the snapshot knows as delivered.
    let isSkippedWhenDelivered: Bool

    init(
        column: Int,
        columnName: String,
        columns: MappedColumns,
        field: FieldDescription,
        form: ValueForm,
        isCaseSensitive: Bool,
        lead: Lead,
        question: Int?,
        isSkippedWhenDelivered: Bool
    ) {
        self.column = column
        self.columnName = columnName
        keyIndex = columns.key.firstIndex(of: column)
        keyColumns = columns.key.count
        self.field = field.name
        label = field.label
        self.form = form
        self.isCaseSensitive = isCaseSensitive
        self.lead = lead
        self.question = question
        self.isSkippedWhenDelivered = isSkippedWhenDelivered
    }
}

extension FieldCompiler {
    /// The match of the sync, held against what the operation needs; nil when there is none, or when it does not fit.
    mutating func match(fields: [ShapedField]) -> MatchPlan? {
        guard let match = sync.match, let column = columns.match else {
            switch operation {
            case .insert, .publish: break
            case .update, .upsert, .delete, .clear, .merge:
                fault(.missingMatch, nil, "\(operation.rawValue) needs `match:`, by which a row finds its record")
            }
            return nil
        }
        let isID = match.field.lowercased() == "id"
        guard
            let field = object.field(match.field) ?? (isID ? FieldDescription(name: "Id", type: .id, length: 18) : nil)
        else {
            fault(
                .unknownField,
                match.field,
                "\(object.name) has no field \(match.field), or this user may not see it (field-level security)",
                suggestion: nearestNames(to: match.field, among: object.fieldsByFoldedName.values.map(\.name), limit: 1)
                    .first
            )
            return nil
        }
        guard isMatchable(field, isID: isID) else { return nil }
        let prefixes = isID ? self.prefixes(of: [object.name]) : []
        guard let form = ValueForm(field, isChecked: true, zone: zone, prefixes: prefixes) else {
            fault(
                .notMatchable,
                match.field,
                "\(field.name) is of type \(field.type.rawValue), by which no record is found"
            )
            return nil
        }
        let (lead, question) = leadAndQuestion(field, isID: isID, fields: fields)
        return MatchPlan(
            column: column,
            columnName: match.column,
            columns: columns,
            field: field,
            form: form,
            isCaseSensitive: isID || field.isCaseSensitive,
            lead: lead,
            question: question,
            isSkippedWhenDelivered: operation == .upsert && ifEmptyFields.isEmpty
        )
    }

    // MARK: - Implementation

    private mutating func isMatchable(_ field: FieldDescription, isID: Bool) -> Bool {
        switch operation {
        case .upsert:
            if isID {
                fault(
                    .notMatchable,
                    field.name,
                    "an upsert cannot create a record with a given Id: match an external id, or use `mode: update`"
                )
                return false
            }
            if !field.isExternalID {
                fault(
                    .notMatchable,
                    field.name,
                    "\(field.name) is not an external id, by which alone upsert may match: \(whatMatches(\.isExternalID))"
                )
                return false
            }
        case .delete where sync.mode == .archive:
            if !isID, !field.isExternalID {
                fault(
                    .notMatchable,
                    field.name,
                    "\(field.name) is neither the Id nor an external id, by which alone an archive may match:"
                        + " \(whatMatches(\.isExternalID))"
                )
                return false
            }
        case .update, .delete, .clear, .merge:
            if !isID, !field.isExternalID, !field.isUnique, !field.isIDLookup {
                let others = whatMatches { $0.isUnique || $0.isExternalID }
                fault(
                    .notMatchable,
                    field.name,
                    "\(field.name) is neither the Id nor unique nor an external id: \(others)"
                )
                return false
            }
        case .insert, .publish:
            break
        }
        return true
    }

    /// The fields by which records can be found, the best first; how one is made where there is none.
    private func whatMatches(_ isMatch: (FieldDescription) -> Bool) -> String {
        let fields = object.fieldsByFoldedName.values.filter(isMatch).sorted { first, second in
            let (isBetter, isWorse) = (first.isUnique && first.isExternalID, second.isUnique && second.isExternalID)
            return isBetter == isWorse ? first.name < second.name : isBetter
        }
        if fields.isEmpty {
            return "\(object.name) has none that this user may see; make a field that is External ID and Unique"
                + " (Setup, Object Manager, Fields & Relationships) and give the user's profile access to it"
        }
        return "\(object.name) has " + fields.prefix(3).map(\.name).joined(separator: ", ")
    }

    private mutating func leadAndQuestion(
        _ field: FieldDescription,
        isID: Bool,
        fields: [ShapedField]
    ) -> (MatchPlan.Lead, Int?) {
        func question() -> LookupQuestion {
            LookupQuestion(
                object: object.name,
                field: field.name,
                type: field.type,
                isCaseSensitive: isID || field.isCaseSensitive,
                filledFields: ifEmptyFields
            )
        }
        switch operation {
        case .insert, .publish: return (field.isCreateable && !isID ? .value : .nothing, nil)
        case .upsert:
            let asks = !ifEmptyFields.isEmpty || fields.contains { $0.presence != .always }
            return (.value, asks ? ask(question()) : nil)
        case .update, .delete, .clear, .merge:
            // Only an archive deletes by Id; its rows come back every run, so those that are gone are not sent.
            if isID { return (.ownID, ifEmptyFields.isEmpty && operation != .delete ? nil : ask(question())) }
            let asked = ask(question())
            return (.answeredID(question: asked), asked)
        }
    }
}
