import Ledger
import SyncModel
import TestKit
import Testing

@testable import Salesforce
@testable import Sequencing

@Suite(.scratchFolder, .timeLimit(.minutes(2))) struct `A lookup` {
    private static func contacts(
        _ name: String = "contacts",
        by field: String = "Unique_Key__c",
        _ change: (inout SyncDefinition) -> Void = { _ in }
    ) -> SyncDefinition {
        .of(name, into: .object("Contact"), .upsert, match: ("code", "External_Id__c"), fields: ["LastName": "name"]) {
            let lookup = FieldMapping.Lookup(object: "Account", field: field, column: "account")
            $0.fields.append(FieldMapping(field: "AccountId", value: .lookup(lookup)))
            change(&$0)
        }
    }

    private static func queries(_ belt: Belt, after number: Int = 0) async throws -> [String] {
        let log = try await belt.admin("GET", "calls?after=\(number)").array ?? []
        return log.compactMap { $0.object?["path"]?.string }.filter {
            $0.contains("/query") || $0.hasSuffix("/composite")
        }
    }

    @Test func `by a field that is no external id asks for each value once, in few long queries`() async throws {
        try await Belt.with([Self.contacts()], models: ["contacts": ["code"]]) { belt in
            let accounts = (0..<900).map { "\"Account \($0)\",\"K-\($0)\"\n" }.joined()
            try await belt.client { client in
                let job = try await client.createIngestJob(IngestJobSpec(object: "Account", operation: .insert))
                let csv = "\"Name\",\"Unique_Key__c\"\n" + accounts
                try await client.upload(IngestUpload(bytes: Array(csv.utf8)), toIngestJob: job.id)
                var ended = try await client.closeIngestJob(job.id)
                while !ended.state.isFinal { ended = try await client.ingestJob(job.id) }
            }
            try belt.rows(
                "contacts",
                "code,name,account\n" + (0..<1_800).map { "C-\($0),Contact \($0),k-\($0 % 900)\n" }.joined()
            )
            let plan = try #require(try await belt.conductor.plan("all", samples: 1).first)
            let before = try await belt.admin("GET", "calls").array?.count ?? 0
            let run = try await belt.run()
            #expect(run.state == .succeeded, "\(run)")
            // 900 values: more than one address takes, one long query in a composite call.
            #expect(try await Self.queries(belt, after: before).filter { $0.hasSuffix("/composite") }.count == 1)
            let parents = try await belt.records("Account", by: "Unique_Key__c")
            let contacts = try await belt.records("Contact")
            #expect(contacts.count == 1_800)
            #expect(contacts["C-1007"]?.text("AccountId") == parents["K-107"]?.id)
            // Two describes, the question, and nine calls of 200 rows.
            #expect(plan.apiCalls == 12, "\(plan)")
            let spent = try await belt.ledger.calls(of: run.id).map(\.path).filter {
                $0.hasSuffix("/describe") || $0.contains("/composite")
            }
            #expect(spent.count == 12, "\(spent)")
        }
    }

    @Test func `is planned with samples of the class of their rows, in whatever order the rows go`() async throws {
        try await Belt.with([Self.contacts(by: "External_Id__c")], models: ["contacts": ["code"]]) { belt in
            for code in ["A-1", "A-2", "A-3"] {
                _ = try await belt.create("Account", ["Name": code, "External_Id__c": code])
            }
            let many = (0..<300).map { "C-\($0),Contact \($0),A-1\n" }.joined()
            try belt.rows("contacts", "code,name,account\n" + many + "D-1,Ada,A-2\nD-2,Bob,A-3\n")
            let plan = try #require(try await belt.conductor.plan("all", samples: 2).first)
            #expect(plan.counts.added == 302)
            #expect(plan.samples.map(\.changeClass) == [.added, .added], "\(plan.samples)")
        }
    }

    @Test func `is priced in the plan, with every call that the run makes`() async throws {
        try await Belt.with([Self.contacts(by: "Site")], models: ["contacts": ["code"]]) { belt in
            for code in ["here", "there"] { _ = try await belt.create("Account", ["Name": code, "Site": code]) }
            try belt.rows("contacts", "code,name,account\nC-0,Ada,here\n")
            // Signs in.
            #expect(try await belt.run().state == .succeeded)
            // More values than one query asks for, and more rows than one call holds.
            let rows = (1...400).map { "C-\($0),Bob,\($0 % 2 == 0 ? "there" : "nowhere \($0)")\n" }.joined()
            try belt.rows("contacts", "code,name,account\nC-0,Ada,here\n" + rows)
            let plan = try #require(try await belt.conductor.plan("all", samples: 2).first)
            let run = try await belt.run()
            #expect(run.steps[0].counts.created == 200 && run.steps[0].counts.rejected == 200, "\(run)")
            // The belt's org is not asked for its automation.
            #expect(plan.apiCalls == run.steps[0].counts.apiCalls, "\(plan) \(run)")
            #expect(try await belt.ledger.check().faults == [])
        }
    }

    @Test func `that finds nothing, or two, says so of its row, and the others go`() async throws {
        try await Belt.with([Self.contacts(by: "Site")], models: ["contacts": ["code"]]) { belt in
            for (name, site) in [("One", "here"), ("Two", "there"), ("Three", "there")] {
                _ = try await belt.create("Account", ["Name": name, "Site": site])
            }
            try belt.rows("contacts", "code,name,account\nC-1,Ada,here\nC-2,Bob,nowhere\nC-3,Cyd,there\nC-4,Dan,\n")
            let run = try await belt.run()
            #expect(run.steps[0].counts.created == 2, "\(run)")
            let rejected = try await belt.undelivered(run).sorted { $0.key < $1.key }
            #expect(rejected.map(\.code) == ["INVALID_FIELD", "DUPLICATE_EXTERNAL_ID"])
            #expect(rejected.first?.message.contains("nowhere not found for field Site in entity Account") == true)
            #expect(rejected.last?.message.contains("more than one record of Account found for there") == true)
            // The cause is gone: the row goes out by itself.
            _ = try await belt.create("Account", ["Name": "Four", "Site": "nowhere"])
            #expect(try await belt.run().steps[0].counts.created == 1)
        }
    }

    @Test func `of a second sync in the same run is not asked for again`() async throws {
        let models = ["contacts": ["code"], "more": ["code"]]
        try await Belt.with([Self.contacts(), Self.contacts("more")], models: models) { belt in
            _ = try await belt.create("Account", ["Name": "One", "Unique_Key__c": "K-1"])
            try belt.rows("contacts", "code,name,account\nC-1,Ada,K-1\n")
            try belt.rows("more", "code,name,account\nC-2,Bob,K-1\n")
            let run = try await belt.run()
            #expect(run.state == .succeeded, "\(run)")
            // Both syncs are asked about, and the second finds its answer there.
            let asked = try await belt.ledger.calls(of: run.id).map(\.path).filter {
                $0.contains("/query") && $0.contains("Unique_Key__c")
            }
            #expect(asked.count == 1, "\(asked)")
            #expect(try await belt.records("Contact").values.allSatisfy { $0.text("AccountId") != nil })
        }
    }

    @Test func `into one of several objects says which, by an external id, a unique field or an Id`() async throws {
        let tasks = SyncDefinition.of(
            "tasks",
            into: .object("Task"),
            .insert,
            fields: ["Subject": "subject", "OwnerId": "owner"]
        ) {
            let who = FieldMapping.Lookup(object: "Contact", field: "External_Id__c", column: "who")
            let what = FieldMapping.Lookup(object: "Account", field: "Unique_Key__c", column: "what")
            $0.fields.append(FieldMapping(field: "WhoId", value: .lookup(who)))
            $0.fields.append(FieldMapping(field: "WhatId", value: .lookup(what)))
        }
        try await Belt.with([tasks], models: ["tasks": ["id"]]) { belt in
            let contact = try await belt.create("Contact", ["LastName": "Ada", "External_Id__c": "C-1"])
            let account = try await belt.create("Account", ["Name": "One", "Unique_Key__c": "K-1"])
            let user = try await belt.client { try await $0.query("SELECT Id FROM User LIMIT 1", atMost: 1) }
            let owner = try #require(user.first?.id)
            try belt.rows("tasks", "id,subject,who,what,owner\n1,Call,C-1,K-1,\(owner.prefix(15))\n")
            let run = try await belt.run()
            #expect(run.state == .succeeded, "\(run)")
            let task = try #require(try await belt.records("Task", by: "Subject")["Call"])
            #expect(task.text("WhoId") == contact)
            #expect(task.text("WhatId") == account)
            #expect(task.text("OwnerId") == owner)
        }
    }

    @Test func `by a number finds it however it is written`() async throws {
        let org = """
            objects:
              Account:
                fields:
                  Number__c: { type: Number, precision: 12, scale: 2, unique: true }
                  Code__c: { type: Number, precision: 12, scale: 0, unique: true, externalId: true }
            """
        let accounts = SyncDefinition.of(
            "accounts",
            into: .object("Account"),
            .upsert,
            match: ("code", "Code__c"),
            fields: ["Name": "name", "Number__c": "number"]
        )
        try await Belt.with(
            [accounts, Self.contacts(by: "Number__c")],
            models: ["accounts": ["id"], "contacts": ["code"]],
            org: org
        ) { belt in
            try belt.rows("accounts", "id,code,name,number\na,1.0,One,7.50\nb,2,Two,8\n")
            try belt.rows("contacts", "code,name,account\nC-1,Ada,7.5\nC-2,Bob,8.00\n")
            let run = try await belt.run()
            #expect(run.state == .succeeded, "\(run)")
            let parents = try await belt.records("Account", by: "Name")
            let contacts = try await belt.records("Contact")
            #expect(contacts["C-1"]?.text("AccountId") == parents["One"]?.id)
            #expect(contacts["C-2"]?.text("AccountId") == parents["Two"]?.id)
            // The same key otherwise written is the same record.
            try belt.rows("accounts", "id,code,name,number\na,1,Uno,7.5\nb,2.00,Two,8\n")
            let second = try await belt.run()
            #expect(second.steps[0].counts.updated == 1, "\(second)")
            #expect(try await belt.counter("created", "Account") == 2)
            // Two rows with one number are refused, both.
            try belt.rows("accounts", "id,code,name,number\na,1,Uno,7.5\nb,2.00,Two,8\nc,3,Three,\nd,3.0,Drei,\n")
            let third = try await belt.run()
            #expect(try await belt.undelivered(third).map(\.key).sorted() == ["c", "d"])
            #expect(try await belt.counter("created", "Account") == 2)
        }
    }
}
