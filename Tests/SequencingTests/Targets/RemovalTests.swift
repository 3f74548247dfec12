import SyncModel
import TestKit
import Testing

@testable import Salesforce
@testable import Sequencing

@Suite(.scratchFolder, .timeLimit(.minutes(2))) struct `A row that has left the model` {
    private func accounts(_ removal: RemovalBehaviour) -> SyncDefinition {
        .of("accounts", into: .object("Account"), .upsert, match: ("code", "External_Id__c")) {
            $0.whenRemoved = removal
            $0.fields = [
                FieldMapping(field: "Name", value: .column("name")),
                FieldMapping(field: "Phone", value: .column("phone")),
                FieldMapping(field: "Site", value: .constant("from here")),
            ]
        }
    }

    @Test func `is deleted by its match value, though that is no part of its key`() async throws {
        try await Belt.with([accounts(.delete)], models: ["accounts": ["id"]]) { belt in
            try belt.rows("accounts", "id,code,name,phone\n1,A-1,One,11\n2,A-2,Two,22\n3,A-3,Three,33\n")
            #expect(try await belt.run().state == .succeeded)
            try belt.rows("accounts", "id,code,name,phone\n1,A-1,One,11\n")
            let plan = try #require(try await belt.conductor.plan("all", samples: 0).first)
            #expect(plan.counts.removed == 2 && plan.api == "rest" && plan.apiCalls > 0, "\(plan)")
            let run = try await belt.run()
            #expect(run.state == .succeeded, "\(run)")
            #expect(run.steps[0].counts.deleted == 2)
            #expect(try await belt.records("Account").keys.sorted() == ["A-1"])
            #expect(try await belt.counter("created", "Account") == 3)
            let gone = try await belt.conductor.explain("accounts", key: "2").next
            #expect(gone.contains("run \(run.id) has deleted its record"), "\(gone)")
            let unknown = try await belt.conductor.explain("accounts", key: "9").next
            #expect(unknown.contains("nor was it ever delivered"), "\(unknown)")
        }
    }

    @Test func `whose record is gone already is a removal done, and not asked for again`() async throws {
        try await Belt.with([accounts(.delete)], models: ["accounts": ["id"]]) { belt in
            try belt.rows("accounts", "id,code,name,phone\n1,A-1,One,11\n2,A-2,Two,22\n")
            try await belt.run()
            let id = try #require(try await belt.records("Account")["A-2"]?.id)
            try await belt.client { _ = try await $0.deleteCollection(ids: [id]) }
            try belt.rows("accounts", "id,code,name,phone\n1,A-1,One,11\n")
            let run = try await belt.run()
            #expect(run.state == .succeeded, "\(run)")
            let calls = try await belt.calls()
            let next = try await belt.run()
            #expect(next.steps[0].counts.removed == 0)
            #expect(try await belt.calls() == calls)
        }
    }

    @Test func `is cleared, but for its match field, what may not be null and constants`() async throws {
        try await Belt.with([accounts(.clear)], models: ["accounts": ["id"]]) { belt in
            try belt.rows("accounts", "id,code,name,phone\n1,A-1,One,11\n2,A-2,Two,22\n")
            try await belt.run()
            try belt.rows("accounts", "id,code,name,phone\n1,A-1,One,11\n")
            let run = try await belt.run()
            #expect(run.state == .succeeded, "\(run)")
            let records = try await belt.records("Account")
            #expect(records["A-2"]?.text("Phone") == nil)
            #expect(records["A-2"]?.text("Name") == "Two")
            #expect(records["A-2"]?.text("Site") == "from here")
            #expect(records["A-1"]?.text("Phone") == "11")
            let gone = try await belt.conductor.explain("accounts", key: "2").next
            #expect(gone.contains("run \(run.id) has cleared"), "\(gone)")
            // It comes back as a row that was never delivered.
            try belt.rows("accounts", "id,code,name,phone\n1,A-1,One,11\n2,A-2,Two,22\n")
            try await belt.run()
            #expect(try await belt.records("Account")["A-2"]?.text("Phone") == "22")
            #expect(try await belt.counter("created", "Account") == 2)
        }
    }

    @Test func `that Salesforce will not let go is removed again in the next run`() async throws {
        try await Belt.with([accounts(.delete)], models: ["accounts": ["id"]]) { belt in
            try belt.rows("accounts", "id,code,name,phone\n1,A-1,One,11\n2,A-2,Two,22\n")
            try await belt.run()
            try belt.rows("accounts", "id,code,name,phone\n1,A-1,One,11\n")
            try await belt.admin(
                "POST",
                "faults",
                #"{"object":"Account","do":"row-error","code":"DELETE_FAILED","message":"Your attempt to delete it could not be completed","rate":1,"times":1}"#
            )
            let run = try await belt.run()
            #expect(run.state == .partial, "\(run)")
            #expect(try await belt.undelivered(run).map(\.code) == ["DELETE_FAILED"])
            #expect(try await belt.records("Account").count == 2)
            let next = try await belt.run()
            #expect(next.state == .succeeded, "\(next)")
            #expect(try await belt.records("Account").keys.sorted() == ["A-1"])
        }
    }
}

