import CivilTime
import Scheduling
import SyncModel
import Testing

@Suite struct `A sequence's timetable` {
    private func machine(
        _ kind: ScheduleDefinition.Kind = .calendar(["02:30"]),
        zone: String = "UTC",
        memory: ScheduleMemory? = nil,
        now: String,
        change: (inout SequenceDefinition) -> Void = { _ in }
    ) throws -> ScheduleMachine {
        let made = try schedule(ScheduleDefinition(kind: kind, timezone: zone), change: change)
        return ScheduleMachine(made, memory: memory, now: try time(now))
    }

    private func occurrence(_ text: String) throws -> Occurrence {
        Occurrence(instant: try time(text + "Z"), localTime: text)
    }

    @Test func `waits for its elapse, starts once, waits for the next`() throws {
        var machine = try machine(now: "2026-07-01T12:00:00Z")
        #expect(machine.advance(to: try time("2026-07-01T12:00:00Z")) == .wait(until: try time("2026-07-02T02:30:00Z")))
        #expect(machine.nextDue == (try time("2026-07-02T02:30:00Z")))
        let elapse = try occurrence("2026-07-02T02:30:00")
        #expect(machine.advance(to: elapse.instant) == .start(elapse, .schedule, madeUpFor: 0))
        #expect(machine.memory.last == elapse)
        #expect(machine.advance(to: elapse.instant) == .wait(until: try time("2026-07-03T02:30:00Z")))
    }

    @Test func `starts next when a pause is over, and never while it has no end`() throws {
        var machine = try machine(now: "2026-07-01T12:00:00Z")
        #expect(machine.nextStart == (try time("2026-07-02T02:30:00Z")))
        machine.pause(until: try time("2026-07-05T00:00:00Z"), reason: nil)
        #expect(machine.nextStart == (try time("2026-07-05T02:30:00Z")))
        // What is due at the very end of a pause falls into it.
        machine.pause(until: try time("2026-07-05T02:30:00Z"), reason: nil)
        #expect(machine.nextStart == (try time("2026-07-06T02:30:00Z")))
        machine.pause(until: nil, reason: "month end")
        #expect(machine.nextStart == nil)
        _ = machine.resume(at: try time("2026-07-01T12:00:00Z"))
        #expect(machine.nextStart == (try time("2026-07-02T02:30:00Z")))
    }

    @Test func `starts after its delay`() throws {
        var machine = try machine(now: "2026-07-01T12:00:00Z") { $0.randomizedDelay = .seconds(3_600) }
        let delay = machine.schedule.delay
        #expect(delay > .zero)
        let elapse = try occurrence("2026-07-02T02:30:00")
        #expect(machine.advance(to: elapse.instant) == .wait(until: elapse.instant + delay))
        #expect(machine.advance(to: elapse.instant + delay) == .start(elapse, .schedule, madeUpFor: 0))
    }

    @Test func `that is new owes nothing, and neither does a changed or resumed one`() throws {
        var new = try machine(now: "2026-07-02T02:31:00Z")
        #expect(new.advance(to: try time("2026-07-02T02:31:00Z")) == .wait(until: try time("2026-07-03T02:30:00Z")))

        let old = ScheduleMemory(words: "calendar: something else", settled: try time("2026-06-01T00:00:00Z"))
        var changed = try machine(memory: old, now: "2026-07-02T02:31:00Z")
        #expect(changed.advance(to: try time("2026-07-02T02:31:00Z")) == .wait(until: try time("2026-07-03T02:30:00Z")))

        var replaced = try machine(now: "2026-07-01T00:00:00Z")
        _ = replaced.advance(to: try time("2026-07-01T00:00:00Z"))
        let other = try schedule(ScheduleDefinition(kind: .calendar(["01:00"])))
        replaced.replace(other, at: try time("2026-07-01T01:30:00Z"))
        #expect(
            replaced.advance(to: try time("2026-07-01T01:30:00Z")) == .wait(until: try time("2026-07-02T01:00:00Z"))
        )

