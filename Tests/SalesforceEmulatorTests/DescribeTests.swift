import NIOHTTP1
import Testing

@testable import SalesforceEmulator

@Suite struct `A description` {
    @Test func `has every property of a field, and says what loaders ask for`() async throws {
        try await withOrg { client in
            let reply = try await client.get("\(OrgClient.data)/sobjects/Contact/describe")
            let fields = try #require(reply.json["fields"]?.array)
            #expect(fields.allSatisfy { $0.members?.count == 57 })
            func field(_ name: String) -> JSONValue { fields.first { $0["name"]?.string == name } ?? .null }
            #expect(field("LastName")["nillable"] == .bool(false))
            #expect(field("LastName")["byteLength"] == .number("240"))
            #expect(field("Email")["idLookup"] == .bool(true))
            #expect(field("AccountId")["relationshipName"] == .string("Account"))
            #expect(field("External_Id__c")["externalId"] == .bool(true))
            #expect(field("Unique_Key__c")["externalId"] == .bool(false))
            #expect(field("Unique_Key__c")["unique"] == .bool(true))
            #expect(field("MailingAddress")["type"] == .string("address"))
            #expect(field("LeadSource")["picklistValues"]?.array?.count == 5)
            #expect(reply.json["mergeable"] == .bool(true))
        }
    }

    @Test func `of the org lists its objects and events`() async throws {
        let yaml = "events: { Sent__e: { fields: { No__c: { type: Text, length: 5, required: true } } } }"
        try await withOrg(yaml) { client in
            let reply = try await client.get("\(OrgClient.data)/sobjects")
            let objects = try #require(reply.json["sobjects"]?.array)
            let event = try #require(objects.first { $0["name"]?.string == "Sent__e" })
            #expect(event["queryable"] == .bool(false))
            #expect(event["createable"] == .bool(true))
            #expect(objects.contains { $0["name"]?.string == "Order" })
            let cached = try await client.get(
                "\(OrgClient.data)/sobjects",
                headers: [("If-Modified-Since", "Tue, 10 Aug 2100 00:00:00 GMT")]
            )
            #expect(cached.status == 304)
        }
    }

    @Test func `of versions needs no session`() async throws {
        try await withOrg { client in
            var stranger = client
            stranger.token = nil
            let versions = try await stranger.get("/services/data/").json
            #expect(versions[0]["version"] == .string("41.0"))
            #expect(
                versions.array?.last
                    == .members([
                        "label": .string("Summer '26"), "url": .string("/services/data/v67.0"),
                        "version": .string("67.0"),
                    ])
            )
            #expect(try await stranger.get(OrgClient.data).status == 401)
        }
    }
}
