import NIOHTTP1
import Testing

@testable import SalesforceEmulator

extension OrgClient {
    static let async = "/services/async/62.0"

    func classic(
        _ method: HTTPMethod,
        _ path: String,
        _ body: String? = nil,
        type: String = "application/xml"
    ) async throws -> Reply {
        try await call(
            method,
            Self.async + path,
            body.map { Array($0.utf8) },
            type: type,
            headers: [("X-SFDC-Session", token ?? "")]
        )
    }

    /// One element's text out of XML that is known to hold it once.
    func element(_ name: String, _ reply: Reply) -> String {
        let node = (try? XMLReader.read(reply.bytes)) ?? XMLNode(name: "")
        return node[name]?.value ?? "none"
    }

    func openJob(
        _ operation: String,
        _ object: String,
        _ format: String,
        key: String? = nil,
        mode: String = "Parallel"
    ) async throws -> String {
        let keyElement = key.map { "<externalIdFieldName>\($0)</externalIdFieldName>" } ?? ""
        let reply = try await classic(
            .POST,
            "/job",
            "<?xml version=\"1.0\"?><jobInfo xmlns=\"\(dataloadNamespace)\"><operation>\(operation)</operation><object>\(object)</object>\(keyElement)<concurrencyMode>\(mode)</concurrencyMode><contentType>\(format)</contentType></jobInfo>"
        )
        return reply.json["id"]?.string ?? element("id", reply)
    }

    /// Adds a batch and waits for its end.
    func batch(_ job: String, _ data: String, type: String) async throws -> (id: String, info: Reply) {
        let made = try await classic(.POST, "/job/\(job)/batch", data, type: type)
        let id = made.json["id"]?.string ?? element("id", made)
        for _ in 0..<5_000 {
            let info = try await classic(.GET, "/job/\(job)/batch/\(id)")
            if !info.text.contains("Queued"), !info.text.contains("InProgress") { return (id, info) }
            await Task.yield()
        }
        return (id, made)
    }
}

