internal import SyncModel

/// What holds between the keys of one sync.
struct SyncRules {
    private let sync: SyncDefinition
    private let root: CheckedMapping
    private var findings: Findings

    /// The sync as it holds; mappings that say again what is so anyway are left out.
    static func check(_ sync: SyncDefinition, _ root: CheckedMapping, findings: inout Findings) -> SyncDefinition {
        var rules = SyncRules(sync: sync, root: root, findings: findings)
        rules.checkTarget()
        rules.checkMatch()
        rules.checkFields()
        rules.checkRemoval()
        rules.checkSending()
        rules.checkMerge()
        let checked = rules.withoutMatchField()
        findings = rules.findings
        return checked
    }

    // MARK: - Implementation

    private var isPicklist: Bool { if case .picklist = sync.target { true } else { false } }
    private var isEvent: Bool { if case .event = sync.target { true } else { false } }

    private mutating func fault(_ key: String, _ message: String, suggestion: String? = nil) {
        findings.fault(place(of: key), key, message, suggestion: suggestion)
    }

    /// Where a dotted key stands, or what should hold it.
    private func place(of key: String) -> Place {
        var mapping = root
        var parts = key.split(separator: ".").map(String.init)[...]
        while parts.count > 1, let part = parts.popFirst() {
            guard let inner = mapping.mapping(part) else { return mapping.keyPlace(part) }
            mapping = inner
        }
        return parts.first.map(mapping.keyPlace) ?? mapping.place
    }

    private mutating func checkTarget() {
        let mode = sync.mode
        switch sync.target {
        case .object(let name):
            if mode == .all {
                fault(
                    "mode",
                    "`mode: all` is for a `picklist`; `object: \(name)` takes insert, update, upsert or archive"
                )
            }
            if name.lowercased().hasSuffix("__e") {
                fault("object", "`\(name)` is a platform event: write `event: \(name)`")
            }
        case .event(let name):
            if mode != .insert { fault("mode", "an event is published, once: `event` takes `mode: insert` only") }
            if !name.lowercased().hasSuffix("__e") {
                fault("event", "`event` expects a platform event, whose name ends in __e", suggestion: "\(name)__e")
            }
        case .picklist:
            if mode != .all { fault("mode", "`picklist` takes `mode: all` only: the rows replace all its values") }
        case .objects(let first, let otherwise, let create):
            checkObjects(first, otherwise, create)
        }
        if root.isWritten("only"), !root.isWritten("objects") {
            fault("only", "`only` needs `objects`: it gives fields to one of two objects")
        }
        if sync.converted != .follow, !root.isWritten("objects") {
            fault("converted", "`converted` needs `objects`: a lead is followed to the other object of the two")
        }
    }

    /// syncs.md, "Multi-object": Contact or Lead, Account or Lead.
    private mutating func checkObjects(_ first: String, _ otherwise: String, _ create: String?) {
        if sync.mode != .update, sync.mode != .upsert {
            fault("mode", "`objects` takes `mode: update` or `mode: upsert`")
        }
        let pair = [first.lowercased(), otherwise.lowercased()].sorted()
        if pair[0] == pair[1] {
            fault("objects.else", "`objects.first` and `objects.else` are the same object")
        } else if pair != ["contact", "lead"], pair != ["account", "lead"] {
            fault("objects", "`objects` takes Contact and Lead, or Account and Lead, found \(first) and \(otherwise)")
        }
        let written = root.mapping("objects")
        if sync.mode == .upsert, written?.isWritten("create") == false {
            fault(
                "objects",
                "`objects.create` is missing: `mode: upsert` must know what to create: \(first), \(otherwise) or none"
            )
        }
        if let create {
            if sync.mode == .update {
                fault("objects.create", "`mode: update` never creates: write `create: none` or leave it out")
            } else if ![first.lowercased(), otherwise.lowercased()].contains(create.lowercased()) {
                fault(
                    "objects.create",
                    "`objects.create` expects \(first), \(otherwise) or none, found \(Findings.quoted(create))",
                    suggestion: nearestName(to: create, among: [first, otherwise, "none"])
                )
            }
        }
        for entry in root.named("only") ?? [] where !pair.contains(entry.name.lowercased()) {
            findings.fault(
                entry.namePlace,
                "only.\(entry.name)",
                "`only` expects \(first) or \(otherwise), found \(Findings.quoted(entry.name))",
                suggestion: nearestName(to: entry.name, among: [first, otherwise])
            )
        }
    }

