import Testing

@testable import Salesforce

private let namespace = #"xmlns="http://www.force.com/2009/06/asyncapi/dataload""#

@Suite struct `A job of the original Bulk API` {
    private static func job(_ state: String, batches: Int = 0, completed: Int = 0) -> Reply {
        .xml(
            """
            <?xml version="1.0" encoding="UTF-8"?><jobInfo
               \(namespace)>
             <id>7505g00000UvWxYAAV</id>
             <operation>upsert</operation>
             <object>Contact</object>
             <createdById>0055g00000KpQrSAAV</createdById>
             <state>\(state)</state>
             <numberBatchesCompleted>\(completed)</numberBatchesCompleted>
             <numberBatchesTotal>\(batches)</numberBatchesTotal>
             <apiVersion>62.0</apiVersion>
            </jobInfo>
            """
        )
    }

    private static func batch(_ state: String, message: String = "") -> String {
        "<batchInfo><id>7515g00000MnOpQAAV</id><jobId>7505g00000UvWxYAAV</jobId><state>\(state)</state>\(message)<numberRecordsProcessed>2</numberRecordsProcessed><numberRecordsFailed>1</numberRecordsFailed></batchInfo>"
    }

    @Test func `is created with its elements in the server's order`() async throws {
        try await ClientFixture.with { _ in
            Self.job("Open")
        } body: { fixture in
            let spec = BulkJobSpec(
                object: "A&B__c",
                operation: .upsert,
                externalIDFieldName: "Ext__c",
                concurrencyMode: .serial
            )
            let job = try await fixture.client.createBulkJob(spec)
            #expect(job.id == "7505g00000UvWxYAAV" && job.state == .open && !job.isDone)
            let request = try #require(fixture.server.requests.last)
            #expect(request.method == "POST" && request.target == "/services/async/62.0/job")
            #expect(request.headers["x-sfdc-session"] == "token-1" && request.headers["authorization"] == nil)
            #expect(
                request.text.contains(
                    "<operation>upsert</operation><object>A&amp;B__c</object><externalIdFieldName>Ext__c</externalIdFieldName><concurrencyMode>Serial</concurrencyMode><contentType>CSV</contentType></jobInfo>"
                )
            )
        }
    }

    @Test func `is done when it is closed and its batches have ended`() async throws {
        try await ClientFixture.with {
            Self.job("Closed", batches: 2, completed: $0.number - 1)
        } body: { fixture in
            let early = try await fixture.client.bulkJob("7505g00000UvWxYAAV")
            #expect(!early.isDone)
            let late = try await fixture.client.bulkJob("7505g00000UvWxYAAV")
            #expect(late.isDone)
        }
    }

    @Test func `is closed again without harm`() async throws {
        let refused = Reply.xml(
            "<error \(namespace)><exceptionCode>InvalidJobState</exceptionCode><exceptionMessage>Closing already closed Job not allowed</exceptionMessage></error>",
            status: 400
        )
        try await ClientFixture.with {
            $0.method == "POST" ? refused : Self.job("Closed", batches: 1)
        } body: { fixture in
            let job = try await fixture.client.closeBulkJob("7505g00000UvWxYAAV")
            #expect(job.state == .closed)
            #expect(fixture.server.requests[1].text.contains("<state>Closed</state>"))
            let error = try await #require(throws: SalesforceError.self) {
                try await fixture.client.abortBulkJob("7505g00000UvWxYAAV")
            }
            #expect(error.code == "InvalidJobState")
        }
    }

    @Test func `gets a new session when its own way of saying so says that the old one ended`() async throws {
        try await ClientFixture.with { request in
            request.number == 2
                ? .xml(
                    "<error \(namespace)><exceptionCode>InvalidSessionId</exceptionCode><exceptionMessage>Invalid session id</exceptionMessage></error>",
                    status: 400
                )
                : Self.job("Open")
        } body: { fixture in
            _ = try await fixture.client.createBulkJob(BulkJobSpec(object: "Contact", operation: .insert))
            #expect(fixture.server.requests.last?.headers["x-sfdc-session"] == "token-2")
        }
    }

    @Test func `takes a batch once`() async throws {
        try await ClientFixture.with {
            $0.number == 2 ? .xml(Self.batch("Queued"), status: 201) : .drop
        } body: { fixture in
            let csv = Array("\"Name\"\n\"x\"\n".utf8)
            let batch = try await fixture.client.addBatch(IngestUpload(bytes: csv), toBulkJob: "7505g00000UvWxYAAV")
            #expect(batch.id == "7515g00000MnOpQAAV" && batch.state == .queued)
            #expect(fixture.server.requests[1].headers["content-type"] == "text/csv; charset=UTF-8")
            #expect(fixture.server.requests[1].body == csv)
            let error = try await #require(throws: SalesforceError.self) {
                try await fixture.client.addBatch(IngestUpload(bytes: csv), toBulkJob: "7505g00000UvWxYAAV")
            }
            #expect(error.wasSent == .unknown)
            #expect(fixture.server.requests.count == 3)
        }
    }

    @Test func `lists its batches, also none`() async throws {
        let failed = Self.batch(
            "Failed",
            message: "<stateMessage>InvalidBatch : Field name not found : Foo__c</stateMessage>"
        )
        try await ClientFixture.with { request in
            .xml(
                request.number == 2
                    ? "<batchInfoList\n   \(namespace) />"
                    : "<batchInfoList \(namespace)>\(Self.batch("Completed"))\(failed)</batchInfoList>"
            )
        } body: { fixture in
            let none = try await fixture.client.bulkBatches(ofBulkJob: "7505g00000UvWxYAAV")
            #expect(none.isEmpty)
            let batches = try await fixture.client.bulkBatches(ofBulkJob: "7505g00000UvWxYAAV")
            #expect(batches.map(\.state) == [.completed, .failed])
            #expect(
                batches[1].stateMessage.map(JobFault.init(parsing:))
                    == JobFault(parsing: "InvalidBatch : Field name not found : Foo__c")
            )
            #expect(batches[0].numberRecordsProcessed == 2 && batches[0].numberRecordsFailed == 1)
        }
    }

    @Test func `gives a batch's results by position`() async throws {
        let results =
            "\"Id\",\"Success\",\"Created\",\"Error\"\n\"0035g00000LmNoPAAV\",\"true\",\"false\",\"\"\n\"\",\"false\",\"false\",\"REQUIRED_FIELD_MISSING:Required fields are missing: [LastName]:LastName --\"\n"
        try await ClientFixture.with {
            $0.number == 2
                ? .truncated(200, body: Array(results.utf8.dropLast(9)), announced: results.utf8.count) : .csv(results)
        } body: { fixture in
            var rows: [(Int, String, Bool, RowFault?)] = []
            let count = try await fixture.client.results(ofBatch: "7515g00000MnOpQAAV", inBulkJob: "7505g00000UvWxYAAV")
            {
                rows = []
            } row: { position, row in
                rows.append((position, String(decoding: row.id, as: UTF8.self), row.success, row.fault))
            }
            #expect(count == 2)
            #expect(rows.map(\.0) == [0, 1])
            #expect(rows.map(\.1) == ["0035g00000LmNoPAAV", ""])
            #expect(rows.map(\.2) == [true, false])
            #expect(
                rows[1].3
                    == RowFault(
                        code: "REQUIRED_FIELD_MISSING",
                        message: "Required fields are missing: [LastName]",
                        fields: ["LastName"]
                    )
            )
            #expect(
                fixture.server.requests.last?.path
                    == "/services/async/62.0/job/7505g00000UvWxYAAV/batch/7515g00000MnOpQAAV/result"
            )
        }
    }

    @Test(arguments: [
        "\"Id\",\"Success\"\n", "\"Id\",\"Success\",\"Created\",\"Error\"\n\"\",\"maybe\",\"false\",\"\"\n", "<html>",
    ])
    func `takes nothing else for results`(text: String) async throws {
        try await ClientFixture.with(retryFor: .zero) { _ in
            .csv(text)
        } body: { fixture in
            let result = await #expect(throws: SalesforceError.self) {
                let count = try await fixture.client.results(ofBatch: "751", inBulkJob: "750") { _, _ in }
                // A page in HTML is a header of one column and no row.
                #expect(count == 0)
                throw SalesforceError(kind: .malformedAnswer, code: "", message: "", action: "")
            }
            #expect(result?.kind == .malformedAnswer)
        }
    }

    @Test func `gives back what a batch was sent`() async throws {
        try await ClientFixture.with { _ in
            .csv("\"Name\"\n\"x\"\n")
        } body: { fixture in
            var bytes: [UInt8] = []
            try await fixture.client.request(ofBatch: "751", inBulkJob: "750") {
                bytes = []
            } chunk: {
                bytes += $0
            }
            #expect(bytes == Array("\"Name\"\n\"x\"\n".utf8))
        }
    }

    @Test(arguments: [
        "", "<html>", "<jobInfo>", "<jobInfo/>", "<batchInfo/>", "{}",
        "<jobInfo><id>1</id><state>Open</state></jobInfo>",
        "<jobInfo><id>7505g00000UvWxYAAV</id><state>Odd</state></jobInfo>",
    ])
    func `that is none is not taken for one`(body: String) async throws {
        try await ClientFixture.with(retryFor: .zero) { _ in
            .xml(body)
        } body: { fixture in
            let error = try await #require(throws: SalesforceError.self) { try await fixture.client.bulkJob("750") }
            #expect(error.kind == .malformedAnswer)
        }
    }
}

