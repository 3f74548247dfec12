import CivilTime
import Foundation
import Ledger
import SyncModel
import TestKit
import Testing

@testable import Salesforce
@testable import Sequencing

@Suite(.scratchFolder, .timeLimit(.minutes(4))) struct `Elapses and starts` {
    private static let time = Timestamp(microseconds: 1_790_000_000_000_000)

    @Test func `that a window puts off become one run`() async throws {
        try await TimedBelt.with([TimedBelt.accounts], at: Self.time) { timed in
            try timed.rows("accounts", 2)
            let hold = try await timed.hold(["Account"], for: .seconds(600))
            for minute in 0..<3 {
                let elapse = timed.elapse(at: Self.time + .seconds(60 * minute))
                try await timed.conductor.act(on: [elapse], storing: [], events: [])
                let run = try #require(try await timed.ledger.runs(limit: 1).first)
                _ = try await timed.run(run.id) { $0.state == .waiting }
            }
            let (joined, isCoalesced) = try await timed.conductor.start("all", trigger: .manual)
            #expect(isCoalesced)
            try await timed.endHold(hold)
            #expect(try await timed.end(of: joined.id).state == .succeeded)
            #expect(try await timed.ledger.runs(limit: 10).count == 1)
            #expect(try await timed.events("elapse-joined").count == 2)
        }
    }

    @Test func `never make a second run of one elapse, and with overlap skip none beside another`() async throws {
        try await TimedBelt.with([TimedBelt.accounts], org: "pace: { row: 5ms }\n", at: Self.time) {
            $0.sequences["all"]?.overlap = .skip
        } _: { timed in
            try timed.rows("accounts", 200)
            let first = timed.elapse(at: Self.time)
            try await timed.conductor.act(on: [first], storing: [], events: [])
            let run = try #require(try await timed.ledger.runs(limit: 1).first)
            _ = try await timed.run(run.id) { $0.steps[0].state == .pushing || $0.steps[0].state == .collecting }
            try await timed.conductor.act(on: [timed.elapse(at: Self.time + .seconds(60))], storing: [], events: [])
            let skipped = try #require(try await timed.ledger.runs(limit: 1).first)
            #expect(skipped.state == .skipped)
            #expect(skipped.reason == "overlap: run \(run.id) is going on")
            #expect(try await timed.end(of: run.id).state == .succeeded)
            // As after a crash between the run and what was remembered of its elapse.
            try await timed.conductor.act(on: [first], storing: [], events: [])
            #expect(try await timed.ledger.runs(limit: 10).count == 2)
        }
    }

    @Test func `with a key that was seen answer with that run, joined ones included`() async throws {
        try await TimedBelt.with([TimedBelt.accounts]) { timed in
            try timed.rows("accounts", 1)
            let hold = try await timed.hold(["Account"], for: .seconds(600))
            let first = try await timed.start()
            let joined = try await timed.conductor.start("all", trigger: .api, idempotencyKey: "k").run
            #expect(joined.id == first.id)
            try await timed.endHold(hold)
            _ = try await timed.end(of: first.id)
            let again = try await timed.conductor.start("all", trigger: .api, idempotencyKey: "k")
            #expect(again.run.id == first.id)
            #expect(again.isCoalesced)
        }
    }

    @Test func `that are queued end when their sequence is not defined any more`() async throws {
        try await TimedBelt.with([TimedBelt.accounts]) { timed in
            try timed.rows("accounts", 1)
            let hold = try await timed.hold(["Account"], for: .seconds(600))
            let waiting = try await timed.start()
            _ = try await timed.run(waiting.id) { $0.state == .waiting }
            let queued = try await timed.start(StartRequest(fullResync: true))
            var definitions = await timed.conductor.definitions
            definitions.sequences = [:]
            try await timed.conductor.reload(definitions)
            let ended = try await timed.end(of: queued.id)
            #expect(ended.state == .cancelled)
            #expect(ended.reason == "all is not defined any more")
            #expect(ended.steps.map(\.state) == [.cancelled])
            // The one under way goes on with what it began with.
            try await timed.endHold(hold)
            #expect(try await timed.end(of: waiting.id).state == .succeeded)
            #expect(try await timed.ledger.check().faults == [])
        }
    }

    @Test func `that could not be stored have not begun`() async throws {
        let folder = try ScratchFolder.current
        let ledger = try Ledger(folder: folder.path)
        let conductor = try Conductor(
            definitions: Belt.definitions([TimedBelt.accounts], ["accounts": ["id"]], "http://127.0.0.1:9", folder),
            parts: Conductor.Parts(
                ledger: ledger,
                stateFolder: folder.path("state"),
                secrets: SecretAccess { _ in "" }
            )
        )
        try ledger.close()
        let start = Task { try await conductor.start("all", trigger: .manual) }
        for _ in 0..<2_000 {
            // As when another run ends meanwhile.
            await conductor.launchNext()
            #expect(await conductor.active.isEmpty)
        }
        await #expect(throws: LedgerError.self) { try await start.value }
        #expect(await conductor.queues["all"]?.isEmpty == true)
    }

    @Test func `are paused after so many failures, and a success counts anew`() async throws {
        try await TimedBelt.with([TimedBelt.accounts], schedules: true) {
            $0.sequences["all"]?.pauseAfterFailures = 2
        } _: { timed in
            // No file: reading fails.
            for _ in 0..<2 { #expect(try await timed.end(of: try await timed.start().id).state == .failed) }
            let deadline = ContinuousClock.now + .seconds(20)
            while try await timed.conductor.statuses().first?.isPaused != true, .now < deadline {
                try await Task.sleep(for: .milliseconds(10))
            }
            let standing = try #require(try await timed.conductor.statuses().first)
            #expect(standing.isPaused)
            #expect(standing.pausedReason == "2 runs failed one after the other")
            // A manual start runs all the same.
            try timed.rows("accounts", 1)
            #expect(try await timed.end(of: try await timed.start().id).state == .succeeded)
            #expect(try await timed.timekeeper.resume("all", actor: nil))
        }
    }

    private static func reload(_ timed: TimedBelt, pausingAfter limit: Int?) async throws {
        var definitions = await timed.conductor.definitions
        definitions.sequences["all"]?.pauseAfterFailures = limit
        try await timed.conductor.reload(definitions)
        timed.timekeeper.wake()
    }

    @Test(arguments: [3, nil])
    func `are paused at once by a reload that lowers the limit of failures to what has failed`(
        before: Int?
    ) async throws {
        let start = try #require(Timestamp(rfc3339: "2026-07-01T01:40:00Z"))
        try await TimedBelt.with([TimedBelt.accounts], at: start, schedules: true) {
            $0.sequences["all"]?.schedule = ScheduleDefinition(kind: .calendar(["*:0/30"]))
            $0.sequences["all"]?.pauseAfterFailures = before
        } _: { timed in
            func standing(isPaused: Bool) async throws -> SequenceStanding {
                let deadline = ContinuousClock.now + .seconds(20)
                while true {
                    let standing = try #require(try await timed.conductor.statuses().first)
                    if standing.isPaused == isPaused || .now > deadline { return standing }
                    try await Task.sleep(for: .milliseconds(10))
                }
            }
            // No file: reading fails.
            for count in 1...2 {
                #expect(try await timed.end(of: try await timed.start().id).state == .failed)
                let deadline = ContinuousClock.now + .seconds(20)
                while try await timed.ledger.timetable()["all"]?.failures != count, .now < deadline {
                    try await Task.sleep(for: .milliseconds(10))
                }
            }
            #expect(try await standing(isPaused: false).isPaused == false)
            try await Self.reload(timed, pausingAfter: 2)
            let paused = try await standing(isPaused: true)
            #expect(paused.isPaused)
            #expect(paused.pausedReason == "2 runs failed one after the other")
            #expect(try await timed.events("sequence-paused").map(\.reason) == ["2 runs failed one after the other"])
            // Its next elapse starts nothing, and says why.
            timed.clock.set(start + .seconds(1_201))
            timed.timekeeper.wake()
            let deadline = ContinuousClock.now + .seconds(20)
            while try await timed.ledger.runs(limit: 10).count < 3, .now < deadline {
                try await Task.sleep(for: .milliseconds(10))
            }
            let skipped = try #require(try await timed.ledger.runs(limit: 1).first)
            #expect(skipped.state == .skipped)
            #expect(skipped.reason == "paused: 2 runs failed one after the other")
            // A pause that ends by itself counts anew, as `resume` does: no reload pauses it again for the same failures.
            let end = start + .seconds(1_300)
            try await timed.timekeeper.pause("all", until: end, reason: "mended", actor: nil)
            timed.clock.set(end + .seconds(1))
            timed.timekeeper.wake()
            #expect(try await standing(isPaused: false).isPaused == false)
            try await Self.reload(timed, pausingAfter: 1)
            let generation = await timed.conductor.generation
            #expect(generation == 3)
            _ = try await timed.timekeeper.resume("all", actor: nil)
            #expect(try await standing(isPaused: false).isPaused == false)
            #expect(try await timed.events("sequence-paused").count == 2)
        }
    }

    @Test func `of a schedule happen in their minute, once, however the clock is set`() async throws {
        let start = try #require(Timestamp(rfc3339: "2026-07-01T01:59:59.5Z"))
        try await TimedBelt.with([TimedBelt.accounts], at: start, schedules: true) {
            $0.sequences["all"]?.schedule = ScheduleDefinition(kind: .calendar(["*:0/30"]))
        } _: { timed in
            try timed.rows("accounts", 1)
            func runs(_ count: Int) async throws -> [RunRecord] {
                let deadline = ContinuousClock.now + .seconds(20)
                while true {
                    let runs = try await timed.ledger.runs(limit: 10)
                    if runs.count >= count || .now > deadline { return runs }
                    try await Task.sleep(for: .milliseconds(10))
                }
            }
            #expect(try await runs(1).map(\.occurrence?.localTime) == ["2026-07-01T02:00:00"])
            // Back before the elapse: it stays done. Then forward over two: one run makes up for both.
            timed.clock.set(start)
            timed.timekeeper.wake()
            try await Task.sleep(for: .milliseconds(900))
            #expect(try await runs(1).count == 1)
            timed.clock.set(start + .seconds(3_700))
            timed.timekeeper.wake()
            let all = try await runs(2)
            #expect(all.count == 2)
            #expect(all.first?.occurrence?.localTime == "2026-07-01T03:00:00")
            #expect(all.first?.trigger == .catchUp)
            #expect(try await timed.events("clock-jumped").count == 1)
        }
    }

    @Test func `a thousand in one second all run, in order, and none writes in a window`() async throws {
        let due = try #require(Timestamp(rfc3339: "2026-07-01T02:00:00Z"))
        let window = due + .seconds(4)
        let names = (0..<1_000).map { String(format: "s%04d", $0) }
        try await TimedBelt.with(
            [TimedBelt.accounts, TimedBelt.contacts],
            at: due - .milliseconds(500),
            schedules: true
        ) { definitions in
            for name in names {
                // The first of each kind writes, the others find nothing to do.
                var sequence = SequenceDefinition(
                    name: name,
                    steps: [StepDefinition(syncs: [name.hasSuffix("00") ? "contacts" : "accounts"], after: [])]
                )
                sequence.schedule = ScheduleDefinition(kind: .calendar(["02:00"]))
                definitions.sequences[name] = sequence
            }
            var window = QuietWindowDefinition(
                name: "scoring",
                destination: "org",
                objects: nil,
                calendars: ["02:00"],
                duration: .seconds(4)
            )
            window.reason = "scoring"
            definitions.windows["scoring"] = window
        } _: { timed in
            try timed.rows("accounts", 1)
            try timed.rows("contacts", 2)
            let deadline = ContinuousClock.now + .seconds(200)
            var runs: [RunRecord] = []
            repeat {
                try await Task.sleep(for: .milliseconds(200))
                runs = try await timed.ledger.runs(limit: 2_000).filter { $0.state.hasEnded }
            } while runs.count < 1_000 && .now < deadline
            #expect(runs.count == 1_000)
            #expect(
                runs.allSatisfy { $0.state == .succeeded },
                "\(runs.first { $0.state != .succeeded }.debugDescription)"
            )
            // Newest first; ids count up.
            #expect(runs.reversed().map(\.sequence) == names)
            for sync in ["accounts", "contacts"] {
                let own = runs.reversed().filter { $0.steps.first?.sync == sync }
                #expect(own.count >= 10)
                for (earlier, later) in zip(own, own.dropFirst()) {
                    let ended = try #require(earlier.ended)
                    let started = try #require(later.started)
                    #expect(ended <= started, "\(later.sequence) has begun before \(earlier.sequence) has ended")
                }
            }
            let calls = try await timed.belt.admin("GET", "calls?after=0").array ?? []
            let times = calls.compactMap { call -> Timestamp? in
                guard let method = call.object?["method"]?.string, method != "GET",
                    let path = call.object?["path"]?.string, path.contains("/jobs/")
                else { return nil }
                return call.object?["at"]?.string.flatMap { Timestamp(rfc3339: $0.replacing("+0000", with: "Z")) }
            }
            #expect(!times.isEmpty)
            // The two clocks were set one after the other.
            #expect(times.allSatisfy { $0 >= window - .milliseconds(100) }, "\(times.min().map(\.rfc3339) ?? "")")
            #expect(try await timed.belt.counter("created", "Contact") == 2)
        }
    }
}
