extension Org {
    /// `create`, `update` and `upsert`: up to 200 records, in runs of one type (partner schema).
    func saveCall(_ soap: SOAPCall, space: String) throws(SOAPFault) -> Answer {
        let session = try soapSession(soap)
        let nodes = soap.operation.all("sObjects")
        try limitTo200(nodes.count)
        let allOrNone = soap.header?["AllOrNoneHeader"]?["allOrNone"]?.value == "true"
        var saved: Result<[Saved], SOAPFault> = .success([])
        undoable {
            saved = saveRecords(nodes, soap, session)
            guard case .success(let rows) = saved else { return false }
            return !(allOrNone && rows.contains { $0.outcome.isFailure })
        }
        let rows = try saved.get()
        let rolledBack = allOrNone && rows.contains { $0.outcome.isFailure }
        let name = soap.operation.name
        let results = rows.map { row in
            soapResult(
                rolledBack ? taken(back: row.outcome) : row.outcome,
                withCreated: name == "upsert",
                note: row.note
            )
        }
        return envelope(name, results.joined(), space: space)
    }

    /// `delete`, `undelete` and `emptyRecycleBin`.
    func deletionCall(_ soap: SOAPCall, space: String) throws(SOAPFault) -> Answer {
        let session = try soapSession(soap)
        // Clients in wide use write `id` where the schema says `ids`, and are understood.
        let ids = soap.operation.children.filter { ["ids", "id"].contains($0.name.lowercased()) }.map(\.value)
        try limitTo200(ids.count)
        let context = soapContext(soap, session)
        let name = soap.operation.name
        let allOrNone = soap.header?["AllOrNoneHeader"]?["allOrNone"]?.value == "true"
        var outcomes: [Outcome] = []
        undoable {
            outcomes = ids.map { text in
                switch RecordID.read(text) {
                case .id(let id):
                    switch name {
                    case "delete": return delete(id, context)
                    case "undelete": return undelete(id, context)
                    default: return emptyBin(of: id)
                    }
                case .foreign: return .failed([.unknownReference], nil)
                case .malformed: return .failed([SaveError("MALFORMED_ID", "malformed id \(text)")], nil)
                }
            }
            return !(allOrNone && outcomes.contains(where: \.isFailure))
        }
        let rolledBack = allOrNone && outcomes.contains(where: \.isFailure)
        let results = outcomes.map { soapResult(rolledBack ? taken(back: $0) : $0, withCreated: false, note: nil) }
        return envelope(name, results.joined(), space: space)
    }

    /// The errors of a row as elements of the partner schema.
    func soapErrors(_ errors: [SaveError]) -> String {
        errors.map { error in
            let found = error.duplicates.map { "<duplicateResult>\(duplicateXML($0))</duplicateResult>" }
            return (found == nil ? "<errors>" : "<errors xsi:type=\"DuplicateError\">")
                + error.fields.map { "<fields>\(escapedXML($0))</fields>" }.joined()
                + "<message>\(escapedXML(error.message))</message><statusCode>\(error.code)</statusCode>\(found ?? "")</errors>"
        }.joined()
    }

    // MARK: - Implementation

    private func limitTo200(_ count: Int) throws(SOAPFault) {
        guard count <= 200 else {
            throw SOAPFault(
                "EXCEEDED_ID_LIMIT",
                "record limit reached. cannot submit more than 200 records into this call"
            )
        }
    }

    private func soapContext(_ soap: SOAPCall, _ session: Session) -> SaveContext {
        var context = context(of: session, soap.call)
        context.allowsDuplicates = soap.header?["DuplicateRuleHeader"]?["allowSave"]?.value == "true"
        return context
    }

    /// The fields of an `sObject` element; what is nil or empty is left alone, `fieldsToNull` names what is emptied.
    private func soapMembers(of node: XMLNode) -> [JSONMember] {
        var members = node.children.compactMap { child -> JSONMember? in
            if ["type", "fieldsToNull"].contains(child.name) || child.isNil { return nil }
            if !child.children.isEmpty {
                let keys = child.children.filter { !$0.isNil && !($0.name == "Id" && $0.value.isEmpty) }
                return JSONMember(
                    name: child.name,
                    value: .object(keys.map { JSONMember(name: $0.name, value: .string($0.text)) })
                )
            }
            return child.value.isEmpty ? nil : JSONMember(name: child.name, value: .string(child.text))
        }
        members += node.all("fieldsToNull").filter { !$0.value.isEmpty }.map {
            JSONMember(name: $0.value, value: .null)
        }
        return members
    }

    /// The texts that are too long for their fields cut to what fits, as `AllowFieldTruncationHeader` asks.
    private func clipped(_ members: [JSONMember], to type: ObjectType) -> [JSONMember] {
        members.map { member in
            guard case .string(let text) = member.value, let position = type.position(of: member.name) else {
                return member
            }
            let field = type.fields[position]
            guard field.type.isText, field.type != .base64, field.length > 0, text.count > field.length else {
                return member
            }
            return JSONMember(
                name: member.name,
                value: .string(String(text.prefix(field.length))),
                offset: member.offset
            )
        }
    }

