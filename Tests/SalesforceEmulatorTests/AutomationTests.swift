import NIOHTTP1
import Testing

@testable import SalesforceEmulator

@Suite struct `Automation` {
    @Test func `locks parents, so that batches side by side get in each other's way`() async throws {
        let yaml = """
            objects:
              Contact:
                triggers: [ { name: Rollup, on: [insert], locks: AccountId } ]
            """
        try await withOrg(yaml) { client in
            _ = try await client.create("Account", #"{"Name":"P","External_Id__c":"A"}"#)
            let csv = "LastName,Account.External_Id__c\n" + (0..<20_000).map { "L\($0),A\n" }.joined()
            let result = try await client.ingest("Contact", "insert", csv)
            let failed = result.job["numberRecordsFailed"]?.integer ?? 0
            #expect(failed > 0 && failed < 20_000)
            #expect(
                result.failures.text.contains(
                    "UNABLE_TO_LOCK_ROW:unable to obtain exclusive access to this record or 1 records: 0015g0000000001AAA:--"
                )
            )
            let alone = try await client.ingest(
                "Contact",
                "insert",
                "LastName,Account.External_Id__c\n" + (0..<300).map { "M\($0),A\n" }.joined()
            )
            #expect(alone.job["numberRecordsFailed"] == .number("0"))
        }
    }

