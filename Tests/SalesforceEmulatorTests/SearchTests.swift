import NIOHTTP1
import Testing

@testable import SalesforceEmulator

@Suite struct `A search` {
    private func found(_ client: OrgClient, _ statement: String) async throws -> JSONValue {
        try await client.get("\(OrgClient.data)/search?q=\(percentEncoded(statement))").json
    }

    @Test func `finds words, phrases and beginnings in the fields it is told`() async throws {
        try await withOrg { client in
            _ = try await client.create("Account", #"{"Name":"Acme Tools Ltd","Phone":"555-1234"}"#)
            _ = try await client.create("Account", #"{"Name":"Tools of Acme"}"#)
            _ = try await client.create("Contact", #"{"LastName":"Toolsmith","Email":"smith@acme.example"}"#)
            func names(_ statement: String) async throws -> [String] {
                try await found(client, statement)["searchRecords"]?.array?.compactMap { $0["Name"]?.string } ?? ["?"]
            }
            #expect(
                try await names("FIND {acme} RETURNING Account(Name ORDER BY Name)") == [
                    "Acme Tools Ltd", "Tools of Acme",
                ]
            )
            #expect(try await names("FIND {\"acme tools\"} RETURNING Account(Name)") == ["Acme Tools Ltd"])
            #expect(
                try await names("FIND {tools*} IN NAME FIELDS RETURNING Contact(Name), Account(Name LIMIT 1)") == [
                    "Toolsmith", "Acme Tools Ltd",
                ]
            )
            #expect(
                try await names("FIND {acme} IN EMAIL FIELDS RETURNING Account(Name), Contact(Name)") == ["Toolsmith"]
            )
            #expect(try await names("FIND {1234} IN PHONE FIELDS RETURNING Account(Name)") == ["Acme Tools Ltd"])
            #expect(try await names("FIND {acme AND ltd} RETURNING Account(Name)") == ["Acme Tools Ltd"])
            #expect(try await names("FIND {acme} RETURNING Account(Name WHERE Phone = null)") == ["Tools of Acme"])
            #expect(try await found(client, "FIND {acme}")["searchRecords"]?.array?.count == 3)
            let posted = try await client.send(
                .POST,
                "\(OrgClient.data)/parameterizedSearch",
                #"{"q":"acme","sobjects":[{"name":"Account","fields":["Name"],"limit":1}]}"#
            )
            #expect(posted.json["searchRecords"]?.array?.count == 1)
            let asked = try await client.get(
                "\(OrgClient.data)/parameterizedSearch?q=ltd&sobject=Account&Account.fields=Name"
            )
            #expect(asked.json.at("searchRecords.0.Name") == .string("Acme Tools Ltd"))
        }
    }

    @Test(arguments: [
        ("", "MALFORMED_SEARCH"), ("FIND acme", "MALFORMED_SEARCH"), ("FIND {a", "MALFORMED_SEARCH"),
        ("FIND {a}", "MALFORMED_SEARCH"), ("FIND {acme} IN SOME FIELDS", "MALFORMED_SEARCH"),
        ("FIND {acme} RETURNING", "MALFORMED_SEARCH"), ("FIND {acme} RETURNING Account(Name", "MALFORMED_SEARCH"),
        ("FIND {acme} RETURNING Nope(Id)", "INVALID_TYPE"), ("FIND {acme} RETURNING Account(Nope)", "INVALID_FIELD"),
        ("FIND {acme} LIMIT x", "MALFORMED_SEARCH"),
    ])
    func `that makes no sense is refused`(_ statement: String, _ code: String) async throws {
        try await withOrg { client in
            let reply = try await client.get("\(OrgClient.data)/search?q=\(percentEncoded(statement))")
            #expect(reply.status == 400)
            #expect(reply.json.at("0.errorCode") == .string(code))
        }
    }

    @Test func `is prepared by what to show, where to look and what to suggest`() async throws {
        try await withOrg { client in
            for name in ["Acme Tools", "Acme Paint", "Beta", "acme alone"] {
                _ = try await client.create("Account", "{\"Name\":\"\(name)\"}")
            }
            let search = "\(OrgClient.data)/search"
            #expect(try await client.get("\(search)/scopeOrder").json == .array([]))
            let layout = try await client.get("\(search)/layout?q=Account,Contact").json
            #expect(layout.array?.map { $0["objectType"]?.string } == ["Account", "Contact"])
            #expect(layout.at("0.searchColumns.0.name") == .string("Name"))
            let found = try await client.get("\(search)/suggestions?q=acme&sobject=Account&limit=2").json
            let names = found["autoSuggestResults"]?.array?.compactMap { $0["Name"]?.string }
            #expect(names == ["Acme Paint", "Acme Tools"] && found["hasMoreResults"] == .bool(true), "\(found)")
            #expect(try await client.get("\(search)/suggestions?q=a&sobject=Account").status == 400)
            #expect(try await client.get("\(search)/layout?q=Nothing").status == 404)
            #expect(try await client.get("\(search)/nothing").status == 404)
        }
    }
}

@Suite struct `A conditional call` {
    @Test func `by tag or by date spares what is known and guards what has changed`() async throws {
        try await withOrg { client in
            let id = try await client.create("Account", #"{"Name":"A"}"#)
            let path = "\(OrgClient.data)/sobjects/Account/\(id)"
            let first = try await client.get(path)
            let tag = try #require(first.headers.first(name: "etag"))
            let known = try await client.get(path, headers: [("If-None-Match", tag)])
            #expect(known.status == 304 && known.bytes.isEmpty)
            #expect(known.headers.first(name: "etag") == tag)
            let right = try await client.send(
                .PATCH,
                path,
                #"{"Phone":"1"}"#,
                headers: [("If-Match", "\"other\", \(tag)")]
            )
            #expect(right.status == 204)
            _ = try await client.send(.POST, "/emulator/clock", #"{"advance_ms":1000}"#)
            _ = try await client.send(.PATCH, path, #"{"Phone":"2"}"#)
            let late = try await client.send(.PATCH, path, #"{"Phone":"3"}"#, headers: [("If-Match", tag)])
            #expect(late.status == 412)
            let changed = try await client.get(path, headers: [("If-None-Match", tag)])
            #expect(changed.json["Phone"] == .string("2"))
            let old = ("If-Unmodified-Since", "Tue, 10 Aug 2021 00:00:00 GMT")
            #expect(try await client.send(.PATCH, path, #"{"Phone":"4"}"#, headers: [old]).status == 412)
            let described = try await client.get("\(OrgClient.data)/sobjects/Account/describe")
            let mark = try #require(described.headers.first(name: "etag"))
            let again = try await client.get(
                "\(OrgClient.data)/sobjects/Account/describe",
                headers: [("If-None-Match", mark)]
            )
            #expect(again.status == 304)
            let together = try await client.send(
                .POST,
                "\(OrgClient.data)/composite",
                """
                {"compositeRequest":[{"method":"GET","url":"\(OrgClient.data)/sobjects/Account/describe","referenceId":"d",
                 "httpHeaders":{"If-Modified-Since":"Tue, 10 Aug 2100 00:00:00 GMT"}}]}
                """
            )
            let part = together.json.at("compositeResponse.0")
            #expect(part["httpStatusCode"] == .number("304"))
            #expect(part["body"] == .null)
            #expect(part.at("httpHeaders.ETag").string?.isEmpty == false)
        }
    }
}
