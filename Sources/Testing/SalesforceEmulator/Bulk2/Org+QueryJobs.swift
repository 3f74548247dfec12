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
        let found: BulkQueryRows
        do throws(SOQLFault) {
            found = try bulkRows(statement, all: operation == "queryAll", hidden: rest.context.hidden)
        } catch {
            throw RESTError(400, error.code, error.text(in: statement))
        }
        let job = QueryJob(
            id: nextJobId(),
            operation: operation,
            object: found.object,
            version: rest.version,
            delimiter: delimiter,
            isCRLF: ending,
            createdBy: rest.context.user,
            createdAt: clock.now
        )
        job.header = line(found.names, job)
        job.lines = found.rows.map { line($0, job) }
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

    private func resultPages(_ job: QueryJob, _ rest: RESTCall) throws(RESTError) -> Answer {
        guard job.state == .jobComplete else {
            throw RESTError(400, "INVALIDJOBSTATE", "The job is in state \(job.state.rawValue)")
        }
        let starts = Array(stride(from: 0, to: max(job.lines.count, 1), by: 50_000))
        let pages = starts.map { start -> JSONValue in
            let url =
                "\(rest.base)/jobs/query/\(job.id.long)/results" + (start == 0 ? "" : "?locator=\(locator(start))")
            return .members(["resultUrl": .string(url)])
        }
        return .json(.members(["resultPages": .array(pages), "nextRecordUrl": .null, "done": .bool(true)]))
    }

    func listJobs(_ rest: RESTCall, query: Bool) throws(RESTError) -> Answer {
        var start = 0
        if let locator = rest.call.parameter("queryLocator"),
            let offset = locator.split(separator: "-").last.flatMap({ Int($0) })
        {
            start = offset
        }
        let wanted = rest.call.parameter("jobType")
        let all = jobOrder.compactMap { id -> JSONValue? in
            if query { return queryJobs[id]?.json(full: true) }
            if let job = ingestJobs[id], wanted != "Classic" { return job.json(withUpload: true, asListed: true) }
            if let job = classicJobs[id], wanted == nil || wanted == "Classic" { return listing(job) }
            return nil
        }
        let page = all.dropFirst(start).prefix(1_000)
        let end = start + page.count
        let next: JSONValue =
            end < all.count
            ? .string("\(rest.base)/jobs/\(query ? "query" : "ingest")?queryLocator=01g5g00000QlOcKAAV-\(end)") : .null
        return .json(
            .members(["done": .bool(end >= all.count), "records": .array(Array(page)), "nextRecordsUrl": next])
        )
    }
}

/// What a bulk query found, as text.
struct BulkQueryRows {
    var object: String
    var names: [String]
    var rows: [[String]]
}

extension Org {
    /// The rows of a statement in the form Bulk gives them; what Bulk can't do is refused.
    func bulkRows(_ statement: String, all: Bool, hidden: Set<String>) throws(SOQLFault) -> BulkQueryRows {
        let query = try SOQLParser.parse(statement)
        let start = QueryScope(type: schema.types[0], hidden: hidden, includesDeleted: all)
        let scope = try scope(of: query, like: start)
        guard !query.isCount, !isGrouped(query), query.offset == nil else {
            throw SOQLFault("FEATURENOTENABLED", "Aggregates, GROUP BY and OFFSET are not supported in Bulk queries")
        }
        var names: [String] = []
        var paths: [ResolvedPath] = []
        for item in query.items {
            switch item {
            case .field(let path, _):
                let resolved = try resolve(path, in: scope.type, alias: scope.alias, hidden: hidden)
                if case .address = resolved.field.computation {
                    throw SOQLFault("FUNCTIONALITY_NOT_ENABLED", "Selecting compound data not supported in Bulk Query")
                }
                paths.append(resolved)
                names.append((resolved.relations + [resolved.field.name]).joined(separator: "."))
            case .fields, .aggregate, .children:
                throw SOQLFault("FEATURENOTENABLED", "Nested queries and FIELDS() are not supported in Bulk queries")
            }
        }
        let table = table(of: scope.type)
        let rows = try matches(query, scope).map { number -> [String] in
            guard let record = table.record(number) else { return [] }
            return paths.map { plainText(value(at: $0, number, record, table), of: $0.field, zone: "Z") }
        }
        return BulkQueryRows(object: scope.type.name, names: names, rows: rows)
    }
}