@Suite(.scratchFolder, .timeLimit(.minutes(4))) struct `An archive` {
    @Test func `of 10,000 rows deletes none until somebody approves`() async throws {
        let sync = SyncDefinition.of("old", into: .object("Account"), .archive, match: ("code", "External_Id__c")) {
            $0.guard.maxDeletes = .rows(500)
        }
        try await Belt.with([sync], models: ["old": ["code"]]) { belt in
            let rows = (0..<10_000).map { "A-\($0)" }
            try await belt.client { client in
                let job = try await client.createIngestJob(IngestJobSpec(object: "Account", operation: .insert))
                let csv = "Name,External_Id__c\n" + rows.map { "\($0),\($0)\n" }.joined() + "Kept,K-1\n"
                try await client.upload(IngestUpload(bytes: Array(csv.utf8)), toIngestJob: job.id)
                var ended = try await client.closeIngestJob(job.id)
                while !ended.state.isFinal {
                    try await Task.sleep(for: .milliseconds(20))
                    ended = try await client.ingestJob(job.id)
                }
            }
            try belt.rows("old", "code\n" + rows.map { $0 + "\n" }.joined())
            let asking = try await belt.runUntilItWaits()
            #expect(asking.state == .waiting, "\(asking)")
            #expect(asking.steps[0].state == .awaitingApproval, "\(asking)")
            #expect(
                asking.approval?.asked.contains { $0.words.contains("10000") || $0.words.contains("10,000") } == true
            )
            #expect(try await belt.counter("deleted", "Account") == 0)
            #expect(try await belt.records("Account").count == 10_001)
            _ = try await belt.conductor.approve(asking.id, reason: "agreed", actor: Actor(uid: 0, name: "root"))
            let run = try await belt.end(of: asking.id)
            #expect(run.state == .succeeded, "\(run)")
            #expect(run.steps[0].counts.deleted == 10_000, "\(run)")
            #expect(try await belt.counter("deleted", "Account") == 10_000)
            #expect(try await belt.records("Account").keys.sorted() == ["K-1"])
        }
    }

    @Test func `deletes what its query returns, every run, and says what is not there`() async throws {
        let sync = SyncDefinition.of("old", into: .object("Account"), .archive, match: ("code", "External_Id__c"))
        try await Belt.with([sync], models: ["old": ["code"]]) { belt in
            for code in ["A-1", "A-2"] {
                _ = try await belt.create("Account", ["Name": code, "External_Id__c": code])
            }
            try belt.rows("old", "code\nA-1\nA-9\n")
            let plan = try #require(try await belt.conductor.plan("all", samples: 0).first)
            #expect(plan.rejected == 0)
            #expect(plan.warnings.contains("1 row matches no record, and would be unmatched"), "\(plan.warnings)")
            let first = try await belt.run()
            #expect(first.steps[0].counts.deleted == 1)
            #expect(first.steps[0].counts.unmatched == 1)
            #expect(first.state == .succeeded, "\(first)")
            #expect(try await belt.records("Account").keys.sorted() == ["A-2"])
            // Somebody creates it again, and the query still returns it.
            _ = try await belt.create("Account", ["Name": "A-1", "External_Id__c": "A-1"])
            let second = try await belt.run()
            #expect(second.steps[0].counts.deleted == 1)
            #expect(try await belt.records("Account").keys.sorted() == ["A-2"])
            let third = try await belt.run()
            #expect(third.steps[0].counts.unmatched == 2)
            #expect(third.steps[0].counts.deleted == 0)
        }
    }

    @Test func `finds records by Id, of 15 characters or of 18`() async throws {
        let sync = SyncDefinition.of("old", into: .object("Account"), .archive, match: ("id", "Id"))
        try await Belt.with([sync], models: ["old": ["id"]]) { belt in
            let first = try await belt.create("Account", ["Name": "One"])
            let second = try await belt.create("Account", ["Name": "Two"])
            let kept = try await belt.create("Account", ["Name": "Three"])
            try belt.rows("old", "id\n\(first.prefix(15))\n\(second)\n001000000000zzzAAA\n")
            let run = try await belt.run()
            #expect(run.steps[0].counts.deleted == 2, "\(run)")
            #expect(try await belt.records("Account", by: "Id").keys.sorted() == [kept])
            #expect(run.steps[0].counts.rejected + run.steps[0].counts.unmatched == 1)
        }
    }
}

