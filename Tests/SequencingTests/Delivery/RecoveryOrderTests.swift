import Ledger
import SyncModel
import TestKit
import Testing

@testable import Salesforce
@testable import Sequencing

@Suite(.scratchFolder, .timeLimit(.minutes(2))) struct `An interrupted run's objects` {
    private static let others = SyncDefinition.of(
        "others",
        into: .object("Account"),
        .upsert,
        match: ("id", "External_Id__c"),
        fields: ["Name": "name"]
    )

    @Test func `are written by nobody before Salesforce has said what became of its job`() async throws {
        try await TimedBelt.with([TimedBelt.accounts, Self.others], org: "pace: { row: 20ms }\n") {
            $0.sequences["all"]?.steps = [StepDefinition(syncs: ["accounts"], after: [])]
        } _: { timed in
            try timed.rows("accounts", 100)
            try timed.rows("others", 2)
            let first = try await timed.start()
            let deadline = ContinuousClock.now + .seconds(60)
            while try await timed.ledger.openIntents(of: "accounts").first?.stage != .working, .now < deadline {
                try await Task.sleep(for: .milliseconds(5))
            }
            // From now on nobody hears how the job stands.
            try await timed.belt.admin(
                "POST",
                "faults",
                #"{"match":{"method":"GET","path":"jobs/ingest"},"do":"status","status":503}"#
            )
            try await timed.belt.restarted { belt in
                let (second, _) = try await belt.conductor.start("sync/others", trigger: .manual)
                func run(_ id: RunID, when isSo: (RunRecord) -> Bool) async throws -> RunRecord {
                    let deadline = ContinuousClock.now + .seconds(60)
                    while true {
                        let run = try #require(try await belt.conductor.run(id))
                        if isSo(run) || run.state.hasEnded || .now > deadline { return run }
                        try await Task.sleep(for: .milliseconds(10))
                    }
                }
                let asking = try await run(first.id) { $0.state == .waiting }
                #expect(asking.reason?.hasPrefix("Salesforce not reached") == true, "\(asking)")
                let waiting = try await run(second.id) { $0.steps[0].state == .waiting }
                #expect(waiting.steps[0].reason == "Account is written by all", "\(waiting)")
                try await belt.admin("DELETE", "faults")
                #expect(try await belt.end(of: first.id).state == .succeeded)
                let ended = try await belt.end(of: second.id)
                #expect(ended.state == .succeeded, "\(ended)")
                #expect(try await belt.counter("created", "Account") == 102)
            }
        }
    }
}
