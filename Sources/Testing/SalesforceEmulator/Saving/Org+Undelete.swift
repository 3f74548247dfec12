/// What went with a record into the recycle bin, so that it can come back.
struct Burial: Sendable {
    /// Children deleted with it.
    var children: [RecordID] = []
    /// References to it that were emptied.
    var orphans: [(child: RecordID, field: Int)] = []
}

extension Org {
    /// Takes a record out of the recycle bin, and with it the children that were deleted in the same step.
    func undelete(_ id: RecordID, _ context: SaveContext) -> Outcome {
        guard let type = schema.type(of: id), let record = table(of: type).record(id.number), !record.isPurged else {
            return .failed([.unknownReference], id)
        }
        guard record.isDeleted else {
            return .failed([SaveError("UNDELETE_FAILED", "Entity is not in the recycle bin")], id)
        }
        if context.readOnly.contains(type.name) || !type.undeletable { return .failed([.noRight], id) }
        if let failure = rowFault(on: type) { return .failed([failure], id) }
        let table = table(of: type)
        for position in type.uniqueFields {
            let value = table.stored(position, of: record)
            guard !value.isNull, let other = table.holder(of: value, in: position, except: id.number) else { continue }
            let message =
                "duplicate value found: \(type.fields[position].name) duplicates value on record with id: "
                + table.id(other).short
            return .failed([SaveError("DUPLICATE_VALUE", message)], id)
        }
        var spent = ApexSpending()
        do throws(RowFailure) {
            try automateUndeletion(of: record, number: id.number, table, context, &spent)
        } catch {
            return .failed(error.errors, error.id)
        }
        exhume(id, table, context)
        return .saved(id, created: false)
    }

    /// Empties a record out of the recycle bin for good.
    func emptyBin(of id: RecordID) -> Outcome {
        guard let type = schema.type(of: id), let record = table(of: type).record(id.number), !record.isPurged else {
            return .failed([.unknownReference], id)
        }
        guard record.isDeleted else {
            return .failed([SaveError("INVALID_OPERATION", "Entity is not in the recycle bin")], id)
        }
        journal?.append(.replaced(table(of: type), id.number, record))
        purge(id)
        for child in burials[id]?.children ?? [] where isBuried(child) { purge(child) }
        return .saved(id, created: false)
    }

    // MARK: - Implementation

    private func isBuried(_ id: RecordID) -> Bool {
        schema.type(of: id).flatMap { table(of: $0).record(id.number) }.map { $0.isDeleted && !$0.isPurged } ?? false
    }

    private func exhume(_ id: RecordID, _ table: Table, _ context: SaveContext) {
        guard let old = table.record(id.number) else { return }
        var record = old
        record.isDeleted = false
        record.master = nil
        record.modifiedAt = clock.now
        record.modifiedBy = context.user
        table.replace(id.number, with: record)
        journal?.append(.replaced(table, id.number, old))
        guard let burial = burials[id] else { return }
        for child in burial.children where isBuried(child) {
            if let type = schema.type(of: child) { exhume(child, self.table(of: type), context) }
        }
        for (child, field) in burial.orphans {
            guard let type = schema.type(of: child), let orphan = self.table(of: type).record(child.number),
                !orphan.isDeleted, self.table(of: type).stored(field, of: orphan).isNull
            else { continue }
            let childTable = self.table(of: type)
            var changed = orphan
            childTable.store(.reference(id), in: field, of: &changed)
            childTable.replace(child.number, with: changed)
            journal?.append(.replaced(childTable, child.number, orphan))
        }
        burials[id] = nil
    }
}
