import SalesforceEmulator
import Testing

@testable import Salesforce

@Suite struct `An org that is changed by SOAP and Tooling` {
    @Test func `merges records, and says of those that are gone that they are`() async throws {
        try await EmulatedOrg.with { org in
            var ids: [String] = []
            for key in ["m", "v1", "v2"] {
                let result = try await org.client.create(
                    "Account",
                    body: .json(#"{"Name":"\#(key)","External_Id__c":"\#(key)"}"#)
                )
                ids.append(try #require(result.id))
            }
            let contact = try await org.client.create(
                "Contact",
                body: .json(#"{"LastName":"x","AccountId":"\#(ids[1])"}"#)
            )
            let request = MergeRequest(
                object: "Account",
                masterID: ids[0],
                fields: [("Phone", "1 & 2"), ("Fax", nil)],
                victimIDs: [ids[1], ids[2]]
            )
            let results = try await org.client.merge([request, request])
            #expect(
                results[0].success && results[0].id == ids[0] && Set(results[0].mergedRecordIDs) == [ids[1], ids[2]]
            )
            #expect(!results[1].success && results[1].errors.map(\.statusCode) == ["ENTITY_IS_DELETED"])
            let moved = try await org.client.retrieve("Contact", id: try #require(contact.id), fields: ["AccountId"])
            #expect(moved?.text("AccountId") == ids[0])
            let victims = try await org.client.query(
                "SELECT Id, MasterRecordId FROM Account WHERE IsDeleted = true",
                atMost: 5,
                all: true
            )
            #expect(
                Set(victims.compactMap(\.id)) == [ids[1], ids[2]]
                    && victims.allSatisfy { $0.text("MasterRecordId") == ids[0] }
            )
            let master = try await org.client.retrieve("Account", id: ids[0], fields: ["Phone"])
            #expect(master?.text("Phone") == "1 & 2")
        }
    }

    @Test func `gets a new session for SOAP when the old one ended`() async throws {
        try await EmulatedOrg.with { org in
            _ = try await org.client.identity()
            try await org.admin("POST", "sessions/expire")
            let unknown = MergeRequest(
                object: "Account",
                masterID: "001000000000001AAA",
                victimIDs: ["001000000000002AAA"]
            )
            let results = try await org.client.merge([unknown])
            #expect(results.map(\.success) == [false])
            #expect(org.records.all.count { $0.path == "/services/oauth2/token" } == 2)
        }
    }

    @Test func `replaces the values of a picklist, own, shared and standard`() async throws {
        var options = EmulatorOptions()
        options.org = """
            objects:
              Account:
                fields:
                  Tier__c: { type: Picklist, restricted: true, values: [Gold, Silver] }
                  Region__c: { type: Picklist, valueSet: Regions }
            global_value_sets: { Regions: { values: [North, South] } }
            """
        try await EmulatedOrg.with(options) { org in
            let own = try await org.client.valueSetHolder(object: "Account", field: "Tier__c")
            #expect(own == .customField(object: "Account", field: "Tier__c"))
            let tiers = try await org.client.valueSet(own)
            #expect(tiers.values.map(\.valueName) == ["Gold", "Silver"])
            try await org.client.replaceValues(
                of: tiers,
                with: [ValueSetValue(valueName: "Platinum", label: "Platinum"), tiers.values[0]]
            )
            let shared = try await org.client.valueSetHolder(object: "Account", field: "Region__c")
            #expect(shared == .globalValueSet(name: "Regions"))
            let regions = try await org.client.valueSet(shared)
            try await org.client.replaceValues(
                of: regions,
                with: regions.values + [ValueSetValue(valueName: "West", label: "Wild West")]
            )
            let industry = try await org.client.valueSet(.standardValueSet(name: "Industry"))
            try await org.client.replaceValues(
                of: industry,
                with: industry.values + [ValueSetValue(valueName: "Falconry", label: "Falconry")]
            )
            let account = try await org.client.describe("Account")
            func values(_ name: String) -> [String] {
                account.fields.first { $0.name == name }?.picklistValues.filter(\.active).map(\.value) ?? []
            }
            #expect(values("Tier__c") == ["Platinum", "Gold"])
            #expect(values("Region__c") == ["North", "South", "West"])
            #expect(values("Industry").last == "Falconry")
        }
    }

    @Test func `takes events over REST and Bulk`() async throws {
        var options = EmulatorOptions()
        options.org =
            "events: { Order_Shipped__e: { fields: { Order_No__c: { type: Text, length: 20, required: true } } } }"
        try await EmulatedOrg.with(options) { org in
            let objects = try await org.client.describeGlobal()
            #expect(objects.first { $0.name == "Order_Shipped__e" }?.isPlatformEvent == true)
            let single = try await org.client.create("Order_Shipped__e", body: .json(#"{"Order_No__c":"1"}"#))
            #expect(single.success && single.errors.map(\.statusCode) == ["OPERATION_ENQUEUED"])
            var body = CollectionBody()
            body.append([UInt8].json(#"{"attributes":{"type":"Order_Shipped__e"},"Order_No__c":"2"}"#))
            body.append([UInt8].json(#"{"attributes":{"type":"Order_Shipped__e"}}"#))
            let results = try await org.client.insertCollection(body)
            #expect(results.map(\.success) == [true, false])
            let job = try await org.load(
                IngestJobSpec(object: "Order_Shipped__e", operation: .insert),
                "\"Order_No__c\"\n\"3\"\n"
            )
            #expect(job.numberRecordsProcessed == 1 && job.numberRecordsFailed == 0)
            let events = try await org.admin("GET", "events/Order_Shipped__e")
            #expect(events.array?.compactMap { $0.object?["Order_No__c"]?.string } == ["1", "2", "3"])
        }
    }
}
