extension Org {
    /// `convertLead()`: an account, a contact and, unless refused, an opportunity out of a lead.
    func convertCall(_ soap: SOAPCall, space: String) throws(SOAPFault) -> Answer {
        let session = try soapSession(soap)
        let context = context(of: session, soap.call)
        let requests = soap.operation.all("leadConverts")
        guard requests.count <= 100 else {
            throw SOAPFault(
                "EXCEEDED_ID_LIMIT",
                "record limit reached. cannot submit more than 100 records into this call"
            )
        }
        var results = ""
        for request in requests {
            var made: Result<Conversion, RowFailure> = .failure(RowFailure([.unknownReference], nil))
            undoable {
                do throws(RowFailure) {
                    made = .success(try convert(request, context))
                    return true
                } catch {
                    made = .failure(error)
                    return false
                }
            }
            results += shown(made, lead: request["leadId"]?.value ?? "")
        }
        return envelope("convertLead", results, space: space)
    }

    // MARK: - Implementation

    private struct Conversion {
        var account: RecordID
        var contact: RecordID
        var opportunity: RecordID?
    }

    private func shown(_ result: Result<Conversion, RowFailure>, lead: String) -> String {
        switch result {
        case .success(let made):
            let opportunity =
                made.opportunity.map { "<opportunityId>\($0.long)</opportunityId>" }
                ?? "<opportunityId xsi:nil=\"true\"/>"
            return "<result><accountId>\(made.account.long)</accountId><contactId>\(made.contact.long)</contactId>"
                + "<leadId>\(escapedXML(lead))</leadId>\(opportunity)<success>true</success></result>"
        case .failure(let failure):
            let errors = failure.errors.map {
                "<errors><message>\(escapedXML($0.message))</message><statusCode>\($0.code)</statusCode></errors>"
            }.joined()
            return
                "<result><accountId xsi:nil=\"true\"/><contactId xsi:nil=\"true\"/>\(errors)<leadId>\(escapedXML(lead))</leadId>"
                + "<opportunityId xsi:nil=\"true\"/><success>false</success></result>"
        }
    }

    private func convert(_ request: XMLNode, _ context: SaveContext) throws(RowFailure) -> Conversion {
        guard let leads = schema["Lead"], case .id(let id) = RecordID.read(request["leadId"]?.value ?? ""),
            id.prefix == leads.keyPrefix,
            let lead = table(of: leads).record(id.number)
        else { throw RowFailure([.unknownReference], nil) }
        if lead.isDeleted { throw RowFailure([.deleted], id) }
        if case .bool(true) = value("IsConverted", of: lead, id.number, table(of: leads)) {
            throw RowFailure([SaveError("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead")], id)
        }
        let status = request["convertedStatus"]?.value ?? ""
        let isClosing =
            schema.standardSets["LeadStatus"]?.first { $0.name == status }
            .map { JSONValue.object($0.extras)["converted"]?.bool ?? false } ?? false
        guard isClosing else {
            throw RowFailure([SaveError("INVALID_STATUS", "invalid convertedStatus: \(status)")], id)
        }
        func of(_ name: String) -> Value { value(name, of: lead, id.number, table(of: leads)) }
        func mapped(_ object: String) -> [String: Value] {
            let mappings = schema.leadConversion.filter { $0.object == object }
            return Dictionary(mappings.map { ($0.to, of($0.from)) }) { first, _ in first }
        }
        var account = try existing(request["accountId"], "Account")
        if account == nil {
            let values = ["Name": of("Company"), "Phone": of("Phone"), "Industry": of("Industry")]
            account = try create("Account", values.merging(mapped("Account")) { first, _ in first }, context)
        }
        guard let account else { throw RowFailure([.unknownReference], id) }
        var contact = try existing(request["contactId"], "Contact")
        if contact == nil {
            var values = ["AccountId": Value.reference(account)]
            for name in ["LastName", "FirstName", "Email", "Phone"] { values[name] = of(name) }
            values.merge(mapped("Contact")) { first, _ in first }
            contact = try create("Contact", values, context)
        }
        guard let contact else { throw RowFailure([.unknownReference], id) }
        var opportunity: RecordID?
        if request["doNotCreateOpportunity"]?.value != "true" {
            let name = request["opportunityName"].map { Value.text($0.value) } ?? of("Company")
            let close = Int32(clock.now.day + 90)
            opportunity = try create(
                "Opportunity",
                [
                    "Name": name, "StageName": .text("Prospecting"), "CloseDate": .date(close),
                    "AccountId": .reference(account),
                ],
                context
            )
        }
        mark(lead, id, leads, status, Conversion(account: account, contact: contact, opportunity: opportunity), context)
        return Conversion(account: account, contact: contact, opportunity: opportunity)
    }

    private func existing(_ node: XMLNode?, _ object: String) throws(RowFailure) -> RecordID? {
        guard let node, !node.isNil, !node.value.isEmpty else { return nil }
        guard let type = schema[object], case .id(let id) = RecordID.read(node.value), id.prefix == type.keyPrefix,
            let record = table(of: type).record(id.number)
        else { throw RowFailure([.unknownReference], nil) }
        if record.isDeleted { throw RowFailure([.deleted], nil) }
        return id
    }

    private func create(
        _ object: String,
        _ values: [String: Value],
        _ context: SaveContext
    ) throws(RowFailure) -> RecordID {
        guard let type = schema[object] else { throw RowFailure([.unknownReference], nil) }
        let known = values.filter { !$0.value.isNull }.sorted { $0.key < $1.key }
        var block = RowBlock(columns: known.compactMap { type.position(of: $0.key) })
        block.add(known.map(\.value), identity: .none, failure: nil)
        switch save(block, into: type, by: .insert, context).first {
        case .saved(let id, _): return id
        case .failed(let errors, let id): throw RowFailure(errors, id)
        case nil: throw RowFailure([.unknownReference], nil)
        }
    }

    private func mark(
        _ old: Record,
        _ id: RecordID,
        _ leads: ObjectType,
        _ status: String,
        _ made: Conversion,
        _ context: SaveContext
    ) {
        let table = table(of: leads)
        var record = old
        let values: [String: Value] = [
            "IsConverted": .bool(true), "Status": .text(status), "ConvertedDate": .date(Int32(clock.now.day)),
            "ConvertedAccountId": .reference(made.account), "ConvertedContactId": .reference(made.contact),
            "ConvertedOpportunityId": made.opportunity.map(Value.reference) ?? .null,
        ]
        for (name, value) in values {
            if let position = leads.position(of: name) { table.store(value, in: position, of: &record) }
        }
        record.modifiedAt = clock.now
        record.modifiedBy = context.user
        table.replace(id.number, with: record)
        journal?.append(.replaced(table, id.number, old))
        counters.updated[leads.name, default: 0] += 1
    }
}
