import Ledger
import SyncModel
import TestKit
import Testing

@testable import Salesforce
@testable import Sequencing

@Suite(.scratchFolder, .timeLimit(.minutes(2))) struct `A run that waits for approval` {
    private static func sync(_ name: String, _ object: String, _ field: String) -> SyncDefinition {
        .of(name, into: .object(object), .upsert, match: ("code", "External_Id__c"), fields: [field: "name"]) {
            $0.whenRemoved = .delete
            if name == "contacts" { $0.guard.maxDeletes = .rows(0) }
        }
    }

    /// Lends a run that asks before it deletes a contact, and that has an account to change, too.
    private func asking(_ body: @escaping @Sendable (Belt, RunRecord) async throws -> Void) async throws {
        let syncs = [Self.sync("accounts", "Account", "Name"), Self.sync("contacts", "Contact", "LastName")]
        try await Belt.with(syncs, models: ["accounts": ["code"], "contacts": ["code"]]) { belt in
            try belt.rows("accounts", "code,name\nA-1,One\n")
            try belt.rows("contacts", "code,name\nC-1,Ada\nC-2,Bob\n")
            #expect(try await belt.run().state == .succeeded)
            try belt.rows("accounts", "code,name\nA-1,Two\n")
            try belt.rows("contacts", "code,name\nC-1,Ada\n")
            let asking = try await belt.runUntilItWaits()
            #expect(asking.steps[1].state == .awaitingApproval, "\(asking)")
            try await body(belt, asking)
            #expect(try await belt.ledger.check().faults == [])
        }
    }

    @Test func `keeps no other run from its syncs, and reads again what that has delivered`() async throws {
        try await asking { belt, asking in
            let plan = try #require(try await belt.conductor.plan("sync/accounts", samples: 5).first)
            #expect(plan.counts.changed == 1)
            let (other, _) = try await belt.conductor.start("sync/accounts", trigger: .manual)
            #expect(try await belt.end(of: other.id).steps[0].counts.updated == 1)
            #expect(try await belt.records("Account")["A-1"]?.text("Name") == "Two")
            #expect(try await belt.records("Contact").count == 2)
            let updated = try await belt.counter("updated", "Account")
            _ = try await belt.conductor.approve(asking.id, reason: "meant", actor: nil)
            let ended = try await belt.end(of: asking.id)
            #expect(ended.state == .succeeded, "\(ended)")
            #expect(try await belt.records("Contact").keys.sorted() == ["C-1"])
            #expect(try await belt.counter("updated", "Account") == updated)
        }
    }

    @Test func `goes on when a run that has one of its syncs by then has ended, and before those that come later`()
        async throws
    {
        try await asking { belt, asking in
            try belt.rows("accounts", "code,name\nA-1,Three\n")
            try await belt.admin("POST", "faults", #"{"match":{"path":"services/"},"do":"drop"}"#)
            let (other, _) = try await belt.conductor.start("sync/accounts", trigger: .manual)
            while try await belt.conductor.run(other.id)?.state != .waiting {
                try await Task.sleep(for: .milliseconds(5))
            }
            _ = try await belt.conductor.approve(asking.id, reason: "meant", actor: nil)
            let reason = "sync accounts is in run \(other.id)"
            while try await belt.conductor.run(asking.id)?.reason != reason {
                try await Task.sleep(for: .milliseconds(5))
            }
            // A third one would have what it needs: the approved run goes first.
            let (third, _) = try await belt.conductor.start("sync/contacts", trigger: .manual)
            let standing = try #require(try await belt.conductor.statuses().first { $0.name == "sync/contacts" })
            #expect(standing.state == .queued)
            #expect(
                standing.waitingFor?.reason
                    == "sync contacts goes back to run \(asking.id) of all, which gave it up while it waited"
            )
            try await belt.admin("DELETE", "faults")
            #expect(try await belt.end(of: other.id).state == .succeeded)
            #expect(try await belt.end(of: asking.id).state == .succeeded)
            #expect(try await belt.end(of: third.id).steps[0].counts.unchanged == 1)
            #expect(try await belt.records("Account")["A-1"]?.text("Name") == "Three")
            #expect(try await belt.records("Contact").keys.sorted() == ["C-1"])
        }
    }
}
