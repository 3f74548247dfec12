extension Org {
    func hasAutomation(_ type: ObjectType) -> Bool {
        if automations.isEmpty, duplicateRules.isEmpty { return false }
        return automations[type.name]?.isEmpty == false || duplicateRules.contains { $0.object == type.name }
    }

    /// Runs what a save sets off: triggers, validation rules, duplicate rules, flows (reference 07 B10).
    func automate(
        _ record: Record,
        _ old: Record?,
        number: Int,
        _ table: Table,
        _ context: SaveContext,
        _ spent: inout ApexSpending
    ) throws(RowFailure) {
        let event = old == nil ? "insert" : "update"
        let automation = automations[table.type.name] ?? ObjectAutomation()
        let id = old == nil ? nil : table.id(number)
        for trigger in automation.triggers where trigger.isActive && trigger.events.contains(event) {
            try run(trigger, record, table, context, &spent, id)
        }
        for rule in automation.rules where rule.isActive {
            if holds(rule.condition, record, number, table) {
                throw RowFailure(
                    [SaveError("FIELD_CUSTOM_VALIDATION_EXCEPTION", rule.message, rule.field.map { [$0] } ?? [])],
                    id
                )
            }
        }
        for rule in duplicateRules where rule.isActive && rule.object == table.type.name {
            try find(rule, record, old, number: number, table, context, id)
        }
        for flow in automation.flows where flow.isActive && flow.isRecordTriggered && flow.events.contains(event) {
            try run(flow, record, table, context, &spent, id)
        }
    }

    func automateDeletion(
        of record: Record,
        number: Int,
        _ table: Table,
        _ context: SaveContext,
        _ spent: inout ApexSpending
    ) throws(RowFailure) {
        for trigger in automations[table.type.name]?.triggers ?? []
        where trigger.isActive && trigger.events.contains("delete") {
            try run(trigger, record, table, context, &spent, table.id(number))
        }
    }

    func automateUndeletion(
        of record: Record,
        number: Int,
        _ table: Table,
        _ context: SaveContext,
        _ spent: inout ApexSpending
    ) throws(RowFailure) {
        for trigger in automations[table.type.name]?.triggers ?? []
        where trigger.isActive && trigger.events.contains("undelete") {
            try run(trigger, record, table, context, &spent, table.id(number))
        }
    }

    // MARK: - Implementation

    private func run(
        _ trigger: Trigger,
        _ record: Record,
        _ table: Table,
        _ context: SaveContext,
        _ spent: inout ApexSpending,
        _ id: RecordID?
    ) throws(RowFailure) {
        if let failure = trigger.failure {
            throw RowFailure([broken("\(trigger.name): execution of BeforeInsert caused by: \(failure)")], id)
        }
        spend(trigger.milliseconds, trigger.queries, perRow: trigger.perRow, as: trigger.name, &spent)
        try hold(trigger.locks, record, table, context, id)
        if spent.queries > 100 {
            throw RowFailure([broken("\(trigger.name): System.LimitException: Too many SOQL queries: 101")], id)
        }
        if spent.milliseconds > (context.isAsynchronous ? 60_000 : 10_000) {
            throw RowFailure([broken("\(trigger.name): System.LimitException: Apex CPU time limit exceeded")], id)
        }
    }

    private func broken(_ message: String) -> SaveError { SaveError("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", message) }

    private func run(
        _ flow: Flow,
        _ record: Record,
        _ table: Table,
        _ context: SaveContext,
        _ spent: inout ApexSpending,
        _ id: RecordID?
    ) throws(RowFailure) {
        spend(flow.milliseconds, flow.queries, perRow: flow.perRow, as: flow.name, &spent)
        try hold(flow.locks, record, table, context, id)
        let cause = flow.failure ?? (spent.queries > 100 ? "System.LimitException: Too many SOQL queries: 101" : nil)
        if let cause {
            throw RowFailure(
                [
                    SaveError(
                        "CANNOT_EXECUTE_FLOW_TRIGGER",
                        "We can't save this record because the “\(flow.name)” process failed. Give your Salesforce admin these "
                            + "details. \(cause)"
                    )
                ],
                id
            )
        }
    }

    private func spend(_ milliseconds: Int, _ queries: Int, perRow: Bool, as name: String, _ spent: inout ApexSpending)
    {
        guard perRow || spent.ran.insert(name).inserted else { return }
        spent.milliseconds += milliseconds
        spent.queries += queries
        lastCost += milliseconds
    }

    private func hold(
        _ field: String?,
        _ record: Record,
        _ table: Table,
        _ context: SaveContext,
        _ id: RecordID?
    ) throws(RowFailure) {
        guard let field, let position = table.type.position(of: field),
            let parent = table.stored(position, of: record).reference
        else { return }
        if let failure = lockFailure(parent, context) { throw RowFailure([failure], id) }
        if context.locker != 0 { take(parent, for: context.locker) }
    }

    private func find(
        _ rule: DuplicateRule,
        _ record: Record,
        _ old: Record?,
        number: Int,
        _ table: Table,
        _ context: SaveContext,
        _ id: RecordID?
    ) throws(RowFailure) {
        if context.allowsDuplicates, rule.allowsSave { return }
        let positions = rule.fields.compactMap { table.type.position(of: $0) }
        let values = positions.map { value($0, of: record, number, table) }
        guard let first = positions.first, positions.count == rule.fields.count, !values.contains(where: \.isNull)
        else { return }
        if let old, positions.indices.allSatisfy({ value(positions[$0], of: old, number, table) == values[$0] }) {
            return
        }
        let matches = table.find(values[0], in: first, limit: 50).filter { other in
            guard other != number, let candidate = table.record(other) else { return false }
            return positions.indices.allSatisfy {
                sameKey(value(positions[$0], of: candidate, other, table), values[$0], caseSensitive: false)
            }
        }
        guard !matches.isEmpty else { return }
        var error = SaveError("DUPLICATES_DETECTED", rule.message)
        error.duplicates = DuplicateFinding(
            rule: rule.name,
            object: rule.object,
            message: rule.message,
            allowsSave: rule.allowsSave,
            matches: matches.map { table.id($0) }
        )
        throw RowFailure([error], id)
    }

    /// What a duplicate rule found, as REST shows it (reference 02 §4.1).
    func duplicateJSON(_ found: DuplicateFinding, _ version: String) -> JSONValue {
        let records = found.matches.map { id -> JSONValue in
            .members([
                "additionalInformation": .array([]), "fieldDiffs": .array([]), "matchConfidence": .number("100.0"),
                "record": .members([
                    "attributes": .members([
                        "type": .string(found.object),
                        "url": .string("/services/data/v\(version)/sobjects/\(found.object)/\(id.long)"),
                    ]), "Id": .string(id.long),
                ]),
            ])
        }
        return .members([
            "allowSave": .bool(found.allowsSave), "duplicateRule": .string(found.rule),
            "duplicateRuleEntityType": .string(found.object), "errorMessage": .string(found.message),
            "matchResults": .array([
                .members([
                    "entityType": .string(found.object), "errors": .array([]),
                    "matchEngine": .string("ExactMatchEngine"),
                    "matchRecords": .array(records), "rule": .string(found.rule), "size": .int(found.matches.count),
                    "success": .bool(true),
                ])
            ]),
        ])
    }
}
