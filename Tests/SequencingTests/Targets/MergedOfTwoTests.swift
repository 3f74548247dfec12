import Ledger
import Salesforce
import SyncModel
import TestKit
import Testing

@testable import Sequencing

@Suite(.scratchFolder, .timeLimit(.minutes(3))) struct `Records that were merged away` {
    private static func link(_ field: String, by key: String) -> FieldMapping {
        FieldMapping(
            field: field,
            value: .lookup(.init(object: "Account", field: key, column: "account"))
        )
    }

    private static func merge(_ object: String, _ victim: String, into master: String, _ belt: Belt) async throws {
        let results = try await belt.client {
            try await $0.merge([MergeRequest(object: object, masterID: master, victimIDs: [victim])])
        }
        try #require(results.map(\.success) == [true], "\(results)")
    }

    @Test(arguments: [APIChoice.rest, .bulk, .bulk2])
    func `are followed by an update of contacts or leads`(api: APIChoice) async throws {
        let target = SyncDefinition.Target.objects(first: "Contact", otherwise: "Lead", create: nil)
        let sync = SyncDefinition.of(
            "people",
            into: target,
            .update,
            match: ("code", "External_Id__c"),
            fields: ["Phone": "phone"]
        ) { $0.api = api }
        try await Belt.with([sync], models: ["people": ["code"]]) { belt in
            func person(_ object: String, _ code: String) async throws -> String {
                let company = object == "Lead" ? ["Company": "Acme"] : [:]
                return try await belt.create(
                    object,
                    ["LastName": code, "External_Id__c": code].merging(company) { $1 }
                )
            }
            let (kept, gone) = (try await person("Contact", "C-1"), try await person("Contact", "C-2"))
            let (lead, goneLead) = (try await person("Lead", "L-1"), try await person("Lead", "L-2"))
            // Once a contact, now a lead: that lead is the one.
            let moved = try await person("Contact", "M-1")
            let found = try await person("Lead", "M-1")
            try await Self.merge("Contact", gone, into: kept, belt)
            try await Self.merge("Contact", moved, into: kept, belt)
            try await Self.merge("Lead", goneLead, into: lead, belt)
            try belt.rows("people", "code,phone\nC-2,22\nL-2,33\nM-1,44\nX-1,55\n")
            let run = try await belt.run()
            #expect(run.steps[0].counts.updated == 3 && run.steps[0].counts.unmatched == 1, "\(run)")
            #expect(try await belt.undelivered(run).map(\.key) == ["X-1"])
            #expect(try await belt.records("Contact", by: "Id").mapValues { $0.text("Phone") } == [kept: "22"])
            #expect(
                try await belt.records("Lead", by: "Id").mapValues { $0.text("Phone") } == [lead: "33", found: "44"]
            )
            #expect(run.warnings.contains { $0.contains("C-2 (\(gone) into \(kept))") }, "\(run.warnings)")
            #expect(run.warnings.contains { $0.contains("L-2 (\(goneLead) into \(lead))") }, "\(run.warnings)")
            #expect(try await belt.run().steps[0].counts.updated == 0)
            #expect(try await belt.ledger.check().faults == [])
        }
    }

    @Test(arguments: [APIChoice.rest, .bulk, .bulk2], ["External_Id__c", "Unique_Key__c"])
    func `are followed where contacts or leads refer to them`(api: APIChoice, key: String) async throws {
        let target = SyncDefinition.Target.objects(first: "Contact", otherwise: "Lead", create: "Contact")
        let sync = SyncDefinition.of(
            "people",
            into: target,
            .upsert,
            match: ("code", "External_Id__c"),
            fields: ["LastName": "name"]
        ) {
            $0.only = ["Contact": [Self.link("AccountId", by: key)]]
            $0.api = api
        }
        try await Belt.with([sync], models: ["people": ["code"]]) { belt in
            func account(_ name: String) async throws -> String {
                try await belt.create("Account", ["Name": name, "External_Id__c": name, "Unique_Key__c": name])
            }
            let (kept, gone) = (try await account("Kept"), try await account("Gone"))
            try await Self.merge("Account", gone, into: kept, belt)
            _ = try await belt.create("Contact", ["LastName": "Old", "External_Id__c": "P-1"])
            _ = try await belt.create("Lead", ["LastName": "Old", "Company": "Acme", "External_Id__c": "P-2"])
            let rows = "P-1,Ada,Gone\nP-2,Bob,Gone\nP-3,Cyd,Gone\nP-4,Dan,Kept\nP-5,Eve,Nowhere\n"
            try belt.rows("people", "code,name,account\n" + rows)
            let run = try await belt.run()
            let left = try await belt.undelivered(run)
            #expect(run.steps[0].counts.updated == 2 && run.steps[0].counts.created == 2, "\(run)")
            #expect(left.map(\.key) == ["P-5"], "\(left)")
            let contacts = try await belt.records("Contact")
            #expect(
                contacts.mapValues { "\($0.text("LastName") ?? "") \($0.text("AccountId") ?? "")" }
                    == ["P-1": "Ada \(kept)", "P-3": "Cyd \(kept)", "P-4": "Dan \(kept)"]
            )
            #expect(try await belt.records("Lead").mapValues { $0.text("LastName") } == ["P-2": "Bob"])
            #expect(run.warnings.contains { $0.contains("(\(gone) into \(kept))") }, "\(run.warnings)")
            #expect(try await belt.ledger.check().faults == [])
        }
    }

    @Test(arguments: [APIChoice.rest, .bulk, .bulk2], ["External_Id__c", "Unique_Key__c"])
    func `are followed where a sync that merges refers to them`(api: APIChoice, key: String) async throws {
        let sync = SyncDefinition.of(
            "companies",
            into: .object("Account"),
            .upsert,
            match: ("code", "External_Id__c"),
            fields: ["Name": "name"]
        ) {
            $0.merge = .init(sharedID: "shared", isChild: "is_child", mergeID: nil)
            $0.batch.parallel = 1
            $0.fields.append(Self.link("ParentId", by: key))
            $0.api = api
        }
        try await Belt.with([sync], models: ["companies": ["code"]]) { belt in
            func account(_ name: String) async throws -> String {
                try await belt.create("Account", ["Name": name, "External_Id__c": name, "Unique_Key__c": name])
            }
            let (kept, gone) = (try await account("Kept"), try await account("Gone"))
            try await Self.merge("Account", gone, into: kept, belt)
            let child = try await belt.create("Account", ["Name": "Child", "External_Id__c": "B"])
            try belt.rows(
                "companies",
                "code,name,account,shared,is_child\nA,Parent,Gone,1,false\nB,Child,,1,true\nC,Alone,Gone,2,false\n"
            )
            let run = try await belt.run()
            #expect(run.steps[0].counts.created == 2 && run.steps[0].counts.merged == 1, "\(run)")
            let accounts = try await belt.records("Account")
            #expect(accounts["A"]?.text("ParentId") == kept && accounts["C"]?.text("ParentId") == kept)
            #expect(accounts["B"] == nil, "\(child) went into A")
            #expect(try await belt.run().steps[0].counts.unchanged == 3)
            #expect(try await belt.ledger.check().faults == [])
        }
    }
}
