import NIOHTTP1
import Testing

@testable import SalesforceEmulator

/// The same org, entered by another user.
private func entered(_ client: OrgClient, by username: String) async throws -> OrgClient {
    var other = client
    other.token =
        try await client.form(
            "/services/oauth2/token",
            [
                "grant_type": "password", "client_id": "emulator-client", "client_secret": "emulator-secret",
                "username": username, "password": "password",
            ]
        ).json["access_token"]?.string
    return other
}

@Suite struct `A user with fewer rights` {
    private let yaml = """
        users:
          - { username: reader@example.com, password: password, read_only: [Account] }
          - { username: clerk@example.com, password: password, rights: { Account: [read, edit], Lead: [] }, read_only_fields: [Contact.Phone], hidden_fields: [Contact.Email] }
          - { username: machine@example.com, password: password, lacks: [view_setup, hard_delete, customize] }
          - { username: off@example.com, password: password, lacks: [api_enabled] }
        """

    @Test func `does on every channel what is allowed and no more`() async throws {
        try await withOrg(yaml) { admin in
            let id = try await admin.create("Account", #"{"Name":"A","External_Id__c":"A-1"}"#)
            let clerk = try await entered(admin, by: "clerk@example.com")
            let edit = try await clerk.send(.PATCH, "\(OrgClient.data)/sobjects/Account/\(id)", #"{"Phone":"1"}"#)
            #expect(edit.status == 204)
            let create = try await clerk.send(.POST, "\(OrgClient.data)/sobjects/Account", #"{"Name":"B"}"#)
            #expect(create.json.at("0.errorCode") == .string("INVALID_TYPE_FOR_OPERATION"))
            let gone = try await clerk.call(.DELETE, "\(OrgClient.data)/sobjects/Account/\(id)")
            #expect(gone.json.at("0.message") == .string("entity type cannot be deleted: Account"))
            let bulk = try await clerk.ingest(
                "Account",
                "upsert",
                "External_Id__c,Name\nA-1,X\nA-2,Y\n",
                key: "External_Id__c"
            )
            #expect(bulk.job["numberRecordsFailed"] == .number("1"))
            #expect(
                bulk.failures.text.contains("INVALID_TYPE_FOR_OPERATION:entity type cannot be inserted: Account:--")
            )
            let soap = try await clerk.soap("<urn:delete><urn:ids>\(id)</urn:ids></urn:delete>")
            #expect(soap.text.contains("INVALID_TYPE_FOR_OPERATION"))
            let described = try await clerk.get("\(OrgClient.data)/sobjects/Account/describe").json
            #expect(described["createable"] == .bool(false))
            #expect(described["updateable"] == .bool(true))
            #expect(described["deletable"] == .bool(false))
            #expect(try await admin.get("/emulator/records/Account").json.array?.count == 1)
        }
    }

    @Test func `neither sees nor writes what is hidden`() async throws {
        try await withOrg(yaml) { admin in
            let id = try await admin.create("Contact", #"{"LastName":"C","Email":"c@example.com"}"#)
            let clerk = try await entered(admin, by: "clerk@example.com")
            let path = "\(OrgClient.data)/sobjects/Contact"
            #expect(try await clerk.get("\(path)/\(id)").json["Email"] == nil)
            #expect(
                try await clerk.query("SELECT Email FROM Contact").json.at("0.errorCode") == .string("INVALID_FIELD")
            )
            let write = try await clerk.send(.PATCH, "\(path)/\(id)", #"{"Email":"d@example.com"}"#)
            #expect(write.json.at("0.errorCode") == .string("INVALID_FIELD"))
            let phone = try await clerk.send(.PATCH, "\(path)/\(id)", #"{"Phone":"1"}"#)
            #expect(phone.json.at("0.errorCode") == .string("INVALID_FIELD_FOR_INSERT_UPDATE"))
            let column = try await clerk.ingest("Contact", "insert", "LastName,Email\nX,x@example.com\n")
            #expect(column.job["errorMessage"] == .string("InvalidBatch : Field name not found : Email"))
            let frozen = try await clerk.ingest("Contact", "insert", "LastName,Phone\nX,1\n")
            #expect(frozen.failures.text.contains("INVALID_FIELD_FOR_INSERT_UPDATE"))
            #expect(try await clerk.get("\(OrgClient.data)/sobjects/Lead/describe").status == 404)
            #expect(try await clerk.query("SELECT Id FROM Lead").json.at("0.errorCode") == .string("INVALID_TYPE"))
            #expect(
                try await clerk.query("SELECT Id FROM Contact WHERE Id IN (SELECT ConvertedContactId FROM Lead)").json
                    .at("0.errorCode") == .string("INVALID_TYPE")
            )
            let names = try await clerk.get("\(OrgClient.data)/sobjects").json["sobjects"]?.array?.compactMap {
                $0["name"]?.string
            }
            #expect(names?.contains("Lead") == false)
        }
    }

    @Test func `lacks what only administrators have`() async throws {
        try await withOrg(yaml) { admin in
            let machine = try await entered(admin, by: "machine@example.com")
            #expect(try await machine.get("\(OrgClient.data)/limits").status == 403)
            #expect(try await machine.get("\(OrgClient.data)/tooling/query?q=SELECT+Id+FROM+ApexClass").status == 403)
            let hard = try await machine.send(
                .POST,
                "\(OrgClient.data)/jobs/ingest",
                #"{"object":"Account","operation":"hardDelete"}"#
            )
            #expect(hard.json.at("0.errorCode") == .string("FEATURENOTENABLED"))
            let classic = try await machine.openJob("hardDelete", "Account", "CSV")
            #expect(classic == "none")
            let off = try await entered(admin, by: "off@example.com")
            let refused = try await off.get("\(OrgClient.data)/limits")
            #expect(refused.status == 403)
            #expect(refused.json.at("0.errorCode") == .string("API_CURRENTLY_DISABLED"))
        }
    }

    @Test func `can't close or fill the job of another`() async throws {
        try await withOrg(yaml) { admin in
            let job = try await admin.openJob("insert", "Contact", "CSV")
            let reader = try await entered(admin, by: "reader@example.com")
            let batch = try await reader.classic(.POST, "/job/\(job)/batch", "LastName\nx\n", type: "text/csv")
            #expect(reader.element("exceptionCode", batch) == "InvalidUser")
            let close = try await reader.classic(.POST, "/job/\(job)", "<jobInfo><state>Closed</state></jobInfo>")
            #expect(reader.element("exceptionCode", close) == "InvalidUser")
        }
    }
}

@Suite struct `An allocation runs out` {
    @Test func `of requests, batches, queries, events and storage`() async throws {
        let yaml = """
            events: { Sent__e: { fields: { No__c: { type: Text, length: 5 } } } }
            limits: { DailyBulkApiBatches: 2, DailyBulkV2QueryJobs: 1, HourlyPublishedPlatformEvents: 1, DataStorageMB: 1 }
            """
        try await withOrg(yaml) { client in
            let event = "\(OrgClient.data)/sobjects/Sent__e"
            #expect(try await client.send(.POST, event, #"{"No__c":"1"}"#).status == 201)
            let second = try await client.send(.POST, event, #"{"No__c":"2"}"#)
            #expect(second.json.at("0.errorCode") == .string("LIMIT_EXCEEDED"))
            let query = #"{"operation":"query","query":"SELECT Id FROM Account"}"#
            #expect(try await client.send(.POST, "\(OrgClient.data)/jobs/query", query).status == 200)
            #expect(try await client.send(.POST, "\(OrgClient.data)/jobs/query", query).status == 403)
            let full = try await client.ingest("Account", "insert", "Name\n" + (0..<600).map { "N\($0)\n" }.joined())
            #expect(full.failures.text.contains("STORAGE_LIMIT_EXCEEDED:storage limit exceeded:--"))
            let limits = try await client.get("\(OrgClient.data)/limits").json
            #expect(limits.at("DataStorageMB.Remaining") == .number("0"))
            #expect(limits.at("DailyBulkApiBatches.Remaining") == .number("1"))
            #expect(limits.at("HourlyPublishedPlatformEvents.Remaining") == .number("0"))
            _ = try await client.ingest("Account", "insert", "Name\nA\n")
            let over = try await client.ingest("Account", "insert", "Name\nA\n")
            #expect(over.job["state"] == .string("Failed"))
            #expect(over.job["errorMessage"] == .string("ExceededQuota : ApiBatchItems Limit exceeded."))
            let job = try await client.openJob("insert", "Account", "CSV")
            let batch = try await client.classic(.POST, "/job/\(job)/batch", "Name\nA\n", type: "text/csv")
            #expect(client.element("exceptionCode", batch) == "ExceededQuota")
        }
        try await withOrg("limits: { DailyApiRequests: 3 }") { client in
            var last = try await client.get("\(OrgClient.data)/limits")
            #expect(last.headers.first(name: "sforce-limit-info") == "api-usage=1/3")
            for _ in 0..<3 { last = try await client.get("\(OrgClient.data)/limits") }
            #expect(last.status == 403)
            #expect(last.json.at("0.message") == .string("TotalRequests Limit exceeded."))
            #expect(try await client.soap("<urn:getUserInfo/>").text.contains("REQUEST_LIMIT_EXCEEDED"))
        }
    }
}
