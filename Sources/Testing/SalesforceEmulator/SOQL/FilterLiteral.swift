/// A literal in the terms of the field it is compared with.
enum FilterValue {
    case value(Value)
    /// A span of days or of milliseconds, the end left out.
    case days(Range<Int>)
    case moments(Range<Int64>)
}

extension Org {
    func filterValue(_ literal: SOQLLiteral, for field: Field) throws(SOQLFault) -> FilterValue {
        switch (literal.kind, field.type) {
        case (.null, _): return .value(.null)
        case (.string(let text), .id), (.string(let text), .reference):
            if text.isEmpty { return .value(.null) }
            if field.referenceTo == ["EntityDefinition"] { return .value(.reference(entity(named: text))) }
            switch RecordID.read(text) {
            case .id(let id): return .value(.reference(id))
            case .foreign: return .value(.reference(RecordID(prefix: KeyPrefix("zzz"), number: 0)))
            case .malformed:
                throw SOQLFault("INVALID_QUERY_FILTER_OPERATOR", "invalid ID field: \(text)", at: literal.offset)
            }
        case (.string(let text), _) where field.type.isText: return .value(text.isEmpty ? .null : .text(text))
        case (.bool(let bool), .boolean): return .value(.bool(bool))
        case (.number(let number), _) where field.type.isNumber: return .value(.number(number))
        case (.date(let day), .date): return .value(.date(Int32(day)))
        case (.dateTime(let moment), .datetime): return .value(.dateTime(moment.milliseconds))
        case (.period(let name, let count), .date):
            if let range = SOQLPeriod.range(name, count, today: clock.now.day) { return .days(range) }
            throw wrongLiteral(literal, field)
        case (.period(let name, let count), .datetime):
            guard let range = SOQLPeriod.range(name, count, today: clock.now.day) else {
                throw wrongLiteral(literal, field)
            }
            return .moments(Int64(range.lowerBound) * 86_400_000..<Int64(range.upperBound) * 86_400_000)
        case (.string(let text), .time):
            var text = text
            guard let time = text.withUTF8({ readClockTime($0) }) else { throw wrongLiteral(literal, field) }
            return .value(.time(Int32(time)))
        default: throw wrongLiteral(literal, field)
        }
    }

    /// The entity of an API name or a custom object's id; one that is nowhere if there is none.
    private func entity(named text: String) -> RecordID {
        let nowhere = RecordID(prefix: KeyPrefix("zzz"), number: 0)
        guard let type = schema["EntityDefinition"] else { return nowhere }
        let table = table(of: type)
        for name in ["QualifiedApiName", "DurableId"] {
            if let position = type.position(of: name),
                let number = table.find(.text(name == "DurableId" ? String(text.prefix(15)) : text), in: position).first
            {
                return table.id(number)
            }
        }
        return nowhere
    }

    private func wrongLiteral(_ literal: SOQLLiteral, _ field: Field) -> SOQLFault {
        let kind: String
        switch field.type {
        case .datetime: kind = "dateTime"
        case .double, .currency, .percent: kind = "double"
        default:
            kind = field.type.isText || field.type == .id || field.type == .reference ? "string" : field.type.rawValue
        }
        let quotes = kind == "string" ? "should be enclosed in quotes" : "should not be enclosed in quotes"
        return SOQLFault(
            "INVALID_FIELD",
            "value of filter criterion for field '\(field.name)' must be of type \(kind) and \(quotes)",
            at: literal.offset
        )
    }
}
