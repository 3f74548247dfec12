import NIOHTTP1
import Testing

@testable import SalesforceEmulator

@Suite struct `An ingest job` {
    @Test func `tells each row's fate in the row's own columns`() async throws {
        try await withOrg { client in
            _ = try await client.create("Account", #"{"Name":"Acme","External_Id__c":"A-17"}"#)
            let result = try await client.ingest(
                "Contact",
                "upsert",
                """
                External_Id__c,LastName,Email,Account.External_Id__c
                C-1,Moreau,L.M@Example.com,A-17
                C-2,Ito,,A-99
                C-3,,x@example.com,A-17
                C-4,"Quo ""te"", x",#N/A,#N/A
                C-5,Dup,,
                c-5,Dup,,
                C-6,Bad,nope,

                """,
                key: "External_Id__c"
            )
            #expect(result.job["state"] == .string("JobComplete"))
            #expect(result.job["numberRecordsProcessed"] == .number("7"))
            #expect(result.job["numberRecordsFailed"] == .number("5"))
            #expect(result.job["jobType"] == .string("V2Ingest"))
            #expect(
                result.successes.lines.first
                    == #""sf__Id","sf__Created",External_Id__c,LastName,Email,Account.External_Id__c"#
            )
            #expect(
                Set(result.successes.lines.dropFirst()) == [
                    #""0035g0000000001AAA","true","C-1","Moreau","L.M@Example.com","A-17""#,
                    ##""0035g0000000002AAA","true","C-4","Quo ""te"", x","#N/A","#N/A""##,
                ]
            )
            #expect(
                Set(result.failures.lines.dropFirst()) == [
                    #""","INVALID_FIELD:Foreign key external ID: A-99 not found for field External_Id__c in entity Account:--","C-2","Ito","","A-99""#,
                    #""","REQUIRED_FIELD_MISSING:Required fields are missing: [LastName]:LastName --","C-3","","x@example.com","A-17""#,
                    #""","DUPLICATE_VALUE:Duplicate external id specified: C-5:External_Id__c --","C-5","Dup","","""#,
                    #""","DUPLICATE_VALUE:Duplicate external id specified: c-5:External_Id__c --","c-5","Dup","","""#,
                    #""","INVALID_EMAIL_ADDRESS:Email: invalid email address: nope:Email --","C-6","Bad","nope","""#,
                ]
            )
            #expect(result.unprocessed.text == "External_Id__c,LastName,Email,Account.External_Id__c\n")
            let kept = try await client.get("\(OrgClient.data)/sobjects/Contact/External_Id__c/C-1").json
            #expect(kept["Email"] == .string("l.m@example.com"))
        }
    }

    @Test func `updates, leaves empty cells alone, empties by mark, and deletes`() async throws {
        try await withOrg { client in
            let id = try await client.create("Account", #"{"Name":"A","Phone":"1","Fax":"2"}"#)
            let update = try await client.ingest(
                "Account",
                "update",
                "Id,Name,Phone,Fax\n\(id),B,,#N/A\n0015g0000000099AAA,x,,\n,x,,\nbad,x,,\n"
            )
            #expect(update.successes.lines.last == "\"\(id)\",\"false\",\"\(id)\",\"B\",\"\",\"#N/A\"")
            #expect(update.failures.text.contains("INVALID_CROSS_REFERENCE_KEY:invalid cross reference id:--"))
            #expect(update.failures.text.contains("MISSING_ARGUMENT:Id not specified in an update call:Id --"))
            #expect(update.failures.text.contains("MALFORMED_ID:Account ID: id value of incorrect type: bad:Id --"))
            let record = try await client.get("\(OrgClient.data)/sobjects/Account/\(id)").json
            #expect(record["Phone"] == .string("1"))
            #expect(record["Fax"] == .null)
            let delete = try await client.ingest("Account", "delete", "Id\n\(id)\n")
            #expect(delete.job["numberRecordsFailed"] == .number("0"))
            let twice = try await client.ingest("Account", "delete", "Id\n\(id)\n")
            #expect(twice.failures.text.contains("\"\(id)\",\"ENTITY_IS_DELETED:entity is deleted:--\""))
        }
    }

    @Test(arguments: [
        ("Name,Nope\nx,y\n", "", "InvalidBatch : Field name not found : Nope"),
        (
            "Name\r\nx\r\n", "",
            "ClientInputError : LineEnding is invalid on user data. Current LineEnding setting is LF"
        ),
        (
            "Name\nx\n", #","lineEnding":"CRLF""#,
            "ClientInputError : LineEnding is invalid on user data. Current LineEnding setting is CRLF"
        ),
        ("Name\n\"x\n", "", "InvalidBatch : Failed to parse CSV. EOF reached before closing an opened quote"),
        ("Name,Name\nx,y\n", "", "InvalidBatch : Duplicate field name found : Name"),
        ("", "", "InvalidBatch : Failed to parse CSV header. EOF reached"),
        ("Name,Phone\nA\"b,1\n", "", unescapedQuote), ("Name,Phone\n\"A\"b,1\n", "", unescapedQuote),
        ("Name,Phone\nA, \"1\"\n", "", unescapedQuote),
        (
            "Name,Account:Parent.External_Id__c\nx,y\n", "",
            "InvalidBatch : Field name not found : Account:Parent.External_Id__c"
        ),
    ])
    func `fails as a whole when its data can't be read`(_ csv: String, _ more: String, _ message: String) async throws {
        try await withOrg { client in
            let result = try await client.ingest("Account", "insert", csv, more: more)
            #expect(result.job["state"] == .string("Failed"))
            #expect(result.job["errorMessage"] == .string(message))
            #expect(try await client.query("SELECT COUNT() FROM Account").json["totalSize"] == .number("0"))
            let header = csv.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
            #expect(result.unprocessed.text.split(whereSeparator: \.isNewline).first.map(String.init) ?? "" == header)
        }
    }

    @Test func `refuses a row of more or fewer cells than the header has`() async throws {
        try await withOrg { client in
            let result = try await client.ingest("Account", "insert", "Name,Phone\nA\nB,1,2\nC,3\n")
            #expect(result.job["numberRecordsFailed"] == .number("2"))
            #expect(result.successes.lines.dropFirst() == ["\"0015g0000000001AAA\",\"true\",\"C\",\"3\""])
            #expect(result.failures.text.contains("INVALID_CSV:The row has 1 columns, the header 2:--"))
            #expect(result.failures.text.contains("INVALID_CSV:The row has 3 columns, the header 2:--"))
        }
    }

    @Test func `keeps what is no UTF-8 as the mark for it`() async throws {
        try await withOrg { client in
            let made = try await client.send(
                .POST,
                "\(OrgClient.data)/jobs/ingest",
                #"{"object":"Account","operation":"insert"}"#
            )
            let job = "\(OrgClient.data)/jobs/ingest/\(made.json["id"]?.string ?? "")"
            _ = try await client.call(.PUT, job + "/batches", Array("Name\ncaf".utf8) + [0xE9, 0x0A], type: "text/csv")
            _ = try await client.send(.PATCH, job, #"{"state":"UploadComplete"}"#)
            for _ in 0..<5_000 where try await client.get(job).json["state"] != .string("JobComplete") {
                await Task.yield()
            }
            let found = try await client.query("SELECT Name FROM Account")
            #expect(found.json.at("records.0.Name") == .string("caf\u{FFFD}"))
        }
    }

    @Test(arguments: [
        (#"{"operation":"insert"}"#, "INVALIDJOB"), (#"{"object":"Nope","operation":"insert"}"#, "INVALIDENTITY"),
        (#"{"object":"Account","operation":"sell"}"#, "INVALIDJOB"),
        (#"{"object":"Account","operation":"upsert"}"#, "INVALIDJOB"),
        (#"{"object":"Account","operation":"upsert","externalIdFieldName":"Phone"}"#, "INVALIDJOB"),
        (#"{"object":"Account","operation":"insert","columnDelimiter":"DOT"}"#, "INVALIDJOB"),
        (#"{"object":"Account","operation":"insert","x":1}"#, "JSON_PARSER_ERROR"), ("[]", "JSON_PARSER_ERROR"),
        ("{", "JSON_PARSER_ERROR"),
        (#"{"object":"Profile","operation":"insert"}"#, "INVALIDENTITY"),
    ])
    func `is not made from a bad definition`(_ json: String, _ code: String) async throws {
        try await withOrg { client in
            let reply = try await client.send(.POST, "\(OrgClient.data)/jobs/ingest", json)
            #expect(reply.status == 400)
            #expect(reply.json.at("0.errorCode") == .string(code))
        }
    }

    @Test func `goes through its states and no others`() async throws {
        try await withOrg { client in
            let made = try await client.send(
                .POST,
                "\(OrgClient.data)/jobs/ingest",
                #"{"object":"Account","operation":"insert"}"#
            )
            #expect(made.status == 200)
            let id = try #require(made.json["id"]?.string)
            #expect(made.json["contentUrl"] == .string("services/data/v62.0/jobs/ingest/\(id)/batches"))
            #expect(made.json["apiVersion"] == .number("62.0"))
            #expect(made.json["jobType"] == nil)
            let path = "\(OrgClient.data)/jobs/ingest/\(id)"
            #expect(
                try await client.send(.PATCH, path, #"{"state":"UploadComplete"}"#).json.at("0.errorCode")
                    == .string("INVALIDJOBSTATE")
            )
            #expect(try await client.call(.DELETE, path).status == 400)
            #expect(try await client.get("\(path)/successfulResults").status == 400)
            #expect(
                try await client.call(.PUT, "\(path)/batches", Array("Name\nA\n".utf8), type: "text/csv").status == 201
            )
            #expect(
                try await client.call(.PUT, "\(path)/batches", Array("Name\nA\n".utf8), type: "text/csv").status == 400
            )
            let closed = try await client.send(.PATCH, path, #"{"state":"UploadComplete"}"#)
            #expect(closed.json["state"] == .string("UploadComplete"))
            #expect(closed.json["lineEnding"] == nil)
            #expect(try await client.settled(path)["state"] == .string("JobComplete"))
            let late = try await client.send(.PATCH, path, #"{"state":"Aborted"}"#)
            #expect(late.json.at("0.message") == .string("Aborting already Completed Job not allowed"))
            #expect(try await client.call(.DELETE, path).status == 204)
            #expect(try await client.get(path).status == 404)
            #expect(try await client.get("\(OrgClient.data)/jobs/ingest/7505g0000000099AAA").status == 404)
        }
    }

    @Test func `is taken with other delimiters, compressed, or in parts`() async throws {
        try await withOrg { client in
            let tabs = try await client.ingest(
                "Account",
                "insert",
                "Name\tPhone\r\nA\t1\r\n",
                more: #","columnDelimiter":"TAB","lineEnding":"CRLF""#
            )
            #expect(
                tabs.successes.text
                    == "\"sf__Id\"\t\"sf__Created\"\tName\tPhone\r\n\"0015g0000000001AAA\"\t\"true\"\t\"A\"\t\"1\"\r\n"
            )
            let zipped = try await client.ingest(
                "Account",
                "insert",
                "Name\n" + String(repeating: "Same\n", count: 1_000),
                gzip: true
            )
            #expect(zipped.job["numberRecordsProcessed"] == .number("1000"))
            let parts =
                "--B7f\r\nContent-Type: application/json\r\nContent-Disposition: form-data; name=\"job\"\r\n\r\n"
                + "{\"object\":\"Account\",\"operation\":\"insert\",\"contentType\":\"CSV\"}\r\n--B7f\r\nContent-Type: text/csv\r\n"
                + "Content-Disposition: form-data; name=\"content\"; filename=\"content\"\r\n\r\nName\nParted\n\r\n--B7f--\r\n"
            let made = try await client.call(
                .POST,
                "\(OrgClient.data)/jobs/ingest",
                Array(parts.utf8),
                type: "multipart/form-data; boundary=B7f"
            )
            #expect(made.json["state"] == .string("UploadComplete"))
            let id = try #require(made.json["id"]?.string)
            #expect(try await client.settled("\(OrgClient.data)/jobs/ingest/\(id)")["state"] == .string("JobComplete"))
            #expect(
                try await client.query("SELECT COUNT() FROM Account WHERE Name = 'Parted'").json["totalSize"]
                    == .number("1")
            )
            let broken = try await client.call(
                .POST,
                "\(OrgClient.data)/jobs/ingest",
                Array("--x".utf8),
                type: "multipart/form-data; boundary=B7f"
            )
            #expect(broken.json.at("0.errorCode") == .string("INVALID_MULTIPART_REQUEST"))
        }
    }

    @Test func `checks types, ranges, picklists and unique values in each row`() async throws {
        let yaml = """
            objects:
              Shipment__c:
                fields:
                  Tracking__c: { type: Text, length: 5, externalId: true, unique: true }
                  Weight__c: { type: Number, precision: 10, scale: 2 }
                  Status__c: { type: Picklist, restricted: true, values: [New, Sent, { name: old, label: Old, active: false }] }
                  Opened__c: { type: DateTime, createable: true, updateable: false }
                  Active__c: { type: Checkbox }
            """
        try await withOrg(yaml) { client in
            let result = try await client.ingest(
                "Shipment__c",
                "insert",
                "Tracking__c,Weight__c,Status__c,Opened__c,Active__c\nT1,1.255,New,2026-01-01T01:00:00+01:00,TRUE\nT2,x,,,\nT3,999999999,,,\nT4,,old,,\nT5,,,x,\nt1,,,,\nT7,,,,perhaps\nT8,,,,#N/A\nT99999,,,,\n"
            )
            let errors = result.failures.lines.dropFirst().compactMap {
                $0.split(separator: ",").dropFirst().first.map(String.init)
            }
            #expect(
                Set(errors) == [
                    #""INVALID_TYPE_ON_FIELD_IN_RECORD:Weight: value not of required type: x:Weight__c --""#,
                    #""NUMBER_OUTSIDE_VALID_RANGE:Weight: value outside of valid range on numeric field: 999999999:Weight__c --""#,
                    #""INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST:Status: bad value for restricted picklist field: old:Status__c --""#,
                    #""INVALID_TYPE_ON_FIELD_IN_RECORD:Opened: value not of required type: x:Opened__c --""#,
                    #""DUPLICATE_VALUE:duplicate value found: Tracking__c duplicates value on record with id: a005g0000000001:--""#,
                    #""INVALID_TYPE_ON_FIELD_IN_RECORD:Active: value not of required type: perhaps:Active__c --""#,
                    #""INVALID_TYPE_ON_FIELD_IN_RECORD:Active: value not of required type: :Active__c --""#,
                    #""STRING_TOO_LONG:Tracking: data value too large: T99999 (max length=5):Tracking__c --""#,
                ]
            )
            let kept = try await client.get("/emulator/records/Shipment__c").json
            #expect(kept[0]["Weight__c"] == .number("1.26"))
            #expect(kept[0]["Opened__c"] == .string("2026-01-01T00:00:00.000+0000"))
            #expect(kept[0]["Active__c"] == .bool(true))
            let late = try await client.ingest(
                "Shipment__c",
                "upsert",
                "Tracking__c,Opened__c\nT1,2026-02-01T00:00:00Z\n",
                key: "Tracking__c"
            )
            #expect(late.failures.text.contains("INVALID_FIELD_FOR_INSERT_UPDATE"))
        }
    }

    @Test func `of ten thousand rows and more keeps every one of them`() async throws {
        try await withOrg { client in
            let csv = "Name,External_Id__c\n" + (0..<25_000).map { "N\($0),E\($0)\n" }.joined()
            let result = try await client.ingest("Account", "upsert", csv, key: "External_Id__c")
            #expect(result.job["numberRecordsProcessed"] == .number("25000"))
            #expect(result.successes.lines.count == 25_001)
            #expect(
                result.successes.lines[1] != "\"0015g0000000001AAA\",\"true\",\"N0\",\"E0\""
                    || result.successes.lines[2].contains("N1") == false
            )
            #expect(
                try await client.get("\(OrgClient.data)/limits").json.at("DailyBulkApiBatches.Remaining")
                    == .number("14997")
            )
        }
    }

    @Test func `runs a query and pages its rows`() async throws {
        try await withOrg { client in
            _ = try await client.ingest("Account", "insert", "Name\nA\nB\nC\n")
            let made = try await client.send(
                .POST,
                "\(OrgClient.data)/jobs/query",
                #"{"operation":"query","query":"SELECT Id, Name, Owner.Name FROM Account ORDER BY Name"}"#
            )
            let id = try #require(made.json["id"]?.string)
            let path = "\(OrgClient.data)/jobs/query/\(id)"
            #expect(try await client.get(path).json["numberRecordsProcessed"] == .number("3"))
            let first = try await client.get("\(path)/results?maxRecords=2")
            #expect(first.lines[0] == #""Id","Name","Owner.Name""#)
            #expect(first.headers.first(name: "Sforce-NumberOfRecords") == "2")
            let locator = try #require(first.headers.first(name: "Sforce-Locator"))
            let last = try await client.get("\(path)/results?locator=\(locator)")
            #expect(last.lines.count == 2)
            #expect(last.headers.first(name: "Sforce-Locator") == "null")
            #expect(try await client.get("/services/data/v61.0/jobs/query/\(id)/results").status == 409)
            let bad = try await client.send(
                .POST,
                "\(OrgClient.data)/jobs/query",
                #"{"operation":"query","query":"SELECT Nope FROM Account"}"#
            )
            #expect(bad.json.at("0.errorCode") == .string("INVALID_FIELD"))
        }
    }
}

private let unescapedQuote =
    "InvalidBatch : Failed to parse CSV. Found unescaped quote. A value with quote should be within a quote"
