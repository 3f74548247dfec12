extension Org {
    /// Sets what follows from other values: numbers given out, dates of closing, Won and Closed.
    func finish(_ record: inout Record, _ number: Int, _ old: Record?, _ table: Table) {
        let type = table.type
        if old == nil {
            for position in type.numberedFields {
                let field = type.fields[position]
                table.store(.text(autoNumber(number, format: field.displayFormat ?? "{0}")), in: position, of: &record)
            }
        }
        if old == nil, type.custom, let name = type.position(of: "Name"), table.stored(name, of: record).isNull {
            table.store(.text(table.id(number).short), in: name, of: &record)
        }
        switch type.name {
        case "Opportunity":
            deriveStage(&record, table)
            deriveRevenue(&record, table)
        case "Case":
            deriveClosed(&record, table, field: "Status", set: "CaseStatus", flag: "closed", into: "IsClosed")
            setClosedDate(&record, table)
        case "Attachment":
            if let size = bytes(of: "Body", record, table)?.count {
                set("BodyLength", .number(Double(size)), &record, table)
            }
        case "ContentVersion" where old == nil: deriveFile(&record, table)
        case "Task": deriveClosed(&record, table, field: "Status", set: "TaskStatus", flag: "closed", into: "IsClosed")
        default: break
        }
    }

    // MARK: - Implementation

    /// `{0000}` and what stands around it, with the number in its place.
    private func autoNumber(_ number: Int, format: String) -> String {
        guard let open = format.firstIndex(of: "{"), let close = format.firstIndex(of: "}"), open < close else {
            return format + String(number)
        }
        let width = format.distance(from: open, to: close) - 1
        return format[..<open] + padded(number, width) + format[format.index(after: close)...]
    }

    private func deriveStage(_ record: inout Record, _ table: Table) {
        guard let stageAt = table.type.position(of: "StageName"),
            case .text(let stage) = table.stored(stageAt, of: record),
            let value = schema.standardSets["OpportunityStage"]?.first(where: { $0.name == stage })
        else { return }
        let extras = JSONValue.object(value.extras)
        set("IsClosed", .bool(extras["closed"]?.bool ?? false), &record, table)
        set("IsWon", .bool(extras["won"]?.bool ?? false), &record, table)
        if let position = table.type.position(of: "Probability"), table.stored(position, of: record).isNull,
            let probability = extras["probability"]?.double
        {
            table.store(.number(probability), in: position, of: &record)
        }
        let category = extras["forecastCategory"]?.string
        set("ForecastCategory", category.map(Value.text) ?? .null, &record, table)
    }

    /// What is expected of an opportunity, and the fiscal period in which it closes: the fiscal year is the calendar's.
    private func deriveRevenue(_ record: inout Record, _ table: Table) {
        func number(_ name: String) -> Double? {
            guard let position = table.type.position(of: name),
                case .number(let number) = table.stored(position, of: record)
            else { return nil }
            return number
        }
        let expected = number("Amount").flatMap { amount in number("Probability").map { amount * $0 / 100 } }
        set("ExpectedRevenue", expected.map(Value.number) ?? .null, &record, table)
        guard let position = table.type.position(of: "CloseDate"),
            case .date(let day) = table.stored(position, of: record)
        else { return }
        let civil = CivilDay(Int(day))
        let quarter = (civil.month - 1) / 3 + 1
        set("FiscalYear", .number(Double(civil.year)), &record, table)
        set("FiscalQuarter", .number(Double(quarter)), &record, table)
        set("Fiscal", .text("\(padded(civil.year, 4)) \(quarter)"), &record, table)
    }

    private func deriveClosed(
        _ record: inout Record,
        _ table: Table,
        field: String,
        set name: String,
        flag: String,
        into target: String
    ) {
        guard let position = table.type.position(of: field),
            case .text(let status) = table.stored(position, of: record),
            let value = schema.standardSets[name]?.first(where: { $0.name == status })
        else { return }
        set(target, .bool(JSONValue.object(value.extras)[flag]?.bool ?? false), &record, table)
    }

    private func setClosedDate(_ record: inout Record, _ table: Table) {
        guard let at = table.type.position(of: "ClosedDate"), let flag = table.type.position(of: "IsClosed") else {
            return
        }
        if table.stored(flag, of: record) == .bool(true) {
            if table.stored(at, of: record).isNull {
                table.store(.dateTime(clock.now.milliseconds), in: at, of: &record)
            }
        } else {
            table.store(.null, in: at, of: &record)
        }
    }

    /// Sets a field by its name, where the object has it.
    func set(_ name: String, _ value: Value, _ record: inout Record, _ table: Table) {
        if let position = table.type.position(of: name) { table.store(value, in: position, of: &record) }
    }
}
