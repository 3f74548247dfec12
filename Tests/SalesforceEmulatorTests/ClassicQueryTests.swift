import NIOHTTP1
import Testing

@testable import SalesforceEmulator

extension OrgClient {
    /// Opens a job with headers of its own.
    func openJob(
        _ operation: String,
        _ object: String,
        _ format: String,
        headers: [(String, String)]
    ) async throws -> Reply {
        try await call(
            .POST,
            "\(Self.async)/job",
            Array(
                "<jobInfo xmlns=\"\(dataloadNamespace)\"><operation>\(operation)</operation><object>\(object)</object><contentType>\(format)</contentType></jobInfo>"
                    .utf8
            ),
            type: "application/xml",
            headers: [("X-SFDC-Session", token ?? "")] + headers
        )
    }

    /// The batches of a job once none is on its way any more.
    func endedBatches(_ job: String) async throws -> [XMLNode] {
        for _ in 0..<5_000 {
            let list = try XMLReader.read(try await classic(.GET, "/job/\(job)/batch").bytes).all("batchInfo")
            if list.allSatisfy({ !["Queued", "InProgress"].contains($0["state"]?.value ?? "") }) { return list }
            await Task.yield()
        }
        return []
    }
}

@Suite struct `A query batch of the original Bulk API` {
    @Test func `holds parents inside and times as numbers in JSON, as elements in XML`() async throws {
        try await withOrg { client in
            let account = try await client.create("Account", #"{"Name":"P","AnnualRevenue":7}"#)
            _ = try await client.create(
                "Contact",
                "{\"LastName\":\"C\",\"AccountId\":\"\(account)\",\"Birthdate\":\"1970-01-02\"}"
            )
            _ = try await client.create("Contact", #"{"LastName":"D & E"}"#)
            let soql =
                "SELECT Id, LastName, Birthdate, IsEmailBounced, Account.Name, Account.AnnualRevenue FROM Contact"
            func file(_ format: String, _ type: String) async throws -> Reply {
                let made = try await client.classic(
                    .POST,
                    "/job",
                    "{\"operation\":\"query\",\"object\":\"Contact\",\"contentType\":\"\(format)\"}",
                    type: "application/json"
                )
                let job = made.json["id"]?.string ?? ""
                let batch = try await client.batch(job, soql, type: type)
                let list = try await client.classic(.GET, "/job/\(job)/batch/\(batch.id)/result")
                let id = list.json[0].string ?? client.element("result", list)
                return try await client.classic(.GET, "/job/\(job)/batch/\(batch.id)/result/\(id)")
            }
            let json = try await file("JSON", "application/json")
            #expect(json.json.at("0.attributes.type") == .string("Contact"))
            #expect(
                json.json.at("0.attributes.url").string?.hasPrefix("/services/data/v62.0/sobjects/Contact/003") == true
            )
            #expect(json.json.at("0.Birthdate") == .number("86400000"))
            #expect(json.json.at("0.IsEmailBounced") == .bool(false))
            #expect(json.json.at("0.Account.Name") == .string("P"))
            #expect(json.json.at("0.Account.AnnualRevenue") == .number("7.0"))
            #expect(json.json.at("1.Account") == .null)
            let xml = try XMLReader.read(try await file("XML", "application/xml").bytes)
            let records = xml.all("records")
            #expect(records[0]["type"]?.value == "Contact")
            #expect(records[0]["Account"]?["Name"]?.value == "P")
            #expect(records[1]["LastName"]?.value == "D & E")
            #expect(records[1]["Account"]?.isNil == true)
            let csv = try await file("CSV", "text/csv")
            #expect(
                csv.lines.first
                    == #""Id","LastName","Birthdate","IsEmailBounced","Account.Name","Account.AnnualRevenue""#
            )
            #expect(csv.lines[1].hasSuffix(#""C","1970-01-02","false","P","7.0""#))
        }
    }

    @Test func `is cut by ids when that is asked, and only then`() async throws {
        try await withOrg { client in
            _ = try await client.ingest("Account", "insert", "Name\n" + (0..<25).map { "N\($0)\n" }.joined())
            let made = try await client.openJob(
                "query",
                "Account",
                "CSV",
                headers: [("Sforce-Enable-PKChunking", "chunkSize=10")]
            )
            let job = client.element("id", made)
            _ = try await client.classic(.POST, "/job/\(job)/batch", "SELECT Name FROM Account", type: "text/csv")
            let batches = try await client.endedBatches(job)
            #expect(batches.map { $0["state"]?.value } == ["NotProcessed", "Completed", "Completed", "Completed"])
            #expect(batches.map { $0["numberRecordsProcessed"]?.value } == ["0", "10", "10", "5"])
            var names: Set<String> = []
            for batch in batches.dropFirst() {
                let path = "/job/\(job)/batch/\(batch["id"]?.value ?? "")/result"
                let id = client.element("result", try await client.classic(.GET, path))
                names.formUnion(try await client.classic(.GET, "\(path)/\(id)").lines.dropFirst())
            }
            #expect(names.count == 25)
            let info = try await client.classic(.GET, "/job/\(job)")
            #expect(client.element("numberBatchesFailed", info) == "0")
            #expect(client.element("numberBatchesTotal", info) == "4")
            let whole = client.element(
                "id",
                try await client.openJob("query", "Account", "CSV", headers: [("Sforce-Enable-PKChunking", "TRUE")])
            )
            _ = try await client.classic(
                .POST,
                "/job/\(whole)/batch",
                "SELECT Name FROM Account LIMIT 3",
                type: "text/csv"
            )
            #expect(try await client.endedBatches(whole).map { $0["state"]?.value } == ["Completed"])
            let bad = try await client.openJob(
                "query",
                "Account",
                "CSV",
                headers: [("Sforce-Enable-PKChunking", "chunkSize=300000")]
            )
            #expect(client.element("exceptionCode", bad) == "InvalidJob")
        }
    }

