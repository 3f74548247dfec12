import Ledger
import SyncModel
import TestKit
import Testing

@testable import Salesforce
@testable import Sequencing

@Suite(.scratchFolder, .timeLimit(.minutes(2))) struct `A sync that merges` {
    private static func sync(
        _ mode: SyncMode = .upsert,
        mergeID: String? = nil,
        _ change: (inout SyncDefinition) -> Void = { _ in }
    ) -> SyncDefinition {
        .of(
            "accounts",
            into: .object("Account"),
            mode,
            match: ("code", "External_Id__c"),
            fields: ["Name": "name", "Phone": "phone"]
        ) {
            $0.merge = .init(sharedID: "shared", isChild: mergeID == nil ? "is_child" : nil, mergeID: mergeID)
            $0.batch.parallel = 1
            change(&$0)
        }
    }

    private static let header = "code,name,phone,shared,is_child\n"
    /// The groups {A, B, C} with C as parent, {D}, {E, F} with E as parent.
    private static let sixAccounts =
        header + "A,Account A,1,1,true\nB,Account B,2,1,true\nC,Account C,3,1,false\n"
        + "D,Account D,4,2,false\nE,Account E,5,3,false\nF,Account F,6,3,true\n"

    private static func fill(_ belt: Belt, _ codes: String) async throws {
        for code in codes.map(String.init) {
            _ = try await belt.create("Account", ["Name": "Old \(code)", "External_Id__c": code])
        }
    }

    @Test func `merges A and B into C, F into E, and leaves D alone`() async throws {
        try await Belt.with([Self.sync()], models: ["accounts": ["code"]]) { belt in
            try await Self.fill(belt, "ABCDEF")
            let before = try await belt.records("Account")
            let a = try #require(before["A"]?.id)
            let c = try #require(before["C"]?.id)
            _ = try await belt.create("Contact", ["LastName": "Ada", "AccountId": a])
            try belt.rows("accounts", Self.sixAccounts)
            let plan = try #require(try await belt.conductor.plan("all", samples: 3).first)
            #expect(plan.warnings.contains { $0.contains("3 records would be merged into 2") }, "\(plan.warnings)")
            let run = try await belt.run()
            #expect(run.state == .succeeded, "\(run)")
            #expect(run.steps[0].counts.merged == 3)
            let after = try await belt.records("Account")
            #expect(after.mapValues { $0.text("Name") } == ["C": "Account C", "D": "Account D", "E": "Account E"])
            #expect(after.mapValues { $0.text("Phone") } == ["C": "3", "D": "4", "E": "5"])
            #expect(try await belt.records("Contact", by: "LastName")["Ada"]?.text("AccountId") == c)
            #expect(try await belt.counter("merged", "Account") == 3)
            #expect(try await belt.counter("created", "Account") == 6)
            let calls = try await belt.calls()
            #expect(try await belt.run().steps[0].counts.unchanged == 6)
            #expect(try await belt.calls() == calls)
            // What left the model later is deleted only where it had a record of its own.
            try await belt.reload([Self.sync { $0.whenRemoved = .delete }], models: ["accounts": ["code"]])
            try belt.rows(
                "accounts",
                Self.header + "B,Account B,2,1,true\nC,Account C,3,1,false\nE,Account E,5,3,false\n"
            )
            let removed = try await belt.run()
            #expect(removed.state == .succeeded, "\(removed)")
            #expect(try await belt.records("Account").keys.sorted() == ["C", "E"])
            #expect(try await belt.counter("deleted", "Account") == 1)
        }
    }

    @Test func `creates the parent but never a child, and looks for a child again when its row changes`() async throws {
        try await Belt.with([Self.sync()], models: ["accounts": ["code"]]) { belt in
            try belt.rows("accounts", Self.header + "A,Account A,1,1,true\nC,Account C,3,1,false\n")
            let first = try await belt.run()
            #expect(first.state == .succeeded, "\(first)")
            #expect(first.steps[0].counts.created == 1)
            #expect(first.steps[0].counts.merged == 0)
            let child = try await belt.conductor.explain("accounts", key: "A")
            #expect(child.child == .nothingToMerge && child.payload == nil, "\(child)")
            #expect(child.next.contains("Salesforce had no record of it to merge"), "\(child.next)")
            #expect(try await belt.conductor.explain("accounts", key: "C").next.contains("was delivered as it is now"))
            try await Self.fill(belt, "A")
            #expect(try await belt.run().steps[0].counts.merged == 0)
            try belt.rows("accounts", Self.header + "A,Account A,77,1,true\nC,Account C,3,1,false\n")
            let open = try await belt.conductor.explain("accounts", key: "A")
            #expect(open.next.hasPrefix("The next run looks for its record and merges it"), "\(open.next)")
            #expect(open.salesforce != nil)
            #expect(try await belt.run().steps[0].counts.merged == 1)
            let records = try await belt.records("Account")
            #expect(records.keys.sorted() == ["C"])
            let merged = try await belt.conductor.explain("accounts", key: "A").next
            #expect(merged.contains("was merged into \(records["C"]?.id ?? "?"), the record of row C"), "\(merged)")
        }
    }

    @Test func `holds nobody for a refused parent that turns into a child with nothing to merge`() async throws {
        let contacts = SyncDefinition.of(
            "contacts",
            into: .object("Contact"),
            .upsert,
            match: ("code", "External_Id__c"),
            fields: ["LastName": "name"]
        ) {
            let lookup = FieldMapping.Lookup(object: "Account", field: "External_Id__c", column: "account")
            $0.fields.append(FieldMapping(field: "AccountId", value: .lookup(lookup)))
        }
        let models = ["accounts": ["code"], "contacts": ["code"]]
        try await Belt.with([Self.sync(), contacts], models: models) { belt in
            try belt.rows("contacts", "code,name,account\n")
            // Without a name no account is created.
            try belt.rows("accounts", Self.header + "A,,1,1,false\n")
            #expect(try await belt.run().steps[0].counts.rejected == 1)
            #expect(try await belt.ledger.owedParentKeys(of: "accounts").count == 1)
            try belt.rows("accounts", Self.header + "A,,1,1,true\nC,Account C,3,1,false\n")
            let run = try await belt.run()
            #expect(run.state == .succeeded, "\(run)")
            #expect(run.steps[0].counts.merged == 0)
            #expect(try await belt.ledger.owedParentKeys(of: "accounts").isEmpty)
            #expect(try await belt.conductor.verifyState().faults == [])
        }
    }

    @Test func `merges by Id, and refuses a group without exactly one parent`() async throws {
        try await Belt.with([Self.sync(mergeID: "merge_id")], models: ["accounts": ["code"]]) { belt in
            let stray = try await belt.create("Account", ["Name": "Stray"])
            try belt.rows(
                "accounts",
                "code,name,phone,shared,merge_id\nA,Account A,1,1,\nX,x,2,1,\(stray.prefix(15))\nB,Account B,3,2,\nC,Account C,4,2,\n"
            )
            let run = try await belt.run()
            #expect(run.state == .partial, "\(run)")
            #expect(run.steps[0].counts.merged == 1)
            #expect(try await belt.records("Account").keys.sorted() == ["A"])
            let rejected = try await belt.undelivered(run)
            #expect(rejected.map(\.key).sorted() == ["B", "C"])
            #expect(rejected.allSatisfy { $0.message.contains("must have exactly one parent, and has 2") })
        }
    }

    @Test func `moves a unique value from the merged record to its parent`() async throws {
        let sync = Self.sync { $0.fields.append(FieldMapping(field: "Unique_Key__c", value: .column("phone"))) }
        try await Belt.with([sync], models: ["accounts": ["code"]]) { belt in
            _ = try await belt.create("Account", ["Name": "Old A", "External_Id__c": "A", "Unique_Key__c": "K"])
            // The parent is new, and its unique value is still that of its child.
            try belt.rows("accounts", Self.header + "A,Account A,1,1,true\nC,Account C,K,1,false\n")
            let run = try await belt.run()
            #expect(run.state == .succeeded, "\(run)")
            let records = try await belt.records("Account")
            #expect(records.keys.sorted() == ["C"])
            #expect(records["C"]?.text("Unique_Key__c") == "K")
            #expect(try await belt.run().steps[0].counts.unchanged == 2)
        }
    }

    @Test func `reports a group that names another parent later, and neither merges nor creates again`() async throws {
        try await Belt.with([Self.sync()], models: ["accounts": ["code"]]) { belt in
            try await Self.fill(belt, "ABC")
            try belt.rows("accounts", Self.sixAccounts)
            try await belt.run()
            try belt.rows(
                "accounts",
                Self.header + "A,Account A,1,1,true\nB,Account B,2,1,false\nC,Account C,3,1,true\n"
            )
            let run = try await belt.run()
            #expect(run.state == .partial, "\(run)")
            let rejected = try await belt.undelivered(run)
            #expect(!rejected.isEmpty && rejected.allSatisfy { $0.code == "MERGED_ELSEWHERE" }, "\(rejected)")
            #expect(try await belt.counter("merged", "Account") == 2)
            #expect(try await belt.records("Account").keys.sorted() == ["C", "D", "E"])
        }
    }

    @Test func `takes a merge whose answer was lost for done`() async throws {
        try await Belt.with([Self.sync()], models: ["accounts": ["code"]]) { belt in
            try await Self.fill(belt, "ABCF")
            try belt.rows("accounts", Self.sixAccounts)
            try await belt.admin(
                "POST",
                "faults",
                #"{"match":{"method":"POST","path":"/services/Soap/u/"},"times":1,"when":"after","do":"drop"}"#
            )
            let run = try await belt.run()
            #expect(run.state == .succeeded, "\(run)")
            #expect(run.steps[0].counts.merged == 3)
            #expect(try await belt.counter("merged", "Account") == 3)
            #expect(try await belt.records("Account").keys.sorted() == ["C", "D", "E"])
        }
    }

    @Test func `is taken up again after a stop in the middle of a merge, and merges nothing twice`() async throws {
        try await Belt.with([Self.sync()], models: ["accounts": ["code"]]) { belt in
            try await Self.fill(belt, "ABCEF")
            try belt.rows("accounts", Self.sixAccounts)
            try await belt.admin(
                "POST",
                "faults",
                #"{"match":{"method":"POST","path":"/services/Soap/u/"},"when":"after","do":"drop"}"#
            )
            let run = try await belt.runUntilItWaits()
            #expect(try await belt.ledger.openIntents(of: "accounts").map(\.kind) == ["merge"])
            try await belt.admin("DELETE", "faults")
            try await belt.restarted { belt in
                let ended = try await belt.end(of: run.id)
                #expect(ended.state == .succeeded, "\(ended)")
                #expect(ended.steps[0].counts.merged == 3)
                #expect(try await belt.counter("merged", "Account") == 3)
                #expect(try await belt.records("Account").keys.sorted() == ["C", "D", "E"])
                #expect(try await belt.ledger.openIntents(of: "accounts").isEmpty)
                #expect(try await belt.run().steps[0].counts.unchanged == 6)
            }
        }
    }

    @Test func `says in its plan what only a merged record has`() async throws {
        try await Belt.with([Self.sync()], models: ["accounts": ["code"]]) { belt in
            try await Self.fill(belt, "C")
            _ = try await belt.create("Account", ["Name": "Old A", "External_Id__c": "A", "Website": "a.example.com"])
            try belt.rows("accounts", Self.sixAccounts)
            let plan = try #require(try await belt.conductor.plan("all", samples: 3).first)
            #expect(
                plan.warnings.contains { $0.contains("merging A into C loses") && $0.contains("Website") },
                "\(plan.warnings)"
            )
            #expect(try await belt.counter("merged", "Account") == 0)
        }
    }

    @Test func `of mode insert creates what its match does not find, and leaves what it finds`() async throws {
        try await Belt.with([Self.sync(.insert)], models: ["accounts": ["code"]]) { belt in
            try await Self.fill(belt, "AC")
            try belt.rows(
                "accounts",
                Self.header + "A,Account A,1,1,true\nC,Account C,3,1,false\nD,Account D,4,2,false\n"
            )
            let run = try await belt.run()
            #expect(run.state == .succeeded, "\(run)")
            #expect(run.steps[0].counts.created == 1)
            #expect(run.steps[0].counts.merged == 1)
            #expect(try await belt.records("Account").keys.sorted() == ["C", "D"])
            #expect(try await belt.run().steps[0].counts.created == 0)
            // A delivered row is not looked at again, but its new group is: A belongs to C for ever.
            try belt.rows(
                "accounts",
                Self.header + "A,Account A,1,9,true\nC,Account C,3,1,false\nD,Account D,4,2,false\n"
                    + "Z,Account Z,5,9,false\n"
            )
            let plan = try #require(try await belt.conductor.plan("all", samples: 3).first)
            let later = try await belt.run()
            #expect(later.steps[0].counts.created == 1 && later.steps[0].counts.merged == 0, "\(later)")
            for warnings in [plan.warnings, later.warnings] {
                #expect(
                    warnings.contains {
                        $0.contains("names Z as its parent, but the record of A was merged into that of C")
                    }
                )
            }
            #expect(try await belt.records("Account").keys.sorted() == ["C", "D", "Z"])
        }
    }
}
