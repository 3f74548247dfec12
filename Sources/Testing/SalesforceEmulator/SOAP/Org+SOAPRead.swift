extension Org {
    /// The reading operations: what REST would answer, written as records of the caller's schema.
    func readCall(_ soap: SOAPCall, space: String) throws(SOAPFault) -> Answer {
        let rest = restCall(soap, try soapSession(soap))
        let operation = soap.operation
        let writer = SOAPRecordWriter(schema: schema, isEnterprise: space == SOAPRecordWriter.enterpriseSpace)
        let result: String
        switch operation.name {
        case "query", "queryAll":
            result = writer.page(
                try soapAnswer { () throws(RESTError) in
                    try answer(
                        operation["queryString"]?.value ?? "",
                        all: operation.name == "queryAll",
                        tooling: false,
                        rest
                    )
                }
            )
        case "queryMore":
            let locator = operation["queryLocator"]?.value ?? ""
            result = writer.page(
                try soapAnswer { () throws(RESTError) in value(of: try nextPage(locator, rest)) }
            )
        case "retrieve": return envelope("retrieve", try retrieved(operation, rest, writer), space: space)
        case "search":
            let found = try soapAnswer { () throws(RESTError) in
                try searched(operation["searchString"]?.value ?? "", rest)
            }
            let records = (found["searchRecords"]?.array ?? []).map {
                "<searchRecords>\(writer.record($0, as: "record"))</searchRecords>"
            }.joined()
            result = "<queryId>1</queryId>\(records)"
        default: result = try changesXML(operation, rest)
        }
        return envelope(operation.name, "<result>\(result)</result>", space: space)
    }

    // MARK: - Implementation

    /// A REST error as the fault that SOAP has for it.
    private func soapAnswer<Value>(_ body: () throws(RESTError) -> Value) throws(SOAPFault) -> Value {
        do throws(RESTError) {
            return try body()
        } catch {
            let kinds = [
                "MALFORMED_QUERY": "MalformedQueryFault", "INVALID_TYPE": "InvalidSObjectFault",
                "INVALID_FIELD": "InvalidFieldFault", "INVALID_QUERY_LOCATOR": "InvalidQueryLocatorFault",
                "MALFORMED_ID": "InvalidIdFault", "MALFORMED_SEARCH": "MalformedSearchFault",
            ]
            var fault = SOAPFault(error.code, error.message, kind: kinds[error.code] ?? "UnexpectedErrorFault")
            if fault.place != nil, let place = error.message.firstMatch(of: /Row:(\d+):Column:(\d+)/),
                let row = Int(place.1), let column = Int(place.2)
            {
                fault.place = (row, column)
            }
            throw fault
        }
    }

    private func retrieved(
        _ operation: XMLNode,
        _ rest: RESTCall,
        _ writer: SOAPRecordWriter
    ) throws(SOAPFault) -> String {
        let ids = operation.all("ids").map(\.value)
        guard ids.count <= 2_000 else {
            throw SOAPFault(
                "EXCEEDED_ID_LIMIT",
                "record limit reached. cannot submit more than 2000 records into this call"
            )
        }
        let name = operation["sObjectType"]?.value ?? ""
        guard let type = schema[name], !isHidden(type, rest.session), !type.isToolingOnly else {
            throw SOAPFault("INVALID_TYPE", "sObject type '\(name)' is not supported.", kind: "InvalidSObjectFault")
        }
        let fields = try soapAnswer { () throws(RESTError) in
            try fieldList(operation["fieldList"]?.value ?? "Id", type) ?? [0]
        }
        return ids.map { text in
            guard case .id(let id) = RecordID.read(text), id.prefix == type.keyPrefix,
                let record = table(of: type).record(id.number), !record.isDeleted
            else { return "<result xsi:nil=\"true\"/>" }
            return writer.record(recordJSON(type, id.number, fields: fields, rest), as: "result")
        }.joined()
    }

    private func changesXML(_ operation: XMLNode, _ rest: RESTCall) throws(SOAPFault) -> String {
        let name = operation["sObjectType"]?.value ?? operation["sObjectTypeEntityType"]?.value ?? ""
        guard let type = schema[name], !isHidden(type, rest.session), !type.isToolingOnly else {
            throw SOAPFault("INVALID_TYPE", "sObject type '\(name)' is not supported.", kind: "InvalidSObjectFault")
        }
        var call = rest
        call.call.method = "GET"
        call.call.query = [
            ("start", operation["startDate"]?.value ?? ""), ("end", operation["endDate"]?.value ?? ""),
        ]
        let deleted = operation.name == "getDeleted"
        let found = try soapAnswer { () throws(RESTError) in value(of: try changes(type, call, deleted: deleted)) }
        func moment(_ name: String) -> String {
            let text = found[name]?.string?.replacing("+0000", with: "Z") ?? ""
            return "<\(name)>\(text)</\(name)>"
        }
        if deleted {
            let rows = (found["deletedRecords"]?.array ?? []).map { row in
                "<deletedRecords><deletedDate>\(row["deletedDate"]?.string?.replacing("+0000", with: "Z") ?? "")</deletedDate>"
                    + "<id>\(row["id"]?.string ?? "")</id></deletedRecords>"
            }.joined()
            return rows + moment("earliestDateAvailable") + moment("latestDateCovered")
        }
        let ids = (found["ids"]?.array ?? []).map { "<ids>\($0.string ?? "")</ids>" }.joined()
        return ids + moment("latestDateCovered")
    }
}
