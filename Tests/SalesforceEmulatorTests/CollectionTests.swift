import NIOHTTP1
import Testing

@testable import SalesforceEmulator

@Suite struct `A collection` {
    @Test func `is saved row by row, in order`() async throws {
        try await withOrg { client in
            let reply = try await client.send(
                .POST,
                "\(OrgClient.data)/composite/sobjects",
                #"{"records":[{"attributes":{"type":"Contact"},"LastName":"A"},{"attributes":{"type":"Contact"}},{"attributes":{"type":"Account"},"Name":"C"}]}"#
            )
            #expect(reply.status == 200)
            #expect(
                reply.json[0]
                    == .members(["id": .string("0035g0000000001AAA"), "success": .bool(true), "errors": .array([])])
            )
            #expect(reply.json[1]["id"] == nil)
            #expect(reply.json[1].at("errors.0.statusCode") == .string("REQUIRED_FIELD_MISSING"))
            #expect(reply.json[2]["success"] == .bool(true))
        }
    }

    @Test func `gives a field its default in each row that does not`() async throws {
        let org = "objects: { Account: { fields: { Tier__c: { type: Text, required: true, default: Tin } } } }"
        try await withOrg(org) { client in
            _ = try await client.send(
                .POST,
                "\(OrgClient.data)/composite/sobjects",
                #"{"records":[{"attributes":{"type":"Account"},"Name":"A","Tier__c":"Gold"},{"attributes":{"type":"Account"},"Name":"B"}]}"#
            )
            let held = try await client.get("/emulator/records/Account").json
            #expect(held[0]["Tier__c"] == .string("Gold"))
            #expect(held[1]["Tier__c"] == .string("Tin"))
        }
    }

    @Test func `of all or none leaves nothing behind`() async throws {
        try await withOrg { client in
            let reply = try await client.send(
                .POST,
                "\(OrgClient.data)/composite/sobjects",
                #"{"allOrNone":true,"records":[{"attributes":{"type":"Account"},"Name":"A","External_Id__c":"1"},{"attributes":{"type":"Account"}}]}"#
            )
            #expect(reply.json[0].at("errors.0.statusCode") == .string("ALL_OR_NONE_OPERATION_ROLLED_BACK"))
            #expect(try await client.query("SELECT COUNT() FROM Account").json["totalSize"] == .number("0"))
            #expect(try await client.get("/emulator/counters").json.at("created.Account") == .null)
            #expect(try await client.create("Account", #"{"Name":"B","External_Id__c":"1"}"#) == "0015g0000000001AAA")
        }
    }

    @Test func `upserted with one key twice fails in both rows`() async throws {
        try await withOrg { client in
            let reply = try await client.send(
                .PATCH,
                "\(OrgClient.data)/composite/sobjects/Account/External_Id__c",
                #"{"records":[{"attributes":{"type":"Account"},"Name":"A","External_Id__c":"x"},{"attributes":{"type":"Account"},"Name":"B","External_Id__c":"X"},{"attributes":{"type":"Account"},"Name":"C","External_Id__c":"y"}]}"#
            )
            #expect(reply.json[0].at("errors.0.message") == .string("Duplicate external id specified: x"))
            #expect(reply.json[1]["success"] == .bool(false))
            #expect(reply.json[2]["created"] == .bool(true))
        }
    }

    @Test func `holds at most 200 records`() async throws {
        try await withOrg { client in
            let rows = Array(repeating: #"{"attributes":{"type":"Account"},"Name":"A"}"#, count: 201).joined(
                separator: ","
            )
            let reply = try await client.send(.POST, "\(OrgClient.data)/composite/sobjects", "{\"records\":[\(rows)]}")
            #expect(reply.status == 400)
            #expect(reply.json.at("0.errorCode") == .string("EXCEEDED_ID_LIMIT"))
        }
    }

    @Test func `is read with null for what is not there, and deleted by ids`() async throws {
        try await withOrg { client in
            let id = try await client.create("Account", #"{"Name":"A"}"#)
            let read = try await client.send(
                .POST,
                "\(OrgClient.data)/composite/sobjects/Account",
                "{\"ids\":[\"\(id)\",\"0015g0000000099AAA\"],\"fields\":[\"Name\"]}"
            )
            #expect(read.json[0]["Name"] == .string("A"))
            #expect(read.json[1] == .null)
            let gone = try await client.call(
                .DELETE,
                "\(OrgClient.data)/composite/sobjects?ids=\(id),0015g0000000099AAA,bad"
            )
            #expect(gone.json[0]["success"] == .bool(true))
            #expect(gone.json[1].at("errors.0.statusCode") == .string("INVALID_CROSS_REFERENCE_KEY"))
            #expect(gone.json[2].at("errors.0.statusCode") == .string("MALFORMED_ID"))
        }
    }
}

