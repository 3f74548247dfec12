import CivilTime
import Ledger
import SyncModel
import TestKit
import Testing

@testable import Sequencing

@Suite(.scratchFolder, .timeLimit(.minutes(2))) struct `A run that is stopped at once` {
    @Test func `accounts for a job that has come to its end by itself`() async throws {
        try await TimedBelt.with([TimedBelt.accounts], org: "pace: { row: 10ms }\n") { timed in
            try timed.rows("accounts", 200)
            let started = try await timed.start()
            let deadline = ContinuousClock.now + .seconds(60)
            // The job is through; that it is, the run has most likely not heard yet.
            while try await timed.belt.counter("created", "Account") < 200, .now < deadline {
                try await Task.sleep(for: .milliseconds(5))
            }
            _ = try await timed.conductor.stop("all", now: true, actor: nil)
            let ended = try await timed.end(of: started.id)
            #expect(ended.state == .cancelled, "\(ended)")
            #expect(ended.steps.map(\.state) == [.cancelled], "\(ended)")
            #expect(ended.steps[0].counts.created == 200, "\(ended)")
            #expect(try await timed.ledger.openIntents(of: "accounts").isEmpty)
            #expect(try await timed.end(of: try await timed.start().id).steps[0].counts.unchanged == 200)
            #expect(try await timed.belt.counter("created", "Account") == 200)
        }
    }
}
