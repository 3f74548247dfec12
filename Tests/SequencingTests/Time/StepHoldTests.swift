import Ledger
import SyncModel
import Synchronization
import TestKit
import Testing

@testable import Sequencing

@Suite(.scratchFolder, .timeLimit(.minutes(2))) struct `The leave of a step to write` {
    private final class Entries: Sendable {
        private let entered = Mutex(0)
        var count: Int { entered.withLock(\.self) }

        func enter(_ hold: StepHold) async throws {
            try await hold.enter()
            entered.withLock { $0 += 1 }
        }
    }

    /// A hold on the objects of two syncs, its run stored, and the object leave of their org.
    private func hold(_ timed: TimedBelt) async throws -> (hold: StepHold, book: RunBook, objects: ObjectLeave) {
        let definitions = await timed.conductor.definitions
        let sequence = try #require(definitions.sequences["all"])
        let run = RunRecord(
            id: RunID(rawValue: "r1"),
            sequence: "all",
            trigger: .manual,
            created: timed.clock.now,
            steps: sequence.syncs.map { StepRecord(sync: $0, object: "") }
        )
        _ = try await timed.ledger.create(run, event: LedgerEvent(time: run.created, kind: "run-queued"))
        let context = await timed.conductor.context(for: run, sequence)
        let syncs = sequence.syncs.compactMap { definitions.syncs[$0] }
        let hold = StepHold(context, syncs, rows: Dictionary(uniqueKeysWithValues: syncs.map { ($0.name, 1) }))
        let org = try await timed.ledger.orgKey(of: "org")
        return (hold, context.book, await timed.conductor.orgs.leave(ofOrg: org))
    }

    @Test func `is given to nobody of it before it is given`() async throws {
        try await TimedBelt.with { timed in
            let (hold, book, objects) = try await self.hold(timed)
            let other = await objects.ask(for: ["Account"], holder: "other")
            let entries = Entries()
            let first = Task { try await entries.enter(hold) }
            while await book.state(of: "accounts") != .waiting { try await Task.sleep(for: .milliseconds(5)) }
            // The objects are asked for by now; who comes later waits with the first.
            let second = Task { try await entries.enter(hold) }
            try await Task.sleep(for: .milliseconds(200))
            #expect(entries.count == 0)
            await objects.release(other)
            try await first.value
            try await second.value
            #expect(entries.count == 2)
            let next = await objects.ask(for: ["Contact"], holder: "next")
            #expect(await !objects.isGranted(next))
            await hold.release()
            #expect(await objects.isGranted(next))
        }
    }
}
