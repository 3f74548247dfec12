import SyncModel
import TestKit
import Testing

@testable import Sequencing

/// One way in which a sync may be delivered.
struct Delivery: Sendable, CustomTestStringConvertible {
    var mode: SyncMode
    var whenRemoved: RemovalBehaviour
    var api: APIChoice
    /// Matched by the Salesforce Id would need the ids in the model; by a field that is unique and no external id.
    var field = "External_Id__c"

    var testDescription: String {
        "\(mode.rawValue), when_removed \(whenRemoved.rawValue), \(field) by \(api.rawValue)"
    }

    static let all: [Delivery] = [APIChoice.bulk, .bulk2, .rest].flatMap { api in
        [
            Delivery(mode: .insert, whenRemoved: .nothing, api: api),
            Delivery(mode: .update, whenRemoved: .clear, api: api),
            Delivery(mode: .update, whenRemoved: .nothing, api: api, field: "Unique_Key__c"),
            Delivery(mode: .upsert, whenRemoved: .nothing, api: api),
            Delivery(mode: .upsert, whenRemoved: .clear, api: api),
            Delivery(mode: .upsert, whenRemoved: .delete, api: api),
        ]
    }
}

/// How many rows of a run were in each class.
private struct Cell: Equatable, CustomStringConvertible {
    var added = 0, changed = 0, removed = 0, unchanged = 0, owed = 0

    init(added: Int = 0, changed: Int = 0, removed: Int = 0, unchanged: Int = 0, owed: Int = 0) {
        (self.added, self.changed, self.removed, self.unchanged, self.owed) = (added, changed, removed, unchanged, owed)
    }

    init(_ counts: StepCounts) {
        self.init(
            added: counts.added,
            changed: counts.changed,
            removed: counts.removed,
            unchanged: counts.unchanged,
            owed: counts.owed
        )
    }

    var description: String {
        "added \(added), changed \(changed), removed \(removed), unchanged \(unchanged), owed \(owed)"
    }

    /// What the run found, and what became of it.
    static func show(_ delivery: Delivery, _ number: Int, _ counts: StepCounts) -> Cell {
        print(
            "\(delivery.testDescription), run \(number): \(Cell(counts)) → created \(counts.created), updated \(counts.updated),",
            "deleted \(counts.deleted), unmatched \(counts.unmatched), rejected \(counts.rejected)"
        )
        return Cell(counts)
    }
}

