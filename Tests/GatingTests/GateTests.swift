import CivilTime
import Gating
import SyncModel
import Testing

@Suite struct `A gate` {
    private func gate(_ change: (inout Gate) throws -> Void = { _ in }) throws -> Gate {
        var contacts = QuietWindowDefinition(
            name: "scoring",
            destination: "production",
            objects: ["Contact"],
            calendars: ["02:00"],
            duration: .seconds(45 * 60)
        )
        contacts.lead = .span(.seconds(600))
        contacts.reason = "Nightly contact scoring flow"
        contacts.running = .drain
        var all = QuietWindowDefinition(
            name: "backup",
            destination: "production",
            objects: nil,
            calendars: ["Sun 02:30"],
            duration: .seconds(3_600)
        )
        all.lead = .auto
        let other = QuietWindowDefinition(
            name: "sandbox",
            destination: "staging",
            objects: nil,
            calendars: ["02:00"],
            duration: .seconds(3_600)
        )
        var gate = try Gate([contacts, all, other], orgZones: [:], defaultZone: nil, zones: installedZones)
        try change(&gate)
        return gate
    }

    private func question(
        _ objects: [String] = ["Contact"],
        _ phase: GateQuestion.Phase = .pushing,
        overridden: Set<String> = [],
        hasRowsToSend: Bool = true
    ) -> GateQuestion {
        GateQuestion(
            destination: "production",
            objects: objects,
            phase: phase,
            overridden: overridden,
            hasRowsToSend: hasRowsToSend
        )
    }

    private func names(_ clearance: Clearance) -> [String] {
        switch clearance {
        case .open: []
        case .closed(let closures): closures.map(\.name)
        }
    }

