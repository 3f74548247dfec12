extension Org {
    /// Everything below `/jobs/query`.
    func queryJobs(_ rest: RESTCall, _ path: [String]) throws(RESTError) -> Answer {
        guard let first = path.first else {
            switch rest.call.method {
            case "POST": return try createQuery(rest)
            case "GET": return try listJobs(rest, query: true)
            default: throw .method(rest.call.method, allowed: "GET,HEAD,POST")
            }
        }
        guard case .id(let id) = RecordID.read(first), let job = queryJobs[id] else { throw .notFound }
        // It is answered at once, but a client sees it on its way.
        defer { if job.state == .uploadComplete { job.state = .jobComplete } }
        switch (rest.call.method, path.count) {
        case ("GET", 1):
            if job.state == .uploadComplete { job.state = .jobComplete }
            return .json(job.json(full: true))
        case ("PATCH", 1):
            try requireJSON(rest)
            guard try rest.json()["state"]?.string == "Aborted" else {
                throw RESTError(400, "INVALIDJOBSTATE", "Only Aborted can be set on a query job")
            }
            guard job.state == .uploadComplete || job.state == .inProgress else {
                throw RESTError(400, "INVALIDJOBSTATE", "Aborting already Completed Job not allowed")
            }
            job.state = .aborted
            return .json(job.json(full: false))
        case ("DELETE", 1):
            queryJobs[id] = nil
            jobOrder.removeAll { $0 == id }
            return .empty
        case ("GET", 2) where path[1] == "results": return try queryResults(job, rest)
        case ("GET", 2) where path[1] == "resultPages": return try resultPages(job, rest)
        default: throw .notFound
        }
    }

    // MARK: - Implementation

    private func createQuery(_ rest: RESTCall) throws(RESTError) -> Answer {
        try requireJSON(rest)
        let body = try rest.json()
        guard let statement = body["query"]?.string, let operation = body["operation"]?.string,
            operation == "query" || operation == "queryAll"
        else {
            throw RESTError(
                400,
                "INVALIDJOB",
                "InvalidJob : operation must be query or queryAll, and query is required"
            )
        }
        guard let delimiter = IngestJob.Delimiter(rawValue: body["columnDelimiter"]?.string ?? "COMMA"),
            let ending = ["LF": false, "CRLF": true][body["lineEnding"]?.string ?? "LF"]
        else { throw RESTError(400, "INVALIDJOB", "InvalidJob : unknown columnDelimiter or lineEnding") }
        guard limits.take("DailyBulkV2QueryJobs", now: clock.now) else {
            throw RESTError(403, "EXCEEDEDQUOTA", "The daily number of query jobs is used up")
        }
        let found: BulkSelection
        do throws(SOQLFault) {
            found = try bulkSelection(statement, all: operation == "queryAll", hidden: rest.context.hidden)
        } catch {
            throw RESTError(400, error.code, error.text(in: statement))
        }
        let job = QueryJob(
            id: nextJobId(),
            operation: operation,
            object: found.scope.type.name,
            version: rest.version,
            delimiter: delimiter,
            isCRLF: ending,
            createdBy: rest.context.user,
            createdAt: clock.now
        )
        job.header = line(found.names, job)
        job.lines = textRows(found).map { line($0, job) }
        queryJobs[job.id] = job
        jobOrder.append(job.id)
        return .json(job.json(full: false))
    }

    private func line(_ cells: [String], _ job: QueryJob) -> [UInt8] {
        var out: [UInt8] = []
        for (index, cell) in cells.enumerated() {
            if index > 0 { out.append(job.delimiter.byte) }
            appendQuoted(cell, to: &out)
        }
        out += job.isCRLF ? [13, 10] : [10]
        return out
    }

    private func queryResults(_ job: QueryJob, _ rest: RESTCall) throws(RESTError) -> Answer {
        guard job.version == rest.version else {
            throw RESTError(409, "API_ERROR", "The job was created with API version \(job.version)")
        }
        guard job.state == .jobComplete else {
            throw RESTError(400, "INVALIDJOBSTATE", "The job is in state \(job.state.rawValue)")
        }
        var start = 0
        if let locator = rest.call.parameter("locator") {
            guard let bytes = Base64.decode(locator), let offset = Int(String(decoding: bytes, as: UTF8.self)),
                (0..<max(job.lines.count, 1)).contains(offset)
            else { throw RESTError(400, "INVALIDLOCATOR", "The locator is not valid for this job") }
            start = offset
        }
        let most = rest.call.parameter("maxRecords").flatMap(Int.init) ?? 50_000
        guard most > 0 else { throw RESTError(400, "INVALID_PARAMETER", "maxRecords must be above 0") }
        let end = min(start + most, job.lines.count)
        var body = job.header
        for line in job.lines[start..<end] { body += line }
        let locator = end < job.lines.count ? self.locator(end) : "null"
        return Answer.csv(body).with("Sforce-NumberOfRecords", String(end - start)).with("Sforce-Locator", locator)
    }

    private func locator(_ offset: Int) -> String { Base64.encode(Array(String(offset).utf8), urlSafe: true) }

    /// Links to parts of the result, five at a time (reference 04 §4).
    private func resultPages(_ job: QueryJob, _ rest: RESTCall) throws(RESTError) -> Answer {
        guard rest.number >= 58 else { throw .notFound }
        guard job.state == .jobComplete else {
            throw RESTError(400, "INVALIDJOBSTATE", "The job is in state \(job.state.rawValue)")
        }
        let path = "\(rest.base)/jobs/query/\(job.id.long)"
        let starts = Array(stride(from: 0, to: max(job.lines.count, 1), by: 50_000))
        var first = 0
        if let text = rest.call.parameter("locator") {
            guard let bytes = Base64.decode(text), let start = Int(String(decoding: bytes, as: UTF8.self)),
                let index = starts.firstIndex(of: start)
            else { throw RESTError(400, "INVALIDLOCATOR", "The locator is not valid for this job") }
            first = index
        }
        let pages = starts[first...].prefix(5).map { start -> JSONValue in
            .members(["resultUrl": .string("\(path)/results" + (start == 0 ? "" : "?locator=\(locator(start))"))])
        }
        let end = first + pages.count
        let next = end < starts.count ? "\(path)/resultPages?locator=\(locator(starts[end]))" : nil
        return .json(
            .members(["resultPages": .array(pages), "nextRecordUrl": .text(next), "done": .bool(next == nil)])
        )
    }

    func listJobs(_ rest: RESTCall, query: Bool) throws(RESTError) -> Answer {
        var start = 0
        if let locator = rest.call.parameter("queryLocator"),
            let offset = locator.split(separator: "-").last.flatMap({ Int($0) })
        {
            start = offset
        }
        let wanted = rest.call.parameter("jobType")
        let kind = wanted.map { "&jobType=\($0)" } ?? ""
        let chunked = rest.call.parameter("isPkChunkingEnabled").map { $0 == "true" }
        let all = jobOrder.compactMap { id -> JSONValue? in
            if let chunked, chunked != query { return nil }
            if query { return wanted == nil || wanted == "V2Query" ? queryJobs[id]?.json(full: true) : nil }
            if let job = ingestJobs[id], wanted != "Classic" { return job.json(withUpload: true, asListed: true) }
            if let job = classicJobs[id], wanted == nil || wanted == "Classic" { return listing(job) }
            return nil
        }
        let page = all.dropFirst(start).prefix(1_000)
        let end = start + page.count
        let next: JSONValue =
            end < all.count
            ? .string("\(rest.base)/jobs/\(query ? "query" : "ingest")?queryLocator=01g5g00000QlOcKAAV-\(end)\(kind)")
            : .null
        return .json(
            .members(["done": .bool(end >= all.count), "records": .array(Array(page)), "nextRecordsUrl": next])
        )
    }
}
