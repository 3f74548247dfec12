import NIOHTTP1
import Testing

@testable import SalesforceEmulator

@Suite struct `A record` {
    @Test func `is created, read, changed and deleted`() async throws {
        try await withOrg { client in
            let made = try await client.send(
                .POST,
                "\(OrgClient.data)/sobjects/Account",
                #"{"Name":" Acme ","AnnualRevenue":"123456789","NumberOfEmployees":"5"}"#
            )
            #expect(made.status == 201)
            let id = try #require(made.json["id"]?.string)
            let path = "\(OrgClient.data)/sobjects/Account/\(id)"
            #expect(made.headers.first(name: "Location") == path)
            #expect(made.headers.first(name: "Sforce-Limit-Info") == "api-usage=1/15000")
            let read = try await client.get("\(path)?fields=Name,AnnualRevenue,NumberOfEmployees,IsDeleted,OwnerId")
            #expect(
                read.text == """
                    {"attributes":{"type":"Account","url":"\(path)"},"Name":"Acme","AnnualRevenue":1.23456789E8,\
                    "NumberOfEmployees":5,"IsDeleted":false,"OwnerId":"0055g0000000001AAA"}
                    """
            )
            #expect(try await client.send(.PATCH, path, #"{"Name":"Beta","Phone":null}"#).status == 204)
            #expect(try await client.get(path).json["Name"]?.string == "Beta")
            #expect(try await client.call(.DELETE, path).status == 204)
            let gone = try await client.get(path)
            #expect(gone.status == 404)
            #expect(gone.json.at("0.message") == .string("The requested resource does not exist"))
            let again = try await client.call(.DELETE, path)
            #expect(again.status == 404)
            #expect(again.json.at("0.errorCode") == .string("ENTITY_IS_DELETED"))
        }
    }

    @Test(arguments: [
        (#"{}"#, "REQUIRED_FIELD_MISSING", "Required fields are missing: [LastName]"),
        (#"{"LastName":"x","foo":1}"#, "INVALID_FIELD", "No such column 'foo' on sobject of type Contact"),
        (#"{"LastName":"x","Email":"badone"}"#, "INVALID_EMAIL_ADDRESS", "Email: invalid email address: badone"),
        (#"{"LastName":"x","Id":"003"}"#, "INVALID_FIELD", "The Id field should not be specified in the sobject data."),
        (
            #"{"LastName":"x","Name":"y"}"#, "INVALID_FIELD_FOR_INSERT_UPDATE",
            "Unable to create/update fields: Name. Please check the security settings of this field and verify that it is read/write for your profile or permission set."
        ),
        (
            #"{"LastName":"x","Account":{"External_Id__c":"A-9"}}"#, "INVALID_FIELD",
            "Foreign key external ID: A-9 not found for field External_Id__c in entity Account"
        ),
        (
            #"{"LastName":"x","AccountId":"0015g0000000099AAA"}"#, "INVALID_CROSS_REFERENCE_KEY",
            "invalid cross reference id"
        ),
        (
            #"{"LastName":"x","AccountId":"0055g0000000001AAA"}"#, "MALFORMED_ID",
            "Account ID: id value of incorrect type: 0055g0000000001AAA"
        ),
        (
            #"{"LastName":"x","HasOptedOutOfEmail":null}"#, "INVALID_TYPE_ON_FIELD_IN_RECORD",
            "Email Opt Out: value not of required type: "
        ),
        (
            #"{"LastName":"x","Birthdate":"2026-13-01"}"#, "JSON_PARSER_ERROR",
            "Cannot deserialize instance of date from VALUE_STRING value 2026-13-01 or request may be missing a required field at [line:1, column:41]"
        ),
        (
            #"{"LastName":"0123456789012345678901234567890123456789012345678901234567890123456789012345678901234"}"#,
            "STRING_TOO_LONG",
            "Last Name: data value too large: 0123456789012345678901234567890123456789012345678901234567890123456789012345678901234 (max length=80)"
        ),
        (
            #"{"LastName":"x","CleanStatus":"Odd"}"#, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
            "Clean Status: bad value for restricted picklist field: Odd"
        ),
        (
            #"{"LastName":}"#, "JSON_PARSER_ERROR",
            "Unexpected character ('}' (code 125)): expected a valid value (number, String, array, object, 'true', 'false' or 'null') at [line:1, column:14]"
        ),
        (
            #"{LastName:1}"#, "JSON_PARSER_ERROR",
            "Unexpected character ('L' (code 76)): was expecting double-quote to start field name at [line:1, column:3]"
        ),
    ])
    func `that is wrong is refused in Salesforce's words`(
        _ json: String,
        _ code: String,
        _ message: String
    ) async throws {
        try await withOrg { client in
            let reply = try await client.send(.POST, "\(OrgClient.data)/sobjects/Contact", json)
            #expect(reply.status == 400)
            #expect(reply.json.at("0.errorCode") == .string(code))
            #expect(reply.json.at("0.message") == .string(message))
            #expect(try await client.query("SELECT COUNT() FROM Contact").json["totalSize"] == .number("0"))
        }
    }

    @Test func `is upserted by its external id, whatever its case`() async throws {
        try await withOrg { client in
            let path = "\(OrgClient.data)/sobjects/Account/External_Id__c"
            let made = try await client.send(.PATCH, "\(path)/A%2F17", #"{"Name":"One"}"#)
            #expect(made.status == 201)
            #expect(made.json["created"] == .bool(true))
            let changed = try await client.send(.PATCH, "\(path)/a%2F17", #"{"Name":"Two"}"#)
            #expect(changed.status == 200)
            #expect(changed.json["id"] == made.json["id"])
            #expect(changed.json["created"] == .bool(false))
            let old = try await client.send(
                .PATCH,
                "/services/data/v45.0/sobjects/Account/External_Id__c/A%2F17",
                #"{"Name":"2"}"#
            )
            #expect(old.status == 204)
            #expect(try await client.send(.PATCH, "\(path)/new?updateOnly=true", #"{"Name":"x"}"#).status == 404)
            let wrong = try await client.send(.PATCH, "\(OrgClient.data)/sobjects/Account/Phone/1", #"{"Name":"x"}"#)
            #expect(
                wrong.json.at("0.message")
                    == .string("Provided external ID field does not exist or is not accessible: Phone")
            )
            let twice = try await client.send(
                .POST,
                "\(OrgClient.data)/sobjects/Account",
                #"{"Name":"x","External_Id__c":"A/17"}"#
            )
            #expect(
                twice.json.at("0.message")
                    == .string(
                        "duplicate value found: External_Id__c duplicates value on record with id: 0015g0000000001"
                    )
            )
        }
    }

    @Test func `takes its children with it when it is deleted, and orphans the others`() async throws {
        let yaml = """
            objects:
              Part__c: { fields: { Account__c: { type: MasterDetail, referenceTo: [Account] } } }
              Note__c: { fields: { Account__c: { type: Lookup, referenceTo: [Account] } } }
            """
        try await withOrg(yaml) { client in
            let account = try await client.create("Account", #"{"Name":"A"}"#)
            _ = try await client.create("Part__c", #"{"Account__c":"\#(account)"}"#)
            let note = try await client.create("Note__c", #"{"Account__c":"\#(account)"}"#)
            #expect(try await client.call(.DELETE, "\(OrgClient.data)/sobjects/Account/\(account)").status == 204)
            #expect(try await client.query("SELECT COUNT() FROM Part__c").json["totalSize"] == .number("0"))
            #expect(try await client.query("SELECT COUNT() FROM Part__c", all: true).json["totalSize"] == .number("1"))
            #expect(try await client.get("\(OrgClient.data)/sobjects/Note__c/\(note)").json["Account__c"] == .null)
        }
    }

    @Test(arguments: [
        "\u{0}", "[1,2", "{\"a\":\"\\ud800\"}", String(repeating: "[", count: 5_000), "nul", "\"", "{}{}", "1e999",
    ])
    func `that is no record at all never breaks anything`(_ body: String) async throws {
        try await withOrg { client in
            let reply = try await client.send(.POST, "\(OrgClient.data)/sobjects/Account", body)
            #expect(reply.status == 400)
            #expect(reply.json.at("0.errorCode").string != nil)
            #expect(try await client.get("\(OrgClient.data)/limits").status == 200)
        }
    }

    @Test func `of an unknown type, method or content type is refused`() async throws {
        try await withOrg { client in
            #expect(try await client.get("\(OrgClient.data)/sobjects/Nope").status == 404)
            #expect(try await client.get("/services/data/v99.0/sobjects").status == 404)
            let method = try await client.send(.PUT, "\(OrgClient.data)/sobjects/Account", "{}")
            #expect(method.status == 405)
            #expect(method.json.at("0.message") == .string("HTTP Method 'PUT' not allowed. Allowed are HEAD,GET,POST"))
            let type = try await client.call(
                .POST,
                "\(OrgClient.data)/sobjects/Account",
                Array("x".utf8),
                type: "text/plain"
            )
            #expect(type.status == 415)
            let empty = try await client.call(.POST, "\(OrgClient.data)/sobjects/Account")
            #expect(empty.json.at("0.errorCode") == .string("POST_BODY_PARSE_ERROR"))
        }
    }

    @Test func `is not changed by a user who may only read it`() async throws {
        let yaml = "users: [ { username: reader@example.com, password: p, token: t, read_only: [Account] } ]"
        try await withOrg(yaml) { client in
            let id = try await client.create("Account", #"{"Name":"A"}"#)
            var reader = client
            reader.token =
                try await client.form(
                    "/services/oauth2/token",
                    [
                        "grant_type": "password", "client_id": "emulator-client", "client_secret": "emulator-secret",
                        "username": "reader@example.com", "password": "pt",
                    ]
                ).json["access_token"]?.string
            let refused = try await reader.send(.PATCH, "\(OrgClient.data)/sobjects/Account/\(id)", #"{"Name":"B"}"#)
            #expect(refused.status == 403)
            #expect(refused.json.at("0.errorCode") == .string("INSUFFICIENT_ACCESS_OR_READONLY"))
            let describe = try await reader.get("\(OrgClient.data)/sobjects/Account/describe")
            #expect(describe.json["updateable"] == .bool(false))
            #expect(try await reader.get("\(OrgClient.data)/sobjects/Account/\(id)").status == 200)
        }
    }

    @Test(arguments: [
        "limits?\(String(repeating: "x", count: 17_000))",
        "query?q=SELECT+Id+FROM+Account+LIMIT+9223372036854775807+OFFSET+1",
        "query?q=%", "query?q=SELECT+Id+FROM+Account+WHERE+CreatedDate+%3D+LAST_N_YEARS:99999", "sobjects/Account/%00",
        "jobs/ingest/x", "composite",
        "sobjects/Account/External_Id__c/%FF", "tooling/sobjects/CustomField/x", "%2F%2F",
        "sobjects/Account/deleted?start=x&end=y",
    ])
    func `asked for in a strange way is still an answer`(_ path: String) async throws {
        try await withOrg { client in
            let reply = try await client.get("\(OrgClient.data)/\(path)")
            #expect((200..<500).contains(reply.status))
            let next = try await client.get("\(OrgClient.data)/limits")
            #expect(next.status == 200)
        }
    }

    @Test func `leads to its parent and its children by their names`() async throws {
        try await withOrg { client in
            let account = try await client.create("Account", #"{"Name":"P"}"#)
            let contact = try await client.create("Contact", "{\"LastName\":\"C\",\"AccountId\":\"\(account)\"}")
            let objects = "\(OrgClient.data)/sobjects"
            #expect(try await client.get("\(objects)/Contact/\(contact)/Account").json["Name"] == .string("P"))
            let children = try await client.get("\(objects)/Account/\(account)/Contacts?fields=LastName").json
            #expect(children.at("records.0.LastName") == .string("C"))
            #expect(try await client.get("\(objects)/Account/\(account)/Nothing").status == 404)
            #expect(try await client.get("\(objects)/Account/describe/layouts").json["layouts"] == .array([]))
            #expect(try await client.get("\(objects)/Account/listviews").json["size"] == .number("0"))
        }
    }

    @Test func `may be written in XML, and is answered so`() async throws {
        try await withOrg { client in
            let reply = try await client.call(
                .POST,
                "\(OrgClient.data)/sobjects/Account",
                Array("<Account><Name>A &amp; B</Name><AnnualRevenue>5</AnnualRevenue></Account>".utf8),
                type: "application/xml",
                headers: [("Accept", "application/xml")]
            )
            #expect(reply.status == 201)
            #expect(try XMLReader.read(reply.bytes)["success"]?.value == "true")
            #expect(
                try await client.query("SELECT Name FROM Account WHERE AnnualRevenue = 5").json.at("records.0.Name")
                    == .string("A & B")
            )
            let broken = try await client.call(
                .POST,
                "\(OrgClient.data)/sobjects/Account",
                Array("<Account><Name>".utf8),
                type: "application/xml"
            )
            #expect(broken.json.at("0.errorCode") == .string("XML_PARSER_ERROR"))
        }
    }

    @Test func `is never above itself`() async throws {
        try await withOrg { client in
            let top = try await client.create("Account", #"{"Name":"Top"}"#)
            let middle = try await client.create("Account", "{\"Name\":\"Middle\",\"ParentId\":\"\(top)\"}")
            let low = try await client.create("Account", "{\"Name\":\"Low\",\"ParentId\":\"\(middle)\"}")
            for parent in [top, middle, low] {
                let body = "{\"ParentId\":\"\(parent)\"}"
                let reply = try await client.send(.PATCH, "\(OrgClient.data)/sobjects/Account/\(top)", body)
                #expect(reply.status == 400 && reply.json.at("0.errorCode") == .string("CIRCULAR_DEPENDENCY"))
            }
            let moved = try await client.send(
                .PATCH,
                "\(OrgClient.data)/sobjects/Account/\(low)",
                "{\"ParentId\":\"\(top)\"}"
            )
            #expect(moved.status == 204)
        }
    }

    @Test func `takes no object for a value`() async throws {
        try await withOrg { client in
            let reply = try await client.send(
                .POST,
                "\(OrgClient.data)/sobjects/Account",
                #"{"Name":"A","AnnualRevenue":{"x":1}}"#
            )
            #expect(reply.status == 400 && reply.json.at("0.errorCode") == .string("JSON_PARSER_ERROR"))
            #expect(reply.json.at("0.message").string?.contains("double from START_OBJECT value {") == true)
        }
    }

    @Test(arguments: [
        (-31 * 86_400, 0, "more than 30 days"), (-30, 0, "one minute"), (0, -3_600, "after endDate"),
    ])
    func `changes are told of the last 30 days`(_ start: Int, _ end: Int, _ message: String) async throws {
        try await withOrg { client in
            let now = try await client.get("/emulator/clock").json["now"]?.string.flatMap { readInstant($0) }
            func moment(_ seconds: Int) -> String {
                percentEncoded(now?.advanced(byMilliseconds: Int64(seconds) * 1_000).text(zone: "Z") ?? "")
            }
            for list in ["updated", "deleted"] {
                let path = "\(OrgClient.data)/sobjects/Account/\(list)/"
                let reply = try await client.get("\(path)?start=\(moment(start))&end=\(moment(end))")
                #expect(reply.status == 400 && reply.json.at("0.errorCode") == .string("INVALID_REPLICATION_DATE"))
                #expect(reply.json.at("0.message").string?.contains(message) == true, "\(reply.text)")
                let fine = try await client.get("\(path)?start=\(moment(-29 * 86_400))&end=\(moment(0))")
                #expect(fine.status == 200, "\(fine.text)")
            }
        }
    }
}