        var resumed = try machine(now: "2026-07-01T00:00:00Z")
        resumed.pause(until: nil, reason: "month end")
        #expect(resumed.isPaused)
        #expect(resumed.resume(at: try time("2026-07-01T02:31:00Z")))
        #expect(resumed.advance(to: try time("2026-07-01T02:31:00Z")) == .wait(until: try time("2026-07-02T02:30:00Z")))
        #expect(!resumed.resume(at: try time("2026-07-01T02:32:00Z")))
    }

    @Test func `replaced by the same words keeps what it owes`() throws {
        var machine = try machine(now: "2026-07-01T00:00:00Z")
        _ = machine.advance(to: try time("2026-07-01T00:00:00Z"))
        machine.replace(machine.schedule, at: try time("2026-07-01T02:30:30Z"))
        let elapse = try occurrence("2026-07-01T02:30:00")
        #expect(machine.advance(to: try time("2026-07-01T02:30:30Z")) == .start(elapse, .schedule, madeUpFor: 0))
    }

    struct Absence: Sendable {
        var now: String
        var change: @Sendable (inout SequenceDefinition) -> Void
        var outcome: String
    }

    /// The daemon fired on 1 July at 02:30 and was off until `now`; elapses are daily.
    @Test(arguments: [
        Absence(now: "2026-07-01T20:00:00Z", change: { _ in }, outcome: "wait"),
        Absence(now: "2026-07-02T02:30:01Z", change: { _ in }, outcome: "catch-up 2 +0"),
        Absence(now: "2026-07-02T14:30:00Z", change: { _ in }, outcome: "catch-up 2 +0"),
        Absence(now: "2026-07-02T14:30:01Z", change: { _ in }, outcome: "missed 2 of 1"),
        Absence(now: "2026-07-04T03:00:00Z", change: { _ in }, outcome: "catch-up 4 +2"),
        Absence(now: "2026-07-04T16:00:00Z", change: { _ in }, outcome: "missed 4 of 3"),
        Absence(
            now: "2026-07-04T16:00:00Z",
            change: { $0.catchUpDeadline = .seconds(86_400) },
            outcome: "catch-up 4 +2"
        ),
        Absence(now: "2026-07-04T02:31:00Z", change: { $0.catchUpDeadline = .seconds(30) }, outcome: "missed 4 of 3"),
        Absence(now: "2026-07-04T02:30:05Z", change: { $0.catchUp = .none }, outcome: "missed 4 of 3"),
    ])
    func `after an absence makes up once, or says that it missed`(absence: Absence) throws {
        let fired = try occurrence("2026-07-01T02:30:00")
        let before = try machine(now: "2026-06-30T00:00:00Z", change: absence.change)
        let memory = ScheduleMemory(words: before.memory.words, settled: fired.instant, last: fired)
        var machine = try machine(memory: memory, now: absence.now, change: absence.change)
        let now = try time(absence.now)
        let outcome =
            switch machine.advance(to: now) {
            case .wait: "wait"
            case .start(let found, let trigger, let madeUpFor):
                "\(trigger.rawValue) \(found.localTime.dropFirst(9).prefix(1)) +\(madeUpFor)"
            case .missed(let found, let count, _): "missed \(found.localTime.dropFirst(9).prefix(1)) of \(count)"
            case .skipped, .pauseEnded: "unexpected"
            }
        #expect(outcome == absence.outcome)
        // Whatever it was, it is over.
        if case .wait = machine.advance(to: now) {} else { Issue.record("acted twice") }
    }

    @Test func `is late after sleep, and on time within a minute`() throws {
        let elapse = try occurrence("2026-07-02T02:30:00")
        var awake = try machine(now: "2026-07-01T12:00:00Z")
        _ = awake.advance(to: try time("2026-07-01T12:00:00Z"))
        #expect(awake.advance(to: try time("2026-07-02T02:31:00Z")) == .start(elapse, .schedule, madeUpFor: 0))
        var asleep = try machine(now: "2026-07-01T12:00:00Z")
        _ = asleep.advance(to: try time("2026-07-01T12:00:00Z"))
        #expect(asleep.advance(to: try time("2026-07-02T07:30:00Z")) == .start(elapse, .catchUp, madeUpFor: 0))
        var never = try machine(now: "2026-07-01T12:00:00Z") { $0.catchUp = .none }
        _ = never.advance(to: try time("2026-07-01T12:00:00Z"))
        guard case .missed(elapse, count: 1, _) = never.advance(to: try time("2026-07-02T07:30:00Z")) else {
            Issue.record("not missed")
            return
        }
    }

    @Test func `makes up for years in one step`() throws {
        let before = try machine(.calendar(["minutely"]), now: "2000-01-01T00:00:00Z")
        let memory = ScheduleMemory(words: before.memory.words, settled: try time("2000-01-01T00:00:00Z"))
        var machine = try machine(.calendar(["minutely"]), memory: memory, now: "2026-07-02T07:30:10Z")
        let elapse = try occurrence("2026-07-02T07:30:00")
        #expect(machine.advance(to: try time("2026-07-02T07:30:10Z")) == .start(elapse, .catchUp, madeUpFor: 999))
        #expect(machine.advance(to: try time("2026-07-02T07:30:10Z")) == .wait(until: try time("2026-07-02T07:31:00Z")))
    }

    @Test func `never acts twice on one elapse when the clock is put back`() throws {
        var machine = try machine(.calendar(["hourly"]), now: "2026-07-01T11:30:00Z") {
            $0.catchUpDeadline = .seconds(7_200)
        }
        _ = machine.advance(to: try time("2026-07-01T11:30:00Z"))
        var started: [String] = []
        func advance(_ text: String) throws {
            while true {
                switch machine.advance(to: try time(text)) {
                case .wait: return
                case .start(let occurrence, _, _): started.append(occurrence.localTime)
                case .missed, .skipped, .pauseEnded: Issue.record("unexpected")
                }
            }
        }
        try advance("2026-07-01T12:00:00Z")
        try advance("2026-07-01T13:00:00Z")
        // One hour back: 13:00 comes a second time and is not acted on; 14:00 is.
        try advance("2026-07-01T12:00:05Z")
        try advance("2026-07-01T13:00:00Z")
        try advance("2026-07-01T14:00:00Z")
        // Forward by mistake for five hours, and back: what was made up for as a whole still comes in its time.
        try advance("2026-07-01T19:00:10Z")
        try advance("2026-07-01T14:10:00Z")
        #expect(machine.nextDue == (try time("2026-07-01T15:00:00Z")))
        try advance("2026-07-01T15:00:00Z")
        try advance("2026-07-01T19:20:00Z")
        try advance("2026-07-01T20:00:00Z")
        let hours = started.map { String($0.dropFirst(11).prefix(2)) }
        #expect(hours == ["12", "13", "14", "19", "15", "18", "20"])
        #expect(Set(started).count == started.count)
    }

    @Test func `put back a year while the daemon was off is not silent for that year`() throws {
        let elapse = try occurrence("2027-07-01T02:30:00")
        let before = try machine(now: "2026-06-30T00:00:00Z")
        let memory = ScheduleMemory(words: before.memory.words, settled: elapse.instant, last: elapse)
        var machine = try machine(memory: memory, now: "2026-07-01T12:00:00Z")
        #expect(machine.advance(to: try time("2026-07-01T12:00:00Z")) == .wait(until: try time("2026-07-02T02:30:00Z")))
    }

    @Test func `restarted at any minute of a repeated hour neither doubles nor loses an elapse`() throws {
        for (text, expected) in [("01:30", 1), ("*:0/15", 24), ("hourly", 6)] {
            let begin = try time("2026-11-01T03:59:00Z")
            for restart in 0..<360 {
                var machine = try machine(.calendar([text]), zone: "America/New_York", now: begin.rfc3339)
                var names: [String] = []
                for minute in 1...361 {
                    let now = begin + .seconds(minute * 60)
                    if minute == restart {
                        machine = ScheduleMachine(machine.schedule, memory: machine.memory, now: now)
                    }
                    while case .start(let occurrence, _, _) = machine.advance(to: now) {
                        names.append(occurrence.localTime)
                    }
                }
                // 04:00Z to 10:00Z is midnight to 05:00 with the hour from 01:00 twice.
                let wanted = text == "01:30" ? expected : expected + 1
                #expect(names.count == wanted, "\(text), restarted after \(restart) minutes: \(names)")
                #expect(Set(names).count == names.count)
            }
        }
    }

    @Test func `reloaded at any minute of a repeated hour neither doubles nor loses an elapse`() throws {
        let begin = try time("2026-11-01T03:59:00Z")
        for (text, expected) in [("01:30", 1), ("*:0/15", 25), ("hourly", 7)] {
            for reload in 0..<360 {
                var machine = try machine(.calendar([text]), zone: "America/New_York", now: begin.rfc3339)
                var names: [String] = []
                for minute in 1...361 {
                    let now = begin + .seconds(minute * 60)
                    if minute == reload { machine.replace(machine.schedule, at: now) }
                    while case .start(let occurrence, _, _) = machine.advance(to: now) {
                        names.append(occurrence.localTime)
                    }
                }
                #expect(names.count == expected, "\(text), reloaded after \(reload) minutes: \(names)")
                #expect(Set(names).count == names.count)
            }
        }
    }

    @Test func `records what falls into a pause as skipped, and goes on after it`() throws {
        var machine = try machine(.calendar(["hourly"]), now: "2026-07-01T11:30:00Z")
        _ = machine.advance(to: try time("2026-07-01T11:30:00Z"))
        machine.pause(until: try time("2026-07-01T13:30:00Z"), reason: "deploy")
        let noon = try occurrence("2026-07-01T12:00:00")
        #expect(machine.advance(to: noon.instant) == .skipped(noon, count: 1, reason: "paused: deploy"))
        #expect(machine.advance(to: noon.instant) == .wait(until: try time("2026-07-01T13:00:00Z")))
        // Asleep until 14:00:30: 13:00 was in the pause, 14:00 was not.
        let now = try time("2026-07-01T14:00:30Z")
        let one = try occurrence("2026-07-01T13:00:00")
        #expect(machine.advance(to: now) == .skipped(one, count: 1, reason: "paused: deploy"))
        #expect(machine.advance(to: now) == .pauseEnded)
        #expect(!machine.isPaused)
        #expect(machine.advance(to: now) == .start(try occurrence("2026-07-01T14:00:00"), .schedule, madeUpFor: 0))
        #expect(machine.advance(to: now) == .wait(until: try time("2026-07-01T15:00:00Z")))
    }

    @Test func `keeps a pause over a restart`() throws {
        var machine = try machine(now: "2026-07-01T00:00:00Z")
        machine.pause(until: nil, reason: nil)
        var again = try self.machine(memory: machine.memory, now: "2026-07-03T00:00:00Z")
        #expect(again.isPaused)
        let last = try occurrence("2026-07-02T02:30:00")
        #expect(again.advance(to: try time("2026-07-03T00:00:00Z")) == .skipped(last, count: 2, reason: "paused"))
    }

    @Test func `that elapses no more waits for ever`() throws {
        var machine = try machine(.calendar(["2026-07-01 12:00"]), now: "2026-07-01T11:00:00Z")
        #expect(machine.advance(to: try time("2026-07-01T11:00:00Z")) == .wait(until: try time("2026-07-01T12:00:00Z")))
        // Nothing comes after it, so nothing bounds its lateness.
        let only = try occurrence("2026-07-01T12:00:00")
        #expect(machine.advance(to: try time("2026-07-05T12:00:00Z")) == .start(only, .catchUp, madeUpFor: 0))
        #expect(machine.advance(to: try time("2026-07-05T12:00:00Z")) == .wait(until: nil))
        var manual = try self.machine(.manual, now: "2026-07-01T11:00:00Z")
        #expect(manual.advance(to: try time("2026-07-01T11:00:00Z")) == .wait(until: nil))
    }

    @Test func `wanders through any clock without acting twice`() throws {
        var generator = SplitMix(state: 20_261_123)
        for _ in 0..<40 {
            var now = try time("2026-10-24T00:00:00Z")
            var machine = try machine(.calendar(["*:0/20"]), zone: "Europe/London", now: now.rfc3339)
            var names: [String] = []
            for _ in 0..<200 {
                now = now + .seconds(Int64.random(in: -4_000...9_000, using: &generator))
                var isAtRest = false
                for _ in 0..<3 where !isAtRest {
                    switch machine.advance(to: now) {
                    case .start(let occurrence, _, _), .missed(let occurrence, _, _), .skipped(let occurrence, _, _):
                        #expect(occurrence.instant <= now)
                        names.append(occurrence.localTime)
                    case .wait(let until):
                        isAtRest = true
                        #expect(try #require(until) > now)
                    case .pauseEnded: Issue.record("nothing was paused")
                    }
                }
                #expect(isAtRest)
            }
            #expect(names.count > 50)
            #expect(Set(names).count == names.count)
        }
    }
}

/// A small seeded generator.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
