internal import SyncModel

extension SyncDefinition {
    /// nil: something that it needs is missing, as was reported.
    init?(name: String, _ root: CheckedMapping) {
        guard let model = root.text("model"), let destination = root.text("destination"), let target = Target(root),
            let mode: SyncMode = root.choice("mode")
        else { return nil }
        self.init(
            name: name,
            model: model,
            destination: destination,
            target: target,
            mode: mode,
            match: root.mapping("match").flatMap(Match.init),
            fields: (root.named("fields") ?? []).compactMap(FieldMapping.init)
        )
        description = root.text("description")
        for entry in root.named("only") ?? [] {
            guard case .named(let fields) = entry.value.value else { continue }
            only[entry.name] = fields.compactMap(FieldMapping.init)
        }
        if let choice: RemovalBehaviour = root.choice("when_removed") { whenRemoved = choice }
        if let choice: APIChoice = root.choice("api") { api = choice }
        if let choice: Converted = root.choice("converted") { converted = choice }
        if let flag = root.flag("local_checks") { localChecks = flag }
        was = root.text("was")
        merge = root.mapping("merge").flatMap(Merge.init)
        readSettings(root)
    }

    private mutating func readSettings(_ root: CheckedMapping) {
        if let written = root.mapping("batch") {
            if let number = written.whole("size") { batch.size = number }
            if let number = written.whole("parallel") { batch.parallel = number }
            if let flag = written.flag("serial") { batch.serial = flag }
            if let flag = written.flag("adaptive") { batch.adaptive = flag }
        }
        if let written = root.mapping("retry") {
            if let flag = written.flag("split") { retry.split = flag }
            if let number = written.whole("attempts") { retry.attempts = number }
        }
        if let written = root.mapping("guard") {
            `guard`.maxDeletes = written.bound("max_deletes")
            `guard`.maxChanged = written.bound("max_changed")
            `guard`.maxShrink = written.bound("max_shrink")
        }
        if let written = root.mapping("headers") {
            headers.assignmentRule = written.text("assignment_rule")
            if let flag = written.flag("allow_duplicates") { headers.allowDuplicates = flag }
        }
    }
}

extension SyncDefinition.Target {
    fileprivate init?(_ root: CheckedMapping) {
        if let object = root.text("object") {
            self = .object(object)
        } else if let event = root.text("event") {
            self = .event(event)
        } else if let objects = root.mapping("objects"), let first = objects.text("first"),
            let otherwise = objects.text("else")
        {
            self = .objects(first: first, otherwise: otherwise, create: objects.text("create"))
        } else if let written = root.mapping("picklist"), let object = written.text("object"),
            let field = written.text("field"),
            let value = written.text("value")
        {
            self = .picklist(
                SyncDefinition.PicklistTarget(
                    object: object,
                    field: field,
                    value: value,
                    label: written.text("label"),
                    isDefault: written.text("default")
                )
            )
        } else {
            return nil
        }
    }
}

extension SyncDefinition.Match {
    fileprivate init?(_ written: CheckedMapping) {
        guard let column = written.text("column"), let field = written.text("field") else { return nil }
        self.init(column: column, field: field)
    }
}

extension SyncDefinition.Merge {
    fileprivate init?(_ written: CheckedMapping) {
        guard let shared = written.text("shared_id") else { return nil }
        self.init(sharedID: shared, isChild: written.text("is_child"), mergeID: written.text("merge_id"))
    }
}

extension FieldMapping {
    fileprivate init?(_ entry: NamedValue) {
        switch entry.value.value {
        case .text(let column): self.init(field: entry.name, value: .column(column))
        case .mapping(let written):
            guard let value = Value(written) else { return nil }
            self.init(field: entry.name, value: value)
            if let choice: NullPolicy = written.choice("when_null") { whenNull = choice }
            if let choice: WritePolicy = written.choice("write") { write = choice }
            if let flag = written.flag("truncate") { truncate = flag }
        default: return nil
        }
    }
}

extension FieldMapping.Value {
    fileprivate init?(_ written: CheckedMapping) {
        if let column = written.text("column") {
            self = .column(column)
        } else if let constant = written.text("value") {
            self = .constant(constant)
        } else if case .template(let template) = written["template"] {
            self = .template(template)
        } else if let column = written.text("record_type") {
            self = .recordType(column: column)
        } else if let lookup = written.mapping("lookup"), let object = lookup.text("object"),
            let field = lookup.text("field"),
            let column = lookup.text("column")
        {
            self = .lookup(FieldMapping.Lookup(object: object, field: field, column: column))
        } else {
            return nil
        }
    }
}
