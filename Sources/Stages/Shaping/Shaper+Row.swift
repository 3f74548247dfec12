internal import Fingerprinting
package import SyncModel

extension Shaper {
    /// Why shaping a row ends before its payload is written.
    private enum Stop {
        case field(Int, FieldFault)
        case match(FieldFault)
        case unmatched
        case onlyByREST
    }

    /// Shapes one row and appends its payload: a line of CSV with its line feed, or one JSON object.
    ///
    /// The answers are those to this shaper's `questions`. `existence` overrides what is known of whether the record
    /// exists, for the second try of a row whose record appeared or vanished since. `omitting` names links to leave out,
    /// one bit each in the order of `links`: what is set in a second pass.
    package mutating func shape(
        _ change: Change,
        answers: LookupAnswers = LookupAnswers(questions: []),
        existence: Bool? = nil,
        omitting: UInt64 = 0,
        into payload: inout [UInt8]
    ) -> ShapingResult {
        let start = payload.count
        var row = ShapedRow(raw: change.raw)
        var isWritten = false
        if let plain, omitting == 0, !change.cells.isEmpty {
            isWritten = writePlain(plain, change, existence, &row, &payload)
            if !isWritten { row = ShapedRow(raw: change.raw) }
        }
        if !isWritten, let stop = write(change, answers, existence, omitting, &row, &payload) {
            payload.removeLast(payload.count - start)
            switch stop {
            case .unmatched: return .unmatched
            case .onlyByREST:
                guard form.operation == .insert, !hasUniqueField else { return .onlyByREST }
                return .refused(unsayable(change))
            case .match(let fault): return .refused(refusal(of: change, match: fault, answers, row.exists))
            case .field: return .refused(refusal(of: change, match: nil, answers, row.exists))
            }
        }
        row.byteCount = payload.count - start
        if row.byteCount == 0 { return .nothingToSend(row) }
        if isDelivered(row.shaped, change) {
            payload.removeLast(payload.count - start)
            return .unchanged(shaped: row.shaped)
        }
        return .shaped(row)
    }

    // MARK: - Implementation

    private func isDelivered(_ shaped: UInt64, _ change: Change) -> Bool {
        guard !sendsEqualPayloads, change.changeClass == .changed, let known = change.known else { return false }
        switch form.operation {
        case .delete, .clear: return false
        case .insert, .update, .upsert, .merge, .publish:
            return known.shaped == shaped && known.flags.contains(.delivered) && !known.flags.contains(.owed)
        }
    }

    private mutating func write(
        _ change: Change,
        _ answers: LookupAnswers,
        _ existence: Bool?,
        _ omitting: UInt64,
        _ row: inout ShapedRow,
        _ payload: inout [UInt8]
    ) -> Stop? {
        let start = payload.count
        fieldHashes.removeAll(keepingCapacity: true)
        echo.removeAll(keepingCapacity: true)
        for index in linkHashes.indices { linkHashes[index] = 0 }
        var filled: UInt64 = 0
        row.exists = existence ?? (change.known?.flags.contains(.delivered) ?? false ? true : nil)
        let isCSV = form.isCSV
        if !isCSV, form.operation != .delete { payload.append(contentsOf: rowOpening) }
        if let match {
            let stop = writeMatch(match, change, answers, existence, &filled, &row, &payload)
            if let stop { return stop }
        }
        var sums: UInt64 = row.match
        var sent = 0
        let fields = self.fields
        let creates = form.operation == .insert || form.operation == .publish
        for index in fields.indices {
            let field = fields[index]
            let isFirst = index == 0 && (match == nil || !hasLead)
            if isCSV, !isFirst { payload.append(UInt8(ascii: ",")) }
            switch field.presence {
            case .always: break
            case .onCreate where row.exists == false: break
            case .onUpdate where row.exists != false: break
            case .onCreate, .onUpdate:
                fieldHashes.append(0)
                noteEcho([][...])
                continue
            }
            let (said, fault) = read(field, of: change, exists: row.exists)
            if let fault { return .field(index, fault) }
            let hash = canonical.withUnsafeBytes { Fingerprint.hash64($0) }
            if field.presence == .always {
                fieldHashes.append(UInt16(truncatingIfNeeded: max(hash & 0xFFFF, 1)))
                sums &+= Self.mixed(hash ^ field.nameHash)
            } else {
                fieldHashes.append(0)
            }
            if index == ownKeyField, said == .value {
                row.own = canonical.withUnsafeBytes { bytes in
                    let value = UnsafeRawBufferPointer(rebasing: bytes[1...])
                    return MatchFolding.hash(value, caseSensitive: isOwnKeyCaseSensitive, scratch: &scratch)
                }
            }
            var isOmitted = false
            if let link = field.linkIndex, said == .value {
                let hash = linkHash(field)
                linkHashes[link] = hash
                if row.parent == 0 { row.parent = hash }
                if field.linksToOwn { row.add(parent: hash) }
                if case .resolved(let question) = field.link {
                    switch answers.answer(scratch, question: question) {
                    case .record(let id, _):
                        canonical.removeLast(canonical.count - 1)
                        id.append(to: &canonical)
                    case .several(let ids): return .field(index, .several(ids))
                    case nil: return .field(index, .notFound)
                    }
                }
            }
            if let link = field.linkIndex, omitting & 1 << UInt64(link) != 0 { isOmitted = true }
            if let bit = field.ifEmptyBit, !creates, row.exists != false {
                if said == .null || filled & 1 << UInt64(bit) != 0 { isOmitted = true }
            }
            if said == .kept || isOmitted {
                noteEcho([][...])
                continue
            }
            sent += 1
            if index == resultField { row.result = resultHash(of: canonical[1...]) }
            if isCSV {
                if said == .null {
                    payload.append(contentsOf: nullCell)
                    if case .relationship = field.link, let link = field.linkIndex { row.layout |= 1 << UInt64(link) }
                    noteEcho(nullCell[...])
                } else {
                    if canonical.count == 5, canonical[1...].elementsEqual(nullCell) { return .onlyByREST }
                    canonical.withUnsafeBytes {
                        PayloadWriting.appendCell(UnsafeRawBufferPointer(rebasing: $0[1...]), to: &payload)
                    }
                    noteEcho(canonical[1...])
                }
            } else {
                payload.append(UInt8(ascii: ","))
                writeJSON(field, said, to: &payload)
            }
        }
        row.shaped = form.operation == .delete ? 0 : max(Self.mixed(sums), 1)
        if resultKey == .wholeRow { row.result = EchoedRow.hash(echo) }
        if sent == 0, form.operation == .update {
            payload.removeLast(payload.count - start)
            return nil
        }
        if isCSV {
            payload.append(UInt8(ascii: "\n"))
        } else if form.operation != .delete {
            payload.append(UInt8(ascii: "}"))
        }
        return nil
    }

