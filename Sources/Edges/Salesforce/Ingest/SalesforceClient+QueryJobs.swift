package import DelimitedText
import NIOHTTP1

/// The calls of Bulk API 2.0 for reading (reference 04-bulk-v2, 4).
extension SalesforceClient {
    /// Creates a query job.
    ///
    /// Not tried again once it may have been sent; a forgotten one costs nothing but quota.
    package func createQueryJob(_ soql: String, all: Bool = false) async throws -> IngestJob {
        let body = JSONText.object([
            "operation": all ? "queryAll" : "query",
            "query": soql,
            "contentType": "CSV",
            "columnDelimiter": "COMMA",
            "lineEnding": "LF",
        ])
        let request = SalesforceRequest(
            method: .POST,
            target: dataPath("jobs", "query"),
            action: "create a job to \(Self.action(of: soql))",
            body: .bytes(body, contentType: "application/json; charset=UTF-8"),
            isRepeatable: false
        )
        return try await send(request) { try IngestJob($0) }
    }

    package func queryJob(_ id: String) async throws -> IngestJob {
        let request = SalesforceRequest(target: dataPath("jobs", "query", id), action: "read query job \(id)")
        return try await send(request) { try IngestJob($0) }
    }

    /// Deletes a query job and its results; one that is not there is as good as deleted.
    package func deleteQueryJob(_ id: String) async throws {
        let request = SalesforceRequest(
            method: .DELETE,
            target: dataPath("jobs", "query", id),
            action: "delete query job \(id)",
            alsoAnswers: [404]
        )
        try await send(request)
    }

    /// Stops a query job.
    package func abortQueryJob(_ id: String) async throws -> IngestJob {
        let request = SalesforceRequest(
            method: .PATCH,
            target: dataPath("jobs", "query", id),
            action: "abort query job \(id)",
            body: .bytes(JSONText.object(["state": "Aborted"]), contentType: "application/json; charset=UTF-8")
        )
        return try await send(request) { try IngestJob($0) }
    }

    package nonisolated(nonsending) func listQueryJobs(page: ([IngestJob]) async throws -> Bool) async throws {
        try await listJobs("query", page: page)
    }

    /// Reads the records that a query job found, page by page, and answers their number.
    ///
    /// Each page is whole before its rows are lent, so that every row is heard once.
    package nonisolated(nonsending) func results(
        ofQueryJob id: String,
        pageSize: Int = 50_000,
        row: (ResultColumns, borrowing DelimitedRecord) throws -> Void
    ) async throws -> Int {
        var rows = 0
        var locator: String?
        repeat {
            let target = dataPath("jobs", "query", id, "results") + "?maxRecords=\(pageSize)"
            let request = SalesforceRequest(
                target: target + (locator.map { "&locator=" + PercentEncoding.encoded($0) } ?? ""),
                action: "read the results of query job \(id)",
                headers: [("Accept", "text/csv")],
                answerLimit: 1 << 30,
                isTransfer: true
            )
            let (page, next): ([UInt8], String?) = try await send(request) { answer in
                // The last page says so with the word "null" (reference 04-bulk-v2, 4).
                let next = answer.headers.first(name: "Sforce-Locator").flatMap {
                    $0 == "null" || $0.isEmpty ? nil : $0
                }
                let count = answer.headers.first(name: "Sforce-NumberOfRecords").flatMap(Int.init)
                let reader = ResultReader(action: answer.action)
                let found = try answer.body.withUnsafeBytes { bytes in
                    try reader.take(bytes, begin: { _ in }, row: { _, _ in })
                    return try reader.finish(begin: { _ in }, row: { _, _ in })
                }
                guard count == nil || count == found else { throw answer.malformed("not as long as it says") }
                return (answer.body, next)
            }
            rows += try Self.lend(page, row: row)
            guard next == nil || next != locator else { break }
            locator = next
        } while locator != nil
        return rows
    }

    // MARK: - Implementation

    private static func lend(
        _ page: [UInt8],
        row: (ResultColumns, borrowing DelimitedRecord) throws -> Void
    ) throws -> Int {
        let reader = ResultReader(action: "read the results of a query job")
        do {
            return try page.withUnsafeBytes { bytes in
                try reader.take(bytes, begin: { _ in }, row: row)
                return try reader.finish(begin: { _ in }, row: row)
            }
        } catch let error as CallerError {
            throw error.cause
        }
    }
}
