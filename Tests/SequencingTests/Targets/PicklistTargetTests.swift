import Ledger
import SyncModel
import TestKit
import Testing

@testable import Salesforce
@testable import Sequencing

@Suite(.scratchFolder, .timeLimit(.minutes(2))) struct `A picklist` {
    private static let org = """
        objects:
          Account:
            fields:
              Region__c: { type: Picklist, restricted: true, values: [North, { name: old, label: Old, active: false }, South] }
              Tier__c: { type: Picklist, valueSet: Tiers, restricted: true }
        global_value_sets: { Tiers: { values: [Gold, Silver, { name: Tin, active: false }] } }
        """

    private static func sync(
        _ field: String = "Region__c",
        object: String = "Account",
        _ change: (inout SyncDefinition) -> Void = { _ in }
    ) -> SyncDefinition {
        let target = SyncDefinition.PicklistTarget(
            object: object,
            field: field,
            value: "code",
            label: "name",
            isDefault: nil
        )
        return .of("regions", into: .picklist(target), .all, change)
    }

    /// Name, label and activity of each value that the org has, in its order.
    private static func values(
        _ belt: Belt,
        _ field: String = "Region__c",
        of object: String = "Account"
    ) async throws
        -> [String]
    {
        try await belt.client { client in
            let set = try await client.valueSet(try await client.valueSetHolder(object: object, field: field))
            return set.values.map { "\($0.valueName)/\($0.label)\($0.isActive ? "" : " -")" }
        }
    }

    @Test func `takes the rows as its values, in their order, and makes all others inactive`() async throws {
        try await Belt.with([Self.sync()], models: ["regions": ["code"]], org: Self.org) { belt in
            try belt.rows("regions", "code,name\nWest,Wild West\nnorth,The North\nOLD,Old again\n")
            let plan = try #require(try await belt.conductor.plan("all", samples: 5).first)
            #expect(plan.warnings.contains { $0.contains("would become inactive: South") }, "\(plan.warnings)")
            let run = try await belt.run()
            #expect(run.state == .succeeded, "\(run)")
            #expect(
                try await Self.values(belt) == ["West/Wild West", "North/The North", "old/Old again", "South/South -"]
            )
            #expect(run.steps[0].counts.created == 1)
            #expect(run.steps[0].counts.updated == 2)
            #expect(run.steps[0].counts.deleted == 1)
            // Nothing has changed: not a call.
            let calls = try await belt.calls()
            #expect(try await belt.run().steps[0].counts.unchanged == 3)
            #expect(try await belt.calls() == calls)
            // One row goes, its value with it.
            try belt.rows("regions", "code,name\nWest,Wild West\nOLD,Old again\n")
            let last = try await belt.run()
            #expect(last.steps[0].counts.deleted == 1, "\(last)")
            #expect(try await Self.values(belt).filter { !$0.hasSuffix("-") } == ["West/Wild West", "old/Old again"])
        }
    }

    @Test func `that does not differ is not written`() async throws {
        try await Belt.with([Self.sync()], models: ["regions": ["code"]], org: Self.org) { belt in
            try belt.rows("regions", "code,name\nNorth,North\nSouth,South\n")
            #expect(try await belt.run().state == .succeeded)
            let log = try await belt.admin("GET", "calls").array ?? []
            #expect(!log.contains { $0.object?["method"]?.string == "PATCH" })
        }
    }

    @Test func `of a global set is written there`() async throws {
        let syncs = [Self.sync("Tier__c")]
        try await Belt.with(syncs, models: ["regions": ["code"]], org: Self.org) { belt in
            try belt.rows("regions", "code,name\nTin,Tin\nGold,Gold\nLead,Lead\n")
            #expect(try await belt.run().state == .succeeded)
            #expect(try await Self.values(belt, "Tier__c") == ["Tin/Tin", "Gold/Gold", "Lead/Lead", "Silver/Silver -"])
        }
    }

    @Test func `of a standard set is written there, for every object that shares it`() async throws {
        try await Belt.with([Self.sync("Industry")], models: ["regions": ["code"]], org: Self.org) { belt in
            try belt.rows("regions", "code,name\nFalconry,Falconry\nBanking,Banks\n")
            let run = try await belt.run()
            #expect(run.state == .succeeded, "\(run)")
            #expect(try await Self.values(belt, "Industry") == ["Falconry/Falconry", "Banking/Banks"])
            #expect(try await Self.values(belt, "Industry", of: "Lead") == ["Falconry/Falconry", "Banking/Banks"])
        }
    }

    @Test func `refuses rows that share a name, and leaves their value as it is`() async throws {
        try await Belt.with([Self.sync()], models: ["regions": ["id"]], org: Self.org) { belt in
            try belt.rows("regions", "id,code,name\n1,South,A\n2,SOUTH,B\n3,East,East\n")
            let run = try await belt.run()
            #expect(run.state == .partial, "\(run)")
            let refused = Dictionary(try await belt.undelivered(run).map { ($0.key, $0.message) }) { first, _ in first }
            #expect(
                refused == [
                    "1": "the API name South is shared with the row of key 2",
                    "2": "the API name SOUTH is shared with the row of key 1",
                ]
            )
            #expect(try await Self.values(belt) == ["East/East", "South/South", "North/North -", "old/Old -"])
        }
    }

    @Test func `loses no more values than its guard allows, until somebody approves`() async throws {
        let guarded = Self.sync { $0.guard.maxDeletes = .rows(0) }
        try await Belt.with([guarded], models: ["regions": ["code"]], org: Self.org) { belt in
            let before = try await Self.values(belt)
            try belt.rows("regions", "code,name\nNorth,North\n")
            let waiting = try await belt.runUntilItWaits()
            #expect(waiting.reason?.contains("1 row would be removed") == true, "\(waiting)")
            #expect(try await Self.values(belt) == before)
            _ = try await belt.conductor.approve(waiting.id, reason: "meant", actor: nil)
            let run = try await belt.end(of: waiting.id)
            #expect(run.state == .succeeded, "\(run)")
            #expect(try await Self.values(belt) == ["North/North", "old/Old -", "South/South -"])
        }
    }

    @Test func `whose writing was not answered is read, compared and not written twice`() async throws {
        try await Belt.with([Self.sync()], models: ["regions": ["code"]], org: Self.org) { belt in
            try belt.rows("regions", "code,name\nWest,West\nNorth,North\n")
            try await belt.admin(
                "POST",
                "faults",
                #"{"match":{"method":"PATCH","path":"/tooling/"},"when":"after","do":"drop"}"#
            )
            let run = try await belt.runUntilItWaits()
            #expect(try await belt.ledger.openIntents(of: "regions").map(\.kind) == ["picklist"])
            try await belt.admin("DELETE", "faults")
            let log = try await belt.admin("GET", "calls").array?.count ?? 0
            try await belt.restarted { belt in
                let ended = try await belt.end(of: run.id)
                #expect(ended.state == .succeeded, "\(ended)")
                #expect(
                    try await Self.values(belt) == ["West/West", "North/North", "old/Old -", "South/South -"]
                )
                let calls = try await belt.admin("GET", "calls?after=\(log)").array ?? []
                #expect(!calls.contains { $0.object?["method"]?.string == "PATCH" })
                #expect(try await belt.run().steps[0].counts.unchanged == 2)
            }
        }
    }

    @Test func `is not emptied`() async throws {
        try await Belt.with([Self.sync()], models: ["regions": ["code"]], org: Self.org) { belt in
            let before = try await Self.values(belt)
            try belt.rows("regions", "code,name\n")
            let first = try await belt.run()
            #expect(first.state == .failed)
            #expect(first.steps[0].reason?.contains("the model is empty") == true, "\(first)")
            try belt.rows("regions", "code,name\nNorth,North\nSouth,South\n")
            #expect(try await belt.run().state == .succeeded)
            try belt.rows("regions", "code,name\n")
            #expect(try await belt.run().state == .failed)
            #expect(try await Self.values(belt) == before)
        }
    }
}