@Suite(.scratchFolder, .timeLimit(.minutes(5))) struct `Three runs in a row` {
    private static let header = ["id", "last", "title", "email"]

    private func row(_ number: Int, title: String = "Clerk", email: String? = nil) -> [String] {
        ["C-\(number)", "Last \(number)", title, email ?? "c\(number)@example.com"]
    }

    @Test(arguments: Delivery.all)
    func `leave in the org what the model says`(_ delivery: Delivery) async throws {
        let sync = SyncDefinition.contacts(delivery.mode, delivery.api) {
            $0.whenRemoved = delivery.whenRemoved
            $0.match?.field = delivery.field
            $0.batch.size = 50
        }
        try await DeliveryBench.run([sync]) { bench in
            let exists = delivery.mode == .update
            if exists {
                try await bench.org.create("Contact", (1...130).map { ["LastName": "Old", delivery.field: "C-\($0)"] })
            }
            // Row 7 is refused until it is mended, row 200 of an update has no record.
            var rows = (1...120).map { row($0) }
            rows[6] = row(7, email: "no address")
            if exists { rows.append(row(200)) }
            try bench.model("contacts", [Self.header] + rows)
            let first = try await bench.run()
            #expect(first.state == .partial, "\(first)")
            #expect(first.steps[0].counts.rejected == 1, "\(first.steps[0].counts)")
            #expect(first.steps[0].counts.unmatched == (exists ? 1 : 0))
            #expect(Cell.show(delivery, 1, first.steps[0].counts) == Cell(added: exists ? 121 : 120))
            #expect(exists ? first.steps[0].counts.updated == 119 : first.steps[0].counts.created == 119)

            // 1…10 leave, 11…20 change, 121…125 come; row 7 leaves while it is owed, and 12 is refused now.
            rows = (11...125).map { row($0, title: $0 <= 20 ? "Chief" : "Clerk") }
            rows[1] = row(12, title: "Chief", email: "no address")
            try bench.model("contacts", [Self.header] + rows)
            let second = try await bench.run()
            #expect(second.steps[0].counts.read == 115, "\(second)")
            #expect(second.steps[0].counts.rejected == (delivery.mode == .insert ? 0 : 1), "\(second)")

            let creates = delivery.mode == .insert
            #expect(
                Cell.show(delivery, 2, second.steps[0].counts)
                    == Cell(added: 5, changed: creates ? 0 : 10, removed: 9, unchanged: creates ? 110 : 100)
            )

            rows[1] = row(12, title: "Chief")
            try bench.model("contacts", [Self.header] + rows)
            let third = try await bench.run()
            #expect(third.state == .succeeded, "\(third)")
            #expect(
                Cell.show(delivery, 3, third.steps[0].counts)
                    == Cell(unchanged: creates ? 115 : 114, owed: creates ? 0 : 1)
            )
            try await expect(bench.org, delivery)

            let before = try await bench.org.calls().count
            let fourth = try await bench.run()
            #expect(fourth.state == .succeeded, "\(fourth)")
            #expect(try await bench.org.calls().count == before, "nothing has changed, so nobody is called")
        }
    }

    private func expect(_ org: HeldOrg, _ delivery: Delivery) async throws {
        let held = try await org.records("Contact", by: delivery.field)
        let created = try await org.ever("created", "Contact")
        switch delivery.mode {
        case .insert:
            #expect(created == 124)
            #expect(held.count == 124)
            #expect((11...20).allSatisfy { held["C-\($0)"]?["Title"] == "Clerk" }, "an insert never updates")
        case .update:
            #expect(created == 130)
            #expect((11...20).allSatisfy { held["C-\($0)"]?["Title"] == "Chief" })
            #expect((21...125).allSatisfy { held["C-\($0)"]?["LastName"] == "Last \($0)" })
            #expect((126...130).allSatisfy { held["C-\($0)"]?["LastName"] == "Old" })
        case .upsert, .archive, .all:
            #expect(created == 124)
            #expect((11...20).allSatisfy { held["C-\($0)"]?["Title"] == "Chief" })
            #expect((21...125).allSatisfy { held["C-\($0)"]?["Title"] == "Clerk" })
        }
        #expect(held["C-12"]?["Email"] == "c12@example.com")
        let gone = [1, 2, 3, 4, 5, 6, 8, 9, 10]
        switch delivery.whenRemoved {
        case .nothing: #expect(gone.allSatisfy { held["C-\($0)"]?["Title"] == "Clerk" })
        case .clear:
            #expect(gone.allSatisfy { held["C-\($0)"] != nil && held["C-\($0)"]?["Title"] == nil })
            #expect(gone.allSatisfy { held["C-\($0)"]?["LastName"] == "Last \($0)" }, "what may not be null stays")
        case .delete: #expect(gone.allSatisfy { held["C-\($0)"] == nil })
        }
    }

    @Test(arguments: [APIChoice.bulk, .bulk2, .rest], [RemovalBehaviour.nothing, .clear])
    func `of an update by Id leave in the org what the model says`(
        api: APIChoice,
        removal: RemovalBehaviour
    ) async throws {
        let sync = SyncDefinition.contacts(.update, api) {
            $0.match = .init(column: "sf", field: "Id")
            $0.whenRemoved = removal
            $0.batch.size = 10
        }
        try await DeliveryBench.run([sync]) { bench in
            try await bench.org.create("Contact", (1...40).map { ["LastName": "Old", "External_Id__c": "C-\($0)"] })
            let ids = try await bench.org.records("Contact", by: "External_Id__c").compactMapValues { $0["Id"] }
            func rows(_ numbers: ClosedRange<Int>, chiefs: Set<Int> = [], bad: Set<Int> = []) -> [[String]] {
                [["id", "sf", "last", "title", "email"]]
                    + numbers.map { number in
                        [
                            "K-\(number)", String(ids["C-\(number)"]?.prefix(number % 2 == 0 ? 15 : 18) ?? ""),
                            "Last \(number)",
                            chiefs.contains(number) ? "Chief" : "Clerk",
                            bad.contains(number) ? "no address" : "c\(number)@example.com",
                        ]
                    }
            }
            try bench.model("contacts", rows(1...30, bad: [7]))
            let first = try await bench.run()
            #expect(Cell(first.steps[0].counts) == Cell(added: 30))
            #expect(first.steps[0].counts.updated == 29 && first.steps[0].counts.rejected == 1, "\(first)")
            // 1…10 leave, 7 while it is owed; 11…20 change, and 12 is refused now; 31…35 come.
            try bench.model("contacts", rows(11...35, chiefs: Set(11...20), bad: [12]))
            let second = try await bench.run()
            #expect(Cell(second.steps[0].counts) == Cell(added: 5, changed: 10, removed: 9, unchanged: 10), "\(second)")
            #expect(second.steps[0].counts.rejected == 1)
            try bench.model("contacts", rows(11...35, chiefs: Set(11...20)))
            let third = try await bench.run()
            #expect(third.state == .succeeded, "\(third)")
            #expect(Cell(third.steps[0].counts) == Cell(unchanged: 24, owed: 1))
            let held = try await bench.org.records("Contact", by: "External_Id__c")
            #expect(held.count == 40)
            #expect((11...20).allSatisfy { held["C-\($0)"]?["Title"] == "Chief" })
            #expect((21...35).allSatisfy { held["C-\($0)"]?["LastName"] == "Last \($0)" })
            #expect((36...40).allSatisfy { held["C-\($0)"]?["LastName"] == "Old" })
            #expect(held["C-12"]?["Email"] == "c12@example.com" && held["C-7"]?["LastName"] == "Old")
            let gone = [1, 2, 3, 4, 5, 6, 8, 9, 10].compactMap { held["C-\($0)"]?["Title"] }
            #expect(gone == (removal == .clear ? [] : [String](repeating: "Clerk", count: 9)))
            let before = try await bench.org.calls().count
            #expect(try await bench.run().state == .succeeded)
            #expect(try await bench.org.calls().count == before)
        }
    }

    @Test(arguments: [APIChoice.bulk, .bulk2, .rest], ["External_Id__c", "Id"])
    func `of an archive delete what its query returns, each time`(api: APIChoice, field: String) async throws {
        let sync = SyncDefinition.contacts(.archive, api) {
            $0.fields = []
            $0.match?.field = field
        }
        try await DeliveryBench.run([sync]) { bench in
            try await bench.org.create("Contact", (1...30).map { ["LastName": "Old", "External_Id__c": "C-\($0)"] })
            let known = try await bench.org.records("Contact", by: "External_Id__c").compactMapValues { $0["Id"] }
            func rows(_ numbers: ClosedRange<Int>) -> [[String]] {
                numbers.map { [field == "Id" ? known["C-\($0)"] ?? "" : "C-\($0)"] }
            }
            try bench.model("contacts", [["id"]] + rows(1...10) + [[field == "Id" ? "003000000000zzzAAA" : "C-99"]])
            let first = try await bench.run()
            #expect(first.steps[0].counts.deleted == 10, "\(first)")
            #expect(first.steps[0].counts.unmatched == 1, "\(first)")
            // 1…9 leave the query, 10 stays in it, 11…15 come.
            try bench.model("contacts", [["id"]] + rows(10...15))
            let second = try await bench.run()
            #expect(second.steps[0].counts.deleted == 5 && second.steps[0].counts.unmatched == 1, "\(second)")
            #expect(try await bench.org.records("Contact").count == 15)
            // What somebody creates again goes again, as long as the query returns it.
            if field != "Id" {
                try await bench.org.create("Contact", [["LastName": "Again", "External_Id__c": "C-11"]])
            }
            let third = try await bench.run()
            #expect(third.steps[0].counts.deleted == (field == "Id" ? 0 : 1), "\(third)")
            #expect(third.steps[0].counts.unmatched == (field == "Id" ? 6 : 5))
            let held = try await bench.org.records("Contact", by: "External_Id__c")
            #expect(Set(held.keys) == Set((16...30).map { "C-\($0)" }))
        }
    }

    @Test(arguments: [APIChoice.bulk, .bulk2, .rest, .auto])
    func `of an insert whose key is its one unique field create each row once`(api: APIChoice) async throws {
        let sync = SyncDefinition.contacts(.insert, api) {
            $0.match = nil
            // As it is written: nothing is said of nulls, which a primary key never has.
            $0.fields.append(FieldMapping(field: "External_Id__c", value: .column("id")))
        }
        try await DeliveryBench.run([sync]) { bench in
            try bench.model("contacts", [Self.header] + (1...20).map { row($0) } + [["", "Nobody", "", ""]])
            let first = try await bench.run()
            #expect(first.steps[0].counts.created == 20 && first.steps[0].counts.rejected == 1, "\(first)")
            try bench.model(
                "contacts",
                [Self.header] + (11...25).map { row($0, title: "Chief") } + [["#N/A", "Last", "", ""]]
            )
            let second = try await bench.run()
            #expect(second.steps[0].counts.created == 6, "\(second)")
            try bench.model("contacts", [Self.header] + (1...25).map { row($0) })
            #expect(try await bench.run().steps[0].counts.created == 0)
            let held = try await bench.org.records("Contact", by: "External_Id__c")
            #expect(Set(held.keys) == Set((1...25).map { "C-\($0)" } + ["#N/A"]))
            #expect((11...20).allSatisfy { held["C-\($0)"]?["Title"] == "Clerk" })
            #expect(try await bench.org.ever("created", "Contact") == 26)
        }
    }
}
