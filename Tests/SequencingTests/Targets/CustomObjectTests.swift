import SyncModel
import TestKit
import Testing

@testable import Salesforce
@testable import Sequencing

@Suite(.scratchFolder, .timeLimit(.minutes(3))) struct `A custom object` {
    private static let org = """
        objects:
          Shipment__c:
            name_field: { type: AutoNumber, display_format: "S-{0000}" }
            fields:
              Tracking__c: { type: Text, length: 40, externalId: true, unique: true }
              Account__c: { type: Lookup, referenceTo: [Account] }
              Before__c: { type: Lookup, referenceTo: [Shipment__c] }
              Weight__c: { type: Number, precision: 10, scale: 2 }
              Status__c: { type: Picklist, restricted: true, values: [New, Sent] }
            record_types:
              - { name: Parcel, default: true, picklists: { Status__c: [New, Sent] } }
              - { name: Pallet }
        """

    private static func shipments(_ api: APIChoice) -> SyncDefinition {
        func link(_ field: String, _ object: String, _ by: String, _ column: String) -> FieldMapping {
            FieldMapping(field: field, value: .lookup(.init(object: object, field: by, column: column)))
        }
        return .of(
            "shipments",
            into: .object("Shipment__c"),
            .upsert,
            match: ("code", "Tracking__c"),
            fields: ["Weight__c": "weight", "Status__c": "status"]
        ) {
            $0.fields += [
                link("Account__c", "Account", "External_Id__c", "account"),
                link("Before__c", "Shipment__c", "Tracking__c", "before"),
                FieldMapping(field: "RecordTypeId", value: .recordType(column: "kind")),
            ]
            $0.whenRemoved = .delete
            $0.api = api
        }
    }

    @Test(arguments: [APIChoice.bulk, .bulk2, .rest])
    func `is written like a standard one: fields, links, record types, changes, removals`(api: APIChoice) async throws {
        try await Belt.with([Self.shipments(api)], models: ["shipments": ["code"]], org: Self.org) { belt in
            let account = try await belt.create("Account", ["Name": "One", "External_Id__c": "A-1"])
            let head = "code,weight,status,account,before,kind\n"
            let parcels = "T-1,1.005,Sent,A-1,,Parcel\nT-3,1,Lost,,,Parcel\n"
            try belt.rows("shipments", head + "T-2,2.5,New,A-1,T-1,Pallet\n" + parcels)
            let first = try await belt.run()
            #expect(first.steps[0].counts.created == 2 && first.steps[0].counts.rejected == 1, "\(first)")
            let held = try await belt.records("Shipment__c", by: "Tracking__c")
            #expect(held["T-2"]?.text("Account__c") == account)
            #expect(held["T-2"]?.text("Before__c") == held["T-1"]?.id && held["T-1"]?.id != nil)
            #expect(held["T-2"]?.text("RecordTypeId") != held["T-1"]?.text("RecordTypeId"))
            #expect(held["T-1"]?[path: "Weight__c"] == .number("1.01"))
            try belt.rows("shipments", head + "T-1,1.005,New,A-1,,Parcel\nT-3,1,Sent,,,Parcel\n")
            let second = try await belt.run()
            #expect(second.state == .succeeded && second.steps[0].counts.deleted == 1, "\(second)")
            let after = try await belt.records("Shipment__c", by: "Tracking__c")
            #expect(after.keys.sorted() == ["T-1", "T-3"] && after["T-1"]?.text("Status__c") == "New")
        }
    }

    @Test(arguments: [APIChoice.bulk, .bulk2, .rest])
    func `whose match value two records have is refused with both Ids, until one of them is gone`(
        api: APIChoice
    ) async throws {
        let org = "objects:\n  Box__c:\n    fields:\n      Code__c: { type: Text, length: 20, externalId: true }\n"
        let boxes = SyncDefinition.of(
            "boxes",
            into: .object("Box__c"),
            .upsert,
            match: ("code", "Code__c"),
            fields: ["Name": "name"]
        ) { $0.api = api }
        try await Belt.with([boxes], models: ["boxes": ["code"]], org: org) { belt in
            let ids = [
                try await belt.create("Box__c", ["Name": "a", "Code__c": "B-1"]),
                try await belt.create("Box__c", ["Name": "b", "Code__c": "B-1"]),
            ]
            try belt.rows("boxes", "code,name\nB-1,One\nB-2,Two\n")
            let findings = await LiveCheck(belt.conductor).findings()
            #expect(findings.contains { !$0.isFault && $0.message.contains("is an external id but not unique") })
            let first = try await belt.run()
            #expect(first.steps[0].counts.rejected == 1, "\(first)")
            let refused = try await belt.undelivered(first)
            #expect(refused.map(\.code) == ["DUPLICATE_EXTERNAL_ID"], "\(refused)")
            #expect(ids.allSatisfy { refused.first?.message.contains($0) == true }, "\(refused)")
            #expect(try await belt.records("Box__c", by: "Name").keys.sorted() == ["Two", "a", "b"])
            try await belt.client { try await $0.delete("Box__c", id: ids[1]) }
            #expect(try await belt.run().state == .succeeded)
            #expect(try await belt.records("Box__c", by: "Name").keys.sorted() == ["One", "Two"])
        }
    }
}
