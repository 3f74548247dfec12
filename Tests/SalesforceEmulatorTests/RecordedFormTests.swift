import NIOHTTP1
import Testing

@testable import SalesforceEmulator

private func expectForm(
    _ answer: JSONValue,
    _ name: String,
    more: Bool = false,
    _ place: SourceLocation = #_sourceLocation
) throws {
    let found = Shape.differences(answer, try Shape.named(name), more: more)
    #expect(found.isEmpty, "\(name): \(found.joined(separator: "; "))", sourceLocation: place)
}

@Suite struct `An answer has the form that was recorded of a real org` {
    private let query = "\(OrgClient.data)/query?q="

    @Test func `when signing in`() async throws {
        let app = "connected_apps: [ { client_id: bare, client_secret: s } ]"
        try await withOrg(app) { client in
            func token(_ pairs: KeyValuePairs<String, String>) async throws -> Reply {
                try await client.form("/services/oauth2/token", pairs)
            }
            let good = try await token([
                "grant_type": "password", "client_id": "emulator-client", "client_secret": "emulator-secret",
                "username": "admin@example.com", "password": "passwordtoken",
            ])
            #expect(good.status == 200)
            try expectForm(good.json, "token", more: true)
            let wrong = try await token([
                "grant_type": "password", "client_id": "emulator-client", "client_secret": "emulator-secret",
                "username": "admin@example.com", "password": "x",
            ])
            let secret = try await token([
                "grant_type": "client_credentials", "client_id": "emulator-client", "client_secret": "x",
            ])
            let stranger = try await token(["grant_type": "client_credentials", "client_id": "nobody"])
            let noUser = try await token([
                "grant_type": "client_credentials", "client_id": "bare", "client_secret": "s",
            ])
            let codes = ["invalid_grant", "invalid_client", "invalid_client_id", "invalid_grant"]
            for (reply, code) in zip([wrong, secret, stranger, noUser], codes) {
                #expect(reply.status == 400)
                try expectForm(reply.json, "token error")
                #expect(reply.json["error"] == .string(code))
            }
        }
    }