    @Test func `is closed by the windows of its destination and objects, and says all of them`() throws {
        let gate = try gate()
        let sunday = try time("2026-07-05T02:40:00Z")
        #expect(names(gate.clearance(for: question(), at: sunday)) == ["window backup", "window scoring"])
        #expect(names(gate.clearance(for: question(["contact"]), at: sunday)) == ["window backup", "window scoring"])
        #expect(names(gate.clearance(for: question(["Account"]), at: sunday)) == ["window backup"])
        #expect(
            names(gate.clearance(for: question(["Lead", "CONTACT"]), at: try time("2026-07-06T02:40:00Z"))) == [
                "window scoring"
            ]
        )
        #expect(gate.clearance(for: question(), at: try time("2026-07-06T02:45:00Z")) == .open)
        #expect(gate.clearance(for: question(["Account"]), at: try time("2026-07-06T02:40:00Z")) == .open)
    }

    @Test func `tells a closure with its end, its reason and what becomes of a step`() throws {
        let clearance = try gate().clearance(for: question(), at: time("2026-07-06T02:10:00Z"))
        #expect(
            clearance
                == .closed([
                    Closure(
                        cause: .quietWindow(name: "scoring"),
                        objects: ["Contact"],
                        until: try time("2026-07-06T02:45:00Z"),
                        reason: "Nightly contact scoring flow",
                        running: .drain
                    )
                ])
        )
    }

    @Test func `keeps the lead for who begins, not for who is pushing`() throws {
        let gate = try gate()
        let now = try time("2026-07-06T01:55:00Z")
        #expect(gate.clearance(for: question(), at: now) == .open)
        #expect(
            names(gate.clearance(for: question(["Contact"], .beginning(expected: nil)), at: now)) == ["window scoring"]
        )
        // `auto` goes by what the step is expected to take.
        let saturday = try time("2026-07-05T01:45:00Z")
        #expect(gate.clearance(for: question(["Account"], .beginning(expected: nil)), at: saturday) == .open)
        #expect(
            gate.clearance(for: question(["Account"], .beginning(expected: .seconds(2_600))), at: saturday) == .open
        )
        #expect(
            names(gate.clearance(for: question(["Account"], .beginning(expected: .seconds(2_700))), at: saturday)) == [
                "window backup"
            ]
        )
    }

    @Test func `lets who overrides a window by name pass it, and nothing else`() throws {
        let gate = try gate { $0.holds = [try hold("hold-7", objects: nil)] }
        let sunday = try time("2026-07-05T02:40:00Z")
        #expect(
            names(gate.clearance(for: question(overridden: ["scoring"]), at: sunday)) == ["window backup", "hold-7"]
        )
        #expect(gate.clearance(for: question(overridden: ["scoring", "backup", "hold-7"]), at: sunday) == .open)
    }

    private func hold(_ id: String, objects: [String]?) throws -> GateHold {
        GateHold(
            id: id,
            destination: "production",
            objects: objects,
            from: try time("2026-07-05T02:00:00Z"),
            until: try time("2026-07-05T04:00:00Z"),
            reason: "deploy",
            askedBy: "ada",
            running: .abort
        )
    }

    @Test func `is closed by a hold from its beginning to its end`() throws {
        let gate = try gate { $0.holds = [try hold("hold-7", objects: ["Account"])] }
        let question = question(["Account"], overridden: ["backup"])
        #expect(gate.clearance(for: question, at: try time("2026-07-05T01:59:59Z")) == .open)
        guard case .closed(let closures) = gate.clearance(for: question, at: try time("2026-07-05T02:00:00Z")) else {
            Issue.record("open")
            return
        }
        #expect(closures.first?.reason == "asked for by ada: deploy")
        #expect(closures.first?.running == .abort)
        #expect(gate.clearance(for: question, at: try time("2026-07-05T04:00:00Z")) == .open)
        #expect(
            gate.clearance(for: self.question(["Case"], overridden: ["backup"]), at: try time("2026-07-05T02:00:00Z"))
                == .open
        )
    }

    @Test func `asks the org's own work and the quota only when there is something to send`() throws {
        let now = try time("2026-07-06T12:00:00Z")
        let gate = try gate { gate in
            gate.discovered = [
                DiscoveredWindow(
                    name: "apex:NightlyScore",
                    destination: "production",
                    objects: ["Contact"],
                    from: now - .seconds(60),
                    until: nil,
                    reason: "running since 11:59"
                ),
                DiscoveredWindow(
                    name: "job:Later",
                    destination: "production",
                    objects: ["Contact"],
                    from: now + .seconds(600),
                    until: now + .seconds(1_200),
                    reason: nil
                ),
            ]
            gate.shortages = [
                QuotaShortage(name: "bulk rows", destination: "production", until: now + .seconds(3_600), reason: nil),
                QuotaShortage(name: "api requests", destination: "staging", until: nil, reason: nil),
            ]
        }
        #expect(names(gate.clearance(for: question(), at: now)) == ["apex:NightlyScore", "quota bulk rows"])
        #expect(names(gate.clearance(for: question(["Account"]), at: now)) == ["quota bulk rows"])
        #expect(gate.clearance(for: question(hasRowsToSend: false), at: now) == .open)
        #expect(
            names(gate.clearance(for: question(), at: now + .seconds(600))) == [
                "apex:NightlyScore", "job:Later", "quota bulk rows",
            ]
        )
        // Nobody knows when the first ends.
        #expect(gate.opening(for: question(), at: now) == nil)
        #expect(gate.opening(for: question(["Account"]), at: now) == now + .seconds(3_600))
    }

    @Test func `says when it opens, when it closes and when to look again`() throws {
        let gate = try gate { $0.holds = [try hold("hold-7", objects: nil)] }
        let sunday = try time("2026-07-05T01:00:00Z")
        let limit = try time("2026-07-07T00:00:00Z")
        let pushing = question()
        #expect(gate.opening(for: pushing, at: sunday) == sunday)
        #expect(gate.closing(for: pushing, after: sunday, through: limit) == (try time("2026-07-05T02:00:00Z")))
        #expect(gate.nextLook(for: pushing, after: sunday, through: limit) == (try time("2026-07-05T02:00:00Z")))
        let beginning = question(["Contact"], .beginning(expected: nil))
        #expect(gate.closing(for: beginning, after: sunday, through: limit) == (try time("2026-07-05T01:50:00Z")))
        #expect(gate.closing(for: beginning, after: sunday, through: try time("2026-07-05T01:30:00Z")) == nil)
        // Scoring to 02:45, backup to 03:30, the hold to 04:00.
        let within = try time("2026-07-05T02:40:00Z")
        #expect(gate.opening(for: pushing, at: within) == (try time("2026-07-05T04:00:00Z")))
        #expect(gate.nextLook(for: pushing, after: within, through: limit) == (try time("2026-07-05T02:45:00Z")))
    }

    @Test func `that changes its answer is looked at in time`() throws {
        // Between two looks the answer is always the same.
        let gate = try gate { $0.holds = [try hold("hold-7", objects: nil)] }
        for phase in [GateQuestion.Phase.pushing, .beginning(expected: .seconds(1_200))] {
            let question = question(["Contact"], phase)
            var look = try time("2026-07-04T00:00:00Z")
            for minute in 0..<(3 * 1_440) {
                let now = try time("2026-07-04T00:00:00Z") + .seconds(minute * 60)
                if now < look { continue }
                let answer = gate.clearance(for: question, at: now)
                look =
                    gate.nextLook(for: question, after: now, through: now + .seconds(6 * 3_600)) ?? now
                    + .seconds(6 * 3_600)
                #expect(look > now)
                var between = now
                while between < look {
                    #expect(names(gate.clearance(for: question, at: between)) == names(answer), "\(between.rfc3339)")
                    between = between + .seconds(60)
                }
            }
        }
    }

    @Test func `lists every window that is closed at a moment`() throws {
        let closed = try gate().closedWindows(at: time("2026-07-06T02:40:00Z"))
        #expect(closed.map(\.window.name) == ["sandbox", "scoring"])
        #expect(closed.map(\.until.rfc3339) == ["2026-07-06T03:00:00Z", "2026-07-06T02:45:00Z"])
        #expect(try gate().closedWindows(at: time("2026-07-06T05:00:00Z")).isEmpty)
    }

    @Test func `tells people what closes it`() throws {
        let london = try zoneDatabase.rules(named: "Europe/London")
        let now = try time("2026-07-05T01:00:00Z")
        let window = Closure(
            cause: .quietWindow(name: "scoring"),
            objects: [],
            until: try time("2026-07-05T01:45:00Z"),
            reason: "flow"
        )
        #expect(window.words(at: now, in: london) == "window scoring until 02:45: flow")
        let tomorrow = Closure(
            cause: .hold(id: "hold-7"),
            objects: [],
            until: try time("2026-07-06T01:45:30Z"),
            reason: nil
        )
        #expect(tomorrow.words(at: now, in: london) == "hold-7 until 2026-07-06 02:45:30")
        let unknown = Closure(cause: .discovered(name: "apex:Score"), objects: [], until: nil, reason: nil)
        #expect(unknown.words(at: now, in: london) == "apex:Score")
        #expect(
            Closure(cause: .quota(name: "bulk rows"), objects: [], until: nil, reason: nil).name == "quota bulk rows"
        )
    }

    @Test func `of many windows asks only those that matter`() throws {
        let windows = try (0..<2_000).map { number in
            try quiet(["*-*-* 02:00"], "45min", objects: ["Object_\(number)__c"]) { $0.name = "w\(number)" }
        }
        let gate = Gate(windows: windows)
        let question = GateQuestion(destination: "production", objects: ["object_77__C"], phase: .pushing)
        #expect(names(gate.clearance(for: question, at: try time("2026-07-06T02:10:00Z"))) == ["window w77"])
        #expect(gate.window(named: "w77")?.grace == .seconds(900))
    }
}