    @Test func `never collides between serial batches`() async throws {
        let yaml = """
            objects:
              Contact:
                triggers: [ { name: Rollup, on: [insert], locks: AccountId } ]
            pace: { batch: 100ms, row: 500us }
            """
        try await withOrg(yaml) { client in
            _ = try await client.create("Account", #"{"Name":"P","External_Id__c":"A"}"#)
            let data = "LastName,Account.External_Id__c\n" + (0..<600).map { "L\($0),A\n" }.joined()
            for (mode, collides) in [("Serial", false), ("Parallel", true)] {
                let job = try await client.openJob("insert", "Contact", "CSV", mode: mode)
                for _ in 0..<3 { _ = try await client.classic(.POST, "/job/\(job)/batch", data, type: "text/csv") }
                var info = try await client.classic(.GET, "/job/\(job)")
                while client.element("numberBatchesCompleted", info) != "3" {
                    info = try await client.classic(.GET, "/job/\(job)")
                }
                #expect((client.element("numberRecordsFailed", info) != "0") == collides)
            }
        }
    }

    @Test func `a person's edit locks a row until it ends`() async throws {
        try await withOrg { client in
            let id = try await client.create("Account", #"{"Name":"A","External_Id__c":"X"}"#)
            _ = try await client.send(
                .POST,
                "/emulator/locks",
                #"{"object":"Account","external_id":"x","for_ms":600000}"#
            )
            let refused = try await client.send(.PATCH, "\(OrgClient.data)/sobjects/Account/\(id)", #"{"Name":"B"}"#)
            #expect(refused.json.at("0.errorCode") == .string("UNABLE_TO_LOCK_ROW"))
            _ = try await client.call(.DELETE, "/emulator/locks")
            #expect(
                try await client.send(.PATCH, "\(OrgClient.data)/sobjects/Account/\(id)", #"{"Name":"B"}"#).status
                    == 204
            )
            #expect(try await client.send(.POST, "/emulator/locks", #"{"object":"Account","id":"x"}"#).status == 404)
        }
    }

    @Test func `refuses what a rule forbids, and doubles unless they are allowed`() async throws {
        let yaml = """
            objects:
              Contact:
                validation_rules: [ { name: Email_needed, when: "Email = null AND Phone = null OR LastName = 'Bad'", message: "Give an e-mail address" } ]
                duplicate_rules: [ { name: Same_Email, fields: [Email], allow_save: true } ]
            """
        try await withOrg(yaml) { client in
            let path = "\(OrgClient.data)/sobjects/Contact"
            let rule = try await client.send(.POST, path, #"{"LastName":"A"}"#)
            #expect(rule.json.at("0.errorCode") == .string("FIELD_CUSTOM_VALIDATION_EXCEPTION"))
            #expect(rule.json.at("0.message") == .string("Give an e-mail address"))
            #expect(try await client.send(.POST, path, #"{"LastName":"A","Email":"a@b.com"}"#).status == 201)
            #expect(try await client.send(.POST, path, #"{"LastName":"Bad","Email":"c@b.com"}"#).status == 400)
            let double = try await client.send(.POST, path, #"{"LastName":"B","Email":"A@b.com"}"#)
            #expect(double.json.at("0.errorCode") == .string("DUPLICATES_DETECTED"))
            #expect(
                double.json.at("0.duplicateResut.matchResults.0.matchRecords.0.record.Id")
                    == .string("0035g0000000001AAA")
            )
            let allowed = try await client.send(
                .POST,
                path,
                #"{"LastName":"B","Email":"A@b.com"}"#,
                headers: [("Sforce-Duplicate-Rule-Header", "allowSave=true")]
            )
            #expect(allowed.status == 201)
        }
    }

    @Test func `spends Apex limits for each transaction of 200 rows`() async throws {
        let yaml = """
            objects:
              Account: { triggers: [ { name: Greedy, soql: 1, per_row: true } ] }
              Contact: { triggers: [ { name: Modest, soql: 100 } ] }
              Lead: { triggers: [ { name: Broken, fails: "System.NullPointerException: Attempt to de-reference a null object" } ] }
            """
        try await withOrg(yaml) { client in
            let greedy = try await client.ingest("Account", "insert", "Name\n" + (0..<150).map { "N\($0)\n" }.joined())
            #expect(greedy.job["numberRecordsFailed"] == .number("50"))
            #expect(
                greedy.failures.text.contains(
                    "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY:Greedy: System.LimitException: Too many SOQL queries: 101:--"
                )
            )
            let modest = try await client.ingest(
                "Contact",
                "insert",
                "LastName\n" + (0..<500).map { "N\($0)\n" }.joined()
            )
            #expect(modest.job["numberRecordsFailed"] == .number("0"))
            let broken = try await client.ingest("Lead", "insert", "LastName,Company\nA,B\n")
            #expect(
                broken.failures.text.contains(
                    "Broken: execution of BeforeInsert caused by: System.NullPointerException"
                )
            )
        }
    }

    @Test func `keeps published events for reading`() async throws {
        let yaml =
            "events: { Sent__e: { fields: { No__c: { type: Text, length: 5, required: true }, Count__c: { type: Number, precision: 5, scale: 0 } } } }"
        try await withOrg(yaml) { client in
            let made = try await client.send(
                .POST,
                "\(OrgClient.data)/sobjects/Sent__e",
                #"{"No__c":"1","Count__c":2}"#
            )
            #expect(made.status == 201)
            #expect(made.json["success"] == .bool(true))
            #expect(made.json.at("errors.0.statusCode") == .string("OPERATION_ENQUEUED"))
            let missing = try await client.send(.POST, "\(OrgClient.data)/sobjects/Sent__e", "{}")
            #expect(missing.json.at("0.errorCode") == .string("REQUIRED_FIELD_MISSING"))
            let bulk = try await client.ingest("Sent__e", "insert", "No__c\n2\n3\n")
            #expect(bulk.job["numberRecordsFailed"] == .number("0"))
            let update = try await client.ingest("Sent__e", "update", "Id,No__c\nx,2\n")
            #expect(update.job.at("0.errorCode") == .string("INVALIDJOB"))
            let events = try await client.get("/emulator/events/Sent__e").json
            #expect(events.array?.compactMap { $0["No__c"]?.string } == ["1", "2", "3"])
            #expect(events[0]["EventUuid"] == made.json.at("errors.0.message"))
            #expect(events[0]["Count__c"] == .number("2.0"))
            #expect(try await client.get("/emulator/counters").json.at("published.Sent__e") == .number("3"))
            #expect(
                try await client.query("SELECT Id FROM Sent__e").json.at("0.errorCode")
                    == .string("INVALID_TYPE_FOR_OPERATION")
            )
        }
    }
}