    private var hasLead: Bool {
        switch match?.lead {
        case .ownID, .answeredID, .value: true
        case .nothing, nil: false
        }
    }

    private mutating func writeMatch(
        _ match: MatchPlan,
        _ change: Change,
        _ answers: LookupAnswers,
        _ existence: Bool?,
        _ filled: inout UInt64,
        _ row: inout ShapedRow,
        _ payload: inout [UInt8]
    ) -> Stop? {
        let (hash, fault) = readMatch(match, of: change)
        if let fault { return .match(fault) }
        row.match = hash
        if ownKeyField == nil { row.own = hash }
        var record: PackedID?
        if let question = match.question {
            switch answers.answer(scratch, question: question) {
            case .record(let id, let bits):
                record = id
                filled = bits
                row.exists = existence ?? true
            case .several(let ids): return .match(.several(ids))
            case nil:
                let isAsked = !(match.isSkippedWhenDelivered && change.known?.flags.contains(.delivered) ?? false)
                if isAsked { row.exists = existence ?? false }
            }
        }
        canonical.removeAll(keepingCapacity: true)
        switch match.lead {
        case .nothing: return nil
        case .value:
            if form.isCSV, matchValue == nullCell { return .onlyByREST }
            canonical.append(contentsOf: matchValue)
            row.result = hash
        case .ownID:
            if match.question != nil, record == nil { return .unmatched }
            canonical.append(contentsOf: matchValue)
        case .answeredID:
            guard let record else { return .unmatched }
            record.append(to: &canonical)
        }
        if resultField == nil, resultKey != .wholeRow { row.result = resultHash(of: canonical[...]) }
        canonical.withUnsafeBytes { value in
            switch form {
            case .csv: PayloadWriting.appendCell(value, to: &payload)
            case .json(.delete): payload.append(contentsOf: value)
            case .json:
                payload.append(UInt8(ascii: ","))
                payload.append(contentsOf: matchOpening)
                if match.lead.isValue, match.form.isBareInJSON {
                    payload.append(contentsOf: value)
                } else {
                    PayloadWriting.appendString(value, to: &payload)
                }
            }
        }
        noteEcho(canonical[...])
        return nil
    }

    private mutating func writeJSON(_ field: ShapedField, _ said: Said, to payload: inout [UInt8]) {
        if said == .null {
            payload.append(contentsOf: field.null)
            return
        }
        payload.append(contentsOf: field.opening)
        var isBare = field.form.isBareInJSON
        if case .resolved = field.link { isBare = false }
        canonical.withUnsafeBytes { bytes in
            let value = UnsafeRawBufferPointer(rebasing: bytes[1...])
            if isBare {
                payload.append(contentsOf: value)
            } else {
                PayloadWriting.appendString(value, to: &payload)
            }
        }
        payload.append(contentsOf: field.closing)
    }

    /// The hash by which the row of a result that echoes this value is found.
    private mutating func resultHash(of value: ArraySlice<UInt8>) -> UInt64 {
        guard case .column(_, let caseSensitive) = resultKey else { return 0 }
        return value.withUnsafeBytes { MatchFolding.hash($0, caseSensitive: caseSensitive, scratch: &scratch) }
    }

    /// Notes a cell as the result will echo it, where rows are known by all their cells.
    private mutating func noteEcho(_ cell: ArraySlice<UInt8>) {
        guard resultKey == .wholeRow else { return }
        cell.withUnsafeBytes { EchoedRow.append($0, to: &echo) }
    }

    /// Spreads a sum's bits, so that the order of the mapping does not count but every field does.
    static func mixed(_ value: UInt64) -> UInt64 {
        var value = value
        value ^= value >> 33
        value = value &* 0xFF51_AFD7_ED55_8CCD
        value ^= value >> 33
        value = value &* 0xC4CE_B9FE_1A85_EC53
        return value ^ value >> 33
    }
}
