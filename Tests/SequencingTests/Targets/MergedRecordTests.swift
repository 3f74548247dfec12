import Ledger
import SyncModel
import TestKit
import Testing

@testable import Salesforce
@testable import Sequencing

@Suite(.scratchFolder, .timeLimit(.minutes(2))) struct `An update of a record that was merged into another` {
    private static func sync(_ api: APIChoice) -> SyncDefinition {
        .of("accounts", into: .object("Account"), .update, match: ("sf_id", "Id"), fields: ["Phone": "phone"]) {
            $0.api = api
        }
    }

    private static func merge(_ victim: String, into master: String, _ belt: Belt) async throws {
        let results = try await belt.client {
            try await $0.merge([MergeRequest(object: "Account", masterID: master, victimIDs: [victim])])
        }
        try #require(results.map(\.success) == [true], "\(results)")
    }

    @Test(arguments: [APIChoice.rest, .bulk, .bulk2])
    func `is written to the one that is left; what was deleted is refused`(api: APIChoice) async throws {
        try await Belt.with([Self.sync(api)], models: ["accounts": ["code"]]) { belt in
            let kept = try await belt.create("Account", ["Name": "Kept"])
            let gone = try await belt.create("Account", ["Name": "Gone"])
            let trashed = try await belt.create("Account", ["Name": "Trashed"])
            try belt.rows("accounts", "code,sf_id,phone\nB,\(gone.prefix(15)),1\nC,\(trashed),1\n")
            #expect(try await belt.run().steps[0].counts.updated == 2)
            try await Self.merge(gone, into: kept, belt)
            try await belt.client { try await $0.delete("Account", id: trashed) }
            try belt.rows("accounts", "code,sf_id,phone\nB,\(gone.prefix(15)),22\nC,\(trashed),33\n")
            let run = try await belt.run()
            #expect(run.state == .partial, "\(run)")
            #expect(run.steps[0].counts.updated == 1)
            #expect(try await belt.undelivered(run).map { "\($0.key) \($0.code)" } == ["C ENTITY_IS_DELETED"])
            #expect(try await belt.records("Account", by: "Id").mapValues { $0.text("Phone") } == [kept: "22"])
            #expect(run.warnings.contains { $0.contains("B (\(gone) into \(kept))") }, "\(run.warnings)")
            #expect(try await belt.ledger.check().faults == [])

            // What it was merged into was merged itself.
            let last = try await belt.create("Account", ["Name": "Last"])
            try await Self.merge(kept, into: last, belt)
            try belt.rows("accounts", "code,sf_id,phone\nB,\(gone),44\n")
            let second = try await belt.run()
            #expect(second.state == .succeeded, "\(second)")
            #expect(try await belt.records("Account", by: "Id").mapValues { $0.text("Phone") } == [last: "44"])
            let calls = try await belt.calls()
            #expect(try await belt.run().steps[0].counts.unchanged == 1)
            #expect(try await belt.calls() == calls)
        }
    }

    @Test(arguments: [true, false])
    func `does not overwrite the row that the other record is about`(isDelivered: Bool) async throws {
        try await Belt.with([Self.sync(.rest)], models: ["accounts": ["code"]]) { belt in
            let kept = try await belt.create("Account", ["Name": "Kept"])
            let gone = try await belt.create("Account", ["Name": "Gone"])
            let own = "A,\(kept),11\n"
            try belt.rows("accounts", "code,sf_id,phone\nB,\(gone),1\n" + (isDelivered ? own : ""))
            #expect(try await belt.run().state == .succeeded)
            try await Self.merge(gone, into: kept, belt)
            // Known as delivered and unchanged, or new in the same run.
            try belt.rows("accounts", "code,sf_id,phone\nB,\(gone),22\n" + own)
            let run = try await belt.run()
            #expect(run.state == .partial, "\(run)")
            let refused = try #require(try await belt.undelivered(run).first)
            #expect(refused.key == "B" && refused.code == "DUPLICATE_VALUE", "\(refused)")
            #expect(refused.message.contains("was merged into \(kept), to which the row of key A belongs"))
            #expect(try await belt.records("Account", by: "Id")[kept]?.text("Phone") == "11")
        }
    }

    @Test func `is refused when several rows would be led to one record`() async throws {
        try await Belt.with([Self.sync(.rest)], models: ["accounts": ["code"]]) { belt in
            let kept = try await belt.create("Account", ["Name": "Kept", "Phone": "0"])
            let first = try await belt.create("Account", ["Name": "One"])
            let second = try await belt.create("Account", ["Name": "Two"])
            for victim in [first, second] { try await Self.merge(victim, into: kept, belt) }
            try belt.rows("accounts", "code,sf_id,phone\nB,\(first),22\nC,\(second),33\n")
            let run = try await belt.run()
            #expect(try await belt.undelivered(run).map(\.code) == ["DUPLICATE_VALUE", "DUPLICATE_VALUE"], "\(run)")
            #expect(try await belt.records("Account", by: "Id")[kept]?.text("Phone") == "0")
        }
    }
}