    private mutating func checkMatch() {
        if root.isWritten("match") {
            if isEvent { fault("match", "an event has no record to match: leave `match` out") }
            if isPicklist { fault("match", "picklist values are matched by their API name: leave `match` out") }
        } else if !isEvent, !isPicklist {
            if [.update, .upsert, .archive].contains(sync.mode) {
                fault("match", "`match` is missing: `mode: \(sync.mode.rawValue)` must know how a row finds its record")
            } else if root.isWritten("merge") || root.isWritten("objects") {
                fault(
                    "match",
                    "`match` is missing: \(root.isWritten("merge") ? "`merge`" : "`objects`") must know how a row finds its record"
                )
            }
        }
        if sync.mode == .upsert, let match = sync.match, match.field.lowercased() == "id" {
            fault(
                "match.field",
                "`mode: upsert` cannot match on Id: Salesforce gives a record its Id when it creates it, so no new row could have one. "
                    + "Match on an external id field, or write `mode: update`"
            )
        }
    }

    private mutating func checkFields() {
        let needsFields = [.insert, .update, .upsert].contains(sync.mode) && !isPicklist
        if needsFields {
            let written = root.named("fields")
            if !root.isWritten("fields") {
                fault("fields", "`fields` is missing: `mode: \(sync.mode.rawValue)` must know what to write")
            } else if let written, written.isEmpty,
                !findings.faults.contains(where: { $0.key?.hasPrefix("fields") == true })
            {
                fault("fields", "`fields` is empty: expected at least one field and its column")
            }
        } else if root.isWritten("fields") {
            let reason = isPicklist ? "a picklist has no fields" : "`mode: \(sync.mode.rawValue)` writes no fields"
            fault("fields", "\(reason): leave `fields` out")
        }
        let common = root.named("fields") ?? []
        checkNames(common, under: "fields")
        for entry in root.named("only") ?? [] {
            guard case .named(let fields) = entry.value.value else { continue }
            checkNames(fields, under: "only.\(entry.name)")
            for field in fields where common.contains(where: { $0.name.lowercased() == field.name.lowercased() }) {
                let key = "only.\(entry.name).\(field.name)"
                findings.fault(field.namePlace, key, "`\(field.name)` is under `fields` already, for both objects")
            }
        }
    }

    private mutating func checkNames(_ fields: [NamedValue], under key: String) {
        for field in fields where field.name.lowercased() == "id" {
            findings.fault(
                field.namePlace,
                "\(key).\(field.name)",
                "Salesforce does not let anybody write the Id: to find records by it, write `match: { column: …, field: Id }` with `mode: update`"
            )
        }
        guard sync.mode == .upsert, let match = sync.match else { return }
        for field in fields where field.name.lowercased() == match.field.lowercased() {
            if case .text(let column) = field.value.value, column == match.column {
                findings.notice(
                    field.namePlace,
                    "\(key).\(field.name)",
                    "`\(field.name)` is the match field: upsert writes it anyway"
                )
            } else {
                findings.fault(
                    field.namePlace,
                    "\(key).\(field.name)",
                    "`\(field.name)` is the match field: upsert writes it from `\(match.column)`, it cannot have another value"
                )
            }
        }
    }

    private func withoutMatchField() -> SyncDefinition {
        guard sync.mode == .upsert, let match = sync.match else { return sync }
        var checked = sync
        checked.fields.removeAll { $0.field.lowercased() == match.field.lowercased() }
        for object in checked.only.keys {
            checked.only[object]?.removeAll { $0.field.lowercased() == match.field.lowercased() }
        }
        return checked
    }

