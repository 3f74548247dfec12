extension Org {
    /// Deletes a record into the recycle bin and, with it, what hangs on it.
    func delete(_ id: RecordID, _ context: SaveContext) -> Outcome {
        guard let type = schema.type(of: id), let record = table(of: type).record(id.number) else {
            return .failed([.unknownReference], id)
        }
        if record.isDeleted { return .failed([.deleted], id) }
        if let failure = rowFault(on: type) { return .failed([failure], id) }
        if context.readOnly.contains(type.name) || !type.deletable { return .failed([.noRight], id) }
        if context.lacks(.delete, on: type) { return .failed([.noOperation("deleted", on: type.name)], id) }
        if !locks.isEmpty, let error = lockFailure(id, context) { return .failed([error], id) }
        for (child, field) in schema.children(of: type) where child.fields[field].restrictedDelete {
            let blockers = table(of: child).children(of: id, by: field)
            guard !blockers.isEmpty else { continue }
            let names = blockers.prefix(5).map { table(of: child).id($0).long }.joined(separator: ", ")
            let message =
                "Your attempt to delete \(title(of: id)) could not be completed because it is associated with the "
                + "following \(child.plural.lowercased()).: \(names)\n"
            return .failed([SaveError("DELETE_FAILED", message)], id)
        }
        var spent = ApexSpending()
        do throws(RowFailure) {
            if hasAutomation(type) {
                try automateDeletion(of: record, number: id.number, table(of: type), context, &spent)
            }
        } catch {
            return .failed(error.errors, id)
        }
        bury(id, type, context)
        return .saved(id, created: false)
    }

    /// What a record is called where a person reads it: its name, or its id.
    func title(of id: RecordID) -> String {
        guard let type = schema.type(of: id), let record = table(of: type).record(id.number),
            let position = type.fields.firstIndex(where: \.nameField),
            case .text(let name) = value(position, of: record, id.number, table(of: type))
        else { return id.long }
        return name
    }

    /// Takes a deleted record out of the recycle bin for good.
    func purge(_ id: RecordID) {
        guard let type = schema.type(of: id), var record = table(of: type).record(id.number) else { return }
        record.isPurged = true
        table(of: type).replace(id.number, with: record)
    }

    // MARK: - Implementation

    private func bury(_ id: RecordID, _ type: ObjectType, _ context: SaveContext) {
        let table = table(of: type)
        guard let old = table.record(id.number), !old.isDeleted else { return }
        var record = old
        record.isDeleted = true
        record.modifiedAt = clock.now
        record.modifiedBy = context.user
        table.replace(id.number, with: record)
        journal?.append(.replaced(table, id.number, old))
        counters.deleted[type.name, default: 0] += 1
        var burial = Burial()
        for (child, field) in schema.children(of: type) where hasTable(child) {
            let childTable = self.table(of: child)
            for number in childTable.children(of: id, by: field) {
                if child.fields[field].deletesWithParent {
                    burial.children.append(childTable.id(number))
                    bury(childTable.id(number), child, context)
                } else if child.fields[field].createable, let orphan = childTable.record(number) {
                    var changed = orphan
                    childTable.store(.null, in: field, of: &changed)
                    childTable.replace(number, with: changed)
                    journal?.append(.replaced(childTable, number, orphan))
                    burial.orphans.append((childTable.id(number), field))
                }
            }
        }
        if !burial.children.isEmpty || !burial.orphans.isEmpty { burials[id] = burial }
    }
}
