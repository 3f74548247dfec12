internal import SyncModel

extension Shaper {
    /// Says of a row that cannot be sent everything that is wrong with it: reads it once more, in no hurry.
    mutating func refusal(
        of change: Change,
        match fault: FieldFault?,
        _ answers: LookupAnswers,
        _ exists: Bool?
    ) -> Refusal {
        var problems: [(code: String, message: String, field: String)] = []
        if let match, let fault {
            let text = matchText(match, of: change)
            problems.append(describe(fault, match: match, text: text))
        }
        if !change.cells.isEmpty {
            for field in fields {
                if field.presence == .onCreate, exists != false { continue }
                if field.presence == .onUpdate, exists == false { continue }
                guard let fault = self.fault(of: field, in: change, answers, exists) else { continue }
                problems.append(describe(fault, field: field, text: text(of: field, in: change)))
            }
        }
        return Refusal(
            code: problems.first?.code ?? "UNKNOWN_EXCEPTION",
            message: problems.map(\.message).joined(separator: "; "),
            fields: problems.map(\.field),
            values: values(of: change)
        )
    }

    /// The text `#N/A` in an insert that only CSV may carry.
    mutating func unsayable(_ change: Change) -> Refusal {
        let affected = fields.filter { text(of: $0, in: change) == "#N/A" }.map(\.name)
        return Refusal(
            code: "INVALID_TYPE_ON_FIELD_IN_RECORD",
            message: "the text #N/A means null in Bulk CSV, and REST may not create a record without a unique field:"
                + " change the text, or map a unique field",
            fields: affected,
            values: values(of: change)
        )
    }

    /// What the row would have sent, by field, as the source wrote it.
    func values(of change: Change) -> [String: String] {
        guard !change.cells.isEmpty else { return match.map { [$0.field: matchText($0, of: change)] } ?? [:] }
        var values: [String: String] = [:]
        if let match { values[match.field] = String(decoding: change.cells[match.column], as: UTF8.self) }
        for field in fields { values[field.name] = text(of: field, in: change) }
        return values
    }

    // MARK: - Implementation

    private func matchText(_ match: MatchPlan, of change: Change) -> String {
        if !change.cells.isEmpty { return String(decoding: change.cells[match.column], as: UTF8.self) }
        return change.matchText.isEmpty ? change.keyText : change.matchText
    }

    private mutating func fault(
        of field: ShapedField,
        in change: Change,
        _ answers: LookupAnswers,
        _ exists: Bool?
    ) -> FieldFault? {
        let (said, fault) = read(field, of: change, exists: exists)
        if let fault { return fault }
        guard let link = field.linkIndex, said == .value else { return nil }
        linkHashes[link] = linkHash(field)
        guard case .resolved(let question) = field.link else { return nil }
        switch answers.answer(scratch, question: question) {
        case .record: return nil
        case .several(let ids): return .several(ids)
        case nil: return .notFound
        }
    }

    private func text(of field: ShapedField, in change: Change) -> String {
        switch field.source {
        case .constant(let text): String(decoding: text, as: UTF8.self)
        case .column(let column): String(decoding: change.cells[column], as: UTF8.self)
        case .template(let parts):
            parts.map { part in
                switch part {
                case .text(let text): String(decoding: text, as: UTF8.self)
                case .column(let column): String(decoding: change.cells[column], as: UTF8.self)
                }
            }.joined()
        }
    }

    private func describe(_ fault: FieldFault, field: ShapedField, text: String) -> (String, String, String) {
        let columns = field.columns.joined(separator: ", ")
        switch fault {
        case .value(let fault): return (fault.code, fault.message(label: field.label, value: text), field.name)
        case .rejectedNull:
            let message =
                "Required fields are missing: [\(field.name)]: column \(columns) is empty, and `when_null: reject` holds"
            return ("REQUIRED_FIELD_MISSING", message, field.name)
        case .requiredNull:
            let message = "Required fields are missing: [\(field.name)]: column \(columns) is empty"
            return ("REQUIRED_FIELD_MISSING", message, field.name)
        case .booleanNull:
            let message =
                "\(field.label): a checkbox cannot be empty: give column \(columns) a default, or write `when_null: keep`"
            return ("INVALID_TYPE_ON_FIELD_IN_RECORD", message, field.name)
        case .notFound, .noMatch, .unknownMatch:
            let message =
                "Foreign key external ID: \(text) not found for field \(field.linkField) in entity \(field.linkObject)"
            return ("INVALID_FIELD", message, field.name)
        case .several(let ids):
            let message =
                "\(field.linkField): more than one record of \(field.linkObject) found for \(text): [\(ids.joined(separator: ", "))]"
            return ("DUPLICATE_EXTERNAL_ID", message, field.name)
        }
    }

    private func describe(_ fault: FieldFault, match: MatchPlan, text: String) -> (String, String, String) {
        switch fault {
        case .value(let fault): return (fault.code, fault.message(label: match.label, value: text), match.field)
        case .rejectedNull, .requiredNull, .booleanNull, .noMatch, .notFound:
            return (
                "MISSING_ARGUMENT", "\(match.field) not specified: column \(match.columnName) is empty", match.field
            )
        case .unknownMatch:
            let message =
                "\(match.field) of a removed row is not known any more: its text was forgotten, and column \(match.columnName)"
                + " is not part of the model's primary key"
            return ("MISSING_ARGUMENT", message, match.field)
        case .several(let ids):
            let message = "\(match.field): more than one record found for \(text): [\(ids.joined(separator: ", "))]"
            return ("DUPLICATE_EXTERNAL_ID", message, match.field)
        }
    }
}
