/// The objects that tell what the values of a status or stage mean: one record for each value of the standard set of
/// the same name.
enum StatusObjects {
    static let names: Set<String> = ["LeadStatus", "CaseStatus", "TaskStatus", "TaskPriority", "OpportunityStage"]

    static func all() -> [ObjectType] {
        func object(_ name: String, _ prefix: String, _ fields: [Field]) -> ObjectType {
            SetupObjects.object(
                name,
                prefix,
                tooling: false,
                [.text("MasterLabel", 255), .text("ApiName", 255), .whole("SortOrder")] + fields
            )
        }
        return [
            object("LeadStatus", "01J", [.flag("IsDefault"), .flag("IsConverted")]),
            object("CaseStatus", "01K", [.flag("IsDefault"), .flag("IsClosed")]),
            object("TaskStatus", "01L", [.flag("IsDefault"), .flag("IsClosed")]),
            object("TaskPriority", "01M", [.flag("IsDefault"), .flag("IsHighPriority")]),
            object(
                "OpportunityStage",
                "01N",
                [
                    .flag("IsActive"), .flag("IsClosed"), .flag("IsWon"), .text("ForecastCategory", 40),
                    .text("ForecastCategoryName", 40), .decimal("DefaultProbability", 3, 0, type: .percent),
                ]
            ),
        ]
    }
}

extension Org {
    /// Brings the records of a status object up to date with its value set.
    ///
    /// Records are found by their value, so that ids stay when the order changes.
    func refreshStatuses(_ type: ObjectType) {
        let table = table(of: type)
        guard let nameField = type.position(of: "ApiName") else { return }
        var numbers: [String: Int] = [:]
        for (offset, record) in table.records.enumerated() {
            if case .text(let name) = table.stored(nameField, of: record) { numbers[name] = offset + 1 }
        }
        for (offset, value) in (schema.standardSets[type.name] ?? []).enumerated() {
            let number = numbers[value.name] ?? plant(type.name, ["ApiName": .text(value.name)]).number
            guard var record = table.record(number) else { continue }
            for (name, shown) in statusValues(of: value, at: offset) {
                if let position = type.position(of: name) { table.store(shown, in: position, of: &record) }
            }
            // Only stages say of themselves that they are out of use.
            record.isDeleted = !value.isActive && type.name != "OpportunityStage"
            table.replace(number, with: record)
        }
    }

    private func statusValues(of value: PicklistValue, at offset: Int) -> [String: Value] {
        let extras = JSONValue.object(value.extras)
        func isTrue(_ name: String) -> Value { .bool(extras[name]?.bool ?? false) }
        let forecast = extras["forecastCategory"]?.string.map(Value.text) ?? .null
        return [
            "MasterLabel": .text(value.label), "SortOrder": .number(Double(offset + 1)),
            "IsDefault": .bool(value.isDefault), "IsConverted": isTrue("converted"), "IsClosed": isTrue("closed"),
            "IsHighPriority": extras["highPriority"] == nil ? .bool(value.name == "High") : isTrue("highPriority"),
            "IsActive": .bool(value.isActive), "IsWon": isTrue("won"), "ForecastCategory": forecast,
            "ForecastCategoryName": forecast,
            "DefaultProbability": (extras["probability"]?.double).map(Value.number) ?? .null,
        ]
    }
}