    /// What became of a record, and the mark of the event that it was.
    private struct Saved {
        var outcome: Outcome
        var note: String?
    }

    private func saveRecords(_ nodes: [XMLNode], _ soap: SOAPCall, _ session: Session) -> Result<[Saved], SOAPFault> {
        do throws(SOAPFault) {
            let context = soapContext(soap, session)
            let names = nodes.map { $0["type"]?.value ?? $0.typeName ?? "" }
            var rows: [Saved] = []
            var runs = 0
            while rows.count < nodes.count {
                let start = rows.count
                let type = try soapType(names[start], session)
                var end = start + 1
                while end < nodes.count, names[end].lowercased() == names[start].lowercased() { end += 1 }
                runs += 1
                guard runs <= 10 else {
                    throw SOAPFault("INVALID_OPERATION", "The records are of more than 10 runs of types")
                }
                rows += try save(Array(nodes[start..<end]), of: type, soap, context)
            }
            return .success(rows)
        } catch {
            return .failure(error)
        }
    }

    private func soapType(_ name: String, _ session: Session) throws(SOAPFault) -> ObjectType {
        guard let type = schema[name], !isHidden(type, session), !type.isToolingOnly else {
            throw SOAPFault("INVALID_TYPE", "sObject type '\(name)' is not supported.", kind: "InvalidSObjectFault")
        }
        return type
    }

    private func save(
        _ nodes: [XMLNode],
        of type: ObjectType,
        _ soap: SOAPCall,
        _ context: SaveContext
    ) throws(SOAPFault) -> [Saved] {
        do throws(RESTError) {
            let operation = try operation(soap, type)
            let isClipped = soap.header?["AllowFieldTruncationHeader"]?["allowFieldTruncation"]?.value == "true"
            let block = try block(
                nodes.map { isClipped ? clipped(soapMembers(of: $0), to: type) : soapMembers(of: $0) },
                of: type,
                in: soap.call.body,
                hidden: context.hidden,
                idsAllowed: true,
                rowErrors: true
            )
            return save(block, into: type, by: operation, context).map {
                Saved(outcome: $0, note: type.isEvent ? publishedUUID($0, type) : nil)
            }
        } catch {
            let isField = error.code == "INVALID_FIELD"
            throw SOAPFault(error.code, error.message, kind: isField ? "InvalidFieldFault" : "UnexpectedErrorFault")
        }
    }

    private func operation(_ soap: SOAPCall, _ type: ObjectType) throws(RESTError) -> SaveOperation {
        switch soap.operation.name {
        case "create": return .insert
        case "update": return .update
        default:
            let name = soap.operation["externalIDFieldName"]?.value ?? "Id"
            guard let key = type.position(of: name), type.fields[key].externalId || type.fields[key].idLookup else {
                throw RESTError(
                    400,
                    "INVALID_FIELD",
                    "Field name provided, \(name) does not match an External ID for \(type.name)"
                )
            }
            return .upsert(key: key)
        }
    }

    private func publishedUUID(_ outcome: Outcome, _ type: ObjectType) -> String? {
        guard case .saved(let id, _) = outcome else { return nil }
        return events[type.name]?.last { $0.id == id }?.uuid
    }

    private func taken(back outcome: Outcome) -> Outcome {
        if case .saved(let id, _) = outcome { .failed([.rolledBack], id) } else { outcome }
    }

    private func soapResult(_ outcome: Outcome, withCreated: Bool, note: String?) -> String {
        switch outcome {
        case .saved(let id, let created):
            let enqueued = note.map { soapErrors([SaveError("OPERATION_ENQUEUED", $0)]) } ?? ""
            return "<result>\(withCreated ? "<created>\(created)</created>" : "")\(enqueued)<id>\(id.long)</id>"
                + "<success>true</success></result>"
        case .failed(let errors, let id):
            let shown = id.map { "<id>\($0.long)</id>" } ?? "<id xsi:nil=\"true\"/>"
            return
                "<result>\(withCreated ? "<created>false</created>" : "")\(soapErrors(errors))\(shown)<success>false</success>"
                + "</result>"
        }
    }

    private func duplicateXML(_ found: DuplicateFinding) -> String {
        let records = found.matches.map {
            "<matchRecords><matchConfidence>100.0</matchConfidence><record xsi:type=\"sf:sObject\"><sf:type>\(found.object)</sf:type>"
                + "<sf:Id>\($0.long)</sf:Id></record></matchRecords>"
        }.joined()
        return "<allowSave>\(found.allowsSave)</allowSave><duplicateRule>\(escapedXML(found.rule))</duplicateRule>"
            + "<duplicateRuleEntityType>\(found.object)</duplicateRuleEntityType><errorMessage>\(escapedXML(found.message))</errorMessage>"
            + "<matchResults><entityType>\(found.object)</entityType><matchEngine>ExactMatchEngine</matchEngine>\(records)"
            + "<rule>\(escapedXML(found.rule))</rule><size>\(found.matches.count)</size><success>true</success></matchResults>"
    }
}