@Suite struct `A composite` {
    @Test func `hands answers on, and halts what depends on a failure`() async throws {
        try await withOrg { client in
            let reply = try await client.send(
                .POST,
                "\(OrgClient.data)/composite",
                """
                {"compositeRequest":[
                 {"method":"POST","url":"\(OrgClient.data)/sobjects/Account","referenceId":"acc","body":{"Name":"N"}},
                 {"method":"POST","url":"\(OrgClient.data)/sobjects/Contact","referenceId":"con","body":{"LastName":"M","AccountId":"@{acc.id}"}},
                 {"method":"GET","url":"\(OrgClient.data)/sobjects/Nope","referenceId":"no"},
                 {"method":"GET","url":"\(OrgClient.data)/sobjects/Account/@{no.id}","referenceId":"after"}]}
                """
            )
            let parts = try #require(reply.json["compositeResponse"])
            #expect(parts[0]["httpStatusCode"] == .number("201"))
            #expect(parts[1]["httpStatusCode"] == .number("201"))
            #expect(parts[2]["httpStatusCode"] == .number("404"))
            #expect(parts[3].at("body.0.errorCode") == .string("PROCESSING_HALTED"))
            #expect(
                try await client.query("SELECT Account.Name FROM Contact").json.at("records.0.Account.Name")
                    == .string("N")
            )
        }
    }

    @Test func `of all or none is taken back as a whole`() async throws {
        try await withOrg { client in
            let reply = try await client.send(
                .POST,
                "\(OrgClient.data)/composite",
                """
                {"allOrNone":true,"compositeRequest":[
                 {"method":"POST","url":"\(OrgClient.data)/sobjects/Account","referenceId":"a","body":{"Name":"N"}},
                 {"method":"POST","url":"\(OrgClient.data)/sobjects/Account","referenceId":"b","body":{}}]}
                """
            )
            #expect(reply.json.at("compositeResponse.0.body.0.errorCode") == .string("PROCESSING_HALTED"))
            #expect(try await client.query("SELECT COUNT() FROM Account").json["totalSize"] == .number("0"))
        }
    }

    @Test func `batch runs its parts one by one`() async throws {
        try await withOrg { client in
            let reply = try await client.send(
                .POST,
                "\(OrgClient.data)/composite/batch",
                #"{"haltOnError":true,"batchRequests":[{"method":"POST","url":"v62.0/sobjects/Account","richInput":{"Name":"b"}},{"method":"GET","url":"v62.0/sobjects/Nope"},{"method":"GET","url":"v62.0/limits"}]}"#
            )
            #expect(reply.json["hasErrors"] == .bool(true))
            #expect(reply.json.at("results.0.statusCode") == .number("201"))
            #expect(reply.json.at("results.2.statusCode") == .number("412"))
        }
    }

    @Test func `tree plants parents with their children, or nothing`() async throws {
        try await withOrg { client in
            func tree(_ child: String) -> String {
                #"{"records":[{"attributes":{"type":"Account","referenceId":"r1"},"Name":"T","Contacts":{"records":[{"attributes":{"type":"Contact","referenceId":"r2"},\#(child)}]}}]}"#
            }
            let bad = try await client.send(.POST, "\(OrgClient.data)/composite/tree/Account", tree(#""Title":"x""#))
            #expect(bad.status == 400)
            #expect(bad.json.at("results.0.referenceId") == .string("r2"))
            #expect(try await client.query("SELECT COUNT() FROM Account").json["totalSize"] == .number("0"))
            let good = try await client.send(
                .POST,
                "\(OrgClient.data)/composite/tree/Account",
                tree(#""LastName":"C""#)
            )
            #expect(good.status == 201)
            #expect(
                try await client.query("SELECT Account.Name FROM Contact").json.at("records.0.Account.Name")
                    == .string("T")
            )
        }
    }

    @Test func `graph stops after fourteen failures and holds records alone`() async throws {
        try await withOrg { client in
            func graphs(_ count: Int, _ body: String) -> String {
                let all = (0..<count).map {
                    #"{"graphId":"g\#($0)","compositeRequest":[{"method":"POST","url":"\#(OrgClient.data)/sobjects/Account","referenceId":"a","body":\#(body)}]}"#
                }
                return "{\"graphs\":[\(all.joined(separator: ","))]}"
            }
            let good = try await client.send(.POST, "\(OrgClient.data)/composite/graph", graphs(2, #"{"Name":"A"}"#))
            #expect(good.json["graphs"]?.array?.allSatisfy { $0["isSuccessful"] == .bool(true) } == true)
            let bad = try await client.send(.POST, "\(OrgClient.data)/composite/graph", graphs(16, "{}"))
            let codes = bad.json["graphs"]?.array?.map {
                $0.at("graphResponse.compositeResponse.0.body.0.errorCode").string ?? ""
            }
            #expect(codes?.filter { $0 == "REQUIRED_FIELD_MISSING" }.count == 14)
            #expect(codes?.suffix(2) == ["PROCESSING_HALTED", "PROCESSING_HALTED"])
            let query =
                #"{"graphs":[{"graphId":"q","compositeRequest":[{"method":"GET","url":"/services/data/v62.0/query?q=x","referenceId":"r"}]}]}"#
            #expect(try await client.send(.POST, "\(OrgClient.data)/composite/graph", query).status == 400)
        }
    }

    @Test func `tree has a reference id for each record of its own`() async throws {
        try await withOrg { client in
            let body =
                #"{"records":[{"attributes":{"type":"Account","referenceId":"r1"},"Name":"T","Contacts":{"records":[{"attributes":{"type":"Contact","referenceId":"r1"},"LastName":"C"}]}}]}"#
            let reply = try await client.send(.POST, "\(OrgClient.data)/composite/tree/Account", body)
            #expect(reply.status == 400 && reply.json["hasErrors"] == .bool(true))
            #expect(reply.json.at("results.0.referenceId") == .string("r1"))
            #expect(reply.json.at("results.0.errors.0.statusCode") == .string("INVALID_INPUT"))
            #expect(try await client.query("SELECT COUNT() FROM Account").json["totalSize"] == .number("0"))
        }
    }
}
