import Ledger
import SyncModel
import TestKit
import Testing

@testable import Sequencing

@Suite(.scratchFolder, .timeLimit(.minutes(2))) struct `The book of a run` {
    @Test func `keeps the counts of all its batches, however many are stored at once`() async throws {
        let ledger = try Ledger(folder: try ScratchFolder.current.path)
        let clock = EngineClock.system
        for round in 1...10 {
            let record = RunRecord(
                id: RunID(rawValue: "r\(round)"),
                sequence: "all",
                trigger: .manual,
                created: clock.now,
                steps: [StepRecord(sync: "accounts", object: "Account")]
            )
            _ = try await ledger.create(record, event: LedgerEvent(time: clock.now, kind: "run-queued"))
            let book = RunBook(run: record, ledger: ledger, clock: clock, events: EventHub())
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<200 {
                    group.addTask {
                        let outcome = BatchOutcome(unsentBy: record.id, of: "accounts", .upsert)
                        _ = try await book.record(outcome) { $0.updated += 1 }
                    }
                }
                try await group.waitForAll()
            }
            // What was stored last is what a start after a crash goes on from.
            #expect(try await ledger.run(record.id)?.steps[0].counts.updated == 200, "round \(round)")
        }
    }
}
