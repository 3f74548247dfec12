internal import Fingerprinting
internal import Salesforce
internal import Shaping
internal import Spool
internal import SyncModel

extension SyncDefinition {
    /// The fields of all its objects that hold a value of their own, and name no other record.
    var plainFields: Set<String> {
        Set(
            fields.filter { mapping in
                if case .lookup = mapping.value { return false }
                return true
            }.map(\.field)
        )
    }
}

extension Planner {
    /// The first rows of what would be sent and of what would be removed, beside what Salesforce holds of them now and what
    /// was sent of them last.
    func samples(
        of ready: [ReadySpool],
        removing: [ReadySpool],
        _ read: ReadSync,
        _ delivery: ChangeDelivery
    ) async throws -> [SyncPlan.Sample] {
        guard samples > 0 else { return [] }
        var drafts = try drafts(of: ready).map { draft in
            var draft = draft
            // An archive maps no fields: what goes is the record, shown by its match value and name.
            if draft.operation == .delete {
                let names = delivery.objects.all[draft.object.lowercased()]?.field("Name") == nil ? [] : ["Name"]
                draft.values = Dictionary(
                    ([read.sync.match?.field].compactMap(\.self) + names).map { ($0, "") }
                ) { first, _ in first }
            }
            return draft
        }
        try await classify(&drafts, try read.diff.get())
        let plain = read.sync.plainFields
        drafts += try self.drafts(of: removing).map { draft in
            var draft = draft
            draft.changeClass = .removed
            // A deletion has no values; what goes is what the mapping writes.
            if draft.operation == .delete { draft.values = Dictionary(plain.map { ($0, "") }) { first, _ in first } }
            return draft
        }
        let history = DeliveryHistory(ledger: context.ledger, spoolFolder: context.stateFolder + "/spool")
        let sent = try await history.lastSent(of: read.sync.name, keys: Set(drafts.map(\.key)))
        let held = try await records(of: drafts, read.sync, delivery)
        return drafts.map { draft in
            let record = held["\(draft.object) \(MatchFolding.text(Array(draft.match.utf8)))"]
            let types = delivery.objects.all[draft.object.lowercased()]
            var fields: [String: SyncPlan.Values] = [:]
            for (name, text) in draft.values {
                let new = text.isEmpty || text == "#N/A" ? nil : text
                let old = record?[name.lowercased()]
                // What is empty and stays so is no change, in a record that comes into being too.
                let isSame = AdoptionComparison.isEqual(new ?? "#N/A", old ?? "", types?.field(name)?.type)
                guard !isSame || name == read.sync.match?.field else { continue }
                fields[name] = SyncPlan.Values(old: old, new: new)
            }
            return SyncPlan.Sample(
                key: draft.keyText,
                changeClass: draft.changeClass,
                fields: fields,
                sent: sent[draft.key]?.mapValues { $0.isEmpty || $0 == "#N/A" ? nil : $0 }
            )
        }
    }

    // MARK: - Implementation

    /// A row that is to be shown, as it would be sent.
    private struct Draft {
        var key: Hash128
        var keyText: String
        var match: String
        var object: String
        var operation: RecordOperation
        var changeClass = ChangeClass.changed
        var values: [String: String]
    }

    /// The first rows of each spool, in equal parts as far as they have so many: each object and each kind of payload is seen.
    private func drafts(of ready: [ReadySpool]) throws -> [Draft] {
        var drafts: [Draft] = []
        var parts = [Int](repeating: 0, count: ready.count)
        var left = samples
        while left > 0,
            let place = parts.indices.filter({ parts[$0] < ready[$0].spool.count }).min(by: { parts[$0] < parts[$1] })
        {
            parts[place] += 1
            left -= 1
        }
        for (spool, part) in zip(ready, parts) {
            for row in 0..<part {
                drafts.append(
                    Draft(
                        key: try spool.spool.record(row).key,
                        keyText: try spool.spool.keyText(row),
                        match: try spool.spool.matchText(row),
                        object: spool.object,
                        operation: spool.operation,
                        values: try spool.values(of: row)
                    )
                )
            }
        }
        return drafts
    }

    /// Finds out what class each row is of.
    private func classify(_ drafts: inout [Draft], _ diff: DiffResult) async throws {
        let wanted = Set(drafts.map(\.key))
        guard !wanted.isEmpty else { return }
        let classes = try await BlockingThread.run(named: "plan") {
            var classes: [Hash128: ChangeClass] = [:]
            let changes = try diff.changes()
            while classes.count < wanted.count, let change = try changes.next() {
                if wanted.contains(change.key) { classes[change.key] = change.changeClass }
            }
            return classes
        }
        for index in drafts.indices { drafts[index].changeClass = classes[drafts[index].key] ?? .changed }
    }

    /// What Salesforce holds of the rows, by object and folded match value; each record by folded field.
    private func records(
        of drafts: [Draft],
        _ sync: SyncDefinition,
        _ delivery: ChangeDelivery
    ) async throws -> [String: [String: String]] {
        guard let match = sync.match else { return [:] }
        var held: [String: [String: String]] = [:]
        for (object, drafts) in Dictionary(grouping: drafts, by: \.object) {
            let values = Set(drafts.map(\.match)).subtracting([""])
            guard !values.isEmpty, let described = delivery.objects.all[object.lowercased()] else { continue }
            // Of a link that may lead to one of several objects nobody can ask through to the other side.
            let columns = Set(drafts.flatMap(\.values.keys)).filter { name in
                guard let relationship = name.split(separator: ".").first, name.contains(".") else { return true }
                return described.fieldsByFoldedName.values.contains {
                    $0.relationshipName == String(relationship) && $0.referenceTo.count == 1
                }
            }
            let field = described.field(match.field)
            let question = LookupQuestion(
                object: object,
                field: match.field,
                type: match.field.lowercased() == "id" ? .id : field?.type ?? .string,
                isCaseSensitive: field?.isCaseSensitive ?? false
            )
            try await delivery.resolver.records(of: question, values.sorted(), columns.sorted()) { _, value, text in
                var record: [String: String] = [:]
                for column in columns { record[column.lowercased()] = text(column) }
                held["\(object) \(MatchFolding.text(Array(value.utf8)))"] = record
            }
        }
        return held
    }
}