    @Test func `that can't be understood fails when its turn comes`() async throws {
        try await withOrg { client in
            let job = try await client.openJob("query", "Account", "CSV")
            let batch = try await client.batch(job, "SELECT Foo FROM Account", type: "text/csv")
            #expect(client.element("state", batch.info) == "Failed")
            #expect(client.element("stateMessage", batch.info).contains("INVALID_FIELD"))
        }
    }
}

@Suite struct `A batch that meets locks` {
    private let yaml = """
        objects: { Contact: { triggers: [ { name: Roll, on: [insert], locks: AccountId } ] } }
        """

    @Test(arguments: [false, true])
    func `goes back to the queue after a hundred of them, and fails in the end`(neverRetries: Bool) async throws {
        try await withOrg(yaml) { client in
            let account = try await client.create("Account", #"{"Name":"P"}"#)
            _ = try await client.send(
                .POST,
                "/emulator/locks",
                "{\"object\":\"Account\",\"id\":\"\(account)\",\"for_ms\":600000}"
            )
            let headers = neverRetries ? [("Sforce-Disable-Batch-Retry", "TRUE")] : []
            let job = client.element("id", try await client.openJob("insert", "Contact", "CSV", headers: headers))
            let rows = neverRetries ? 500 : 2_400
            let csv = "LastName,AccountId\n" + (0..<rows).map { "N\($0),\(account)\n" }.joined()
            let batch = try await client.batch(job, csv, type: "text/csv")
            #expect(client.element("state", batch.info) == "Failed")
            #expect(client.element("stateMessage", batch.info).hasPrefix("TooManyLockFailure : "))
            let done = client.element("numberRecordsProcessed", batch.info)
            #expect(done == (neverRetries ? "200" : "2000"))
            let info = try await client.classic(.GET, "/job/\(job)")
            #expect(client.element("numberRetries", info) == (neverRetries ? "0" : "9"))
            let result = try await client.classic(.GET, "/job/\(job)/batch/\(batch.id)/result")
            #expect(result.lines.count == 1 + (Int(done) ?? 0))
            #expect(
                result.text.contains(
                    "UNABLE_TO_LOCK_ROW:unable to obtain exclusive access to this record or 1 records: \(account):--"
                )
            )
        }
    }
}

@Suite struct `The data of a batch` {
    @Test func `may be in another charset than UTF-8, and comes back as it was sent`() async throws {
        try await withOrg { client in
            let job = try await client.openJob("insert", "Account", "CSV")
            let bytes = Array("Name\nM".utf8) + [0xFC] + Array("ller\n".utf8)
            let made = try await client.call(
                .POST,
                "\(OrgClient.async)/job/\(job)/batch",
                bytes,
                type: "text/csv; charset=ISO-8859-1",
                headers: [("X-SFDC-Session", client.token ?? "")]
            )
            #expect(try await client.endedBatches(job).map { $0["state"]?.value } == ["Completed"])
            #expect(try await client.get("/emulator/records/Account").json.at("0.Name") == .string("Müller"))
            let request = try await client.classic(.GET, "/job/\(job)/batch/\(client.element("id", made))/request")
            #expect(request.bytes == bytes)
        }
    }

    @Test func `with a byte order mark before a quoted name fails`() async throws {
        try await withOrg { client in
            let job = try await client.openJob("insert", "Account", "CSV")
            let batch = try await client.batch(job, "\u{FEFF}\"Name\"\n\"x\"\n", type: "text/csv")
            #expect(client.element("stateMessage", batch.info).contains("Found unescaped quote"))
        }
    }
}

@Suite struct `Jobs grow old` {
    @Test func `and are forgotten after seven days, or fail when they stay open`() async throws {
        try await withOrg { client in
            let done = try await client.ingest("Account", "insert", "Name\nA\n").job["id"]?.string ?? ""
            let open =
                try await client.send(
                    .POST,
                    "\(OrgClient.data)/jobs/ingest",
                    #"{"object":"Account","operation":"insert"}"#
                ).json["id"]?.string ?? ""
            let classic = try await client.openJob("insert", "Account", "CSV")
            _ = try await client.send(.POST, "/emulator/clock", #"{"advance_ms":86400001}"#)
            var later = client
            later.token =
                try await client.form(
                    "/services/oauth2/token",
                    [
                        "grant_type": "client_credentials", "client_id": "emulator-client",
                        "client_secret": "emulator-secret",
                    ]
                ).json["access_token"]?.string
            #expect(try await later.get("\(OrgClient.data)/jobs/ingest/\(open)").json["state"] == .string("Failed"))
            #expect(later.element("state", try await later.classic(.GET, "/job/\(classic)")) == "Failed")
            #expect(
                try await later.get("\(OrgClient.data)/jobs/ingest/\(done)").json["state"] == .string("JobComplete")
            )
            _ = try await later.send(.POST, "/emulator/clock", #"{"advance_ms":518400000}"#)
            later.token =
                try await client.form(
                    "/services/oauth2/token",
                    [
                        "grant_type": "client_credentials", "client_id": "emulator-client",
                        "client_secret": "emulator-secret",
                    ]
                ).json["access_token"]?.string
            #expect(try await later.get("\(OrgClient.data)/jobs/ingest/\(done)").status == 404)
            #expect(later.element("exceptionCode", try await later.classic(.GET, "/job/\(classic)")) == "InvalidJob")
        }
    }
}
