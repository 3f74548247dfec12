import SyncModel
import TestKit
import Testing

@testable import Salesforce
@testable import Sequencing

@Suite(.scratchFolder, .timeLimit(.minutes(2))) struct `A sync into contacts or leads` {
    private static func sync(
        create: String? = "Lead",
        _ mode: SyncMode = .upsert,
        _ change: (inout SyncDefinition) -> Void = { _ in }
    ) -> SyncDefinition {
        let target = SyncDefinition.Target.objects(first: "Contact", otherwise: "Lead", create: create)
        let fields = ["LastName": "last_name", "Phone": "phone"]
        return .of("people", into: target, mode, match: ("code", "External_Id__c"), fields: fields) {
            $0.only = [
                "Lead": [FieldMapping(field: "Company", value: .column("company"))],
                "Contact": [FieldMapping(field: "Department", value: .column("company"))],
            ]
            change(&$0)
        }
    }

    @Test func `writes each row where its record is, and creates the others where it is told`() async throws {
        try await Belt.with([Self.sync()], models: ["people": ["code"]]) { belt in
            _ = try await belt.create("Contact", ["LastName": "Old", "External_Id__c": "P-1"])
            _ = try await belt.create("Lead", ["LastName": "Old", "Company": "Old", "External_Id__c": "P-2"])
            _ = try await belt.create("Contact", ["LastName": "Both", "External_Id__c": "P-3"])
            _ = try await belt.create("Lead", ["LastName": "Both", "Company": "Both", "External_Id__c": "P-3"])
            try belt.rows(
                "people",
                "code,last_name,phone,company\nP-1,One,1,Acme\nP-2,Two,2,Acme\nP-3,Three,3,Acme\nP-4,Four,4,Acme\n"
            )
            let plan = try #require(try await belt.conductor.plan("all", samples: 4).first)
            #expect(plan.bulkRows == 0 && plan.apiCalls > 0 && plan.api == "rest")
            let run = try await belt.run()
            #expect(run.state == .succeeded, "\(run)")
            #expect(run.warnings.contains { $0.contains("found both as Contact and as Lead") }, "\(run.warnings)")
            let contacts = try await belt.records("Contact")
            let leads = try await belt.records("Lead")
            #expect(contacts.mapValues { $0.text("LastName") } == ["P-1": "One", "P-3": "Three"])
            #expect(contacts["P-1"]?.text("Department") == "Acme")
            #expect(leads.mapValues { $0.text("LastName") } == ["P-2": "Two", "P-3": "Both", "P-4": "Four"])
            #expect(leads["P-4"]?.text("Company") == "Acme")
            #expect(run.steps[0].counts.created == 1)
            #expect(run.steps[0].counts.updated == 3)
            let calls = try await belt.calls()
            #expect(try await belt.run().steps[0].counts.unchanged == 4)
            #expect(try await belt.calls() == calls)
        }
    }

    @Test func `creates nothing where it may not, and looks again`() async throws {
        try await Belt.with([Self.sync(create: nil, .update)], models: ["people": ["code"]]) { belt in
            try belt.rows("people", "code,last_name,phone,company\nP-1,One,1,Acme\n")
            let run = try await belt.run()
            #expect(run.steps[0].counts.unmatched == 1, "\(run)")
            _ = try await belt.create("Lead", ["LastName": "Old", "Company": "Old", "External_Id__c": "P-1"])
            #expect(try await belt.run().steps[0].counts.updated == 1)
            #expect(try await belt.records("Lead")["P-1"]?.text("Phone") == "1")
        }
    }

    @Test(arguments: SyncDefinition.Converted.allCases)
    func `follows, skips or refuses a converted lead`(_ policy: SyncDefinition.Converted) async throws {
        try await Belt.with([Self.sync { $0.converted = policy }], models: ["people": ["code"]]) { belt in
            try belt.rows("people", "code,last_name,phone,company\nP-1,One,1,Acme\nP-2,Two,2,Acme\n")
            try await belt.run()
            let lead = try #require(try await belt.records("Lead")["P-1"]?.id)
            try await belt.convert(lead: lead)
            try belt.rows("people", "code,last_name,phone,company\nP-1,One,99,Acme\nP-2,Two,88,Acme\n")
            let run = try await belt.run()
            let counts = run.steps[0].counts
            #expect(try await belt.records("Lead")["P-2"]?.text("Phone") == "88")
            let phones = try await belt.records("Contact", by: "LastName").mapValues { $0.text("Phone") }
            switch policy {
            case .follow:
                #expect(phones == ["One": "99"], "\(run)")
                #expect(counts.updated == 2)
            case .skip:
                #expect(phones["One"] != "99")
                #expect(counts.unmatched == 1 && run.state == .succeeded, "\(run)")
            case .reject:
                #expect(phones["One"] != "99")
                #expect(try await belt.undelivered(run).map(\.code) == ["CANNOT_UPDATE_CONVERTED_LEAD"])
            }
            #expect(try await belt.counter("created", "Lead") == 2)
        }
    }

    @Test func `sends fields for creation alone when it creates, and leaves them out where the record is`() async throws
    {
        let opened = "Opened__c: { type: DateTime, createable: true, updateable: false }"
        let org = "objects:\n  Contact:\n    fields:\n      \(opened)\n  Lead:\n    fields:\n      \(opened)\n"
        let sync = Self.sync { $0.fields.append(FieldMapping(field: "Opened__c", value: .column("opened"))) }
        try await Belt.with([sync], models: ["people": ["code"]], org: org) { belt in
            _ = try await belt.create("Contact", ["LastName": "Old", "External_Id__c": "P-1"])
            let rows = "P-1,One,1,Acme,2026-03-01T09:00:00Z\nP-2,Two,2,Acme,2026-03-01T09:00:00Z\n"
            try belt.rows("people", "code,last_name,phone,company,opened\n" + rows)
            let faults = await LiveCheck(belt.conductor).findings().filter(\.isFault)
            #expect(faults.isEmpty, "\(faults)")
            let first = try await belt.run()
            #expect(first.state == .succeeded, "\(first)")
            let contact = try #require(try await belt.records("Contact")["P-1"])
            #expect(contact.text("LastName") == "One" && contact.text("Opened__c") == nil)
            #expect(try await belt.records("Lead")["P-2"]?.text("Opened__c")?.hasPrefix("2026-03-01T09:00:00") == true)
            try belt.rows(
                "people",
                "code,last_name,phone,company,opened\n"
                    + rows.replacing("Two", with: "Zwei").replacing("09:", with: "10:")
            )
            let second = try await belt.run()
            #expect(second.state == .succeeded, "\(second)")
            let lead = try #require(try await belt.records("Lead")["P-2"])
            #expect(lead.text("LastName") == "Zwei")
            #expect(lead.text("Opened__c")?.hasPrefix("2026-03-01T09:00:00") == true)
        }
    }

    @Test func `finds records by a unique field of both, and by no field of one`() async throws {
        let code = "Code__c: { type: Text, length: 20, unique: true }"
        let org =
            "objects:\n  Contact:\n    fields:\n      \(code)\n  Lead:\n    fields:\n      \(code)\n      "
            + "Alone__c: { type: Text, length: 20, unique: true }\n"
        let sync = Self.sync { $0.match = .init(column: "code", field: "Code__c") }
        try await Belt.with([sync], models: ["people": ["code"]], org: org) { belt in
            _ = try await belt.create("Contact", ["LastName": "Old", "Code__c": "P-1"])
            try belt.rows("people", "code,last_name,phone,company\nP-1,One,1,Acme\nP-2,Two,2,Acme\n")
            let findings = await LiveCheck(belt.conductor).findings()
            #expect(findings.filter(\.isFault).isEmpty, "\(findings)")
            let run = try await belt.run()
            #expect(run.state == .succeeded, "\(run)")
            #expect(try await belt.records("Contact", by: "Code__c")["P-1"]?.text("LastName") == "One")
            #expect(try await belt.records("Lead", by: "Code__c")["P-2"]?.text("LastName") == "Two")
            let alone = Self.sync { $0.match = .init(column: "code", field: "Alone__c") }
            try await belt.reload([alone], models: ["people": ["code"]])
            let faults = await LiveCheck(belt.conductor).findings().filter(\.isFault)
            #expect(faults.contains { $0.message.contains("Contact has no field Alone__c") }, "\(faults)")
        }
    }

    @Test func `is told when lead conversion does not carry its match value along`() async throws {
        @Sendable func warnings(_ belt: Belt) async -> [LiveFinding] {
            await LiveCheck(belt.conductor).findings().filter { !$0.isFault && $0.message.hasPrefix("lead conversion") }
        }
        try await Belt.with([Self.sync()], models: ["people": ["code"]]) { belt in
            try belt.rows("people", "code,last_name,phone,company\n")
            let found = await warnings(belt)
            #expect(found.map(\.key) == ["match.field"], "\(found)")
            #expect(found.first?.message.contains("Lead.External_Id__c to Contact.External_Id__c") == true, "\(found)")
        }
        let org = "lead_conversion: { External_Id__c: { Contact: External_Id__c } }\n"
        try await Belt.with([Self.sync()], models: ["people": ["code"]], org: org) { belt in
            try belt.rows("people", "code,last_name,phone,company\nP-1,One,1,Acme\n")
            #expect(await warnings(belt) == [])
            #expect(try await belt.run().state == .succeeded)
            let lead = try #require(try await belt.records("Lead")["P-1"]?.id)
            try await belt.convert(lead: lead)
            #expect(try await belt.records("Contact")["P-1"]?.text("LastName") == "One")
            try belt.rows("people", "code,last_name,phone,company\nP-1,Uno,1,Acme\n")
            #expect(try await belt.run().state == .succeeded)
            #expect(try await belt.records("Contact")["P-1"]?.text("LastName") == "Uno")
        }
    }

    @Test func `deletes a row that left the model from where it is`() async throws {
        try await Belt.with([Self.sync { $0.whenRemoved = .delete }], models: ["people": ["code"]]) { belt in
            _ = try await belt.create("Contact", ["LastName": "Old", "External_Id__c": "P-1"])
            try belt.rows("people", "code,last_name,phone,company\nP-1,One,1,Acme\nP-2,Two,2,Acme\nP-3,Three,3,Acme\n")
            try await belt.run()
            try belt.rows("people", "code,last_name,phone,company\nP-3,Three,3,Acme\n")
            let run = try await belt.run()
            #expect(run.steps[0].counts.deleted == 2, "\(run)")
            #expect(try await belt.records("Contact").isEmpty)
            #expect(try await belt.records("Lead").keys.sorted() == ["P-3"])
        }
    }
}
