extension Org {
    /// Reads text into the column's type, or says why it can't be.
    ///
    /// Blanks around it are dropped; nothing is null.
    func read(_ raw: UnsafeBufferPointer<UInt8>, for column: Column) throws(SaveError) -> Value {
        let bytes = trimmed(raw)
        if case .parent(let type, let key) = column.target {
            return try parent(bytes, type: type, key: key)
        }
        if bytes.isEmpty { return .null }
        switch column.field.type {
        case .string, .textarea, .phone, .url, .combobox, .encryptedstring, .anyType, .complexvalue:
            let text = String(decoding: bytes, as: UTF8.self)
            if bytes.count > column.field.length, column.field.length > 0 { try checkLength(text, column.field) }
            return .text(text)
        case .base64:
            // Long ones are broken into lines by who encodes them as mail does.
            let text = String(decoding: bytes.filter { $0 > 0x20 }, as: UTF8.self)
            guard Base64.decode(text) != nil else {
                throw .wrongType(column.field, String(text.prefix(100)))
            }
            return .text(text)
        case .email:
            let text = String(decoding: bytes, as: UTF8.self)
            try checkLength(text, column.field)
            guard isEmailAddress(text) else {
                throw SaveError(
                    "INVALID_EMAIL_ADDRESS",
                    "\(column.field.label): invalid email address: \(text)",
                    [column.field.name]
                )
            }
            return .text(text.lowercased())
        case .picklist: return .text(try picked(String(decoding: bytes, as: UTF8.self), column))
        case .multipicklist:
            var chosen: [String] = []
            for part in String(decoding: bytes, as: UTF8.self).split(separator: ";") {
                let value = try picked(String(part), column)
                if !chosen.contains(value) { chosen.append(value) }
            }
            if chosen.count > 100 {
                throw SaveError(
                    "TOO_MANY_ENUM_VALUE",
                    "\(column.field.label): too many values selected",
                    [column.field.name]
                )
            }
            return chosen.isEmpty ? .null : .text(chosen.joined(separator: ";"))
        case .boolean:
            guard let bool = boolean(bytes) else {
                throw .wrongType(column.field, String(decoding: bytes, as: UTF8.self))
            }
            return .bool(bool)
        case .int, .long, .double, .currency, .percent:
            return .number(try number(String(decoding: bytes, as: UTF8.self), column.field))
        case .date:
            guard let day = readDay(bytes) else {
                throw .wrongType(column.field, String(decoding: bytes, as: UTF8.self))
            }
            return .date(Int32(day))
        case .datetime:
            guard let moment = readInstant(bytes) else {
                throw .wrongType(column.field, String(decoding: bytes, as: UTF8.self))
            }
            return .dateTime(moment.milliseconds / 1000 * 1000)
        case .time:
            guard let time = readClockTime(bytes) else {
                throw .wrongType(column.field, String(decoding: bytes, as: UTF8.self))
            }
            return .time(Int32(time))
        case .id, .reference: return try reference(bytes, column.field)
        case .address, .location: throw .readOnly([column.field.name])
        }
    }

    // MARK: - Implementation

    private func trimmed(_ bytes: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
        var start = 0
        var end = bytes.count
        while start < end, bytes[start] <= 0x20 { start += 1 }
        while end > start, bytes[end - 1] <= 0x20 { end -= 1 }
        return UnsafeBufferPointer(rebasing: bytes[start..<end])
    }

    private func checkLength(_ text: String, _ field: Field) throws(SaveError) {
        guard text.utf16.count > field.length else { return }
        throw SaveError(
            "STRING_TOO_LONG",
            "\(field.label): data value too large: \(text) (max length=\(field.length))",
            [field.name]
        )
    }

    private func picked(_ text: String, _ column: Column) throws(SaveError) -> String {
        try checkLength(text, column.field)
        guard let allowed = column.allowed else { return text }
        if let value = allowed[folded(text)] { return value }
        throw SaveError(
            "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
            "\(column.field.label): bad value for restricted picklist field: \(text)",
            [column.field.name]
        )
    }