@Suite struct `The error of a row` {
    @Test(
        arguments: [
            (
                "UNABLE_TO_LOCK_ROW:unable to obtain exclusive access to this record or 1 records: 0015g00000XyZaBAAV:--",
                "UNABLE_TO_LOCK_ROW",
                "unable to obtain exclusive access to this record or 1 records: 0015g00000XyZaBAAV", []
            ),
            (
                "DUPLICATE_EXTERNAL_ID:Ext: more than one record found for external id field: [a, b]:Ext__c --",
                "DUPLICATE_EXTERNAL_ID", "Ext: more than one record found for external id field: [a, b]", ["Ext__c"]
            ),
            (
                "FIELD_CUSTOM_VALIDATION_EXCEPTION:one\ntwo: three:A__c, B__c --", "FIELD_CUSTOM_VALIDATION_EXCEPTION",
                "one\ntwo: three", ["A__c", "B__c"]
            ),
            ("STRING_TOO_LONG:cut off", "STRING_TOO_LONG", "cut off", []),
            ("no code: here", "UNKNOWN_EXCEPTION", "no code: here", []), ("", "UNKNOWN_EXCEPTION", "", []),
            (":--", "UNKNOWN_EXCEPTION", ":--", []),
            ("X:--", "X", "", []),
        ] as [(String, String, String, [String])]
    )
    func `falls into code, message and fields`(text: String, code: String, message: String, fields: [String]) {
        #expect(RowFault(parsing: text) == RowFault(code: code, message: message, fields: fields))
    }
}

