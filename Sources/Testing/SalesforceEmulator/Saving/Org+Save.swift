extension Org {
    /// Saves the rows, each for itself; what one row's failure means for the others is the caller's to say.
    func save(
        _ block: RowBlock,
        into type: ObjectType,
        by operation: SaveOperation,
        _ context: SaveContext
    ) -> [Outcome] {
        if type.isEvent { return publish(block, on: type, context) }
        let table = table(of: type)
        let doubled = repeatedKeys(in: block, of: type, by: operation)
        let barred = context.readOnly.isEmpty ? [] : barredColumns(of: block, type, context)
        var spent = ApexSpending()
        var outcomes: [Outcome] = []
        outcomes.reserveCapacity(block.count)
        for row in 0..<block.count {
            do throws(RowFailure) {
                if let failure = block.failures[row] { throw RowFailure([failure], identity(block, row)) }
                if let failure = rowFault(on: type) { throw RowFailure([failure], identity(block, row)) }
                if context.readOnly.contains(type.name) || type.isSetup {
                    throw RowFailure([.noRight], identity(block, row))
                }
                if let failure = doubled[row] { throw RowFailure([failure], identity(block, row)) }
                if !barred.isEmpty { try refuse(barred, row, block, type) }
                let number = try target(of: row, in: block, table: table, by: operation)
                try checkRight(number == nil ? .create : .edit, on: type, context, number.map { table.id($0) })
                if let number {
                    outcomes.append(try update(number, row, block, table, context, &spent))
                } else {
                    outcomes.append(try insert(row, block, table, context, &spent))
                }
            } catch {
                outcomes.append(.failed(error.errors, error.id))
            }
        }
        return outcomes
    }

    // MARK: - Implementation

    /// The columns whose fields this user can only read.
    private func barredColumns(of block: RowBlock, _ type: ObjectType, _ context: SaveContext) -> [Int] {
        block.columns.indices.filter {
            context.readOnly.contains("\(type.name).\(type.fields[block.columns[$0]].name)")
        }
    }

    private func refuse(_ barred: [Int], _ row: Int, _ block: RowBlock, _ type: ObjectType) throws(RowFailure) {
        let names = barred.filter { block.value(row, $0) != nil }.map { type.fields[block.columns[$0]].name }
        if !names.isEmpty { throw RowFailure([.readOnly(names)], identity(block, row)) }
    }

    private func checkRight(
        _ right: RecordRight,
        on type: ObjectType,
        _ context: SaveContext,
        _ id: RecordID?
    ) throws(RowFailure) {
        guard !context.denied.isEmpty, context.lacks(right, on: type) else { return }
        throw RowFailure([.noOperation(right == .create ? "inserted" : "updated", on: type.name)], id)
    }

    private func identity(_ block: RowBlock, _ row: Int) -> RecordID? {
        if case .id(let id) = block.identities[row] { id } else { nil }
    }

    /// The number of the record a row means; nil when it shall be a new one.
    private func target(
        of row: Int,
        in block: RowBlock,
        table: Table,
        by operation: SaveOperation
    ) throws(RowFailure) -> Int? {
        switch operation {
        case .insert:
            switch block.identities[row] {
            case .none: return nil
            case .id, .foreign, .malformed:
                throw RowFailure(
                    [SaveError("INVALID_FIELD_FOR_INSERT_UPDATE", "cannot specify Id in an insert call", ["Id"])],
                    nil
                )
            }
        case .update: return try addressed(row, block, table)
        case .upsert(key: 0):
            if case .none = block.identities[row] { return nil }
            return try addressed(row, block, table)
        case .upsert(let key):
            guard let column = block.columns.firstIndex(of: key), let value = block.value(row, column), !value.isNull
            else {
                let field = table.type.fields[key]
                throw RowFailure([SaveError("MISSING_ARGUMENT", "\(field.name) not specified", [field.name])], nil)
            }
            if table.type.uniqueFields.contains(key) { return table.holder(of: value, in: key, except: 0) }
            let found = table.find(value, in: key, limit: 10)
            guard found.count < 2 else {
                let field = table.type.fields[key]
                let ids = found.map { table.id($0).long }.joined(separator: ", ")
                throw RowFailure(
                    [
                        SaveError(
                            "DUPLICATE_EXTERNAL_ID",
                            "\(field.label): more than one record found for external id field: [\(ids)]",
                            [field.name]
                        )
                    ],
                    nil
                )
            }
            return found.first
        }
    }

    private func addressed(_ row: Int, _ block: RowBlock, _ table: Table) throws(RowFailure) -> Int {
        switch block.identities[row] {
        case .none: throw RowFailure([.noId], nil)
        case .malformed(let text): throw RowFailure([.wrongId("\(table.type.label) ID", text, "Id")], nil)
        case .foreign: throw RowFailure([.unknownReference], nil)
        case .id(let id):
            guard let record = table.record(id.number) else { throw RowFailure([.unknownReference], id) }
            if record.isDeleted { throw RowFailure([.deleted], id) }
            return id.number
        }
    }

    private func insert(
        _ row: Int,
        _ block: RowBlock,
        _ table: Table,
        _ context: SaveContext,
        _ spent: inout ApexSpending
    ) throws(RowFailure) -> Outcome {
        let type = table.type
        guard type.createable else { throw RowFailure([.noRight], nil) }
        if limits.enforcesStorage, usedStorage >= limits.maximum["DataStorageMB", default: 0] {
            throw RowFailure([SaveError("STORAGE_LIMIT_EXCEEDED", "storage limit exceeded")], nil)
        }
        let now = clock.now
        var record = Record(
            values: [],
            createdAt: now,
            modifiedAt: now,
            createdBy: context.user,
            modifiedBy: context.user
        )
        var missing: [String] = []
        for position in type.requiredFields {
            let column = block.columns.firstIndex(of: position)
            if column.flatMap({ block.value(row, $0) })?.isNull ?? true { missing.append(type.fields[position].name) }
        }
        var refused: [String] = []
        for (column, position) in block.columns.enumerated() {
            guard let value = block.value(row, column) else { continue }
            let traits = type.traits[position]
            if !traits.createable { refused.append(type.fields[position].name) }
            if value.isNull, traits.isBoolean { throw RowFailure([.wrongType(type.fields[position], "")], nil) }
            table.store(value, in: position, of: &record)
        }
        if !refused.isEmpty { throw RowFailure([.readOnly(refused)], nil) }
        if !missing.isEmpty { throw RowFailure([.required(missing)], nil) }
        for position in type.defaultedFields {
            // A row that says nothing of the field, though others beside it do.
            let column = block.columns.firstIndex(of: position)
            guard column.flatMap({ block.value(row, $0) }) == nil else { continue }
            table.store(type.fields[position].defaultValue, in: position, of: &record)
        }
        let number = table.nextNumber
        if !type.recordTypes.isEmpty { try recordType(of: &record, isNew: true, table, nil) }
        finish(&record, number, nil, table)
        try check(record, nil, number: number, table, context, &spent)
        table.append(record)
        journal?.append(.appended(table))
        if type.name == "ContentVersion" { file(number, table, context) }
        counters.created[type.name, default: 0] += 1
        return .saved(table.id(number), created: true)
    }

    private func update(
        _ number: Int,
        _ row: Int,
        _ block: RowBlock,
        _ table: Table,
        _ context: SaveContext,
        _ spent: inout ApexSpending
    ) throws(RowFailure) -> Outcome {
        let type = table.type
        let id = table.id(number)
        guard type.updateable, let old = table.record(number) else { throw RowFailure([.noRight], id) }
        var record = old
        var refused: [String] = []
        var missing: [String] = []
        for (column, position) in block.columns.enumerated() {
            guard let value = block.value(row, column) else { continue }
            let traits = type.traits[position]
            if !traits.updateable, !(traits.createable && table.stored(position, of: old) == value) {
                refused.append(type.fields[position].name)
            }
            if value.isNull {
                if traits.isBoolean { throw RowFailure([.wrongType(type.fields[position], "")], id) }
                if !traits.nillable { missing.append(type.fields[position].name) }
            }
            table.store(value, in: position, of: &record)
        }
        if !refused.isEmpty { throw RowFailure([.readOnly(refused)], id) }
        if !missing.isEmpty { throw RowFailure([.required(missing)], id) }
        if type.name == "Lead", case .bool(true) = value("IsConverted", of: old, number, table) {
            throw RowFailure([SaveError("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead")], id)
        }
        record.modifiedAt = clock.now
        record.modifiedBy = context.user
        if !type.recordTypes.isEmpty { try recordType(of: &record, isNew: false, table, id) }
        for position in type.hierarchyFields where block.columns.contains(position) {
            try refuseCircle(of: record, old, number, position, table)
        }
        finish(&record, number, old, table)
        try check(record, old, number: number, table, context, &spent)
        table.replace(number, with: record)
        journal?.append(.replaced(table, number, old))
        counters.updated[type.name, default: 0] += 1
        return .saved(id, created: false)
    }

    /// Nobody is above oneself in a hierarchy of one object.
    private func refuseCircle(
        of record: Record,
        _ old: Record,
        _ number: Int,
        _ position: Int,
        _ table: Table
    ) throws(RowFailure) {
        var above = table.stored(position, of: record).reference
        guard above != table.stored(position, of: old).reference else { return }
        var steps = 0
        while let id = above, id.prefix == table.type.keyPrefix, steps < 500 {
            if id.number == number {
                let error = SaveError("CIRCULAR_DEPENDENCY", "attempt to violate hierarchy constraints")
                throw RowFailure([error], table.id(number))
            }
            above = table.record(id.number).flatMap { table.stored(position, of: $0).reference }
            steps += 1
        }
    }

    private func recordType(
        of record: inout Record,
        isNew: Bool,
        _ table: Table,
        _ id: RecordID?
    ) throws(RowFailure) {
        do throws(SaveError) {
            try settleRecordType(&record, isNew: isNew, table)
        } catch {
            throw RowFailure([error], id)
        }
    }

    /// What must hold of a record before it is kept: locks, unique values, rules, and what its triggers cost.
    private func check(
        _ record: Record,
        _ old: Record?,
        number: Int,
        _ table: Table,
        _ context: SaveContext,
        _ spent: inout ApexSpending
    ) throws(RowFailure) {
        let type = table.type
        let id = table.id(number)
        let shown = old == nil ? nil : id
        if !locks.isEmpty, old != nil, let error = lockFailure(id, context) { throw RowFailure([error], shown) }
        for position in type.uniqueFields {
            let value = table.stored(position, of: record)
            guard !value.isNull, let other = table.holder(of: value, in: position, except: number) else { continue }
            let message =
                "duplicate value found: \(type.fields[position].name) duplicates value on record with id: "
                + table.id(other).short
            throw RowFailure([SaveError("DUPLICATE_VALUE", message)], shown)
        }
        guard hasAutomation(type) else { return }
        try automate(record, old, number: number, table, context, &spent)
    }
}

/// A row that was refused, and the record it meant where that is known.
struct RowFailure: Error {
    var errors: [SaveError]
    var id: RecordID?

    init(_ errors: [SaveError], _ id: RecordID?) {
        self.errors = errors
        self.id = id
    }
}
