import Ledger
import SyncModel
import TestKit
import Testing

@testable import Sequencing

@Suite(.scratchFolder, .timeLimit(.minutes(5))) struct `Rows that refer to one another` {
    private func sync(_ api: APIChoice, _ change: (inout SyncDefinition) -> Void = { _ in }) -> SyncDefinition {
        let parent = FieldMapping.Lookup(object: "Account", field: "External_Id__c", column: "parent")
        var sync = SyncDefinition(
            name: "accounts",
            model: "accounts",
            destination: "org",
            target: .object("Account"),
            mode: .upsert,
            match: .init(column: "id", field: "External_Id__c"),
            fields: [
                FieldMapping(field: "Name", value: .column("name")),
                FieldMapping(field: "ParentId", value: .lookup(parent)),
            ]
        )
        sync.api = api
        sync.batch.size = 20
        change(&sync)
        return sync
    }

    private static let header = ["id", "name", "parent"]

    /// A lookup that may lead in a circle, as the hierarchy of accounts may not.
    private static let sponsors = """
        objects:
          Account:
            fields:
              Sponsor__c: { type: Lookup, referenceTo: [Account] }

        """

    private static let circle = [
        ["A-1", "One", "A-3"], ["A-2", "Two", "A-1"], ["A-3", "Three", "A-2"], ["A-4", "Below", "A-1"],
    ]

    private func sponsored(_ api: APIChoice, _ whenNull: NullPolicy = .clear) -> SyncDefinition {
        sync(api) {
            $0.fields[1].field = "Sponsor__c"
            $0.fields[1].whenNull = whenNull
        }
    }

    /// Children before their parents: row n is below row n / 2.
    private func tree(_ count: Int) -> [[String]] {
        (1...count).reversed().map { ["A-\($0)", "Company \($0)", $0 == 1 ? "" : "A-\($0 / 2)"] }
    }

    @Test(arguments: [APIChoice.bulk, .bulk2, .rest])
    func `go roots first, and leave leaves first`(api: APIChoice) async throws {
        try await DeliveryBench.run([sync(api) { $0.whenRemoved = .delete }]) { bench in
            try bench.model("accounts", [Self.header] + tree(50))
            let first = try await bench.run()
            #expect(first.state == .succeeded, "\(first)")
            let held = try await bench.org.records("Account", by: "External_Id__c")
            #expect(held.count == 50)
            #expect((2...50).allSatisfy { held["A-\($0)"]?["ParentId"] == held["A-\($0 / 2)"]?["Id"] })
            try bench.model("accounts", [Self.header] + [["A-1", "Company 1", ""]])
            let second = try await bench.run()
            #expect(second.state == .succeeded, "\(second)")
            #expect(second.steps[0].counts.deleted == 49, "\(second)")
            #expect(try await bench.org.records("Account").count == 1)
        }
    }

    @Test func `are held below a row that was refused, and go with it when it is mended`() async throws {
        try await DeliveryBench.run([sync(.rest)]) { bench in
            var rows = tree(15)
            // A-2 has no name: 4, 5, 8, 9, 10 and 11 are below it.
            rows[13][1] = ""
            try bench.model("accounts", [Self.header] + rows)
            let first = try await bench.run()
            #expect(first.steps[0].counts.rejected == 1, "\(first)")
            #expect(first.steps[0].counts.held == 6, "\(first)")
            #expect(try await bench.org.records("Account").count == 8)
            rows[13][1] = "Company 2"
            try bench.model("accounts", [Self.header] + rows)
            let second = try await bench.run()
            #expect(second.state == .succeeded, "\(second)")
            let held = try await bench.org.records("Account", by: "External_Id__c")
            #expect((2...15).allSatisfy { held["A-\($0)"]?["ParentId"] == held["A-\($0 / 2)"]?["Id"] })
        }
    }

    /// Who refers to whom, by a field that is not the one by which rows are matched.
    private static let named = """
        objects:
          Account:
            fields:
              Key__c: { type: Text, length: 20, externalId: true, unique: true }
              Plain__c: { type: Text, length: 20, unique: true }
              Sponsor__c: { type: Lookup, referenceTo: [Account] }

        """

    private static let namedHeader = ["id", "name", "key", "parent", "sponsor"]

    private func named(_ api: APIChoice, by field: String, _ mode: SyncMode = .upsert) -> SyncDefinition {
        sync(api) {
            $0.mode = mode
            if mode == .insert { $0.match = nil }
            let parent = FieldMapping.Lookup(object: "Account", field: field, column: "parent")
            let sponsor = FieldMapping.Lookup(object: "Account", field: field, column: "sponsor")
            $0.fields[1].value = .lookup(parent)
            $0.fields.append(FieldMapping(field: field, value: .column("key")))
            $0.fields.append(FieldMapping(field: "Sponsor__c", value: .lookup(sponsor)))
            if mode == .insert { $0.fields.append(FieldMapping(field: "External_Id__c", value: .column("id"))) }
        }
    }

    /// Row n is below row n / 2, and sponsored by row n / 3.
    private func namedTree(_ count: Int) -> [[String]] {
        (1...count).reversed().map {
            ["A-\($0)", "Company \($0)", "K-\($0)", $0 == 1 ? "" : "k-\($0 / 2)", $0 < 3 ? "" : "K-\($0 / 3)"]
        }
    }

    @Test(
        arguments: [
            (APIChoice.bulk, "Key__c", SyncMode.upsert), (.bulk2, "Key__c", .upsert), (.rest, "Key__c", .upsert),
            (.bulk, "Plain__c", .upsert), (.bulk2, "Plain__c", .upsert), (.rest, "Plain__c", .upsert),
            (.bulk, "Key__c", .insert), (.bulk2, "Plain__c", .insert),
        ]
    )
    func `by another field than their match go after both of their parents, in one run`(
        api: APIChoice,
        field: String,
        mode: SyncMode
    ) async throws {
        try await DeliveryBench.run([named(api, by: field, mode)], org: Self.named) { bench in
            let rows = namedTree(40)
            try bench.model("accounts", [Self.namedHeader] + rows)
            let run = try await bench.run()
            #expect(run.state == .succeeded, "\(run)")
            #expect(run.steps[0].counts.created == 40, "\(run)")
            let held = try await bench.org.records("Account", by: "External_Id__c")
            #expect((2...40).allSatisfy { held["A-\($0)"]?["ParentId"] == held["A-\($0 / 2)"]?["Id"] })
            #expect((3...40).allSatisfy { held["A-\($0)"]?["Sponsor__c"] == held["A-\($0 / 3)"]?["Id"] })
            #expect(try await bench.org.ever("created", "Account") == 40)
            #expect(try await bench.org.ever("updated", "Account") == 0)
            #expect(try await bench.run().steps[0].counts.unchanged == 40)
        }
    }

    @Test(arguments: ["Key__c", "Plain__c"])
    func `by another field than their match are held below one that is refused, and go with it`(
        field: String
    ) async throws {
        try await DeliveryBench.run([named(.rest, by: field)], org: Self.named) { bench in
            // A-2 has no name: 4, 5, 8, 9, 10 and 11 are below it, and 6, 7, 12 … 15 are sponsored by it or by those.
            var rows = namedTree(15)
            rows[13][1] = ""
            try bench.model("accounts", [Self.namedHeader] + rows)
            let first = try await bench.run()
            #expect(first.steps[0].counts.rejected == 1, "\(first)")
            #expect(first.steps[0].counts.held == 12, "\(first)")
            #expect(try await bench.org.records("Account").count == 2)
            rows[13][1] = "Company 2"
            try bench.model("accounts", [Self.namedHeader] + rows)
            let second = try await bench.run()
            #expect(second.state == .succeeded, "\(second)")
            #expect(try await bench.org.records("Account").count == 15)
        }
    }

    @Test(arguments: [("Key__c", SyncMode.upsert), ("Plain__c", .upsert), ("Key__c", .insert)])
    func `by another field than their match are linked in a circle, or refused with it shown`(
        field: String,
        mode: SyncMode
    ) async throws {
        try await DeliveryBench.run([named(.bulk, by: field, mode)], org: Self.named) { bench in
            let circle = [
                ["A-1", "One", "K-1", "", "K-3"], ["A-2", "Two", "K-2", "", "K-1"], ["A-3", "Three", "K-3", "", "K-2"],
            ]
            try bench.model("accounts", [Self.namedHeader] + circle)
            let run = try await bench.run()
            let rejected = try await bench.ledger.undelivered(run: run.id)
            let held = try await bench.org.records("Account", by: "External_Id__c")
            guard field == "Key__c", mode == .upsert else {
                #expect(rejected.map(\.code) == .init(repeating: "CIRCULAR_DEPENDENCY", count: 3), "\(rejected)")
                #expect(rejected.allSatisfy { $0.message.contains("A-1 → A-3 → A-2") || $0.message.contains("→ A-1") })
                #expect(held.isEmpty)
                return
            }
            #expect(run.state == .succeeded, "\(rejected)")
            #expect(held["A-1"]?["Sponsor__c"] == held["A-3"]?["Id"] && held["A-3"]?["Id"] != nil)
            #expect(held["A-2"]?["Sponsor__c"] == held["A-1"]?["Id"])
        }
    }

    @Test(arguments: [APIChoice.bulk, .rest])
    func `in a circle are linked in a second pass, or refused`(api: APIChoice) async throws {
        try await DeliveryBench.run([sponsored(api)], org: Self.sponsors) { bench in
            try bench.model("accounts", [Self.header] + Self.circle)
            let run = try await bench.run()
            #expect(run.state == .succeeded, "\(run)")
            let held = try await bench.org.records("Account", by: "External_Id__c")
            for row in Self.circle { #expect(held[row[0]]?["Sponsor__c"] == held[row[2]]?["Id"], "\(row[0])") }
            let again = try await bench.run()
            #expect(again.steps[0].counts.unchanged == 4, "\(again)")
        }
        try await withScratchFolder { folder in
            let strict = sponsored(api, .reject)
            try await DeliveryBench.run([strict], org: Self.sponsors, in: folder) { bench in
                try bench.model("accounts", [Self.header] + Self.circle.dropLast())
                let run = try await bench.run()
                #expect(run.steps[0].counts.rejected == 3, "\(run)")
                let rejected = try await bench.ledger.undelivered(run: run.id)
                #expect(rejected.allSatisfy { $0.message.contains("A-1 → ") }, "\(rejected)")
                #expect(try await bench.org.records("Account").isEmpty)
            }
        }
    }

    @Test(arguments: [APIChoice.bulk, .rest])
    func `in a circle of a hierarchy are there, and the link that closes it is refused`(api: APIChoice) async throws {
        try await DeliveryBench.run([sync(api)]) { bench in
            try bench.model("accounts", [Self.header] + Self.circle)
            let run = try await bench.run()
            #expect(run.state == .partial, "\(run)")
            let rejected = try await bench.ledger.undelivered(run: run.id)
            #expect(rejected.map(\.code) == ["CIRCULAR_DEPENDENCY"], "\(rejected)")
            let held = try await bench.org.records("Account", by: "External_Id__c")
            #expect(held.count == 4)
            let linked = Self.circle.filter { held[$0[0]]?["ParentId"] == held[$0[2]]?["Id"] }
            #expect(linked.count == 3)
            let again = try await bench.run()
            #expect(again.steps[0].counts.unchanged == 3, "\(again)")
            #expect(try await bench.org.records("Account").count == 4)
        }
    }
}

@Suite(.scratchFolder, .timeLimit(.minutes(5))) struct `A step that is tried again` {
    @Test func `sends nothing twice, and counts nobody twice`() async throws {
        let sync = SyncDefinition.contacts(.upsert, .rest) { $0.batch.parallel = 1 }
        try await DeliveryBench.run([sync], attempts: 3, maxWait: .milliseconds(1), rate: 20) { bench in
            try bench.model(
                "contacts",
                [["id", "last", "title", "email"]]
                    + (1...500).map { ["C-\($0)", "Last \($0)", "", $0 == 5 ? "no address" : ""] }
            )
            // The third call is answered with nonsense until the client gives up, and the run has no patience.
            for _ in 1...3 {
                try await bench.org.fault(
                    #"{"match":{"path":"composite/sobjects"},"nth":3,"times":1,"do":"garbage"}"#
                )
            }
            let run = try await bench.run()
            #expect(run.steps[0].counts.created == 499, "\(run)")
            #expect(run.steps[0].counts.rejected == 1, "\(run)")
            #expect(try await bench.ledger.undelivered(run: run.id).map(\.key) == ["C-5"])
            #expect(try await bench.org.ever("updated", "Contact") == 0)
        }
    }
}