@Suite struct `XML` {
    @Test func `is read without its namespaces`() throws {
        let text =
            #"<?xml version="1.0"?><s:a xmlns:s="urn:x" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><s:b>1 &lt; 2</s:b><c xsi:nil="true"/><d xsi:type="s:T"><![CDATA[<x>]]></d></s:a>"#
        let root = try #require(XMLElement.parsed(Array(text.utf8)))
        #expect(
            root.name == "a" && root.text(of: "b") == "1 < 2" && root.text(of: "c") == nil && root["c"]?.isNil == true
        )
        #expect(root["d"]?.type == "T" && root.text(of: "d") == "<x>")
    }

    @Test func `cut or bent at any byte never traps, nor does a bomb`() {
        let whole = Array(#"<?xml version="1.0"?><a xmlns="urn:x"><b c="d">é&amp;</b><e/></a>"#.utf8)
        for end in 0..<whole.count { #expect(XMLElement.parsed(Array(whole[..<end])) == nil) }
        for position in whole.indices {
            for byte in [UInt8(0), 0x22, 0x26, 0x3C, 0x3E, 0xFF] {
                var bent = whole
                bent[position] = byte
                _ = XMLElement.parsed(bent)
            }
        }
        let deep = String(repeating: "<a>", count: 5_000) + String(repeating: "</a>", count: 5_000)
        #expect(XMLElement.parsed(Array(deep.utf8)) == nil)
        let entities = (1...9).map { "<!ENTITY e\($0) \"\(String(repeating: "&e\($0 - 1);", count: 10))\">" }.joined()
        let bomb = "<!DOCTYPE a [<!ENTITY e0 \"xxxxxxxxxx\">\(entities)]><a>&e9;</a>"
        #expect((XMLElement.parsed(Array(bomb.utf8))?.text.utf8.count ?? 0) < 1 << 20)
        let outside = "<!DOCTYPE a [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><a>&e;</a>"
        #expect(XMLElement.parsed(Array(outside.utf8))?.text.contains("root") != true)
    }

    @Test func `is written so that it reads the same`() throws {
        let text = "a&b<c>\"d\"\r\n\té"
        #expect(XMLElement.parsed(Array(XMLText.element("x", text).utf8))?.text == text)
        #expect(XMLText.escaped("\u{1}") == "\u{FFFD}")
    }
}
