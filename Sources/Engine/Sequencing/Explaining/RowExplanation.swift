internal import Diffing
internal import Fingerprinting
internal import Ledger
internal import Salesforce
internal import Shaping
internal import Snapshot
internal import Spool
internal import SyncModel

/// Finds out the life of one row: reads it, shapes it, asks Salesforce, and says what comes next; writes nothing.
struct RowExplanation: Sendable {
    let context: RunContext
    let sync: SyncDefinition
    let model: ModelDefinition
    let key: String
    let hash: Hash128

    func life() async throws -> RowLife {
        var life = RowLife(sync: sync, key: key)
        let history = DeliveryHistory(ledger: context.ledger, spoolFolder: context.stateFolder + "/spool")
        life.deliveries = try await history.deliveries(of: sync.name, key: hash)
        life.delivered = life.deliveries.first { $0.undelivered == nil && $0.operation != .delete }?.sent
        let known = try SnapshotStore.entry(for: hash, inFolder: context.snapshotFolder + "/" + sync.name)
        defer { context.removeSpool(context.runID) }
        let read: ReadSync
        do {
            read = try await reading()
            let diff = try read.diff.get()
            let change = try change(in: diff)
            life.changeClass = try changeClass(change, known, diff)
            if let change, let refusal = known?.refusal {
                life.isResting = refusal.rests && refusal.isOf(raw: change.raw)
            }
            if let change, change.changeClass != .removed { life.model = columns(of: change, read.columns) }
            if life.model == nil, try refusal(in: diff) != nil {
                life.notes.append("its values are not shown: the row is refused while it is read")
            }
            life.child = try await childPart(life, change, read, known)
            life.problem = try refusal(in: diff) ?? standing(life, known)
            if let change { await ask(&life, change, read, diff) }
        } catch {
            life.notes.append("the model could not be looked at: \(error)")
            life.changeClass = known.map { $0.flags.contains(.owed) ? .owed : .unchanged }
            life.problem = standing(life, known)
        }
        if life.salesforce == nil, let match = life.deliveries.compactMap(\.sent).first.flatMap({ matchText(in: $0) }) {
            await note(&life) { life in try await look(&life, match, Set(life.delivered?.keys.map(\.self) ?? [])) }
        }
        life.next = NextStep(life: life, sync: sync, known: known).sentence
        return life
    }

    // MARK: - Implementation

    /// What the row is to a sync that merges: by itself it tells that it is a child, not of whom.
    private func childPart(
        _ life: RowLife,
        _ change: Change?,
        _ read: ReadSync,
        _ known: SnapshotEntry?
    ) async throws -> RowLife.ChildPart? {
        guard let merge = sync.merge else { return nil }
        if let was = try await context.ledger.mergedRows(of: sync.name)[hash] {
            return .merged(victimID: was.victimID, parentKey: was.parentKey, parentID: was.parentID)
        }
        guard let change, change.changeClass != .removed,
            // What cannot be read is refused where the groups are made, and told there.
            let member = try? MergeMember(change, row: 0, merge: merge, columns: read.columns), member.isChild
        else { return nil }
        return life.changeClass == .unchanged && known?.shaped == MergeRow.childPrint ? .nothingToMerge : .open
    }

    /// The row alone, put in its class, whatever was delivered.
    private func reading() async throws -> ReadSync {
        let conductor = RunConductor(context)
        let requests = try await conductor.readings(of: [sync], await context.book.run, isPlan: true)
        guard let read = try await conductor.read(requests)[sync.name] else {
            throw EngineError(code: .source, subject: "model \(model.name)", detail: "it was not read")
        }
        return read
    }

    private func change(in diff: DiffResult) throws -> Change? {
        let reader = try diff.changes()
        while let change = try reader.next() {
            if change.key == hash { return change }
        }
        return nil
    }

    /// Why the row is refused while it is read.
    private func refusal(in diff: DiffResult) throws -> UndeliveredRow? {
        let reader = try diff.refused()
        while let refused = try reader.next() {
            guard refused.key == hash else { continue }
            return UndeliveredRow(
                sync: sync.name,
                key: key,
                operation: sync.operation,
                state: .rejected,
                code: refused.code,
                message: refused.message
            )
        }
        return nil
    }

    /// A full resync calls every known row changed: here the fingerprint decides.
    private func changeClass(_ change: Change?, _ known: SnapshotEntry?, _ diff: DiffResult) throws -> ChangeClass? {
        guard let change else {
            if try refusal(in: diff) != nil { return .owed }
            guard let known else { return nil }
            if known.flags.contains(.inDoubt) { return .owed }
            return known.flags.contains(.delivered) ? .removed : nil
        }
        if change.changeClass == .changed, let known, known.raw == change.raw, known.flags.contains(.delivered) {
            return .unchanged
        }
        return change.changeClass
    }

    private func columns(of change: Change, _ columns: MappedColumns) -> [String: String?] {
        var values: [String: String?] = [:]
        for (name, cell) in zip(columns.names, change.cells) {
            values.updateValue(cell.isEmpty ? nil : String(decoding: cell, as: UTF8.self), forKey: name)
        }
        return values
    }

    /// What was recorded last of a row that is owed.
    private func standing(_ life: RowLife, _ known: SnapshotEntry?) -> UndeliveredRow? {
        let isOpen =
            life.changeClass == .owed || known.map { !$0.flags.isDisjoint(with: [.inDoubt, .removalOwed]) } ?? false
        return isOpen ? life.deliveries.first { $0.undelivered != nil }?.undelivered : nil
    }

