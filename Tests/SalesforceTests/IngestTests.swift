import DelimitedText
import Foundation
import Testing

@testable import Salesforce

@Suite struct `An ingest job` {
    private static func job(_ state: String, _ more: String = "") -> Reply {
        .json(
            #"""
            {"id":"7505g00000UvWxYAAV","operation":"upsert","object":"Contact","createdById":"0055g00000KpQrSAAV",
            "createdDate":"2026-03-01T10:15:30.000+0000","systemModstamp":"2026-03-01T10:15:30.000+0000","state":"\#(state)",
            "externalIdFieldName":"Ext__c","concurrencyMode":"Parallel","contentType":"CSV","apiVersion":62.0\#(more)}
            """#
        )
    }

    private static let invalidState = Reply.json(
        #"[{"errorCode":"INVALIDJOBSTATE","message":"not allowed"}]"#,
        status: 400
    )

    @Test func `is created with what Salesforce must know`() async throws {
        try await ClientFixture.with { _ in
            Self.job("Open")
        } body: { fixture in
            let spec = IngestJobSpec(
                object: "Contact",
                operation: .upsert,
                externalIDFieldName: "Ext__c",
                assignmentRuleID: "01Q1"
            )
            let job = try await fixture.client.createIngestJob(spec)
            #expect(job.id == "7505g00000UvWxYAAV" && job.state == .open && job.externalIDFieldName == "Ext__c")
            let request = try #require(fixture.server.requests.last)
            #expect(request.method == "POST" && request.target == "/services/data/v62.0/jobs/ingest")
            #expect(
                request.text
                    == #"{"object":"Contact","operation":"upsert","externalIdFieldName":"Ext__c","assignmentRuleId":"01Q1","contentType":"CSV","columnDelimiter":"COMMA","lineEnding":"LF"}"#
            )
        }
    }

    @Test func `takes its data in pieces and says their length`() async throws {
        let data = Array(repeating: UInt8(ascii: "x"), count: 300_000)
        try await ClientFixture.with { _ in
            .answer(201, headers: [], body: [])
        } body: { fixture in
            try await fixture.client.upload(IngestUpload(bytes: data), toIngestJob: "7505g00000UvWxYAAV")
            let request = try #require(fixture.server.requests.last)
            #expect(
                request.method == "PUT" && request.path == "/services/data/v62.0/jobs/ingest/7505g00000UvWxYAAV/batches"
            )
            #expect(request.headers["content-type"] == "text/csv" && request.headers["content-length"] == "300000")
            #expect(request.body == data)
            let record = try #require(fixture.records.all.last)
            #expect(record.bytesSent == 300_000 && record.requestBody == nil)
        }
    }

    @Test func `has its data sent anew only where they certainly were not taken`() async throws {
        let opened = Counter()
        let upload = IngestUpload(length: 2) {
            opened.next()
            let position = Counter()
            return { position.next() == 1 ? [0x61, 0x0A] : nil }
        }
        try await ClientFixture.with { request in
            request.number == 2 ? .expired : .answer(201, headers: [], body: [])
        } body: { fixture in
            try await fixture.client.upload(upload, toIngestJob: "750")
            #expect(opened.value == 2)
        }
        try await ClientFixture.with { _ in
            .drop
        } body: { fixture in
            let error = try await #require(throws: SalesforceError.self) {
                try await fixture.client.upload(upload, toIngestJob: "750")
            }
            #expect(error.wasSent == .unknown)
            #expect(opened.value == 3)
        }
    }

    @Test func `whose data are not as long as announced fails`() async throws {
        let upload = IngestUpload(length: 5) {
            let position = Counter()
            return { position.next() == 1 ? [0x61] : nil }
        }
        try await ClientFixture.with { _ in
            .answer(201, headers: [], body: [])
        } body: { fixture in
            let error = try await #require(throws: SalesforceError.self) {
                try await fixture.client.upload(upload, toIngestJob: "750")
            }
            #expect(error.code == SalesforceError.Code.uploadFailed)
        }
    }

    @Test func `is closed by word of state, and again without harm`() async throws {
        try await ClientFixture.with { request in
            switch request.number {
            case 2: .drop
            case 3: Self.invalidState
            default: Self.job("InProgress")
            }
        } body: { fixture in
            let job = try await fixture.client.closeIngestJob("750")
            #expect(job.state == .inProgress)
            #expect(fixture.server.requests.dropFirst().map(\.method) == ["PATCH", "PATCH", "GET"])
            #expect(fixture.server.requests[1].text == #"{"state":"UploadComplete"}"#)
        }
    }

    @Test func `that is still open and cannot be closed says so`() async throws {
        try await ClientFixture.with {
            $0.method == "PATCH" ? Self.invalidState : Self.job("Open")
        } body: { fixture in
            let error = try await #require(throws: SalesforceError.self) {
                try await fixture.client.closeIngestJob("750")
            }
            #expect(error.code == "INVALIDJOBSTATE")
        }
    }

    @Test func `is aborted, and deleted though it is gone`() async throws {
        try await ClientFixture.with { request in
            request.method == "DELETE"
                ? .json(#"[{"errorCode":"NOT_FOUND","message":"x"}]"#, status: 404) : Self.job("Aborted")
        } body: { fixture in
            let job = try await fixture.client.abortIngestJob("750")
            #expect(job.state == .aborted)
            try await fixture.client.deleteIngestJob("750")
            #expect(fixture.server.requests.last?.method == "DELETE")
        }
    }

    @Test func `says how far it is and why it failed`() async throws {
        try await ClientFixture.with { _ in
            Self.job(
                "Failed",
                #","numberRecordsProcessed":7,"numberRecordsFailed":2,"retries":1,"errorMessage":"InvalidBatch : Field name not found : Foo"}"#
                    .dropLast().description
            )
        } body: { fixture in
            let job = try await fixture.client.ingestJob("7505g00000UvWxYAAV")
            #expect(job.state == .failed && job.state.isFinal)
            #expect(job.numberRecordsProcessed == 7 && job.numberRecordsFailed == 2 && job.retries == 1)
            #expect(job.errorMessage == "InvalidBatch : Field name not found : Foo")
        }
    }

    @Test(arguments: [
        "{}", "[]", #"{"id":"750","state":"Open"}"#, #"{"id":"7505g00000UvWxYAAV","state":"Dreaming"}"#,
        #"{"id":"../../../../x/y","state":"Open"}"#,
    ])
    func `that is none is not taken for one`(body: String) async throws {
        try await ClientFixture.with(retryFor: .zero) { _ in
            .json(body)
        } body: { fixture in
            let error = try await #require(throws: SalesforceError.self) { try await fixture.client.ingestJob("750") }
            #expect(error.kind == .malformedAnswer)
        }
    }

    @Test func `is listed with the others, page by page`() async throws {
        let record = #"{"id":"7505g00000UvWxYAAV","state":"JobComplete","object":"Contact","jobType":"Classic"}"#
        try await ClientFixture.with { request in
            request.target.contains("queryLocator")
                ? .json(#"{"done":true,"records":[\#(record)],"nextRecordsUrl":null}"#)
                : .json(
                    #"{"done":false,"records":[\#(record)],"nextRecordsUrl":"/services/data/v62.0/jobs/ingest?queryLocator=01g"}"#
                )
        } body: { fixture in
            var types: [String?] = []
            try await fixture.client.listIngestJobs { page in
                types += page.map(\.jobType)
                return true
            }
            #expect(types == ["Classic", "Classic"])
        }
    }
}

@Suite struct `A result set` {
    private static let failed =
        "\"sf__Id\",\"sf__Error\",Ext__c,Name\n\"\",\"INVALID_FIELD:a, \"\"b\"\":--\",\"C-2\",\"two\nlines\"\n\"003\",\"X\",\"C-3\",\"\"\n"

    private func read(_ fixture: ClientFixture, _ set: IngestResultSet = .failed) async throws -> (Int, [[String]], Int)
    {
        var rows: [[String]] = []
        var begins = 0
        let count = try await fixture.client.results(ofIngestJob: "7505g00000UvWxYAAV", set) { columns in
            begins += 1
            rows = []
            #expect(columns.names.count == 4 && columns.index(of: "EXT__C") == 2 && columns.index(of: "x") == nil)
        } row: { _, record in
            rows.append((0..<record.count).map { record.text($0) })
        }
        return (count, rows, begins)
    }

    @Test func `is read cell by cell`() async throws {
        try await ClientFixture.with { _ in
            .csv(Self.failed)
        } body: { fixture in
            let (count, rows, begins) = try await read(fixture)
            #expect(count == 2 && begins == 1)
            #expect(rows == [["", "INVALID_FIELD:a, \"b\":--", "C-2", "two\nlines"], ["003", "X", "C-3", ""]])
            #expect(
                fixture.server.requests.last?.path
                    == "/services/data/v62.0/jobs/ingest/7505g00000UvWxYAAV/failedResults"
            )
        }
    }

    @Test(arguments: zip(IngestResultSet.allCases, ["successfulResults", "failedResults", "unprocessedrecords"]))
    func `has its own address`(set: IngestResultSet, name: String) async throws {
        try await ClientFixture.with { _ in
            .csv("")
        } body: { fixture in
            let (count, _, begins) = try await read(fixture, set)
            #expect(count == 0 && begins == 0)
            #expect(fixture.server.requests.last?.path.hasSuffix("/" + name) == true)
        }
    }

    @Test func `that breaks off is read anew from its start`() async throws {
        try await ClientFixture.with { request in
            request.number == 2
                ? .truncated(200, body: Array(Self.failed.utf8.dropLast(10)), announced: Self.failed.utf8.count)
                : .csv(Self.failed)
        } body: { fixture in
            let (count, rows, begins) = try await read(fixture)
            #expect(count == 2 && rows.count == 2 && begins == 2)
        }
    }

    @Test(arguments: [
        "\"sf__Id\",\"sf__Error\",Ext__c,Name\n\"\",\"X\",\"C-2\"\n",
        "\"sf__Id\",\"sf__Error\",Ext__c,Name\n\"\",\"X\",\"C-2\",\"cut",
        "\"sf__Id\",\"sf__Error\",Ext__c,Name\n\"\"x,\"X\",\"C-2\",\"\"\n",
    ])
    func `that is no delimited text is none`(text: String) async throws {
        try await ClientFixture.with(retryFor: .zero) { _ in
            .csv(text)
        } body: { fixture in
            let error = try await #require(throws: SalesforceError.self) { _ = try await read(fixture) }
            #expect(error.kind == .malformedAnswer)
            #expect(error.isWorthRetrying)
        }
    }

    @Test func `lets its reader's own error through`() async throws {
        struct Enough: Error {}
        try await ClientFixture.with { _ in
            .csv(Self.failed)
        } body: { fixture in
            await #expect(throws: Enough.self) {
                _ = try await fixture.client.results(ofIngestJob: "750", .failed) { _, _ in throw Enough() }
            }
            #expect(fixture.server.requests.count == 2)
        }
    }

    @Test func `of a query job comes in pages, each heard once`() async throws {
        try await ClientFixture.with { request in
            switch request.target.components("locator=") {
            case nil:
                request.number == 2
                    ? .truncated(200, body: Array("\"Id\"\n\"a\"\n".utf8), announced: 90)
                    : .csv("\"Id\"\n\"a\"\n", headers: [("Sforce-Locator", "MTA"), ("Sforce-NumberOfRecords", "1")])
            case "MTA":
                request.number == 4
                    ? .csv("\"Id\"\n\"b\"\n", headers: [("Sforce-Locator", "null"), ("Sforce-NumberOfRecords", "2")])
                    : .csv(
                        "\"Id\"\n\"b\"\n\"c\"\n",
                        headers: [("Sforce-Locator", "null"), ("Sforce-NumberOfRecords", "2")]
                    )
            default: .drop
            }
        } body: { fixture in
            var ids: [String] = []
            let count = try await fixture.client.results(ofQueryJob: "750") { _, record in ids.append(record.text(0)) }
            #expect(count == 3 && ids == ["a", "b", "c"])
        }
    }
}

extension String {
    fileprivate func components(_ mark: String) -> String? {
        guard let range = range(of: mark) else { return nil }
        return String(self[range.upperBound...])
    }
}