@Suite struct `How long a step will take` {
    private func sample(_ minutes: Int, _ rows: Int = 1_000) -> ExpectedDuration.Sample {
        ExpectedDuration.Sample(duration: .seconds(minutes * 60), rows: rows)
    }

    @Test func `is not known without a run`() {
        #expect(ExpectedDuration([], plannedRows: 5) == nil)
    }

    @Test func `is the longest of few, the 95th percentile of twenty`() {
        #expect(ExpectedDuration([sample(3), sample(9), sample(4)], plannedRows: nil)?.duration == .seconds(540))
        #expect(ExpectedDuration((1...20).map { sample($0) }, plannedRows: nil)?.duration == .seconds(19 * 60))
        #expect(ExpectedDuration((1...5).map { sample($0) }, plannedRows: nil)?.duration == .seconds(300))
        // Only the newest twenty count.
        let recent = (0..<20).map { _ in sample(2) } + [sample(500)]
        #expect(ExpectedDuration(recent, plannedRows: nil)?.duration == .seconds(120))
    }

    @Test func `grows with a plan more than twice as large`() {
        let samples = [sample(10, 1_000), sample(10, 1_000), sample(10, 1_000)]
        #expect(ExpectedDuration(samples, plannedRows: 2_000)?.duration == .seconds(600))
        #expect(ExpectedDuration(samples, plannedRows: 5_000)?.duration == .seconds(3_000))
        #expect(ExpectedDuration(samples, plannedRows: 5_000)?.reason.contains("from 1000 to 5000 rows") == true)
        #expect(ExpectedDuration([sample(10, 0)], plannedRows: 5_000)?.duration == .seconds(600))
    }
}
