import CivilTime
import Ledger
import SyncModel
import TestKit
import Testing

@testable import Sequencing

@Suite(.scratchFolder, .timeLimit(.minutes(2))) struct `A hold` {
    @Test func `is seen from its first moment, whoever looks at the gate meanwhile`() async throws {
        let ledger = try Ledger(folder: try ScratchFolder.current.path)
        let gates = Gatekeeper(ledger: ledger, clock: .system)
        let now = EngineClock.system.now
        for number in 1...200 {
            let hold = Hold(
                id: "hold-\(number)",
                destination: "org",
                objects: nil,
                from: now,
                until: now + .seconds(3_600),
                reason: nil,
                actor: nil
            )
            gates.holdsChanged()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 { group.addTask { _ = try await gates.current() } }
                group.addTask {
                    try await ledger.store(hold, event: LedgerEvent(time: now, kind: "hold-added"))
                    gates.holdsChanged()
                }
                try await group.waitForAll()
            }
            #expect(try await gates.names(of: DefinitionSet()).count == number)
        }
    }

    @Test func `is told to those who follow the events`() async throws {
        try await TimedBelt.with { timed in
            let heard = timed.conductor.parts.events.announcements()
            let hold = try await timed.hold(["Account"], for: .seconds(60))
            try await timed.endHold(hold)
            var kinds: [String] = []
            for await announcement in heard {
                kinds.append(announcement.event.kind)
                if kinds.count == 2 { break }
            }
            #expect(kinds == ["hold-added", "hold-ended"])
        }
    }

    @Test func `that is in force outlives a restore of the state`() async throws {
        try await TimedBelt.with([TimedBelt.accounts]) { timed in
            let backup = timed.belt.folder.path("backup")
            let former = try await timed.hold(["Account"], for: .seconds(3_600))
            _ = try await timed.conductor.backUpState(to: backup, actor: nil)
            try await timed.endHold(former)
            let present = try await timed.hold(["Contact"], for: .seconds(3_600))
            _ = try await timed.conductor.restoreState(from: backup, actor: nil)
            #expect(try await timed.ledger.holds(at: timed.clock.now).map(\.id) == [present])
            #expect(try await timed.conductor.gates.names(of: DefinitionSet()) == [present])
        }
    }
}
