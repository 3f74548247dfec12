import NIOHTTP1

extension SalesforceClient {
    /// Runs a query and hands over its records, a page of at most 2,000 at a time.
    ///
    /// `all` includes records that are in the recycle bin or were merged away; `tooling` asks the Tooling API. `page` hears
    /// every record once, after an error some; the next page is asked for when it returns.
    ///
    /// - Throws: `SalesforceError`; `INVALID_QUERY_LOCATOR` means that the query must begin anew.
    package nonisolated(nonsending) func query(
        _ soql: String,
        all: Bool = false,
        tooling: Bool = false,
        page: ([SObjectRecord]) async throws -> Void
    ) async throws {
        let action = Self.action(of: soql)
        var current = try await firstPage(of: soql, all: all, tooling: tooling, action: action)
        while true {
            try await page(current.records)
            guard let next = current.nextRecordsURL else { return }
            let request = SalesforceRequest(target: next, action: action, answerLimit: Self.pageLimit)
            current = try await send(request) { try QueryPage($0) }
        }
    }

    /// The records of a query that finds at most `bound`.
    ///
    /// - Throws: `SalesforceError`, of kind `refusedHere` if there are more.
    package func query(
        _ soql: String,
        atMost bound: Int,
        all: Bool = false,
        tooling: Bool = false
    ) async throws -> [SObjectRecord] {
        var records: [SObjectRecord] = []
        try await query(soql, all: all, tooling: tooling) { page in
            records += page
            guard records.count <= bound else {
                throw SalesforceError(
                    kind: .refusedHere,
                    code: SalesforceError.Code.answerTooLarge,
                    message: "there are more than \(bound) records",
                    action: Self.action(of: soql)
                )
            }
        }
        return records
    }

    /// The number that `SELECT COUNT() FROM …` finds.
    package func count(_ soql: String) async throws -> Int {
        try await firstPage(of: soql, all: false, tooling: false, action: Self.action(of: soql)).totalSize
    }

    /// Runs up to five queries in one call, each to its end; the answers stand in the order of the queries.
    ///
    /// - Throws: `SalesforceError` of the first query that failed.
    package func queries(_ soqls: [String], all: Bool = false) async throws -> [[SObjectRecord]] {
        precondition(soqls.count <= 5, "a composite call holds at most five queries (reference 02-rest, 7.1)")
        var answers: [[SObjectRecord]] = []
        let action = soqls.first.map(Self.action) ?? "query"
        guard !soqls.isEmpty else { return [] }
        for var page in try await composite(of: soqls, all: all, tooling: false, action: action) {
            var records = page.records
            while let next = page.nextRecordsURL {
                page = try await send(SalesforceRequest(target: next, action: action, answerLimit: Self.pageLimit)) {
                    try QueryPage($0)
                }
                records += page.records
            }
            answers.append(records)
        }
        return answers
    }

    // MARK: - Implementation

    /// Two thousand wide records with long texts.
    private static let pageLimit = 256 << 20
    /// A longer path goes into a composite call: the edge takes 16,384 bytes of path and headers together.
    static let longestTarget = 12_000

    private func firstPage(of soql: String, all: Bool, tooling: Bool, action: String) async throws -> QueryPage {
        let target = queryTarget(soql, all: all, tooling: tooling)
        guard target.utf8.count > Self.longestTarget else {
            let request = SalesforceRequest(target: target, action: action, answerLimit: Self.pageLimit)
            return try await send(request) { try QueryPage($0) }
        }
        return try await composite(of: [soql], all: all, tooling: tooling, action: action)[0]
    }

    private func queryTarget(_ soql: String, all: Bool, tooling: Bool) -> String {
        let resource = all ? "queryAll" : "query"
        return (tooling ? dataPath("tooling", resource) : dataPath(resource)) + "?q=" + PercentEncoding.encoded(soql)
    }

    private func composite(of soqls: [String], all: Bool, tooling: Bool, action: String) async throws -> [QueryPage] {
        let parts = soqls.enumerated().map { index, soql in
            let url = JSONText.quoted(queryTarget(soql, all: all, tooling: tooling))
            return "{\"method\":\"GET\",\"url\":\(url),\"referenceId\":\"q\(index)\"}"
        }
        let body = "{\"allOrNone\":false,\"compositeRequest\":[\(parts.joined(separator: ","))]}"
        let request = SalesforceRequest(
            method: .POST,
            target: dataPath("composite"),
            action: action,
            body: .bytes(Array(body.utf8), contentType: "application/json"),
            answerLimit: Self.pageLimit
        )
        return try await send(request) { answer in
            let parts = (try answer.jsonObject()["compositeResponse"]?.array ?? []).compactMap(\.object)
            guard parts.count == soqls.count else { throw answer.malformed("not one answer for each query") }
            return try parts.map { part in
                let status = part["httpStatusCode"]?.int ?? 0
                let body = part["body"] ?? .null
                guard (200..<300).contains(status) else {
                    guard let fault = AnswerFault.read(body) else { throw answer.malformed("no answer to a query") }
                    throw fault.error(status: status, action: action, family: .rest, retryAfter: nil)
                }
                guard let object = body.object, let page = QueryPage(object) else {
                    throw answer.malformed("no page of records")
                }
                return page
            }
        }
    }

    /// "query Account", for messages: a whole statement would fill them with keys.
    static func action(of soql: String) -> String {
        let words = soql.split(whereSeparator: \.isWhitespace)
        guard let from = words.lastIndex(where: { $0.lowercased() == "from" }), from + 1 < words.count else {
            return "query"
        }
        let name = words[from + 1].prefix { $0.isLetter || $0.isNumber || $0 == "_" }
        return "query \(name.prefix(100))"
    }
}
