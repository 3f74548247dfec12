extension Org {
    /// `merge()`: up to 200 requests, each with a transaction and a result of its own (reference 06 A2).
    func mergeCall(_ soap: SOAPCall, space: String) throws(SOAPFault) -> Answer {
        let session = try soapSession(soap)
        let requests = soap.operation.all("request")
        guard requests.count <= 200 else {
            throw SOAPFault(
                "EXCEEDED_ID_LIMIT",
                "record limit reached. cannot submit more than 200 records into this call"
            )
        }
        var context = context(of: session, soap.call)
        context.allowsDuplicates = soap.header?["DuplicateRuleHeader"]?["allowSave"]?.value == "true"
        var results = ""
        for request in requests {
            guard let masterNode = request["masterRecord"], let name = masterNode["type"]?.value ?? masterNode.typeName,
                let type = schema[name]
            else { throw SOAPFault("INVALID_TYPE", "masterRecord needs a known type", kind: "InvalidSObjectFault") }
            let masterId = masterNode["Id"]?.value ?? masterNode["id"]?.value ?? ""
            let victims = request.all("recordToMergeIds").map(\.value)
            var result: Result<Merged, RowFailure> = .failure(RowFailure([.unknownReference], nil))
            undoable {
                do throws(RowFailure) {
                    result = .success(try merge(masterId, victims, type, masterNode, soap.call.body, context))
                    return true
                } catch {
                    result = .failure(error)
                    return false
                }
            }
            results += shown(result)
        }
        return envelope("merge", results, space: space)
    }

    // MARK: - Implementation

    private struct Merged {
        var master: RecordID
        var victims: [RecordID]
        var related: [RecordID]
    }

    private func shown(_ result: Result<Merged, RowFailure>) -> String {
        switch result {
        case .success(let merged):
            return "<result><id>\(merged.master.long)</id>"
                + merged.victims.map { "<mergedRecordIds>\($0.long)</mergedRecordIds>" }.joined()
                + "<success>true</success>"
                + merged.related.map { "<updatedRelatedIds>\($0.long)</updatedRelatedIds>" }.joined() + "</result>"
        case .failure(let failure):
            let errors = failure.errors.map { error in
                "<errors>" + error.fields.map { "<fields>\(escapedXML($0))</fields>" }.joined()
                    + "<message>\(escapedXML(error.message))</message><statusCode>\(error.code)</statusCode></errors>"
            }.joined()
            let id = failure.id.map { "<id>\($0.long)</id>" } ?? "<id xsi:nil=\"true\"/>"
            return "<result>\(errors)\(id)<success>false</success></result>"
        }
    }

    private func merge(
        _ masterText: String,
        _ victimTexts: [String],
        _ type: ObjectType,
        _ node: XMLNode,
        _ body: [UInt8],
        _ context: SaveContext
    ) throws(RowFailure) -> Merged {
        guard type.mergeable else {
            throw RowFailure([SaveError("INVALID_TYPE", "Merge is not supported for \(type.name)")], nil)
        }
        let master = try living(masterText, type)
        guard (1...2).contains(victimTexts.count) else {
            throw RowFailure(
                [SaveError("MERGE_FAILED", "One or two records can be merged into a master record")],
                master
            )
        }
        var victims: [RecordID] = []
        for text in victimTexts {
            let victim = try living(text, type)
            guard victim != master, !victims.contains(victim) else {
                throw RowFailure([SaveError("MERGE_FAILED", "A record can't be merged with itself")], master)
            }
            victims.append(victim)
        }
        if context.readOnly.contains(type.name) { throw RowFailure([.noRight], master) }
        if !locks.isEmpty {
            for id in [master] + victims {
                if let failure = lockFailure(id, context) { throw RowFailure([failure], master) }
            }
        }
        if let failure = rowFault(on: type) { throw RowFailure([failure], master) }
        try writeMaster(master, type, node, body, context)
        try refuseCycles(master, victims, type)
        var related: [RecordID] = []
        for victim in victims { related += try absorb(victim, into: master, type, context) }
        counters.merged[type.name, default: 0] += victims.count
        return Merged(master: master, victims: victims, related: related)
    }

    private func living(_ text: String, _ type: ObjectType) throws(RowFailure) -> RecordID {
        switch RecordID.read(text) {
        case .id(let id) where id.prefix == type.keyPrefix:
            guard let record = table(of: type).record(id.number) else { throw RowFailure([.unknownReference], nil) }
            if record.isDeleted { throw RowFailure([.deleted], nil) }
            if type.name == "Lead", case .bool(true) = value("IsConverted", of: record, id.number, table(of: type)) {
                throw RowFailure([SaveError("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead")], id)
            }
            return id
        case .foreign(type.keyPrefix): throw RowFailure([.unknownReference], nil)
        case .id, .foreign, .malformed:
            throw RowFailure(
                [SaveError("MALFORMED_ID", "\(type.label) ID: id value of incorrect type: \(text)", ["Id"])],
                nil
            )
        }
    }

    /// The master takes the values sent with it, in the same step.
    private func writeMaster(
        _ master: RecordID,
        _ type: ObjectType,
        _ node: XMLNode,
        _ body: [UInt8],
        _ context: SaveContext
    ) throws(RowFailure) {
        var members = node.children.compactMap { child -> JSONMember? in
            ["type", "id", "fieldstonull"].contains(child.name.lowercased())
                ? nil : JSONMember(name: child.name, value: child.isNil ? .null : .string(child.text))
        }
        members += node.all("fieldsToNull").map { JSONMember(name: $0.value, value: .null) }
        var block: RowBlock
        do throws(RESTError) {
            block = try self.block(
                [members],
                of: type,
                in: body,
                hidden: context.hidden,
                idsAllowed: true,
                rowErrors: true
            )
        } catch {
            throw RowFailure([SaveError(error.code, error.message, error.fields ?? [])], master)
        }
        block.identities[0] = .id(master)
        if case .failed(let errors, _)? = save(block, into: type, by: .update, context).first {
            throw RowFailure(errors, master)
        }
        counters.updated[type.name, default: 0] -= members.isEmpty ? 1 : 0
    }

    /// A master below one of its victims would become its own parent.
    private func refuseCycles(_ master: RecordID, _ victims: [RecordID], _ type: ObjectType) throws(RowFailure) {
        let table = table(of: type)
        for (position, field) in type.fields.enumerated()
        where field.type == .reference && field.referenceTo.contains(type.name) && field.computation == nil
            && field.createable
        {
            var id = table.record(master.number).flatMap { table.stored(position, of: $0).reference }
            var steps = 0
            while let above = id, above.prefix == type.keyPrefix, steps < 500 {
                if victims.contains(above) {
                    throw RowFailure(
                        [
                            SaveError(
                                "CIRCULAR_DEPENDENCY",
                                "Circular dependency: the master record is a child of a merged record",
                                [field.name]
                            )
                        ],
                        master
                    )
                }
                id = table.record(above.number).flatMap { table.stored(position, of: $0).reference }
                steps += 1
            }
        }
    }

    /// Moves what refers to a victim to the master, and deletes the victim.
    private func absorb(
        _ victim: RecordID,
        into master: RecordID,
        _ type: ObjectType,
        _ context: SaveContext
    ) throws(RowFailure) -> [RecordID] {
        let table = table(of: type)
        guard let old = table.record(victim.number) else { return [] }
        var spent = ApexSpending()
        if hasAutomation(type) { try automateDeletion(of: old, number: victim.number, table, context, &spent) }
        var related: [RecordID] = []
        for (child, field) in schema.children(of: type) where hasTable(child) && child.fields[field].computation == nil
        {
            let childTable = self.table(of: child)
            for number in childTable.children(of: victim, by: field) {
                guard let before = childTable.record(number) else { continue }
                var record = before
                childTable.store(.reference(master), in: field, of: &record)
                record.modifiedAt = clock.now
                childTable.replace(number, with: record)
                journal?.append(.replaced(childTable, number, before))
                related.append(childTable.id(number))
            }
        }
        guard let current = table.record(victim.number) else { return related }
        var record = current
        record.isDeleted = true
        record.master = master
        record.modifiedAt = clock.now
        record.modifiedBy = context.user
        table.replace(victim.number, with: record)
        journal?.append(.replaced(table, victim.number, current))
        return related
    }
}