    /// The payload, the lookups, and what Salesforce holds; what can't be had is noted.
    private func ask(_ life: inout RowLife, _ change: Change, _ read: ReadSync, _ diff: DiffResult) async {
        await note(&life) { life in
            let isRemoved = change.changeClass == .removed
            let operation: RecordOperation =
                isRemoved ? (sync.whenRemoved == .clear ? .clear : .delete) : sync.operation
            let client = try await context.orgs.org(try context.destination(of: sync)).client()
            if life.child != nil {
                // Nothing of it is sent, whatever it says.
                let match = read.columns.match.flatMap { $0 < change.cells.count ? change.cells[$0] : nil } ?? []
                let text = match.isEmpty ? change.matchText : String(decoding: match, as: UTF8.self)
                if !text.isEmpty { try await look(&life, text, Set(sync.fieldNames.filter { !$0.contains(".") })) }
                return
            }
            let worker = StepWorker(context: context, read: read)
            let delivery = try await ChangeDelivery(worker: worker, client: client)
            let shaping = try await delivery.shaping(diff, isRemoved ? .removed : .present, operation)
            let portion = try await BlockingThread.run(named: "explain") { try shaping.next(.max) }
            let ready = try await BlockingThread.run(named: "explain") { try shaping.finish() }
            if let now = portion.undelivered.first?.row {
                life.problem = now
            } else if life.problem?.state == .rejected || life.problem?.state == .held, life.changeClass == .owed {
                life.notes.append("as it is now it would be sent")
            }
            var match = change.matchText
            var wanted = Set(sync.fieldNames.filter { !$0.contains(".") })
            if let spool = ready.first, spool.spool.count > 0 {
                let values = try spool.values(of: 0)
                life.payload = values.mapValues { $0.isEmpty || $0 == "#N/A" ? nil : $0 }
                match = try spool.spool.matchText(0)
                // What is mapped and not written this time is shown as Salesforce holds it, too.
                wanted = sync.plainFields.union(values.keys)
            } else if match.isEmpty, let column = read.columns.match, column < change.cells.count {
                match = String(decoding: change.cells[column], as: UTF8.self)
            }
            if !isRemoved { try await lookUp(&life, change, read.columns, client) }
            if !match.isEmpty { try await look(&life, match, wanted) }
        }
    }

    private func lookUp(
        _ life: inout RowLife,
        _ change: Change,
        _ columns: MappedColumns,
        _ client: SalesforceClient
    ) async throws {
        for mapping in sync.fields {
            guard case .lookup(let lookup) = mapping.value,
                let column = columns.names.firstIndex(of: lookup.column), column < change.cells.count,
                !change.cells[column].isEmpty
            else { continue }
            let value = String(decoding: change.cells[column], as: UTF8.self)
            let soql =
                "SELECT Id FROM \(lookup.object) WHERE \(lookup.field) = \(SOQL.quoted(value))"
            let records = try await client.query(soql, atMost: 2)
            let owed = try await context.ledger.owedParents(
                destination: sync.destination,
                object: lookup.object,
                field: lookup.field
            )[MatchFolding.text(change.cells[column])]
            let parent = owed.map {
                "; it is row \($0.keyText) of sync \($0.sync), which was \($0.state.rawValue): sequencectl explain \($0.sync) \($0.keyText)"
            }
            let place = "\(lookup.object) with \(lookup.field) '\(value)'"
            let words =
                switch records.count {
                case 0: "Salesforce has no \(place)\(parent ?? "")"
                case 1: "found \(place)"
                default: "Salesforce has several \(place): it can't be told which is meant"
                }
            life.lookups.append(
                RowLife.Lookup(
                    field: mapping.field,
                    object: lookup.object,
                    matchField: lookup.field,
                    value: value,
                    foundID: records.count == 1 ? records.first?.id : nil,
                    message: words
                )
            )
        }
    }

    /// What Salesforce holds now, of the fields that the row writes.
    private func look(_ life: inout RowLife, _ match: String, _ wanted: Set<String>) async throws {
        guard let field = sync.match?.field else { return }
        let client = try await context.orgs.org(try context.destination(of: sync)).client()
        let columns = wanted.union([field, "Id"]).sorted()
        for object in sync.objects {
            let soql =
                "SELECT \(columns.joined(separator: ", ")) FROM \(object) WHERE \(field) = \(SOQL.quoted(match))"
            let records = try await client.query(soql, atMost: 2)
            guard let record = records.first else { continue }
            var held: [String: String?] = [:]
            for column in columns where column != "Id" { held.updateValue(record.text(column), forKey: column) }
            life.salesforce = held
            life.salesforceID = record.id
            if records.count > 1 { life.notes.append("Salesforce holds several records with \(field) '\(match)'") }
            return
        }
        life.notes.append("Salesforce holds no record with \(field) '\(match)'")
    }

    private func matchText(in sent: [String: String]) -> String? {
        guard let field = sync.match?.field else { return nil }
        return sent.first { $0.key.lowercased() == field.lowercased() }?.value
    }

    private func note(_ life: inout RowLife, _ work: (inout RowLife) async throws -> Void) async {
        do {
            try await work(&life)
        } catch {
            let words = "Salesforce could not be asked: \(error)"
            if !life.notes.contains(words) { life.notes.append(words) }
        }
    }
}