    @Test func `when a call is refused`() async throws {
        try await withOrg { client in
            let malformed = try await client.get("/services/data/v42.0/query/?q=invalid")
            let missing = try await client.get("\(OrgClient.data)/sobjects/Account/0015g0000000099AAA")
            var stranger = client
            stranger.token = "nobody"
            let expired = try await stranger.get("\(OrgClient.data)/limits")
            let column = try await client.send(.POST, "\(OrgClient.data)/sobjects/Account", #"{"Name":"n","foo":1}"#)
            for reply in [malformed, missing, expired, column] { try expectForm(reply.json, "error list") }
            #expect([malformed, missing, expired, column].map(\.status) == [400, 404, 401, 400])
            #expect(malformed.json.at("0.errorCode") == .string("MALFORMED_QUERY"))
            #expect(missing.json.at("0.message") == .string("The requested resource does not exist"))
        }
    }

    @Test func `when records are written one by one or together`() async throws {
        try await withOrg { client in
            let made = try await client.send(.POST, "\(OrgClient.data)/sobjects/Account/", #"{"Name":"One"}"#)
            #expect(made.status == 201)
            try expectForm(made.json, "created")
            let records = (0..<3).map { #"{"attributes":{"type":"Account"},"Name":"N\#($0)"}"# }.joined(separator: ",")
            let insert = try await client.send(
                .POST,
                "\(OrgClient.data)/composite/sobjects",
                "{\"records\":[\(records)]}"
            )
            try expectForm(insert.json, "collection saved")
            let ids = insert.json.array?.compactMap { $0["id"]?.string } ?? []
            let changes = ids.map { #"{"attributes":{"type":"Account"},"id":"\#($0)","Phone":"1"}"# }.joined(
                separator: ","
            )
            let update = try await client.send(
                .PATCH,
                "\(OrgClient.data)/composite/sobjects",
                "{\"records\":[\(changes)]}"
            )
            try expectForm(update.json, "collection saved")
            let mixed = #"{"records":[{"attributes":{"type":"Contact"},"Id":null,"LastName":"New"}]}"#
            let upsert = try await client.send(.PATCH, "\(OrgClient.data)/composite/sobjects/Contact/Id", mixed)
            try expectForm(upsert.json, "collection upserted")
            #expect(upsert.json.at("0.created") == .bool(true))
            let bad = #"{"records":[{"attributes":{"type":"Account"}}]}"#
            let refused = try await client.send(.POST, "\(OrgClient.data)/composite/sobjects", bad)
            try expectForm(refused.json, "collection refused")
            let gone = try await client.call(
                .DELETE,
                "\(OrgClient.data)/composite/sobjects?ids=\(ids.joined(separator: ","))"
            )
            try expectForm(gone.json, "collection saved")
            #expect([insert, update, upsert, refused, gone].allSatisfy { $0.status == 200 })
        }
    }

    @Test func `when records are read`() async throws {
        let yaml = """
            objects: { Account: { fields: { Code__c: { type: Text, length: 20, externalId: true } } } }
            """
        try await withOrg(yaml) { client in
            let id = try await client.create("Account", #"{"Name":"Smith","Code__c":"x"}"#)
            _ = try await client.create("Account", #"{"Name":"Smythe","Code__c":"x"}"#)
            let account = try await client.get("/services/data/v42.0/sobjects/Account/\(id)")
            try expectForm(account.json, "account", more: true)
            let order = account.json.members?.map(\.name) ?? []
            let known = try Shape.named("account").members?.map(\.name) ?? []
            #expect(order.filter(known.contains) == known)
            let several = try await client.send(
                .PATCH,
                "\(OrgClient.data)/sobjects/Account/Code__c/x",
                #"{"Phone":"1"}"#
            )
            #expect(several.status == 300)
            try expectForm(several.json, "several records")
            let org = try await client.query("SELECT Id FROM Organization").json.at("records.0.Id").string ?? ""
            let organization = try await client.get("\(OrgClient.data)/sobjects/Organization/\(org)").json
            try expectForm(organization, "organization", more: true)
            let counts = try await client.get("\(OrgClient.data)/limits/recordCount?sObjects=Account")
            try expectForm(counts.json, "record counts")
            let now = try #require(
                try await client.get("/emulator/clock").json["now"]?.string.flatMap { readInstant($0) }
            )
            let (start, end) = (now.advanced(byMilliseconds: -86_400_000), now.advanced(byMilliseconds: 86_400_000))
            let span =
                "?start=\(percentEncoded(start.text(zone: "+00:00")))&end=\(percentEncoded(end.text(zone: "+00:00")))"
            let updated = try await client.get("\(OrgClient.data)/sobjects/Account/updated/\(span)")
            try expectForm(updated.json, "updated")
            _ = try await client.call(.DELETE, "\(OrgClient.data)/sobjects/Account/\(id)")
            let deleted = try await client.get("\(OrgClient.data)/sobjects/Account/deleted/\(span)")
            #expect(deleted.json["deletedRecords"]?.array?.count == 1)
            try expectForm(deleted.json, "deleted")
        }
    }

    @Test func `when it answers queries and searches`() async throws {
        try await withOrg { client in
            _ = try await client.ingest("Account", "insert", "Name\n" + (0..<201).map { "Acme \($0)\n" }.joined())
            _ = try await client.create("Contact", #"{"LastName":"Acme","FirstName":"Rose"}"#)
            try expectForm(try await client.query("SELECT Id, Name FROM Account LIMIT 3").json, "query")
            try expectForm(try await client.query("select count(Id) from Account").json, "query aggregate")
            try expectForm(try await client.query("SELECT Id FROM Account WHERE Name = 'none'").json, "query empty")
            let first = try await client.get(
                "\(query)SELECT+Name+FROM+Account",
                headers: [("Sforce-Query-Options", "batchSize=200")]
            )
            try expectForm(first.json, "query first page")
            try expectForm(try await client.get(first.json["nextRecordsUrl"]?.string ?? "").json, "query last page")
            let find =
                "FIND {Acme} IN ALL FIELDS RETURNING Contact(FirstName, LastName, Department), Account(Name, BillingCity LIMIT 2)"
            let found = try await client.get("\(OrgClient.data)/search?q=\(percentEncoded(find))")
            #expect(found.json["searchRecords"]?.array?.count == 3)
            try expectForm(found.json, "search", more: true)
            try expectForm(
                try await client.get("\(OrgClient.data)/tooling/query/?q=SELECT+Id,Name+FROM+ApexClass").json,
                "tooling query empty"
            )
            try expectForm(try await client.get("/services/data/v42.0/limits").json, "limits", more: true)
        }
        try await withOrg(#"apex_jobs: [ { class: Nightly, starts: "2026-01-01T02:00:00Z" } ]"#) { client in
            let classes = try await client.get("\(OrgClient.data)/tooling/query/?q=SELECT+Id,Name+FROM+ApexClass")
            try expectForm(classes.json, "tooling query")
        }
    }

    @Test func `when calls travel together`() async throws {
        try await withOrg { client in
            _ = try await client.create("Account", #"{"Name":"Smith Corp."}"#)
            func part(_ url: String, _ reference: String) -> String {
                #"{"method":"GET","url":"\#(OrgClient.data)/\#(url)","referenceId":"\#(reference)"}"#
            }
            func composite(_ parts: [String]) async throws -> Reply {
                try await client.send(
                    .POST,
                    "\(OrgClient.data)/composite",
                    "{\"compositeRequest\":[\(parts.joined(separator: ","))]}"
                )
            }
            let queries = try await composite([
                part("query/?q=SELECT+Id+FROM+Account", "r0"), part("query/?q=SELECT+Name+FROM+Account", "r1"),
            ])
            try expectForm(queries.json, "composite queries")
            let missing = try await composite([part("sobjects/Nothing/describe", "r0")])
            try expectForm(
                missing.json["compositeResponse"].map { .members(["compositeResponse": $0]) } ?? .null,
                "composite not found",
                more: true
            )
            #expect(missing.json.at("compositeResponse.0.httpStatusCode") == .number("404"))
            let bad = try await composite([
                part("query/?q=select count() from Account", "a"), part("query/?q=select count() from XYZZY", "b"),
            ])
            try expectForm(bad.json, "composite with a bad query")
            let message = bad.json.at("compositeResponse.1.body.0.message").string ?? ""
            #expect(
                message.hasPrefix(
                    "\nselect count() from XYZZY\n                    ^\nERROR at Row:1:Column:21\nsObject type 'XYZZY'"
                )
            )
        }
    }

    @Test func `when it describes its objects`() async throws {
        try await withOrg { client in
            for name in ["Account", "Contact"] {
                let object = try await client.get("\(OrgClient.data)/sobjects/\(name)/describe").json
                func check(_ value: JSONValue, _ part: String) throws {
                    let found = Shape.differences(value, try Shape.named(part, in: "describe.json"))
                    #expect(found.isEmpty, "\(part): \(found.prefix(5).joined(separator: "; "))")
                }
                for field in object["fields"]?.array ?? [] where field["custom"] == .bool(false) {
                    try check(field, "field")
                }
                for child in object["childRelationships"]?.array ?? [] { try check(child, "child") }
                try check(
                    .object(
                        (object.members ?? []).filter { !["fields", "childRelationships", "urls"].contains($0.name) }
                    ),
                    "object"
                )
            }
            let global = try await client.get("\(OrgClient.data)/sobjects").json
            let entryShape = try Shape.named("entry", in: "describe.json")
            for entry in global["sobjects"]?.array ?? [] {
                var bare = entry
                bare.remove("urls")
                let found = Shape.differences(bare, entryShape)
                #expect(found.isEmpty, "\(entry["name"] ?? .null): \(found.prefix(3).joined(separator: "; "))")
            }
            for line in try Shape.lines("describe-urls.txt") {
                let words = line.split(separator: " ").map(String.init)
                let entry = global["sobjects"]?.array?.first { $0["name"]?.string == words[0] }
                #expect(entry?["urls"]?.members?.map(\.name) == Array(words.dropFirst()), "\(words[0])")
            }
        }
    }

    @Test func `when it describes each field of accounts and contacts`() async throws {
        let flags: KeyValuePairs<Character, String> = [
            "a": "aggregatable", "c": "createable", "u": "updateable", "n": "nillable", "d": "defaultedOnCreate",
            "f": "filterable", "g": "groupable", "s": "sortable", "p": "permissionable", "i": "idLookup",
            "N": "nameField",
            "r": "restrictedPicklist", "q": "queryByDistance", "w": "searchPrefilterable",
        ]
        try await withOrg { client in
            var objects: [String: [JSONValue]] = [:]
            for name in ["Account", "Contact"] {
                objects[name] = try await client.get("\(OrgClient.data)/sobjects/\(name)/describe").json["fields"]?
                    .array
            }
            var order: [String: [String]] = [:]
            for line in try Shape.lines("describe-fields.txt") {
                let words = line.split(separator: " ").map(String.init)
                let field = objects[words[0]]?.first { $0["name"]?.string == words[1] } ?? .null
                func text(_ name: String) -> String {
                    switch field[name] ?? .null {
                    case .string(let text), .number(let text): text
                    default: "-"
                    }
                }
                let set = String(flags.filter { field[$0.value] == .bool(true) }.map(\.key))
                let found = [
                    words[0], text("name"), text("type"), text("soapType"), text("length"), text("byteLength"),
                    text("precision"), text("scale"), text("digits"), set.isEmpty ? "-" : set,
                    text("compoundFieldName"),
                    text("extraTypeInfo"), text("relationshipName"),
                ]
                #expect(found.joined(separator: " ") == line)
                order[words[0], default: []].append(words[1])
            }
            for (name, wanted) in order {
                #expect(objects[name]?.compactMap { $0["name"]?.string }.filter(wanted.contains) == wanted)
            }
        }
    }
}

@Suite struct `A load has the form that was recorded of a real org` {
    @Test func `by Bulk API 2`() async throws {
        try await withOrg { client in
            let id = try await client.create("Account", #"{"Name":"One"}"#)
            let jobs = "/services/data/v52.0/jobs/ingest"
            let made = try await client.send(
                .POST,
                jobs,
                #"{"object":"Account","operation":"update","contentType":"CSV"}"#
            )
            try expectForm(made.json, "ingest job created")
            #expect(made.json["contentUrl"]?.string?.hasPrefix("services/data/v52.0/") == true)
            let path = "\(jobs)/\(made.json["id"]?.string ?? "")"
            _ = try await client.call(.PUT, "\(path)/batches", Array("Id,Phone\n\(id),1\n".utf8), type: "text/csv")
            let closed = try await client.send(.PATCH, path, #"{"state":"UploadComplete"}"#)
            try expectForm(closed.json, "ingest job closed")
            try expectForm(try await client.settled(path), "ingest job")
            #expect(try await client.get("\(path)/failedResults").text == "\"sf__Id\",\"sf__Error\",Id,Phone\n")
            #expect(try await client.get("\(path)/unprocessedrecords").text == "Id,Phone\n")
        }
        try await withOrg("pace: { batch: 1h }") { client in
            let made = try await client.send(
                .POST,
                "\(OrgClient.data)/jobs/ingest",
                #"{"object":"Account","operation":"insert","contentType":"CSV"}"#
            )
            let path = "\(OrgClient.data)/jobs/ingest/\(made.json["id"]?.string ?? "")"
            _ = try await client.call(.PUT, "\(path)/batches", Array("Name\nx\n".utf8), type: "text/csv")
            _ = try await client.send(.PATCH, path, #"{"state":"UploadComplete"}"#)
            try expectForm(try await client.get(path).json, "ingest job running")
        }
    }

    @Test func `by the original Bulk API`() async throws {
        try await withOrg { client in
            let job = try await client.openJob("upsert", "Contact", "CSV", key: "Id")
            try expectForm(try Shape.tree(try await client.classic(.GET, "/job/\(job)")), "classic job")
            let none = try await client.classic(.GET, "/job/\(job)/batch")
            try expectForm(try Shape.tree(none), "classic batches none")
            #expect(none.headers.first(name: "content-type") == "application/xml")
            let added = try await client.classic(.POST, "/job/\(job)/batch", "Id,LastName\n,New\n", type: "text/csv")
            #expect(added.status == 201)
            try expectForm(try Shape.tree(added), "classic batch")
            let batch = try await client.batch(job, "Id,LastName\n,More\n", type: "text/csv")
            try expectForm(try Shape.tree(batch.info), "classic batch")
            let result = try await client.classic(.GET, "/job/\(job)/batch/\(batch.id)/result")
            #expect(
                result.text
                    == "\"Id\",\"Success\",\"Created\",\"Error\"\n\"0035g0000000002AAA\",\"true\",\"true\",\"\"\n"
            )
            #expect(result.headers.first(name: "content-type") == "text/csv")
            try expectForm(try Shape.tree(try await client.classic(.GET, "/job/\(job)/batch")), "classic batches two")
            let close = "<jobInfo xmlns=\"\(dataloadNamespace)\"><state>Closed</state></jobInfo>"
            let closed = try await client.classic(.POST, "/job/\(job)", close)
            #expect(closed.status == 200)
            try expectForm(try Shape.tree(closed), "classic job")
            let single = try await client.openJob("insert", "Contact", "CSV")
            _ = try await client.batch(single, "LastName\nOnly\n", type: "text/csv")
            try expectForm(try Shape.tree(try await client.classic(.GET, "/job/\(single)/batch")), "classic batches")
            let asked = try await client.openJob("query", "Contact", "XML")
            let query = try await client.batch(asked, "SELECT Id FROM Contact", type: "application/xml")
            let list = try await client.classic(.GET, "/job/\(asked)/batch/\(query.id)/result")
            try expectForm(try Shape.tree(list), "classic query results")
        }
    }

    @Test func `by the original Bulk API, row by row`() async throws {
        try await withOrg { client in
            let ids = [
                try await client.create("Contact", #"{"LastName":"One"}"#),
                try await client.create("Contact", #"{"LastName":"Two"}"#),
            ]
            let job = try await client.openJob("upsert", "Contact", "CSV", key: "Id")
            let rows = "Id,LastName\n\(ids[0]),Uno\n\(ids[1]),Due\n"
            let changed = try await client.batch(job, rows, type: "text/csv")
            let head = #""Id","Success","Created","Error""#
            let updated = try await client.classic(.GET, "/job/\(job)/batch/\(changed.id)/result")
            #expect(
                updated.lines == [
                    head, "\"\(ids[0])\",\"true\",\"false\",\"\"", "\"\(ids[1])\",\"true\",\"false\",\"\"",
                ]
            )
            let bad = try await client.batch(job, "Id,Email\n\(ids[0]),<b>none</b>\n\(ids[1]),none\n", type: "text/csv")
            let refused = try await client.classic(.GET, "/job/\(job)/batch/\(bad.id)/result")
            let message = "INVALID_EMAIL_ADDRESS:Email: invalid email address:"
            #expect(
                refused.lines == [
                    head, "\"\(ids[0])\",\"false\",\"false\",\"\(message) <b>none</b>:Email --\"",
                    "\"\(ids[1])\",\"false\",\"false\",\"\(message) none:Email --\"",
                ]
            )
        }
    }

    @Test func `by the original Bulk API, refused`() async throws {
        try await withOrg("pace: { batch: 1h }") { client in
            let job = try await client.openJob("insert", "Contact", "CSV")
            let added = try await client.classic(.POST, "/job/\(job)/batch", "LastName\nNew\n", type: "text/csv")
            let id = client.element("id", added)
            let early = try await client.classic(.GET, "/job/\(job)/batch/\(id)/result")
            #expect(early.status == 400)
            try expectForm(try Shape.tree(early), "classic error")
            #expect(client.element("exceptionCode", early) == "InvalidBatch")
            var stranger = client
            stranger.token = "nobody"
            let expired = try await stranger.classic(.GET, "/job/\(job)")
            #expect(expired.status == 400)
            try expectForm(try Shape.tree(expired), "classic error")
            #expect(client.element("exceptionCode", expired) == "InvalidSessionId")
        }
    }

    @Test func `by SOAP`() async throws {
        try await withOrg { client in
            let good = try await client.signIn(password: "passwordtoken")
            #expect(good.status == 200)
            try expectForm(try Shape.tree(good), "sign-in")
            let bad = try await client.signIn(password: "wrong")
            #expect(bad.status == 500)
            try expectForm(try Shape.tree(bad), "sign-in fault")
            let ids = [
                try await client.create("Account", #"{"Name":"A"}"#),
                try await client.create("Account", #"{"Name":"B"}"#),
            ]
            func request(_ master: String, _ victim: String) -> String {
                "<urn:request><urn:masterRecord><ens:type>Account</ens:type><ens:Id>\(master)</ens:Id></urn:masterRecord>"
                    + "<urn:recordToMergeIds>\(victim)</urn:recordToMergeIds></urn:request>"
            }
            let merged = try await client.soap(
                "<urn:merge>\(request("0015g0000000099AAA", ids[1]))\(request(ids[0], ids[0]))\(request(ids[0], ids[1]))</urn:merge>"
            )
            try expectForm(try Shape.tree(merged), "merge", more: true)
            let results = try XMLReader.read(merged.bytes)["Body"]?["mergeResponse"]?.all("result") ?? []
            #expect(results.map { $0["success"]?.value } == ["false", "false", "true"])
        }
    }
}

extension OrgClient {
    /// A call of the partner interface with this session.
    func soap(_ body: String, header: String = "", version: String = "62.0") async throws -> Reply {
        try await call(
            .POST,
            "/services/Soap/u/\(version)",
            Array(
                "<?xml version=\"1.0\"?><soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:urn=\"urn:partner.soap.sforce.com\" xmlns:ens=\"urn:sobject.partner.soap.sforce.com\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><soapenv:Header><urn:SessionHeader><urn:sessionId>\(token ?? "")</urn:sessionId></urn:SessionHeader>\(header)</soapenv:Header><soapenv:Body>\(body)</soapenv:Body></soapenv:Envelope>"
                    .utf8
            ),
            type: "text/xml; charset=UTF-8",
            headers: [("SOAPAction", "\"\"")]
        )
    }

    func signIn(password: String) async throws -> Reply {
        var nobody = self
        nobody.token = nil
        return try await nobody.soap(
            "<urn:login><urn:username>admin@example.com</urn:username><urn:password>\(password)</urn:password></urn:login>"
        )
    }
}
