import Foundation
import Ledger
import SyncModel
import TestKit
import Testing

@testable import Salesforce
@testable import Sequencing

/// `SEQUENCED_ADOPT_TEST_ROWS` chooses how many rows are compared (`make adopt` compares 100,000).
@Suite(.scratchFolder, .timeLimit(.minutes(10))) struct `An org that is filled already` {
    private static let rows =
        ProcessInfo.processInfo.environment["SEQUENCED_ADOPT_TEST_ROWS"].flatMap(Int.init) ?? 10_000

    private func accounts(_ change: (inout SyncDefinition) -> Void = { _ in }) -> SyncDefinition {
        .of(
            "accounts",
            into: .object("Account"),
            .upsert,
            match: ("code", "External_Id__c"),
            fields: ["Name": "name", "AnnualRevenue": "revenue", "Phone": "phone"],
            change
        )
    }

    private func csv(_ count: Int, _ name: (Int) -> String = { "Company \($0)" }) -> String {
        var text = "id,code,name,revenue,phone\n"
        for row in 1...count {
            text += "\(row),A-\(row),\(name(row)),\(Double(row) * 1.5),\(row % 3 == 0 ? "" : "555-\(row)")\n"
        }
        return text
    }

    /// Fills the org as an earlier installation of ours did, then forgets that it did.
    private func fill(_ belt: Belt, _ count: Int) async throws {
        try belt.rows("accounts", csv(count))
        #expect(try await belt.run().state == .succeeded)
        let forgotten = try await belt.conductor.adopt("accounts", isChecked: false, actor: nil)
        #expect(forgotten.rows == count)
    }

    @Test func `is adopted without a row sent, and then gets the rows that differ`() async throws {
        let count = Self.rows
        try await Belt.with([accounts()], models: ["accounts": ["id"]]) { belt in
            try belt.rows("accounts", csv(count))
            #expect(try await belt.run().state == .succeeded)
            // Another sync of the same rows, as a new installation has it: nothing is known of it.
            var moved = accounts()
            moved.name = "moved"
            try await belt.reload([moved], models: ["accounts": ["id"]])
            try belt.rows("accounts", csv(count) { $0 % (count / 100) == 0 ? "Renamed \($0)" : "Company \($0)" })

            let adopted = try await belt.conductor.adopt("moved", isChecked: true, actor: Actor(uid: 0, name: "root"))
            #expect(adopted.rows == count - 100, "\(adopted.words)")
            #expect(adopted.words.contains("100 of which Salesforce holds other values"), "\(adopted.words)")
            #expect(try await belt.counter("created", "Account") == count)
            #expect(try await belt.counter("updated", "Account") == 0)

            let run = try await belt.run()
            #expect(run.state == .succeeded, "\(run)")
            #expect(run.steps[0].counts.unchanged == count - 100)
            #expect(run.steps[0].counts.owed == 100)
            #expect(try await belt.counter("created", "Account") == count)
            #expect(try await belt.counter("updated", "Account") == 100)
            let last = try await belt.records("Account")["A-\(count)"]
            #expect(last?.text("Name") == "Renamed \(count)")
            let calls = try await belt.calls()
            #expect(try await belt.run().steps[0].counts.unchanged == count)
            #expect(try await belt.calls() == calls)
        }
    }

    @Test func `gets the rows that it does not have, and nothing is compared unasked`() async throws {
        try await Belt.with([accounts()], models: ["accounts": ["id"]]) { belt in
            try await fill(belt, 30)
            try belt.rows("accounts", csv(40) { $0 == 7 ? "Other" : "Company \($0)" })
            var moved = accounts()
            moved.name = "moved"
            try await belt.reload([moved], models: ["accounts": ["id"]])
            let checked = try await belt.conductor.adopt("moved", isChecked: true, actor: nil)
            #expect(checked.rows == 29)
            #expect(checked.words.contains("10 that Salesforce does not have"), "\(checked.words)")
            #expect(try await belt.undelivered(checked.run).map(\.code).sorted().first == "ADOPT_DIFFERENT")
            let blind = try await belt.conductor.adopt("moved", isChecked: false, actor: nil)
            #expect(blind.rows == 40)
            #expect(try await belt.ledger.check().faults == [])
            let calls = try await belt.calls()
            #expect(try await belt.run().steps[0].counts.unchanged == 40)
            #expect(try await belt.calls() == calls)
            #expect(try await belt.counter("created", "Account") == 30)
        }
    }

    @Test func `is not written by a sync whose state is of other records, until a person has said how`() async throws {
        let org = """
            objects:
              Account:
                fields: { Other_Id__c: { type: Text, length: 40, externalId: true, unique: true } }
            """
        try await Belt.with([accounts()], models: ["accounts": ["id"]], org: org) { belt in
            try await fill(belt, 12)
            // Another match field: what is remembered says nothing of the records that it finds.
            let other = accounts { $0.match = .init(column: "code", field: "Other_Id__c") }
            try await belt.reload([other], models: ["accounts": ["id"]])
            let refused = try await belt.run()
            #expect(refused.state == .failed)
            let reason = try #require(refused.reason)
            #expect(reason.contains("the match field was External_Id__c, is Other_Id__c"), "\(reason)")
            #expect(reason.contains("sequencectl adopt accounts") && reason.contains("--full-resync"), "\(reason)")
            #expect(try await belt.counter("created", "Account") == 12)
            #expect(try await belt.counter("updated", "Account") == 0)

            let resynced = try await belt.run(StartRequest(fullResync: true))
            #expect(resynced.state == .succeeded, "\(resynced)")
            #expect(resynced.steps[0].counts.added == 12, "\(resynced)")
            #expect(try await belt.records("Account", by: "Other_Id__c").keys.contains("A-12"))
            #expect(try await belt.run().steps[0].counts.unchanged == 12)
        }
    }

    @Test func `keeps its state when the sync is renamed and says so`() async throws {
        try await Belt.with([accounts()], models: ["accounts": ["id"]]) { belt in
            try await fill(belt, 12)
            let renamed = accounts {
                $0.name = "companies"
                $0.was = "accounts"
            }
            try await belt.reload([renamed], models: ["accounts": ["id"]])
            let calls = try await belt.calls()
            let run = try await belt.run()
            #expect(run.state == .succeeded, "\(run)")
            #expect(run.steps[0].counts.unchanged == 12)
            #expect(try await belt.calls() == calls)
            #expect(try await belt.ledger.lastOutcome(of: "companies") > 0)
            #expect(try await belt.ledger.lastOutcome(of: "accounts") == 0)
        }
    }

    @Test func `is asked about when a sync leaves the mode that creates once`() async throws {
        let inserting = accounts { $0.mode = .insert }
        try await Belt.with([inserting], models: ["accounts": ["id"]]) { belt in
            try belt.rows("accounts", csv(5))
            #expect(try await belt.run().state == .succeeded)
            try await belt.reload([accounts()], models: ["accounts": ["id"]])
            let refused = try await belt.run()
            #expect(refused.state == .failed)
            #expect(refused.reason?.contains("it was of mode insert until now") == true, "\(refused)")
            #expect(try await belt.conductor.adopt("accounts", isChecked: false, actor: nil).rows == 5)
            #expect(try await belt.run().steps[0].counts.unchanged == 5)
            #expect(try await belt.counter("created", "Account") == 5)
        }
    }

    @Test func `waits after a restored backup until somebody has said what holds`() async throws {
        let inserting = accounts { $0.mode = .insert }
        try await Belt.with([inserting], models: ["accounts": ["id"]]) { belt in
            try belt.rows("accounts", csv(5))
            #expect(try await belt.run().state == .succeeded)
            let question = StateOwnership.question("accounts")
            try await belt.ledger.setValue("the state was restored from a backup", for: question)
            try belt.rows("accounts", csv(7))
            let refused = try await belt.run()
            #expect(refused.state == .failed)
            #expect(refused.reason?.contains("--as-of-backup") == true, "\(refused)")
            #expect(try await belt.conductor.goOnFromBackup("accounts", actor: nil))
            #expect(try await !belt.conductor.goOnFromBackup("accounts", actor: nil))
            #expect(try await belt.run().steps[0].counts.created == 2)

            try await belt.ledger.setValue("the state was restored from a backup", for: question)
            try belt.rows("accounts", csv(9))
            #expect(try await belt.conductor.adopt("accounts", isChecked: false, actor: nil).rows == 9)
            #expect(try await belt.run().steps[0].counts.unchanged == 9)
            #expect(try await belt.counter("created", "Account") == 7)
        }
    }

    @Test func `is not adopted by a sync that is not there, or whose model can't be read`() async throws {
        try await Belt.with([accounts()], models: ["accounts": ["id"]]) { belt in
            await #expect(throws: EngineError.self) {
                try await belt.conductor.adopt("nonsense", isChecked: false, actor: nil)
            }
            await #expect { try await belt.conductor.adopt("accounts", isChecked: false, actor: nil) } throws: {
                "\($0)".contains("accounts.csv")
            }
        }
    }
}
