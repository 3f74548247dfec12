import Ledger
import SyncModel
import TestKit
import Testing

@testable import Sequencing

/// Runs of a sequence `people` that wait in its queue, since `all` has their sync in its hands.
@Suite(.scratchFolder, .timeLimit(.minutes(2))) struct `A queued run` {
    private static let leads = SyncDefinition.of(
        "leads",
        into: .object("Lead"),
        .upsert,
        match: ("id", "External_Id__c"),
        fields: ["LastName": "name", "Company": "id"]
    )

    private static func people(_ syncs: [String]) -> SequenceDefinition {
        let steps = syncs.enumerated().map { index, sync in
            StepDefinition(syncs: [sync], after: index == 0 ? [] : [index - 1])
        }
        return SequenceDefinition(name: "people", steps: steps)
    }

    /// Lends a belt in which a run of `all` waits at a hold, and one of `people` behind it.
    private func queued(
        _ body:
            @escaping @Sendable (TimedBelt, _ ahead: RunRecord, _ queued: RunRecord, _ hold: String) async throws ->
            Void
    ) async throws {
        try await TimedBelt.with([TimedBelt.accounts, TimedBelt.contacts, Self.leads]) {
            $0.sequences["people"] = Self.people(["contacts"])
        } _: { timed in
            try timed.rows("accounts", 1)
            try timed.rows("contacts", 1)
            try timed.rows("leads", 2)
            let hold = try await timed.hold(["Contact"], for: .seconds(600))
            let ahead = try await timed.start()
            _ = try await timed.run(ahead.id) { $0.steps[1].state == .waiting }
            let queued = try await timed.start(StartRequest(), "people")
            #expect(try await timed.conductor.run(queued.id)?.state == .queued)
            try await body(timed, ahead, queued, hold)
        }
    }

    @Test func `whose sequence a reload removes is cancelled, and says why`() async throws {
        try await queued { timed, ahead, queued, hold in
            var definitions = await timed.conductor.definitions
            definitions.sequences["people"] = nil
            try await timed.conductor.reload(definitions)
            let ended = try await timed.end(of: queued.id)
            #expect(ended.state == .cancelled, "\(ended)")
            #expect(ended.reason == "people is not defined any more")
            #expect(ended.steps.map(\.state) == [.cancelled])
            #expect(try await timed.events("run-cancelled").map(\.run) == [queued.id])
            #expect(try await timed.ledger.runsNotEnded().map(\.id) == [ahead.id])
            #expect(try await !timed.conductor.statuses().contains { $0.name == "people" })
            // Back again, the sequence begins with a run of its own.
            definitions.sequences["people"] = Self.people(["contacts"])
            try await timed.conductor.reload(definitions)
            let next = try await timed.start(StartRequest(), "people")
            #expect(next.id != queued.id)
            try await timed.endHold(hold)
            #expect(try await timed.end(of: ahead.id).state == .succeeded)
            #expect(try await timed.end(of: next.id).state == .succeeded)
        }
    }

    @Test func `whose sequence went while the daemon was off is cancelled, one that had begun has failed`()
        async throws
    {
        try await queued { timed, ahead, queued, _ in
            var definitions = await timed.conductor.definitions
            definitions.sequences = [:]
            try await timed.belt.restarted(with: definitions) { belt in
                let ended = try #require(try await belt.ledger.run(queued.id))
                #expect(ended.state == .cancelled, "\(ended)")
                #expect(ended.reason == "people is not defined any more")
                #expect(ended.steps.map(\.state) == [.cancelled])
                let begun = try #require(try await belt.ledger.run(ahead.id))
                #expect(begun.state == .failed, "\(begun)")
                #expect(begun.reason == "all is not defined any more")
                #expect(begun.steps.prefix(2).map(\.state) == [.succeeded, .failed])
                #expect(begun.steps.allSatisfy { $0.state.hasEnded })
                #expect(try await belt.ledger.runsNotEnded().isEmpty)
                #expect(try await belt.ledger.check().faults == [])
            }
        }
    }

    @Test func `that waited at its first gate has not begun, and is cancelled so`() async throws {
        try await TimedBelt.with([TimedBelt.accounts]) { timed in
            try timed.rows("accounts", 1)
            try await timed.hold(["Account"], for: .seconds(600))
            let waiting = try await timed.start()
            _ = try await timed.run(waiting.id) { $0.state == .waiting }
            var definitions = await timed.conductor.definitions
            definitions.sequences = [:]
            try await timed.belt.restarted(with: definitions) { belt in
                let ended = try #require(try await belt.ledger.run(waiting.id))
                #expect(ended.state == .cancelled, "\(ended)")
                #expect(ended.reason == "all is not defined any more")
                #expect(ended.steps.map(\.state) == [.cancelled])
            }
        }
    }

    @Test func `takes the steps that a reload has given its sequence meanwhile`() async throws {
        try await queued { timed, ahead, queued, hold in
            var definitions = await timed.conductor.definitions
            definitions.sequences["people"] = Self.people(["leads", "contacts"])
            try await timed.conductor.reload(definitions)
            try await timed.endHold(hold)
            #expect(try await timed.end(of: ahead.id).state == .succeeded)
            let ended = try await timed.end(of: queued.id)
            #expect(ended.state == .succeeded, "\(ended)")
            #expect(ended.steps.map(\.sync) == ["leads", "contacts"])
            #expect(ended.steps.map(\.state) == [.succeeded, .succeeded])
            #expect(ended.steps.map(\.counts.unchanged) == [2, 1], "\(ended)")
        }
    }
}
