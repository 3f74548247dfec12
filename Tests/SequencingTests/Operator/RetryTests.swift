import Ledger
import SyncModel
import TestKit
import Testing

@testable import Sequencing

@Suite(.scratchFolder, .timeLimit(.minutes(2))) struct `A run that is tried again` {
    private static let leads = SyncDefinition.of(
        "leads",
        into: .object("Lead"),
        .upsert,
        match: ("id", "External_Id__c"),
        fields: ["LastName": "name", "Company": "id"]
    )

    /// Accounts, and beside them contacts and then leads.
    private func belt(_ body: @escaping @Sendable (TimedBelt) async throws -> Void) async throws {
        try await TimedBelt.with([TimedBelt.accounts, TimedBelt.contacts, Self.leads]) {
            $0.sequences["all"]?.steps = [
                StepDefinition(syncs: ["accounts"], after: []), StepDefinition(syncs: ["contacts"], after: []),
                StepDefinition(syncs: ["leads"], after: [1]),
            ]
        } _: { timed in
            try await body(timed)
        }
    }

    @Test func `does all that did not come to its end, beside the first that failed too`() async throws {
        try await belt { timed in
            // Accounts can't be read; contacts go on to their end, and leads never begin.
            try timed.rows("contacts", 2)
            try timed.rows("leads", 3)
            let hold = try await timed.hold(["Contact"], for: .seconds(600))
            let started = try await timed.start()
            _ = try await timed.run(started.id) { $0.steps[0].state == .failed && $0.steps[1].state == .waiting }
            try await timed.endHold(hold)
            let failed = try await timed.end(of: started.id)
            #expect(failed.steps.map(\.state) == [.failed, .succeeded, .skipped], "\(failed)")
            try timed.rows("accounts", 1)
            let (again, _) = try await timed.conductor.retry(failed.id, rejectedOnly: false, actor: nil)
            let ended = try await timed.end(of: again.id)
            #expect(ended.state == .succeeded, "\(ended)")
            #expect(ended.steps.map(\.state) == [.succeeded, .skipped, .succeeded])
            #expect(ended.steps[1].counts.read == 0)
            #expect(try await timed.belt.counter("created", "Lead") == 3)
        }
    }

    @Test func `does nothing that it was not asked for`() async throws {
        try await belt { timed in
            try timed.rows("accounts", 1)
            try timed.rows("contacts", 2)
            let failed = try await timed.end(of: try await timed.start(StartRequest(from: "contacts")).id)
            #expect(failed.steps.map(\.state) == [.skipped, .succeeded, .failed], "\(failed)")
            try timed.rows("leads", 3)
            let (again, _) = try await timed.conductor.retry(failed.id, rejectedOnly: false, actor: nil)
            let ended = try await timed.end(of: again.id)
            #expect(ended.steps.map(\.state) == [.skipped, .skipped, .succeeded], "\(ended)")
            #expect(try await timed.belt.counter("created", "Account") == 0)
            let only = try await timed.end(of: try await timed.start(StartRequest(only: "leads")).id)
            #expect(only.state == .succeeded)
            await #expect(throws: EngineError.self) {
                try await timed.conductor.retry(only.id, rejectedOnly: false, actor: nil)
            }
        }
    }

    @Test func `is asked for by a key once, though its sequence is gone since`() async throws {
        try await belt { timed in
            try timed.rows("accounts", 1)
            let request = StartRequest(only: "accounts")
            let (first, _) = try await timed.conductor.start(
                "all",
                request: request,
                trigger: .api,
                idempotencyKey: "k"
            )
            #expect(try await timed.end(of: first.id).state == .succeeded)
            var definitions = await timed.conductor.definitions
            definitions.sequences["all"] = nil
            try await timed.conductor.reload(definitions)
            let again = try await timed.conductor.start("all", request: request, trigger: .api, idempotencyKey: "k")
            #expect(again.run.id == first.id && again.isCoalesced)
        }
    }
}
