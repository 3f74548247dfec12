import SyncModel
import TestKit
import Testing

@testable import Sequencing

@Suite(.scratchFolder, .timeLimit(.minutes(5))) struct `What is awkward to say` {
    private static let yaml = """
        objects:
          Contact:
            fields:
              Score__c: { type: Number, precision: 10, scale: 2 }
        """

    private func syncs(_ api: APIChoice) -> [SyncDefinition] {
        var accounts = SyncDefinition(
            name: "accounts",
            model: "accounts",
            destination: "org",
            target: .object("Account"),
            mode: .upsert,
            match: .init(column: "id", field: "External_Id__c"),
            fields: [FieldMapping(field: "Name", value: .column("name"))]
        )
        accounts.api = api
        let parent = FieldMapping.Lookup(object: "Account", field: "External_Id__c", column: "account")
        let contacts = SyncDefinition.contacts(.upsert, api) {
            $0.fields.append(FieldMapping(field: "Score__c", value: .column("score")))
            $0.fields.append(FieldMapping(field: "AccountId", value: .lookup(parent)))
        }
        return [accounts, contacts]
    }

    @Test(arguments: [APIChoice.bulk, .bulk2, .rest])
    func `arrives the same by every API`(api: APIChoice) async throws {
        try await DeliveryBench.run(syncs(api), org: Self.yaml) { bench in
            let header = ["id", "last", "title", "email", "score", "account"]
            try bench.model("accounts", [["id", "name"], ["A-1", "First, \"Ltd\""], ["A-2", "Second\nline"]])
            try bench.model(
                "contacts",
                [
                    header,
                    ["C-1", "#N/A", "Clerk", "", "0.30000000000000004", "A-1"],
                    ["C-2", "Ordinary", "#N/A", "", "12.345", "A-1"],
                    ["C-3", " Trimmed ", "", "", "7", "A-2"],
                    ["a1", "Small", "", "", "1e2", ""],
                    ["A1", "Great", "", "", "1", ""],
                ]
            )
            let first = try await bench.run()
            #expect(first.steps[1].counts.created == 3, "\(first)")
            #expect(first.steps[1].counts.rejected == 2, "a1 and A1 are one value\n\(first)")
            var held = try await bench.org.records("Contact", by: "External_Id__c")
            let accounts = try await bench.org.records("Account", by: "External_Id__c")
            #expect(held.count == 3)
            #expect(held["C-1"]?["LastName"] == "#N/A")
            #expect(held["C-1"]?["Score__c"].flatMap(Double.init) == 0.3)
            #expect(held["C-1"]?["AccountId"] == accounts["A-1"]?["Id"])
            #expect(held["C-2"]?["Title"] == "#N/A")
            #expect(held["C-2"]?["Score__c"].flatMap(Double.init) == 12.35)
            #expect(held["C-3"]?["LastName"] == "Trimmed")
            #expect(held["C-3"]?["Title"] == nil)
            #expect(accounts["A-1"]?["Name"] == "First, \"Ltd\"")

            // The lookup of one is cleared, a title emptied, a number written otherwise.
            try bench.model(
                "contacts",
                [
                    header, ["C-1", "#N/A", "", "", "0.3", "A-1"], ["C-2", "Ordinary", "#N/A", "", "12.35", ""],
                    ["C-3", "Trimmed", "", "", "7.000", "A-2"],
                ]
            )
            let second = try await bench.run()
            #expect(second.state == .succeeded, "\(second)")
            #expect(second.steps[1].counts.updated == 2, "C-3 is as it was\n\(second)")
            held = try await bench.org.records("Contact", by: "External_Id__c")
            #expect(held["C-1"]?["Title"] == nil)
            #expect(held["C-1"]?["AccountId"] == accounts["A-1"]?["Id"])
            #expect(held["C-2"]?["AccountId"] == nil)
            #expect(held["C-2"]?["Title"] == "#N/A")
        }
    }

    @Test func `an insert that nothing is unique in may not say #N/A in CSV`() async throws {
        let sync = SyncDefinition.contacts(.insert, .bulk) { $0.match = nil }
        try await DeliveryBench.run([sync]) { bench in
            try bench.model(
                "contacts",
                [["id", "last", "title", "email"], ["1", "#N/A", "", ""], ["2", "Plain", "", ""]]
            )
            let run = try await bench.run()
            #expect(run.steps[0].counts.rejected == 1, "\(run)")
            #expect(try await bench.org.records("Contact").map { $0["LastName"] } == ["Plain"])
        }
    }
}
