import CivilTime
import Ledger
import SyncModel
import TestKit
import Testing

@testable import Sequencing

@Suite(.scratchFolder, .timeLimit(.minutes(3))) struct `A window with an automatic lead` {
    /// A moment of the first day, or of a later one.
    private static func time(_ text: String, day: Int = 1) throws -> Timestamp {
        try #require(Timestamp(rfc3339: "2026-07-0\(day)T\(text)Z"))
    }

    @Test func `closes for as long before it opens as the step has taken, and longer for many more rows`() async throws
    {
        try await TimedBelt.with([TimedBelt.accounts], org: "pace: { row: 10ms }\n", at: try Self.time("00:10:00")) {
            var window = QuietWindowDefinition(
                name: "scoring",
                destination: "org",
                objects: ["Account"],
                calendars: ["02:00"],
                duration: .seconds(2_700)
            )
            window.lead = .auto
            window.reason = "Scoring flow"
            $0.windows["scoring"] = window
        } _: { timed in
            // Nobody knows yet how long it takes; twenty minutes pass while it pushes.
            try timed.rows("accounts", 100)
            let first = try await timed.start()
            _ = try await timed.run(first.id) { $0.steps[0].state == .pushing }
            timed.clock.set(timed.clock.now + .seconds(1_200))
            #expect(try await timed.end(of: first.id).state == .succeeded)
            let definitions = await timed.conductor.definitions
            let sequence = try #require(definitions.sequences["all"])
            let leads = try await timed.conductor.gates.automaticLeads(sequence, definitions)
            #expect(leads.count == 1 && leads[0].hasPrefix("accounts: lead auto is 20min"), "\(leads)")

            // Half an hour before it opens there is room, a quarter of an hour before it there is none.
            timed.clock.set(try Self.time("01:30:00"))
            try timed.rows("accounts", 200)
            #expect(try await timed.end(of: try await timed.start().id).state == .succeeded)
            timed.clock.set(try Self.time("01:45:00"))
            try timed.rows("accounts", 300)
            let second = try await timed.start()
            let reason = try await timed.run(second.id) { $0.state == .waiting }.reason ?? ""
            #expect(reason.contains("window scoring until 02:45: Scoring flow (it takes 20min"), "\(reason)")
            #expect(reason.contains("the longest of 2 runs"), "\(reason)")
            #expect(try await timed.belt.counter("created", "Account") == 200)
            timed.clock.set(try Self.time("02:45:01"))
            timed.conductor.gates.holdsChanged()
            #expect(try await timed.end(of: second.id).state == .succeeded)

            // The next day: half an hour before it there is room for what is usual, and none for more than twice as much.
            timed.clock.set(try Self.time("01:30:00", day: 2))
            try timed.rows("accounts", 550)
            let third = try await timed.start()
            let scaled = try await timed.run(third.id) { $0.state == .waiting }.reason ?? ""
            #expect(scaled.contains("(it takes 50min"), "\(scaled)")
            #expect(scaled.contains("scaled from 100 to 250 rows"), "\(scaled)")
            #expect(try await timed.belt.counter("created", "Account") == 300)
            timed.clock.set(try Self.time("02:45:01", day: 2))
            timed.conductor.gates.holdsChanged()
            let ended = try await timed.end(of: third.id)
            #expect(ended.state == .succeeded, "\(ended)")
            #expect(try await timed.belt.counter("created", "Account") == 550)
        }
    }
}
