internal import Fingerprinting
package import SyncModel

/// What a field's value is in the payload.
enum Said: UInt8 {
    case null = 0
    case value = 1
    /// A null that is left out of the payload.
    case kept = 2
}

/// Why a row stops being shaped.
enum FieldFault: Sendable, Equatable {
    case value(ValueFault)
    case rejectedNull
    case requiredNull
    case booleanNull
    case notFound
    case several([String])
    /// The match value is missing.
    case noMatch
    /// A removed row whose match value is not part of its key.
    case unknownMatch
}

extension Shaper {
    /// Reads and writes the value of one field into `canonical`, behind a byte that says which kind it is.
    mutating func read(_ field: ShapedField, of change: Change, exists: Bool?) -> (Said, FieldFault?) {
        canonical.removeAll(keepingCapacity: true)
        canonical.append(Said.value.rawValue)
        var fault: ValueFault?
        switch field.source {
        case .constant(let text):
            canonical.append(contentsOf: text)
        case .column(let column):
            change.cells.withCell(column) { fault = append(MatchFolding.trimmed($0), in: field) }
        case .template(let parts):
            fillTemplate(parts, of: change)
            // Taken out for the while, so that it can be read while the rest is written.
            let text = template
            text.withUnsafeBytes { fault = append(MatchFolding.trimmed($0), in: field) }
        }
        if let fault { return (.value, .value(fault)) }
        if canonical.count > 1 { return (.value, nil) }
        let said = null(field, exists: exists)
        // By the policy and not by what is known of the record, so that a created row and its next update agree.
        canonical[0] = (field.whenNull == .keep ? Said.kept : .null).rawValue
        return said
    }

    /// Why a null may not stand in the field, or how it is said.
    func null(_ field: ShapedField, exists: Bool?) -> (Said, FieldFault?) {
        let creates = form.operation == .insert || form.operation == .publish || exists == false
        switch field.whenNull {
        case .reject: return (.null, .rejectedNull)
        case .keep: return (.kept, creates && localChecks && field.isRequiredOnCreate ? .requiredNull : nil)
        case .clear:
            if localChecks, field.type == .boolean { return (.null, .booleanNull) }
            if localChecks, !field.isNillable {
                // What has a default takes it; anything else must be given.
                if creates, !field.isRequiredOnCreate { return (.kept, nil) }
                return (.null, .requiredNull)
            }
            // A record that does not exist yet refers to nothing.
            if creates, field.linkIndex != nil { return (.kept, nil) }
            return (.null, nil)
        }
    }

    private mutating func append(_ input: UnsafeRawBufferPointer, in field: ShapedField) -> ValueFault? {
        guard !input.isEmpty else { return nil }
        guard let fault = field.form.append(input, scratch: &scratch, to: &canonical) else { return nil }
        canonical.removeLast(canonical.count - 1)
        guard !localChecks, fault.canBeSaid(inCSV: form.isCSV) else { return fault }
        // Whatever else it is, a payload is UTF-8.
        guard TextForm.measure(input, limit: .max) != nil else { return .notUTF8 }
        canonical.append(contentsOf: input)
        return nil
    }

    /// A template whose columns are all null is null itself.
    private mutating func fillTemplate(_ parts: [ShapedField.Part], of change: Change) {
        template.removeAll(keepingCapacity: true)
        var columns = 0
        var filled = 0
        for part in parts {
            switch part {
            case .text(let text): template.append(contentsOf: text)
            case .column(let column):
                columns += 1
                change.cells.withCell(column) { bytes in
                    let trimmed = MatchFolding.trimmed(bytes)
                    if !trimmed.isEmpty { filled += 1 }
                    template.append(contentsOf: trimmed)
                }
            }
        }
        if columns > 0, filled == 0 { template.removeAll(keepingCapacity: true) }
    }

    /// The hash of a link's folded value, which stays in `scratch`.
    mutating func linkHash(_ field: ShapedField) -> UInt64 {
        canonical.withUnsafeBytes { bytes in
            MatchFolding.hash(
                UnsafeRawBufferPointer(rebasing: bytes[1...]),
                caseSensitive: field.isLinkCaseSensitive,
                scratch: &scratch
            )
        }
    }

    /// Reads the match value into `matchValue` and its folded form into `scratch`; returns the hash.
    mutating func readMatch(_ match: MatchPlan, of change: Change) -> (UInt64, FieldFault?) {
        matchValue.removeAll(keepingCapacity: true)
        var fault: ValueFault?
        if change.cells.isEmpty {
            let removed =
                change.matchText.isEmpty
                ? RemovedKey.matchValue(
                    keyText: change.keyText,
                    keyColumns: match.keyColumns,
                    index: match.keyIndex
                ) : Array(change.matchText.utf8)
            guard let removed else { return (0, .unknownMatch) }
            removed.withUnsafeBytes { fault = appendMatch(MatchFolding.trimmed($0), match) }
        } else {
            change.cells.withCell(match.column) { fault = appendMatch(MatchFolding.trimmed($0), match) }
        }
        if let fault { return (0, .value(fault)) }
        if matchValue.isEmpty { return (0, .noMatch) }
        let hash = matchValue.withUnsafeBytes {
            MatchFolding.hash($0, caseSensitive: match.isCaseSensitive, scratch: &scratch)
        }
        return (hash, nil)
    }

    private mutating func appendMatch(_ input: UnsafeRawBufferPointer, _ match: MatchPlan) -> ValueFault? {
        input.isEmpty ? nil : match.form.append(input, scratch: &scratch, to: &matchValue)
    }

    /// Adds the values of a row that must be looked for.
    package mutating func collect(_ needs: inout LookupNeeds, of change: Change) {
        if let match, let question = match.question,
            !(match.isSkippedWhenDelivered && change.known?.flags.contains(.delivered) ?? false)
        {
            let (_, fault) = readMatch(match, of: change)
            if fault == nil { needs.insert(matchValue[...], folded: scratch, question: question) }
        }
        guard !change.cells.isEmpty else { return }
        for field in fields {
            guard case .resolved(let question) = field.link else { continue }
            let (said, fault) = read(field, of: change, exists: nil)
            guard fault == nil, said == .value else { continue }
            _ = linkHash(field)
            needs.insert(canonical[1...], folded: scratch, question: question)
        }
    }
}