    private func boolean(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool? {
        switch String(decoding: bytes, as: UTF8.self).lowercased() {
        case "true", "1", "yes", "y", "t": true
        case "false", "0", "no", "n", "f": false
        default: nil
        }
    }

    private func number(_ text: String, _ field: Field) throws(SaveError) -> Double {
        let isPlain = text.utf8.allSatisfy { (48...57).contains($0) || "+-.eE".utf8.contains($0) }
        guard isPlain, let number = Double(text), number.isFinite else { throw .wrongType(field, text) }
        let outside = SaveError(
            "NUMBER_OUTSIDE_VALID_RANGE",
            "\(field.label): value outside of valid range on numeric field: \(text)",
            [field.name]
        )
        if field.type == .int || field.type == .long {
            guard number == number.rounded() else { throw .wrongType(field, text) }
            let limit = field.digits > 0 ? Double(power(10, field.digits)) : 2_147_483_648
            guard number.magnitude < limit else { throw outside }
            return number
        }
        let whole = field.precision - field.scale
        guard field.precision == 0 || number.magnitude < Double(power(10, min(whole, 18))) else { throw outside }
        let scale = Double(power(10, field.scale))
        // Half up by the decimal that was written, which a double may miss by a hair.
        let scaled = number * scale
        return scaled.magnitude < 1e15 ? (scaled + scaled * 1e-13).rounded() / scale : number
    }

    private func power(_ base: Int, _ exponent: Int) -> Int { (0..<exponent).reduce(1) { power, _ in power * base } }

    private func reference(_ bytes: UnsafeBufferPointer<UInt8>, _ field: Field) throws(SaveError) -> Value {
        let written = String(decoding: bytes, as: UTF8.self)
        switch RecordID.read(bytes) {
        case .malformed: throw .wrongId(field.label, written, field.name)
        case .foreign(let prefix):
            guard let type = schema.type(with: prefix), field.referenceTo.contains(type.name) else {
                throw .wrongId(field.label, written, field.name)
            }
            throw SaveError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", [field.name])
        case .id(let id):
            guard let type = schema.type(of: id), field.referenceTo.isEmpty || field.referenceTo.contains(type.name)
            else {
                throw .wrongId(field.label, written, field.name)
            }
            guard let record = table(of: type).record(id.number) else {
                throw SaveError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", [field.name])
            }
            if record.isDeleted { throw SaveError("ENTITY_IS_DELETED", "entity is deleted", [field.name]) }
            return .reference(id)
        }
    }

    private func parent(
        _ bytes: UnsafeBufferPointer<UInt8>,
        type: ObjectType,
        key: Int
    ) throws(SaveError) -> Value {
        if bytes.isEmpty { return .null }
        let field = type.fields[key]
        let written = String(decoding: bytes, as: UTF8.self)
        let table = table(of: type)
        if key == 0 {
            guard case .id(let id) = RecordID.read(bytes), id.prefix == type.keyPrefix,
                let record = table.record(id.number),
                !record.isDeleted
            else { throw missingParent(written, field, type) }
            return .reference(id)
        }
        let value: Value
        if field.type.isNumber {
            guard let number = Double(written) else { throw missingParent(written, field, type) }
            value = .number(number)
        } else {
            value = .text(written)
        }
        let found = table.find(value, in: key)
        if found.count > 1 {
            throw SaveError("INVALID_FIELD", "More than one record found for external id \(written)")
        }
        guard let number = found.first else { throw missingParent(written, field, type) }
        return .reference(table.id(number))
    }

    private func missingParent(_ value: String, _ field: Field, _ type: ObjectType) -> SaveError {
        SaveError(
            "INVALID_FIELD",
            "Foreign key external ID: \(value) not found for field \(field.name) in entity \(type.name)"
        )
    }
}

/// Whether Salesforce takes a text for an e-mail address: one `@`, a local part, a domain with a dot, no blanks.
func isEmailAddress(_ text: String) -> Bool {
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, parts[0].utf8.count <= 64 else { return false }
    guard text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x2C && $0 != 0x3B && $0 != 0x3C && $0 != 0x3E }) else {
        return false
    }
    let labels = parts[1].split(separator: ".", omittingEmptySubsequences: false)
    return labels.count >= 2 && labels.allSatisfy { !$0.isEmpty && !$0.hasPrefix("-") && !$0.hasSuffix("-") }
        && !parts[0].hasPrefix(".") && !parts[0].hasSuffix(".")
}
