/// Reads the triggers, flows and rules of an object of an `org.yaml`.
struct AutomationReader {
    let type: ObjectType
    let parts: [String: YAMLPlace]

    func read(in org: isolated Org) throws {
        var automation = org.automations[type.name] ?? ObjectAutomation()
        for item in try parts["triggers"]?.list() ?? [] { automation.triggers.append(try trigger(item)) }
        for item in try parts["flows"]?.list() ?? [] { automation.flows.append(try flow(item)) }
        for item in try parts["validation_rules"]?.list() ?? [] {
            let rule = try rule(item)
            if let fault = org.fault(in: rule.condition, of: type) {
                throw item.fault("has a condition that can't be read: \(fault.split(separator: "\n").last ?? "")")
            }
            automation.rules.append(rule)
        }
        for item in try parts["duplicate_rules"]?.list() ?? [] { org.duplicateRules.append(try duplicateRule(item)) }
        org.automations[type.name] = automation
    }

    // MARK: - Implementation

    private func name(_ fields: [String: YAMLPlace], _ item: YAMLPlace) throws -> String {
        guard let name = try fields["name"]?.text() else { throw item.fault("needs a name") }
        return name
    }

    private func lockField(_ place: YAMLPlace?) throws -> String? {
        guard let place else { return nil }
        let name = try place.text()
        guard let field = type.field(name), field.type == .reference else {
            throw place.fault("must name a reference field of \(type.name)")
        }
        return field.name
    }

    private func events(_ place: YAMLPlace?) throws -> Set<String>? {
        guard let place else { return nil }
        let names = Set(try place.texts())
        guard names.isSubset(of: ["insert", "update", "delete", "undelete"]) else {
            throw place.fault("may hold insert, update, delete, undelete")
        }
        return names
    }

    private func trigger(_ item: YAMLPlace) throws -> Trigger {
        let fields = try item.fields("name", "on", "cpu_ms", "soql", "locks", "active", "per_row", "fails")
        return Trigger(
            name: try name(fields, item),
            events: try events(fields["on"]) ?? ["insert", "update"],
            milliseconds: try fields["cpu_ms"]?.number() ?? 0,
            queries: try fields["soql"]?.number() ?? 0,
            perRow: try fields["per_row"]?.flag() ?? false,
            locks: try lockField(fields["locks"]),
            isActive: try fields["active"]?.flag() ?? true,
            failure: try fields["fails"]?.text()
        )
    }

    private func flow(_ item: YAMLPlace) throws -> Flow {
        let fields = try item.fields(
            "name",
            "type",
            "cron",
            "on",
            "active",
            "cpu_ms",
            "soql",
            "locks",
            "per_row",
            "fails"
        )
        return Flow(
            name: try name(fields, item),
            type: try fields["type"]?.text() ?? "RecordAfterSave",
            cron: try fields["cron"]?.text(),
            events: try events(fields["on"]) ?? ["insert", "update"],
            isActive: try fields["active"]?.flag() ?? true,
            milliseconds: try fields["cpu_ms"]?.number() ?? 0,
            queries: try fields["soql"]?.number() ?? 0,
            perRow: try fields["per_row"]?.flag() ?? false,
            locks: try lockField(fields["locks"]),
            failure: try fields["fails"]?.text()
        )
    }

    private func rule(_ item: YAMLPlace) throws -> ValidationRule {
        let fields = try item.fields("name", "when", "message", "field", "active")
        guard let condition = try fields["when"]?.text() else { throw item.fault("needs when") }
        return ValidationRule(
            name: try name(fields, item),
            condition: condition,
            message: try fields["message"]?.text() ?? "Validation failed",
            field: try fields["field"]?.text(),
            isActive: try fields["active"]?.flag() ?? true
        )
    }

    private func duplicateRule(_ item: YAMLPlace) throws -> DuplicateRule {
        let fields = try item.fields(
            "name",
            "fields",
            "match",
            "allow_save",
            "allows_save",
            "action",
            "message",
            "active"
        )
        guard let keys = try (fields["fields"] ?? fields["match"])?.texts(), !keys.isEmpty else {
            throw item.fault("needs fields")
        }
        for key in keys where type.position(of: key) == nil {
            throw item.fault("names \(key), which is no field of \(type.name)")
        }
        let action = try fields["action"]?.text()
        return DuplicateRule(
            name: try name(fields, item),
            object: type.name,
            fields: keys,
            allowsSave: try (fields["allow_save"] ?? fields["allows_save"])?.flag()
                ?? (action == "allow" || action == "alert"),
            message: try fields["message"]?.text() ?? "Use one of these records?",
            isActive: try fields["active"]?.flag() ?? true
        )
    }
}