@Suite struct `A job of the original Bulk API` {
    @Test func `answers CSV rows in their order`() async throws {
        try await withOrg { client in
            let job = try await client.openJob("upsert", "Account", "CSV", key: "External_Id__c")
            let made = try await client.classic(.GET, "/job/\(job)")
            #expect(
                made.text.hasPrefix(
                    "<?xml version=\"1.0\" encoding=\"UTF-8\"?><jobInfo\n   xmlns=\"\(dataloadNamespace)\">\n <id>\(job)</id>\n <operation>upsert</operation>"
                )
            )
            #expect(
                try await client.classic(.GET, "/job/\(job)/batch").text
                    == "<?xml version=\"1.0\" encoding=\"UTF-8\"?><batchInfoList\n   xmlns=\"\(dataloadNamespace)\" />"
            )
            let data = "\"External_Id__c\",\"Name\"\n\"A-1\",\"One\"\n\"A-2\",\"\"\n\"A-3\",\"Three\"\n"
            let batch = try await client.batch(job, data, type: "text/csv; charset=UTF-8")
            #expect(client.element("state", batch.info) == "Completed")
            #expect(client.element("numberRecordsFailed", batch.info) == "1")
            let result = try await client.classic(.GET, "/job/\(job)/batch/\(batch.id)/result")
            #expect(
                result.text == """
                    "Id","Success","Created","Error"
                    "0015g0000000001AAA","true","true",""
                    "","false","false","REQUIRED_FIELD_MISSING:Required fields are missing: [Name]:Name --"
                    "0015g0000000002AAA","true","true",""

                    """
            )
            #expect(try await client.classic(.GET, "/job/\(job)/batch/\(batch.id)/request").text == data)
            let closed = try await client.classic(
                .POST,
                "/job/\(job)",
                "<jobInfo xmlns=\"\(dataloadNamespace)\"><state>Closed</state></jobInfo>"
            )
            #expect(client.element("state", closed) == "Closed")
            #expect(client.element("numberBatchesCompleted", closed) == "1")
            let twice = try await client.classic(
                .POST,
                "/job/\(job)",
                "<jobInfo xmlns=\"\(dataloadNamespace)\"><state>Closed</state></jobInfo>"
            )
            #expect(twice.status == 400)
            #expect(client.element("exceptionMessage", twice) == "Closing already closed Job not allowed")
            let late = try await client.classic(.POST, "/job/\(job)/batch", data, type: "text/csv")
            #expect(client.element("exceptionCode", late) == "InvalidJobState")
        }
    }

    @Test func `takes XML and JSON with parents and nulls`() async throws {
        try await withOrg { client in
            _ = try await client.create("Account", #"{"Name":"P","External_Id__c":"A-17"}"#)
            let xmlJob = try await client.openJob("insert", "Contact", "XML")
            let xml = try await client.batch(
                xmlJob,
                "<?xml version=\"1.0\"?><sObjects xmlns=\"\(dataloadNamespace)\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><sObject><LastName>M &amp; N</LastName><Phone xsi:nil=\"true\"/><Account><sObject><External_Id__c>A-17</External_Id__c></sObject></Account></sObject><sObject><FirstName>x</FirstName></sObject></sObjects>",
                type: "application/xml"
            )
            let rows = try await client.classic(.GET, "/job/\(xmlJob)/batch/\(xml.id)/result")
            let results = try XMLReader.read(rows.bytes).all("result")
            #expect(results[0]["id"]?.value == "0035g0000000001AAA")
            #expect(results[1]["errors"]?["statusCode"]?.value == "REQUIRED_FIELD_MISSING")
            let made = try await client.classic(
                .POST,
                "/job",
                #"{"operation":"insert","object":"Contact","contentType":"JSON"}"#,
                type: "application/json"
            )
            let jsonJob = try #require(made.json["id"]?.string)
            let json = try await client.batch(
                jsonJob,
                #"[{"LastName":"J","Account":{"External_Id__c":"A-17"}},{"LastName":"K","Email":"bad"}]"#,
                type: "application/json"
            )
            let answers = try await client.classic(.GET, "/job/\(jsonJob)/batch/\(json.id)/result")
            #expect(answers.json[0]["created"] == .bool(true))
            #expect(answers.json[1].at("errors.0.statusCode") == .string("INVALID_EMAIL_ADDRESS"))
            let names = try await client.query(
                "SELECT LastName FROM Contact WHERE Account.External_Id__c = 'A-17' ORDER BY LastName"
            )
            #expect(names.json["records"]?.array?.compactMap { $0["LastName"]?.string } == ["J", "M & N"])
        }
    }

    @Test(arguments: [
        ("", "InvalidXML"), ("<x/>", "InvalidJob"),
        ("<jobInfo><object>Account</object><operation>insert</operation></jobInfo>", "InvalidJob"),
        ("<jobInfo><operation>insert</operation><object>Nope</object></jobInfo>", "InvalidEntity"),
        ("<jobInfo><operation>sell</operation><object>Account</object></jobInfo>", "InvalidJob"),
        ("<jobInfo><operation>upsert</operation><object>Account</object></jobInfo>", "InvalidJob"),
        (
            "<jobInfo><operation>insert</operation><object>Account</object><contentType>PDF</contentType></jobInfo>",
            "InvalidJob"
        ),
        ("<jobInfo><operation>insert</operation>", "InvalidXML"),
    ])
    func `is not made from a bad definition`(_ xml: String, _ code: String) async throws {
        try await withOrg { client in
            let reply = try await client.classic(.POST, "/job", xml)
            #expect(reply.status == 400)
            #expect(client.element("exceptionCode", reply) == code)
        }
    }

    @Test(arguments: [
        ("CSV", "text/csv", "Name,Nope\nx,y\n", "InvalidBatch : Field name not found : Nope"),
        ("CSV", "text/csv", "Name\n", "InvalidBatch : Records not found"),
        (
            "CSV", "text/csv", "\"Name\"\n\"x",
            "InvalidBatch : Failed to parse CSV. EOF reached before closing an opened quote"
        ),
        ("XML", "application/xml", "<sObjects><sObject>", "InvalidBatch : Failed to parse XML"),
        ("JSON", "application/json", "[{", "InvalidBatch : Failed to parse JSON"),
    ])
    func `fails a batch that can't be read`(
        _ format: String,
        _ type: String,
        _ data: String,
        _ message: String
    ) async throws {
        try await withOrg { client in
            let job = try await client.openJob("insert", "Account", format)
            let batch = try await client.batch(job, data, type: type)
            #expect(batch.info.text.contains("Failed"))
            #expect(batch.info.text.contains(message), "\(batch.info.text)")
            let result = try await client.classic(.GET, "/job/\(job)/batch/\(batch.id)/result")
            #expect(result.text.contains("InvalidBatch"))
        }
    }

    @Test func `answers queries with result files`() async throws {
        try await withOrg { client in
            _ = try await client.create("Account", #"{"Name":"A"}"#)
            let job = try await client.openJob("query", "Account", "CSV")
            let batch = try await client.batch(job, "SELECT Id, Name FROM Account", type: "text/csv")
            #expect(client.element("numberRecordsProcessed", batch.info) == "1")
            let list = try await client.classic(.GET, "/job/\(job)/batch/\(batch.id)/result")
            let id = client.element("result", list)
            let file = try await client.classic(.GET, "/job/\(job)/batch/\(batch.id)/result/\(id)")
            #expect(file.text == "\"Id\",\"Name\"\n\"0015g0000000001AAA\",\"A\"\n")
        }
    }

    @Test func `knows its version, its session and its batches`() async throws {
        try await withOrg { client in
            let wrong = try await client.call(
                .GET,
                "/services/async/v62.0/job/1",
                headers: [("X-SFDC-Session", client.token ?? "")]
            )
            #expect(client.element("exceptionCode", wrong) == "InvalidUrl")
            #expect(client.element("exceptionMessage", wrong) == "unknown version: v62.0")
            var stranger = client
            stranger.token = "nobody"
            let refused = try await stranger.classic(.GET, "/job/7505g0000000001AAA")
            #expect(refused.status == 400)
            #expect(client.element("exceptionCode", refused) == "InvalidSessionId")
            let job = try await client.openJob("insert", "Account", "CSV")
            let batch = try await client.classic(.GET, "/job/\(job)/batch/7515g0000000099AAA")
            #expect(client.element("exceptionCode", batch) == "InvalidBatch")
        }
    }
}
