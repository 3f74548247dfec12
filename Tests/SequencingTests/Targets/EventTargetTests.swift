import SyncModel
import TestKit
import Testing

@testable import Salesforce
@testable import Sequencing

@Suite(.scratchFolder, .timeLimit(.minutes(2))) struct `A platform event` {
    static let org = """
        events:
          Order_Shipped__e:
            fields:
              Order_No__c: { type: Text, length: 20, required: true }
              Weight__c: { type: Number, precision: 10, scale: 2 }
        """

    static func sync(_ change: (inout SyncDefinition) -> Void = { _ in }) -> SyncDefinition {
        .of(
            "orders",
            into: .event("Order_Shipped__e"),
            .insert,
            fields: ["Order_No__c": "number", "Weight__c": "weight"],
            change
        )
    }

    private static func published(_ belt: Belt) async throws -> [String] {
        try await belt.admin("GET", "events/Order_Shipped__e").array?.compactMap {
            $0.object?["Order_No__c"]?.string
        } ?? []
    }

    @Test func `is published once for each new key, for ever`() async throws {
        try await Belt.with([Self.sync()], models: ["orders": ["number"]], org: Self.org) { belt in
            try belt.rows("orders", "number,weight\nO-1,1.5\nO-2,2\nO-3,2\n")
            let first = try await belt.run()
            #expect(first.state == .succeeded, "\(first)")
            #expect(first.steps[0].counts.published == 3)
            // Changed, gone, new.
            try belt.rows("orders", "number,weight\nO-1,9\nO-3,2\nO-4,4\n")
            let second = try await belt.run()
            #expect(second.steps[0].counts.published == 1)
            // Back after it was away, and the model empty in between.
            try belt.rows("orders", "number,weight\n")
            try await belt.run()
            try belt.rows("orders", "number,weight\nO-1,1\nO-2,2\nO-3,3\nO-4,4\n")
            let last = try await belt.run()
            #expect(last.steps[0].counts.published == 0, "\(last)")
            #expect(last.steps[0].counts.unchanged == 4)
            #expect(try await Self.published(belt).sorted() == ["O-1", "O-2", "O-3", "O-4"])
        }
    }

    @Test func `that is refused goes out once its row is right, and its like are not sent again`() async throws {
        try await Belt.with([Self.sync { $0.localChecks = false }], models: ["orders": ["id"]], org: Self.org) { belt in
            // Equal payloads are told apart by nothing, and one row has no number.
            try belt.rows("orders", "id,number,weight\n1,O-1,5\n2,O-1,5\n3,,5\n4,O-4,5\n")
            let first = try await belt.run()
            #expect(first.state == .partial, "\(first)")
            #expect(first.steps[0].counts.published == 3)
            let rejected = try await belt.undelivered(first)
            #expect(rejected.map(\.key) == ["3"])
            #expect(rejected.map(\.code) == ["REQUIRED_FIELD_MISSING"])
            try belt.rows("orders", "id,number,weight\n1,O-1,5\n2,O-1,5\n3,O-3,5\n4,O-4,5\n")
            let second = try await belt.run()
            #expect(second.state == .succeeded, "\(second)")
            #expect(second.steps[0].counts.published == 1)
            #expect(try await Self.published(belt).sorted() == ["O-1", "O-1", "O-3", "O-4"])
        }
    }

    @Test func `that the hour has no room for goes again in its run, and once`() async throws {
        try await Belt.with([Self.sync()], models: ["orders": ["number"]], org: Self.org) { belt in
            try await belt.admin(
                "POST",
                "faults",
                #"{"do":"row-error","object":"Order_Shipped__e","times":2,"code":"LIMIT_EXCEEDED","message":"The hourly limit has been exceeded."}"#
            )
            try belt.rows("orders", "number,weight\nO-1,1\nO-2,2\nO-3,3\nO-4,4\n")
            let run = try await belt.run()
            #expect(run.state == .succeeded, "\(run)")
            #expect(run.steps[0].counts.published == 4)
            #expect(run.steps[0].counts.retries == 2)
            #expect(try await Self.published(belt).sorted() == ["O-1", "O-2", "O-3", "O-4"])
        }
    }

    @Test func `is planned with what it will publish`() async throws {
        try await Belt.with([Self.sync()], models: ["orders": ["number"]], org: Self.org) { belt in
            try belt.rows("orders", "number,weight\nO-1,1.5\nO-2,2\n")
            let plan = try #require(try await belt.conductor.plan("all", samples: 2).first)
            #expect(plan.counts.added == 2)
            #expect(plan.bulkRows == 2)
            #expect(plan.samples.first?.fields["Order_No__c"]?.new != nil)
            #expect(try await Self.published(belt).isEmpty)
        }
    }
}
