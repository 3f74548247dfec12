extension Org {
    /// The fields that a job definition may have, in the order the schema asks for.
    private static let jobFields = [
        "id", "operation", "object", "createdById", "createdDate", "systemModstamp", "state", "externalIdFieldName",
        "concurrencyMode", "contentType", "numberBatchesQueued", "numberBatchesInProgress", "numberBatchesCompleted",
        "numberBatchesFailed", "numberBatchesTotal", "numberRecordsProcessed", "numberRetries", "apiVersion",
        "assignmentRuleId", "numberRecordsFailed", "totalProcessingTime", "apiActiveProcessingTime",
        "apexProcessingTime",
    ]

    /// `POST /job`.
    func createClassic(_ call: Call, _ version: String, _ session: Session) throws(ClassicError) -> Answer {
        let fields = try jobFields(call)
        let context = context(of: session, call)
        guard let operation = fields["operation"] else { throw ClassicError("InvalidJob", "No operation set") }
        guard ["insert", "update", "upsert", "delete", "hardDelete", "query", "queryAll"].contains(operation) else {
            throw ClassicError("InvalidJob", "Unknown operation: \(operation)")
        }
        guard let name = fields["object"] else { throw ClassicError("InvalidJob", "No object set") }
        guard let type = schema[name], !isHidden(type, session), !type.isToolingOnly,
            type.isBulkSupported || operation.hasPrefix("query")
        else {
            throw ClassicError("InvalidEntity", "Entity '\(name)' is not supported by the Bulk API.")
        }
        let mode = fields["concurrencyMode"] ?? "Parallel"
        guard mode == "Parallel" || mode == "Serial" else {
            throw ClassicError("InvalidJob", "Unknown concurrencyMode: \(mode)")
        }
        let contentType = fields["contentType"] ?? "XML"
        let isZipped = contentType.hasPrefix("ZIP_") && !operation.hasPrefix("query")
        guard let format = ClassicJob.Format(rawValue: String(contentType.dropFirst(isZipped ? 4 : 0))) else {
            throw ClassicError("InvalidJob", "Unknown contentType: \(contentType)")
        }
        if operation == "hardDelete", users[session.user.lowercased()]?.lacks.contains("hard_delete") == true {
            throw ClassicError(
                "FeatureNotEnabled",
                "hardDelete operation requires special user profile permission, please contact your system administrator"
            )
        }
        let key = try externalId(fields["externalIdFieldName"], operation, type)
        let job = ClassicJob(
            id: nextJobId(),
            operation: operation,
            object: type.name,
            externalIdField: key,
            isSerial: mode == "Serial",
            format: format,
            isZipped: isZipped,
            version: version,
            assignmentRule: fields["assignmentRuleId"],
            context: context,
            createdAt: clock.now
        )
        job.neverRetries = call.header("sforce-disable-batch-retry")?.lowercased() == "true"
        if job.isQuery { try setChunking(of: job, call.header("sforce-enable-pkchunking")) }
        classicJobs[job.id] = job
        jobOrder.append(job.id)
        return shown(job.info, json: call.contentType == "application/json", status: 201)
    }

    /// `POST /job/{id}`: closes or aborts.
    func change(_ job: ClassicJob, _ call: Call, _ session: Session) throws(ClassicError) -> Answer {
        let fields = try jobFields(call)
        guard let wanted = fields["state"] else { throw ClassicError("InvalidJob", "No state set") }
        guard fields.keys.allSatisfy({ $0 == "state" || $0 == "id" }) else {
            throw ClassicError("InvalidJob", "Only the state of a job can be changed")
        }
        let isOwner = users[session.user.lowercased()]?.user == job.context.user
        let mayAbort = isOwner || users[session.user.lowercased()]?.lacks.contains("manage_data_integrations") == false
        guard isOwner || (wanted == "Aborted" && mayAbort) else {
            throw ClassicError("InvalidUser", "The job was created by another user: \(job.id.long)")
        }
        switch (wanted, job.state) {
        case ("Closed", .open): job.state = .closed
        case ("Closed", .closed): throw ClassicError("InvalidJobState", "Closing already closed Job not allowed")
        case ("Closed", .aborted): throw ClassicError("InvalidJobState", "Closing already aborted Job not allowed")
        case ("Closed", .failed): throw ClassicError("InvalidJobState", "Closing already failed Job not allowed")
        case ("Aborted", .open), ("Aborted", .closed): abort(job)
        case ("Aborted", .aborted): throw ClassicError("InvalidJobState", "Aborting already aborted Job not allowed")
        case ("Aborted", .failed): throw ClassicError("InvalidJobState", "Aborting already failed Job not allowed")
        default: throw ClassicError("InvalidJob", "Unknown state: \(wanted)")
        }
        job.changedAt = clock.now
        return shown(job.info, json: call.contentType == "application/json")
    }

    // MARK: - Implementation

    private func abort(_ job: ClassicJob) {
        job.state = .aborted
        waiting.removeAll { run in
            guard case .classic(let owner, let batch) = run.source, owner === job else { return false }
            batch.state = .notProcessed
            batch.changedAt = clock.now
            return true
        }
    }

    /// `TRUE`, or settings such as `chunkSize=50000; startRow=003…` (reference 03 §8).
    private func setChunking(of job: ClassicJob, _ header: String?) throws(ClassicError) {
        guard let header, header.trimmingBlanks().lowercased() != "false" else { return }
        job.chunkSize = 100_000
        guard header.trimmingBlanks().lowercased() != "true" else { return }
        for part in header.split(separator: ";") {
            let halves = part.split(separator: "=", maxSplits: 1).map { $0.trimmingBlanks() }
            let value = halves.count > 1 ? halves[1] : ""
            switch halves.first?.lowercased() {
            case "chunksize":
                guard let size = Int(value), (1...250_000).contains(size) else {
                    throw ClassicError(
                        "InvalidJob",
                        "The chunkSize of PK chunking must be between 1 and 250000: \(value)"
                    )
                }
                job.chunkSize = size
            case "startrow":
                guard case .id(let id) = RecordID.read(value) else {
                    throw ClassicError("InvalidJob", "The startRow of PK chunking is no id: \(value)")
                }
                job.firstChunkedNumber = id.number
            case "parent", "true": continue
            default: throw ClassicError("InvalidJob", "Unknown setting of PK chunking: \(part)")
            }
        }
    }

    private func externalId(_ name: String?, _ operation: String, _ type: ObjectType) throws(ClassicError) -> String? {
        guard operation == "upsert" else { return name }
        guard let name, !name.isEmpty else {
            throw ClassicError(
                "InvalidJob",
                "External ID was blank for \(type.name). An External ID must be specified for upsert."
            )
        }
        guard let field = type.field(name) else { throw ClassicError("InvalidJob", "Field name not found : \(name)") }
        guard field.externalId || field.idLookup else {
            throw ClassicError(
                "InvalidJob",
                "Field name provided, \(name) does not match an External ID, Salesforce Id, or indexed field for \(type.name)"
            )
        }
        return field.name
    }

    private func jobFields(_ call: Call) throws(ClassicError) -> [String: String] {
        if call.contentType == "application/json" {
            let json: JSONValue
            do throws(JSONFault) {
                json = try JSONReader.read(call.body)
            } catch {
                throw ClassicError("InvalidJob", "Unable to parse the job: \(error.message)")
            }
            guard let members = json.members else { throw ClassicError("InvalidJob", "The job must be an object") }
            var fields: [String: String] = [:]
            for member in members {
                guard Self.jobFields.contains(member.name) else {
                    throw ClassicError("InvalidJob", "Unrecognized field \(member.name)")
                }
                if let text = member.value.string { fields[member.name] = text }
            }
            return fields
        }
        let node: XMLNode
        do throws(XMLFault) {
            node = try XMLReader.read(call.body)
        } catch {
            throw ClassicError("InvalidXML", "Unable to parse XML: \(error.message)")
        }
        guard node.name == "jobInfo" else { throw ClassicError("InvalidJob", "Expected jobInfo, found \(node.name)") }
        var fields: [String: String] = [:]
        var last = -1
        for child in node.children {
            guard let place = Self.jobFields.firstIndex(of: child.name) else {
                throw ClassicError("InvalidJob", "Unexpected element \(child.name) in jobInfo")
            }
            guard place > last else {
                throw ClassicError("InvalidJob", "The element \(child.name) is out of order in jobInfo")
            }
            last = place
            fields[child.name] = child.value
        }
        return fields
    }
}
