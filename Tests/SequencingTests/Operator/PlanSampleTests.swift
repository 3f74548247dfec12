import SyncModel
import TestKit
import Testing

@testable import Salesforce
@testable import Sequencing

@Suite(.scratchFolder, .timeLimit(.minutes(2))) struct `A plan's examples` {
    private static func sync(_ api: APIChoice, _ removal: RemovalBehaviour) -> SyncDefinition {
        let fields = ["Name": "name", "Phone": "phone", "AnnualRevenue": "revenue"]
        return .of("accounts", into: .object("Account"), .upsert, match: ("code", "External_Id__c"), fields: fields) {
            $0.api = api
            $0.whenRemoved = removal
        }
    }

    @Test(arguments: [(APIChoice.rest, RemovalBehaviour.delete), (.bulk, .clear), (.bulk2, .delete)])
    func `say field by field what Salesforce holds, what would be there, and what was sent last`(
        api: APIChoice,
        removal: RemovalBehaviour
    ) async throws {
        try await Belt.with([Self.sync(api, removal)], models: ["accounts": ["code"]]) { belt in
            try belt.rows("accounts", "code,name,phone,revenue\nA-1,One,11,5\nA-2,Two,22,6\nA-3,Three,33,7\n")
            #expect(try await belt.run().state == .succeeded)
            // Somebody else has been at it since.
            let id = try #require(try await belt.records("Account")["A-1"]?.id)
            try await belt.client { try await $0.update("Account", id: id, body: Array(#"{"Phone":"99"}"#.utf8)) }
            try belt.rows("accounts", "code,name,phone,revenue\nA-1,Uno,11,5\nA-3,Three,33,7\nA-4,Four,44,8\n")
            let plan = try #require(try await belt.conductor.plan("all", samples: 5).first)
            let samples = Dictionary(plan.samples.map { ($0.key, $0) }) { first, _ in first }
            #expect(samples.keys.sorted() == ["A-1", "A-2", "A-4"], "\(plan.samples)")
            let changed = try #require(samples["A-1"])
            #expect(changed.changeClass == .changed)
            #expect(
                changed.fields == [
                    "External_Id__c": .init(old: "A-1", new: "A-1"), "Name": .init(old: "One", new: "Uno"),
                    "Phone": .init(old: "99", new: "11"),
                ],
                "\(changed)"
            )
            #expect(changed.sent?["Name"] == "One" && changed.sent?["Phone"] == "11", "\(changed)")
            let added = try #require(samples["A-4"])
            #expect(added.changeClass == .added && added.sent == nil)
            #expect(added.fields["Name"] == .init(old: nil, new: "Four"), "\(added)")
            let removed = try #require(samples["A-2"])
            #expect(removed.changeClass == .removed)
            #expect(removed.fields["Phone"] == .init(old: "22", new: nil), "\(removed)")
            #expect(removed.sent?["Phone"] == "22")
            // A record that is cleared keeps what may not be empty.
            #expect((removed.fields["Name"] == nil) == (removal == .clear), "\(removed)")
            #expect(try await belt.counter("updated", "Account") == 1)
            #expect(try await belt.counter("deleted", "Account") == 0)
        }
    }

    @Test(arguments: [APIChoice.rest, .bulk, .bulk2])
    func `leave out what is left alone, and an explanation shows what it is`(api: APIChoice) async throws {
        let fields = ["Name": "name", "Site": "site", "AccountNumber": "number"]
        let sync = SyncDefinition.of(
            "accounts",
            into: .object("Account"),
            .upsert,
            match: ("code", "External_Id__c"),
            fields: fields
        ) {
            $0.api = api
            for index in $0.fields.indices where $0.fields[index].field == "Site" { $0.fields[index].write = .ifEmpty }
            for index in $0.fields.indices where $0.fields[index].field == "AccountNumber" {
                $0.fields[index].whenNull = .keep
            }
        }
        try await Belt.with([sync], models: ["accounts": ["code"]]) { belt in
            try belt.rows("accounts", "code,name,site,number\nA-1,One,here,7\n")
            #expect(try await belt.run().state == .succeeded)
            try belt.rows("accounts", "code,name,site,number\nA-1,Uno,there,\n")
            let plan = try #require(try await belt.conductor.plan("all", samples: 5).first)
            let sample = try #require(plan.samples.first)
            #expect(Set(sample.fields.keys) == ["External_Id__c", "Name"], "\(sample)")
            let life = try await belt.conductor.explain("accounts", key: "A-1")
            #expect(life.salesforce?["Site"] == "here" && life.salesforce?["AccountNumber"] == "7", "\(life)")
            #expect(life.payload?["Name"] == "Uno" && life.payload?.keys.contains("Site") == false, "\(life)")
            #expect(try await belt.run().state == .succeeded)
            let record = try await belt.records("Account")["A-1"]
            #expect(record?.text("Site") == "here" && record?.text("AccountNumber") == "7", "as the plan said")
        }
    }

    @Test func `show the removals that a guard asks about, of each object`() async throws {
        let target = SyncDefinition.Target.objects(first: "Contact", otherwise: "Lead", create: "Lead")
        let people = SyncDefinition.of("people", into: target, .upsert, match: ("code", "External_Id__c")) {
            $0.fields = [FieldMapping(field: "LastName", value: .column("name"))]
            $0.only = ["Lead": [FieldMapping(field: "Company", value: .column("name"))]]
            $0.whenRemoved = .delete
            $0.guard.maxDeletes = .rows(0)
        }
        try await Belt.with([people], models: ["people": ["code"]]) { belt in
            for number in 1...5 {
                _ = try await belt.create("Contact", ["LastName": "Old", "External_Id__c": "P-\(number)"])
            }
            try belt.rows("people", "code,name\n" + (1...10).map { "P-\($0),N \($0)\n" }.joined())
            #expect(try await belt.run().state == .succeeded)
            try belt.rows("people", "code,name\nP-1,N 1\n")
            let asking = try await belt.runUntilItWaits()
            let plan = try #require(try await belt.conductor.plan(of: asking.id, samples: 4).first)
            #expect(plan.samples.allSatisfy { $0.changeClass == .removed }, "\(plan.samples)")
            let (contacts, leads) = (Set((2...5).map { "P-\($0)" }), Set((6...10).map { "P-\($0)" }))
            #expect(plan.samples.filter { contacts.contains($0.key) }.count == 2, "\(plan.samples)")
            #expect(plan.samples.filter { leads.contains($0.key) }.count == 2, "\(plan.samples)")
            #expect(plan.samples.allSatisfy { $0.fields["LastName"]?.new == nil && $0.fields["LastName"]?.old != nil })
            _ = try await belt.conductor.stop(asking.id.rawValue, now: false, actor: nil)
        }
    }

    @Test func `of an archive name the records that go`() async throws {
        let archive = SyncDefinition.of("gone", into: .object("Account"), .archive, match: ("code", "External_Id__c")) {
            $0.guard.maxDeletes = .rows(0)
        }
        try await Belt.with([archive], models: ["gone": ["code"]]) { belt in
            _ = try await belt.create("Account", ["Name": "Old", "External_Id__c": "A-1"])
            try belt.rows("gone", "code\nA-1\nA-2\n")
            let asking = try await belt.runUntilItWaits()
            let plan = try #require(try await belt.conductor.plan(of: asking.id, samples: 5).first)
            #expect(plan.samples.map(\.key) == ["A-1"])
            let fields = plan.samples.first?.fields
            #expect(fields == ["External_Id__c": .init(old: "A-1", new: nil), "Name": .init(old: "Old", new: nil)])
            _ = try await belt.conductor.stop(asking.id.rawValue, now: false, actor: nil)
        }
    }
}
