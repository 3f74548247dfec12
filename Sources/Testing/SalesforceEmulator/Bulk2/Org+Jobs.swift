extension Org {
    /// Everything below `/jobs`.
    func jobs(_ rest: RESTCall) throws(RESTError) -> Answer {
        let path = Array(rest.path.dropFirst())
        forgetOldJobs()
        switch path.first {
        case "ingest": return try ingest(rest, Array(path.dropFirst()))
        case "query": return try queryJobs(rest, Array(path.dropFirst()))
        default: throw .notFound
        }
    }

    func nextJobId() -> RecordID {
        lastJob += 1
        return RecordID(prefix: KeyPrefix("750"), number: lastJob)
    }

    // MARK: - Implementation

    private func ingest(_ rest: RESTCall, _ path: [String]) throws(RESTError) -> Answer {
        guard let first = path.first else {
            switch rest.call.method {
            case "POST": return try createIngest(rest)
            case "GET": return try listJobs(rest, query: false)
            default: throw .method(rest.call.method, allowed: "GET,HEAD,POST")
            }
        }
        guard case .id(let id) = RecordID.read(first), let job = ingestJobs[id] else {
            if case .id(let id) = RecordID.read(first), let job = classicJobs[id], path.count == 1,
                rest.call.method == "GET"
            {
                return .json(listing(job))
            }
            throw .notFound
        }
        switch path.count {
        case 1:
            switch rest.call.method {
            case "GET": return .json(job.json(withUpload: true))
            case "PATCH": return try changeIngest(job, rest)
            case "DELETE": return try deleteIngest(job)
            default: throw .method(rest.call.method, allowed: "DELETE,GET,HEAD,PATCH")
            }
        case 2 where path[1].lowercased() == "batches":
            try allow(["PUT"], rest)
            return try upload(job, rest)
        case 2:
            let result: IngestResult
            switch path[1].lowercased() {
            case "successfulresults": result = .successful
            case "failedresults": result = .failed
            case "unprocessedrecords": result = .unprocessed
            default: throw .notFound
            }
            try allow(["GET"], rest)
            guard job.state != .open, job.state != .uploadComplete, job.state != .inProgress else {
                throw RESTError(
                    400,
                    "INVALIDJOBSTATE",
                    "Results are available when the job is complete. The job is in state \(job.state.rawValue)"
                )
            }
            return .csv(results(of: job, result))
        default: throw .notFound
        }
    }

    private func createIngest(_ rest: RESTCall) throws(RESTError) -> Answer {
        if rest.call.contentType == "multipart/form-data" { return try createFromParts(rest) }
        try requireJSON(rest)
        let job = try newIngest(try rest.json(), rest)
        ingestJobs[job.id] = job
        jobOrder.append(job.id)
        return .json(job.json(withUpload: true, afterCreation: true))
    }

    /// A job and its data in one request (reference 04 §1.1).
    private func createFromParts(_ rest: RESTCall) throws(RESTError) -> Answer {
        guard let parts = multipart(rest.call), let jobPart = parts["job"], let content = parts["content"] else {
            throw RESTError(
                400,
                "INVALID_MULTIPART_REQUEST",
                "The multipart request needs a job part and a content part"
            )
        }
        guard content.count <= 100_000 else {
            throw RESTError(400, "CLIENTINPUTERROR", "The content part may hold at most 100,000 characters")
        }
        let definition: JSONValue
        do throws(JSONFault) {
            definition = try JSONReader.read(jobPart)
        } catch {
            throw RESTError(400, "JSON_PARSER_ERROR", error.message)
        }
        let job = try newIngest(definition, rest)
        job.data = content
        ingestJobs[job.id] = job
        jobOrder.append(job.id)
        start(job)
        return .json(job.json(withUpload: true, afterCreation: true))
    }

    private func newIngest(_ body: JSONValue, _ rest: RESTCall) throws(RESTError) -> IngestJob {
        guard let members = body.members else { throw unexpectedShape }
        let known = [
            "object", "operation", "externalIdFieldName", "contentType", "columnDelimiter", "lineEnding",
            "assignmentRuleId",
            "concurrencyMode",
        ]
        if let stranger = members.first(where: { !known.contains($0.name) }) {
            throw RESTError(
                400,
                "JSON_PARSER_ERROR",
                "Unrecognized field \"\(stranger.name)\" at \(JSONReader.place(of: stranger.offset, in: rest.call.body))"
            )
        }
        guard let name = body["object"]?.string, !name.isEmpty else { throw invalidJob("object is required") }
        guard let operation = body["operation"]?.string else { throw invalidJob("operation is required") }
        guard ["insert", "update", "upsert", "delete", "hardDelete"].contains(operation) else {
            throw invalidJob("Invalid operation: \(operation)")
        }
        if let type = body["contentType"]?.string, type != "CSV" { throw invalidJob("Invalid contentType: \(type)") }
        let delimiterName = body["columnDelimiter"]?.string ?? "COMMA"
        guard let delimiter = IngestJob.Delimiter(rawValue: delimiterName) else {
            throw invalidJob("Invalid columnDelimiter: \(delimiterName)")
        }
        let ending = body["lineEnding"]?.string ?? "LF"
        guard ending == "LF" || ending == "CRLF" else { throw invalidJob("Invalid lineEnding: \(ending)") }
        guard let type = schema[name], !isHidden(type, rest.session), !type.isToolingOnly else {
            throw RESTError(400, "INVALIDENTITY", "Entity '\(name)' is not supported by the Bulk API.")
        }
        if operation == "hardDelete", users[rest.session.user.lowercased()]?.lacks.contains("hard_delete") == true {
            throw RESTError(
                400,
                "FEATURENOTENABLED",
                "hardDelete operation requires special user profile permission, please contact your system administrator"
            )
        }
        guard type.isBulkSupported else {
            throw RESTError(400, "INVALIDENTITY", "Entity '\(type.name)' is not supported by the Bulk API.")
        }
        if type.isEvent, operation != "insert" {
            throw RESTError(400, "INVALIDJOB", "InvalidJob : Operation \(operation) is not supported for \(type.name)")
        }
        let key = try externalId(body["externalIdFieldName"]?.string, operation, type)
        return IngestJob(
            id: nextJobId(),
            operation: operation,
            object: type.name,
            externalIdField: key,
            delimiter: delimiter,
            isCRLF: ending == "CRLF",
            assignmentRule: body["assignmentRuleId"]?.string,
            version: rest.version,
            context: rest.context,
            createdAt: clock.now
        )
    }

    private func externalId(_ name: String?, _ operation: String, _ type: ObjectType) throws(RESTError) -> String? {
        guard operation == "upsert" else { return name }
        guard let name, !name.isEmpty else {
            throw invalidJob("External ID was blank for \(type.name). An External ID must be specified for upsert.")
        }
        guard let position = type.position(of: name) else {
            throw invalidJob("Field name not found : \(name)")
        }
        guard type.fields[position].externalId || type.fields[position].idLookup else {
            throw invalidJob(
                "Field name provided, \(name) does not match an External ID, Salesforce Id, or indexed field for \(type.name)"
            )
        }
        return type.fields[position].name
    }

    private func invalidJob(_ why: String) -> RESTError { RESTError(400, "INVALIDJOB", "InvalidJob : \(why)") }

    private func upload(_ job: IngestJob, _ rest: RESTCall) throws(RESTError) -> Answer {
        let type = rest.call.contentType
        guard type.isEmpty || type == "text/csv" else {
            throw RESTError(
                415,
                "UNSUPPORTED_MEDIA_TYPE",
                "Content type '\(type)' is not supported: upload job data as text/csv"
            )
        }
        guard job.state == .open else {
            throw RESTError(
                400,
                "INVALIDJOBSTATE",
                "Job data cannot be uploaded: the job is in state \(job.state.rawValue)"
            )
        }
        guard job.data == nil else {
            throw RESTError(
                400,
                "INVALIDJOBSTATE",
                "Found multiple contents for job: <\(job.id.long)>, please 'Close' / 'Abort' / 'Delete' the current Job then create a new Job and make sure you only do 'PUT' once on a given Job."
            )
        }
        guard rest.call.body.count <= 150 << 20 else {
            throw RESTError(400, "CLIENTINPUTERROR", "The request is larger than 150 MB")
        }
        job.data = rest.call.body
        job.changedAt = clock.now
        return Answer(status: 201)
    }

    private func changeIngest(_ job: IngestJob, _ rest: RESTCall) throws(RESTError) -> Answer {
        try requireJSON(rest)
        guard let wanted = try rest.json()["state"]?.string else { throw invalidJob("state is required") }
        switch (wanted, job.state) {
        case ("UploadComplete", .open):
            guard job.data != nil else {
                throw RESTError(400, "INVALIDJOBSTATE", "No data was uploaded for job \(job.id.long)")
            }
            start(job)
            return .json(job.json(withUpload: false, asListed: true, afterCreation: true))
        case ("UploadComplete", _):
            throw RESTError(400, "INVALIDJOBSTATE", "Closing already \(word(job.state)) Job not allowed")
        case ("Aborted", .open), ("Aborted", .uploadComplete), ("Aborted", .inProgress):
            abort(job)
            return .json(job.json(withUpload: false, asListed: true, afterCreation: true))
        case ("Aborted", _):
            throw RESTError(400, "INVALIDJOBSTATE", "Aborting already \(word(job.state)) Job not allowed")
        default: throw RESTError(400, "INVALIDJOBSTATE", "Invalid state: \(wanted)")
        }
    }

    private func word(_ state: IngestJob.State) -> String {
        switch state {
        case .open: "Open"
        case .uploadComplete, .inProgress: "Closed"
        case .jobComplete: "Completed"
        case .failed: "Failed"
        case .aborted: "Aborted"
        }
    }

    private func deleteIngest(_ job: IngestJob) throws(RESTError) -> Answer {
        switch job.state {
        case .open, .inProgress:
            throw RESTError(400, "INVALIDJOBSTATE", "The job is in state \(job.state.rawValue) and can't be deleted")
        case .uploadComplete, .jobComplete, .failed, .aborted:
            abortBatches(of: job.id)
            ingestJobs[job.id] = nil
            jobOrder.removeAll { $0 == job.id }
            return .empty
        }
    }
}