@Suite(.scratchFolder, .timeLimit(.minutes(2))) struct `An update` {
    @Test func `by a unique field writes what is there, and looks again next run for what is not`() async throws {
        let sync = SyncDefinition.of(
            "accounts",
            into: .object("Account"),
            .update,
            match: ("code", "Unique_Key__c"),
            fields: ["Phone": "phone"]
        )
        try await Belt.with([sync], models: ["accounts": ["code"]]) { belt in
            _ = try await belt.create("Account", ["Name": "One", "Unique_Key__c": "K-1"])
            try belt.rows("accounts", "code,phone\nK-1,11\nK-2,22\n")
            let first = try await belt.run()
            #expect(first.state == .succeeded, "\(first)")
            #expect(first.steps[0].counts.updated == 1)
            #expect(first.steps[0].counts.unmatched == 1)
            #expect(try await belt.counter("created", "Account") == 1)
            _ = try await belt.create("Account", ["Name": "Two", "Unique_Key__c": "K-2"])
            let second = try await belt.run()
            #expect(second.steps[0].counts.updated == 1)
            #expect(
                try await belt.records("Account", by: "Unique_Key__c").mapValues { $0.text("Phone") } == [
                    "K-1": "11", "K-2": "22",
                ]
            )
            #expect(try await belt.run().steps[0].counts.unchanged == 2)
        }
    }

    @Test func `by Id clears what left the model`() async throws {
        let sync = SyncDefinition.of(
            "accounts",
            into: .object("Account"),
            .update,
            match: ("sf_id", "Id"),
            fields: ["Phone": "phone", "Site": "site"]
        ) { $0.whenRemoved = .clear }
        try await Belt.with([sync], models: ["accounts": ["code"]]) { belt in
            let first = try await belt.create("Account", ["Name": "One"])
            let second = try await belt.create("Account", ["Name": "Two"])
            try belt.rows("accounts", "code,sf_id,phone,site\n1,\(first.prefix(15)),11,here\n2,\(second),22,there\n")
            let run = try await belt.run()
            #expect(run.steps[0].counts.updated == 2, "\(run)")
            try belt.rows("accounts", "code,sf_id,phone,site\n2,\(second),22,there\n")
            let next = try await belt.run()
            #expect(next.state == .succeeded, "\(next)")
            let records = try await belt.records("Account", by: "Id")
            #expect(records[first]?.text("Phone") == nil)
            #expect(records[first]?.text("Site") == nil)
            #expect(records[second]?.text("Phone") == "22")
        }
    }

    @Test func `fills only what is empty where it is told so`() async throws {
        let sync = SyncDefinition.of(
            "accounts",
            into: .object("Account"),
            .update,
            match: ("code", "External_Id__c"),
            fields: ["Phone": "phone"]
        ) { $0.fields.append(FieldMapping(field: "Site", value: .column("site"), write: .ifEmpty)) }
        try await Belt.with([sync], models: ["accounts": ["code"]]) { belt in
            _ = try await belt.create("Account", ["Name": "One", "External_Id__c": "A-1", "Site": "kept"])
            _ = try await belt.create("Account", ["Name": "Two", "External_Id__c": "A-2"])
            try belt.rows("accounts", "code,phone,site\nA-1,11,mine\nA-2,22,mine\n")
            #expect(try await belt.run().state == .succeeded)
            let records = try await belt.records("Account")
            #expect(records.mapValues { $0.text("Site") } == ["A-1": "kept", "A-2": "mine"])
            #expect(records.mapValues { $0.text("Phone") } == ["A-1": "11", "A-2": "22"])
        }
    }

    @Test func `of a mapping that has changed sends the rows that differ once, and then no more`() async throws {
        let models = ["accounts": ["code"]]
        @Sendable func sync(_ fields: [String: String]) -> SyncDefinition {
            .of("accounts", into: .object("Account"), .upsert, match: ("code", "External_Id__c"), fields: fields)
        }
        try await Belt.with([sync(["Name": "name"])], models: models) { belt in
            try belt.rows("accounts", "code,name,phone\nA-1,One,11\nA-2,Two,\n")
            try await belt.run()
            try await belt.reload([sync(["Name": "name", "Phone": "phone"])], models: models)
            let second = try await belt.run()
            #expect(second.steps[0].counts.updated == 2, "\(second)")
            #expect(try await belt.records("Account")["A-1"]?.text("Phone") == "11")
            let calls = try await belt.calls()
            #expect(try await belt.run().steps[0].counts.unchanged == 2)
            #expect(try await belt.calls() == calls)
        }
    }
}
