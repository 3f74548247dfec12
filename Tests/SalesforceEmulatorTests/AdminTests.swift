import NIOHTTP1
import Testing

@testable import SalesforceEmulator

@Suite struct `The admin API` {
    @Test(arguments: [
        #"{"do":"drop"}"#, #"{"do":"reset"}"#, #"{"do":"truncate","when":"after"}"#,
    ])
    func `loses answers`(_ fault: String) async throws {
        try await withOrg { client in
            _ = try await client.send(
                .POST,
                "/emulator/faults",
                String(fault.dropLast()) + #","match":{"method":"POST","path":"Account$"},"times":1}"#
            )
            await #expect(throws: (any Error).self) {
                try await client.send(.POST, "\(OrgClient.data)/sobjects/Account", #"{"Name":"A"}"#)
            }
            let made = fault.contains("after") ? "1" : "0"
            #expect(try await client.query("SELECT COUNT() FROM Account").json["totalSize"] == .number(made))
            #expect(try await client.send(.POST, "\(OrgClient.data)/sobjects/Account", #"{"Name":"B"}"#).status == 201)
        }
    }

    @Test func `answers with a status, cut short, late or nonsense`() async throws {
        try await withOrg { client in
            let path = "\(OrgClient.data)/limits"
            _ = try await client.send(
                .POST,
                "/emulator/faults",
                #"{"do":"status","status":500,"nth":2,"times":1,"match":{"path":"limits"}}"#
            )
            var statuses: [Int] = []
            for _ in 0..<4 { statuses.append(try await client.get(path).status) }
            #expect(statuses == [200, 500, 200, 200])
            _ = try await client.send(
                .POST,
                "/emulator/faults",
                #"{"do":"truncate","honest":true,"when":"after","times":1,"match":{"path":"limits"}}"#
            )
            let half = try await client.get(path)
            #expect(half.status == 200)
            #expect(half.json == .null)
            _ = try await client.send(
                .POST,
                "/emulator/faults",
                #"{"do":"garbage","times":1,"match":{"path":"limits"}}"#
            )
            #expect(try await client.get(path).json == .null)
            _ = try await client.send(.POST, "/emulator/faults", #"{"do":"status"}"#)
            #expect(try await client.get(path).status == 503)
            #expect(try await client.call(.DELETE, "/emulator/faults").status == 204)
            #expect(try await client.get(path).status == 200)
            for bad in [#"{"do":"sing"}"#, "{}", #"{"do":"drop","match":{"path":"("}}"#, "["] {
                #expect(try await client.send(.POST, "/emulator/faults", bad).status == 400)
            }
        }
    }

    @Test func `takes a fault with keys that it has no use for, and only one that means something`() async throws {
        try await withOrg { client in
            for good in [
                #"{"do":"delay","delay_ms":0,"status":0,"code":"X","rows":"many"}"#,
                #"{"do":"row-error","object":"Account","when":"whenever","code":"X","message":"y"}"#,
                #"{"do":"drop","status":"none","times":1,"match":{"path":"never"}}"#,
            ] {
                let reply = try await client.send(.POST, "/emulator/faults", good)
                #expect(reply.status == 200, "\(good): \(reply.text)")
            }
            for bad in [
                #"{"do":"status","status":42}"#, #"{"do":"truncate","status":"x"}"#, #"{"do":"drop","when":"never"}"#,
                #"{"do":"drop","times":0}"#, #"{"do":"drop","rate":2}"#,
            ] {
                #expect(try await client.send(.POST, "/emulator/faults", bad).status == 400, "\(bad)")
            }
        }
    }

    @Test(arguments: ["true", "True", "1"])
    func `shows deleted records where they are asked for`(_ flag: String) async throws {
        try await withOrg { client in
            let id = try await client.create("Account", #"{"Name":"A"}"#)
            _ = try await client.call(.DELETE, "\(OrgClient.data)/sobjects/Account/\(id)")
            #expect(try await client.get("/emulator/records/Account").json == .array([]))
            let all = try await client.get("/emulator/records/Account?deleted=\(flag)").json
            #expect(all[0]["IsDeleted"] == .bool(true))
        }
    }

    @Test func `spoils rows and jobs`() async throws {
        try await withOrg { client in
            func fault(_ json: String) async throws { _ = try await client.send(.POST, "/emulator/faults", json) }
            try await fault(
                #"{"do":"row-error","object":"Account","code":"UNABLE_TO_LOCK_ROW","message":"busy","times":2}"#
            )
            let rows = try await client.ingest("Account", "insert", "Name\nA\nB\nC\n")
            #expect(rows.job["numberRecordsFailed"] == .number("2"))
            #expect(rows.failures.text.contains("\"UNABLE_TO_LOCK_ROW:busy:--\""))
            try await fault(#"{"do":"job-failed","object":"Account","message":"InternalServerError : oops","times":1}"#)
            let job = try await client.ingest("Account", "insert", "Name\nA\n")
            #expect(job.job["errorMessage"] == .string("InternalServerError : oops"))
            #expect(job.unprocessed.lines.count == 2)
            try await fault(#"{"do":"unprocessed","object":"Account","rows":2,"times":1}"#)
            let left = try await client.ingest("Account", "insert", "Name\nD\nE\nF\n")
            #expect(left.job["state"] == .string("Failed"))
            #expect(left.unprocessed.lines.count == 3)
            #expect(left.successes.lines.count == 2)
            try await fault(#"{"do":"batch-retry","object":"Account","times":1}"#)
            let retried = try await client.ingest("Account", "insert", "Name\nG\n")
            #expect(retried.job["retries"] == .number("1"))
            #expect(retried.job["state"] == .string("JobComplete"))
        }
    }

    @Test func `counts what was ever done, and shows records whole`() async throws {
        try await withOrg { client in
            let id = try await client.create("Account", #"{"Name":"A"}"#)
            _ = try await client.send(.PATCH, "\(OrgClient.data)/sobjects/Account/\(id)", #"{"Name":"B"}"#)
            _ = try await client.call(.DELETE, "\(OrgClient.data)/sobjects/Account/\(id)")
            let counters = try await client.get("/emulator/counters").json
            #expect(counters.at("created.Account") == .number("1"))
            #expect(counters.at("updated.Account") == .number("1"))
            #expect(counters.at("deleted.Account") == .number("1"))
            #expect(counters["calls"] == .number("4"))
            #expect(try await client.get("/emulator/records/Account").text == "[]")
            let deleted = try await client.get("/emulator/records/Account?deleted=true").json
            #expect(deleted[0]["IsDeleted"] == .bool(true))
            #expect(deleted[0]["Phone"] == .null)
            #expect(deleted[0].members?.contains { $0.name == "Phone" } == true)
            let calls = try await client.get("/emulator/calls?after=3").json
            #expect(calls.array?.count == 1)
            #expect(calls[0]["method"] == .string("DELETE"))
            #expect(try await client.get("/emulator/records/Nope").status == 404)
            #expect(try await client.get("/emulator/nope").status == 404)
        }
    }

    @Test func `brings a field's own values back with the snapshot, and lets its batches' rows go`() async throws {
        let org = "objects: { Shipment__c: { fields: { Kind__c: { type: Picklist, values: [Old] } } } }"
        try await withOrg(org) { client in
            _ = try await client.call(.POST, "/emulator/snapshot")
            let found = try await client.get(
                "\(OrgClient.data)/tooling/query?q="
                    + percentEncoded("SELECT Id FROM CustomField WHERE DeveloperName = 'Kind'")
            )
            let path = "\(OrgClient.data)/tooling/sobjects/CustomField/\(found.json.at("records.0.Id").string ?? "")"
            let metadata =
                #"{"Metadata":{"label":"Kind","type":"Picklist","valueSet":{"valueSetDefinition":{"value":[{"valueName":"New","label":"New","default":false}]}}}}"#
            #expect(try await client.send(.PATCH, path, metadata).status == 204)
            func values() async throws -> [String] {
                let described = try await client.get("\(OrgClient.data)/sobjects/Shipment__c/describe")
                let field = described.json["fields"]?.array?.first { $0["name"] == .string("Kind__c") }
                return field?["picklistValues"]?.array?.compactMap { $0["value"]?.string } ?? []
            }
            #expect(try await values() == ["New"])
            #expect(try await client.call(.POST, "/emulator/restore").status == 204)
            #expect(try await values() == ["Old"])
        }
    }

    @Test(arguments: [
        #"{"do":"status","rate":1.5}"#, #"{"do":"status","rate":-1}"#, #"{"do":"status","nth":0}"#,
        #"{"do":"status","times":0}"#, #"{"do":"status","when":"sometimes"}"#, #"{"do":"delay","milliseconds":4}"#,
        #"{"do":"drop","match":{"url":"/jobs"}}"#, #"{"do":"drop","match":"/jobs"}"#,
    ])
    func `takes no fault that could never be meant`(_ fault: String) async throws {
        try await withOrg { client in
            let reply = try await client.send(.POST, "/emulator/faults", fault)
            #expect(reply.status == 400)
            #expect(reply.json["error"] == .string("BAD_FAULT"))
        }
    }

    @Test func `sets the clock, ends sessions, snapshots and restores`() async throws {
        try await withOrg { client in
            _ = try await client.send(.POST, "/emulator/clock", #"{"freeze":true}"#)
            _ = try await client.send(.POST, "/emulator/clock", #"{"set":"2030-01-02T03:04:05Z"}"#)
            var later = client
            later.token = try await client.form(
                "/services/oauth2/token",
                [
                    "grant_type": "client_credentials", "client_id": "emulator-client",
                    "client_secret": "emulator-secret",
                ]
            ).json["access_token"]?.string
            let id = try await later.create("Account", #"{"Name":"A"}"#)
            let made = try await later.get("\(OrgClient.data)/sobjects/Account/\(id)").json["CreatedDate"]?.string
            #expect(made?.hasPrefix("2030-01-02T03:04:05") == true)
            _ = try await later.call(.POST, "/emulator/snapshot")
            _ = try await later.create("Account", #"{"Name":"B"}"#)
            #expect(try await later.call(.POST, "/emulator/restore").status == 204)
            #expect(try await later.query("SELECT COUNT() FROM Account").json["totalSize"] == .number("1"))
            #expect(try await later.call(.POST, "/emulator/reset").status == 204)
            #expect(try await later.query("SELECT COUNT() FROM Account").json["totalSize"] == .number("0"))
            #expect(try await later.query("SELECT COUNT() FROM User").json["totalSize"] == .number("1"))
            _ = try await later.call(.POST, "/emulator/sessions/expire")
            #expect(try await later.get("\(OrgClient.data)/limits").status == 401)
            #expect(try await later.send(.POST, "/emulator/clock", #"{"set":"tomorrow"}"#).status == 400)
        }
    }

    @Test func `runs out of API requests as an org does`() async throws {
        try await withOrg("limits: { DailyApiRequests: 2, DailyBulkApiBatches: 1 }") { client in
            #expect(try await client.get("\(OrgClient.data)/limits").status == 200)
            #expect(
                try await client.get("\(OrgClient.data)/limits").headers.first(name: "Sforce-Limit-Info")
                    == "api-usage=2/2"
            )
            let refused = try await client.get("\(OrgClient.data)/limits")
            #expect(refused.status == 403)
            #expect(refused.json.at("0.message") == .string("TotalRequests Limit exceeded."))
            _ = try await client.send(.POST, "/emulator/clock", #"{"advance_ms":86400000}"#)
            var again = client
            again.token = try await client.form(
                "/services/oauth2/token",
                [
                    "grant_type": "client_credentials", "client_id": "emulator-client",
                    "client_secret": "emulator-secret",
                ]
            ).json["access_token"]?.string
            #expect(try await again.get("\(OrgClient.data)/limits").status == 200)
        }
    }
}