    private mutating func checkRemoval() {
        guard sync.whenRemoved != .nothing else { return }
        let written = "`when_removed: \(sync.whenRemoved.rawValue)`"
        switch (sync.mode, sync.whenRemoved) {
        case (.upsert, _), (.update, .clear): break
        case (.update, _):
            fault(
                "when_removed",
                "\(written) needs `mode: upsert`: an update did not create the records, so it may clear them, not delete them"
            )
        case (.insert, _):
            fault("when_removed", "\(written) is not for `mode: insert`, which never looks at a row again")
        case (.archive, _):
            fault("when_removed", "\(written) is not for `mode: archive`, which deletes what the query returns")
        case (.all, _):
            fault("when_removed", "\(written) is not for `mode: all`: values without a row become inactive")
        }
    }

    private mutating func checkSending() {
        let batch = root.mapping("batch")
        if sync.headers.allowDuplicates, sync.api == .bulk || sync.api == .bulk2 {
            fault(
                "headers.allow_duplicates",
                "`allow_duplicates` needs REST: `api: \(sync.api.rawValue)` cannot carry it; write `api: rest` or `auto`"
            )
        }
        checkAssignment()
        if sync.batch.serial, sync.api == .bulk2 || sync.api == .rest {
            fault(
                "batch.serial",
                "`batch.serial` is for the original Bulk API only: write `api: bulk` or `auto` beside it, not `\(sync.api.rawValue)`"
            )
        }
        if sync.batch.serial, sync.headers.allowDuplicates, sync.api == .auto {
            fault(
                "batch.serial",
                "`batch.serial` needs the original Bulk API and `allow_duplicates` needs REST: only one of them can be had"
            )
        }
        if sync.api == .bulk2, batch?.isWritten("size") == true {
            findings.notice(
                place(of: "batch.size"),
                "batch.size",
                "`batch.size` is not used by `api: bulk2`: Salesforce cuts the batches"
            )
        }
        if sync.api == .rest, sync.batch.size > 200, batch?.isWritten("size") == true {
            findings.notice(place(of: "batch.size"), "batch.size", "`api: rest` takes at most 200 rows a call")
        }
    }

    private mutating func checkAssignment() {
        guard let rule = sync.headers.assignmentRule else { return }
        let key = "headers.assignment_rule"
        let isID = rule.utf8.count == 15 || rule.utf8.count == 18
        if !isID || !rule.hasPrefix("01Q") || !rule.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) }) {
            fault(
                key,
                "`assignment_rule` expects the Id of an assignment rule, 15 or 18 characters that begin with 01Q, found \(Findings.quoted(rule))"
            )
        }
        if !sync.objects.contains(where: { ["case", "lead"].contains($0.lowercased()) }) {
            let objects = sync.objects.joined(separator: ", ")
            findings.notice(place(of: key), key, "`assignment_rule` is for Case and Lead: \(objects) has none to run")
        }
    }

    /// syncs.md, "Merge".
    private mutating func checkMerge() {
        guard root.isWritten("merge") else { return }
        if sync.mode != .upsert, sync.mode != .insert {
            fault("merge", "`merge` takes `mode: upsert` or `mode: insert`")
        }
        if case .object(let object) = sync.target {
            if !["account", "contact", "individual", "lead"].contains(object.lowercased()) {
                fault("merge", "Salesforce merges Account, Contact, Individual and Lead only, not \(object)")
            }
        } else {
            fault("merge", "`merge` needs one `object`")
        }
        if sync.batch.parallel != 1 {
            let isWritten = root.mapping("batch")?.isWritten("parallel") == true
            fault(
                isWritten ? "batch.parallel" : "merge",
                "`merge` needs `batch: { parallel: 1 }`: merges of one group must not meet; found \(sync.batch.parallel)"
                    + (isWritten ? "" : ", the default")
            )
        }
    }
}
