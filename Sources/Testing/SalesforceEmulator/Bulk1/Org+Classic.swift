extension Org {
    /// Everything below `/services/async` (reference 03).
    func classic(_ call: Call) -> Answer {
        let path = Array(call.segments.dropFirst(3))
        var wantsJSON = call.contentType == "application/json"
        do throws(ClassicError) {
            let version = call.segments.count > 2 ? call.segments[2] : ""
            guard version.hasSuffix(".0"), let number = Int(version.dropLast(2)), Self.versions.contains(number) else {
                throw ClassicError("InvalidUrl", "unknown version: \(version)")
            }
            let token =
                call.header("x-sfdc-session")
                ?? call.header("authorization").flatMap { $0.split(separator: " ").last.map(String.init) }
            guard let token, let session = session(token) else {
                throw ClassicError("InvalidSessionId", "Invalid session id")
            }
            if users[session.user.lowercased()]?.lacks.contains("api_enabled") == true {
                throw ClassicError("FeatureNotEnabled", "API is disabled for this User")
            }
            forgetOldJobs()
            guard limits.take("DailyApiRequests", now: clock.now) else {
                throw ClassicError("ExceededQuota", "TotalRequests Limit exceeded.", status: 403)
            }
            guard path.first == "job" else {
                throw ClassicError("InvalidUrl", "Destination URL not valid: \(call.path)")
            }
            if path.count == 1 {
                guard call.method == "POST" else {
                    throw ClassicError("InvalidUrl", "Method not allowed: \(call.method)", status: 405)
                }
                return try createClassic(call, version, session)
            }
            guard case .id(let id) = RecordID.read(path[1]), let job = classicJobs[id] else {
                throw ClassicError("InvalidJob", "Invalid job id: \(path[1])")
            }
            wantsJSON = job.format == .json
            guard job.version == version else {
                throw ClassicError(
                    "InvalidVersion",
                    "Cannot use version \(version) with a job of version \(job.version)"
                )
            }
            return try jobResource(job, Array(path.dropFirst(2)), call, session)
        } catch {
            return error.answer(json: wantsJSON)
        }
    }

    func shown(_ info: ClassicInfo, json: Bool, status: Int = 200) -> Answer {
        json ? plainJSON(info.json, status: status) : .text(info.xml, status: status, type: "application/xml")
    }

    /// Clients of the original API look for this media type without a parameter.
    func plainJSON(_ json: JSONValue, status: Int = 200) -> Answer {
        Answer(status: status, headers: [("Content-Type", "application/json")], body: json.encoded())
    }

    /// The job as Bulk API 2.0's list shows it.
    func listing(_ job: ClassicJob) -> JSONValue {
        .members([
            "id": .string(job.id.long), "operation": .string(job.operation), "object": .string(job.object),
            "createdById": .string(job.context.user.long), "createdDate": .string(job.createdAt.text()),
            "systemModstamp": .string(job.changedAt.text()), "state": .string(job.state.rawValue),
            "concurrencyMode": .string(job.isSerial ? "Serial" : "Parallel"),
            "contentType": .string(job.contentType),
            "apiVersion": .number(job.version), "jobType": .string("Classic"),
        ])
    }

    // MARK: - Implementation

    private func jobResource(
        _ job: ClassicJob,
        _ path: [String],
        _ call: Call,
        _ session: Session
    ) throws(ClassicError) -> Answer {
        switch (call.method, path.first, path.count) {
        case ("GET", nil, _): return shown(job.info, json: job.format == .json && call.contentType != "application/xml")
        case ("POST", nil, _): return try change(job, call, session)
        case ("POST", "spec", 1): return try setMapping(of: job, call)
        case ("POST", "batch", 1): return try addBatch(to: job, call, session)
        case ("GET", "batch", 1): return list(job)
        case ("GET", "batch", 2...4):
            guard case .id(let id) = RecordID.read(path[1]), let batch = job.batches.first(where: { $0.id == id })
            else {
                throw ClassicError("InvalidBatch", "Invalid batch id: \(path[1])")
            }
            if path.count == 2 { return shown(batch.info(job: job.id), json: job.format == .json) }
            if path[2] == "request", path.count == 3 {
                return Answer(
                    status: 200,
                    headers: [("Content-Type", batch.contentType)],
                    body: batch.original ?? batch.data
                )
            }
            guard path[2] == "result" else {
                throw ClassicError("InvalidUrl", "Destination URL not valid: \(call.path)")
            }
            return try result(of: batch, job, path.count == 4 ? path[3] : nil)
        default: throw ClassicError("InvalidUrl", "Destination URL not valid: \(call.path)")
        }
    }

    private func list(_ job: ClassicJob) -> Answer {
        if job.format == .json {
            return plainJSON(.members(["batchInfo": .array(job.batches.map { $0.info(job: job.id).json })]))
        }
        let head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><batchInfoList\n   xmlns=\"\(dataloadNamespace)\""
        if job.batches.isEmpty { return .text("\(head) />", type: "application/xml") }
        let inner = job.batches.map { " <batchInfo>\n\($0.info(job: job.id).inner(indent: "  ")) </batchInfo>\n" }
            .joined()
        return .text("\(head)>\n\(inner)</batchInfoList>", type: "application/xml")
    }

    private func setMapping(of job: ClassicJob, _ call: Call) throws(ClassicError) -> Answer {
        guard job.format == .csv, job.batches.isEmpty else {
            throw ClassicError("InvalidJobState", "A field mapping must be set before the first batch of a CSV job")
        }
        let lines = String(decoding: call.body, as: UTF8.self).split(whereSeparator: \.isNewline).map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map { $0.filter { $0 != "\"" }.trimmingBlanks() }
        }
        for line in lines.dropFirst() where line.count >= 2 { job.mapping[line[1]] = line[0] }
        return Answer(status: 201)
    }
}
