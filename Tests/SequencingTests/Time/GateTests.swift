import CivilTime
import Gating
import Ledger
import SyncModel
import TestKit
import Testing

@testable import Salesforce
@testable import Sequencing

@Suite(.scratchFolder, .timeLimit(.minutes(3))) struct `A gate that closes` {
    @Test func `under a run keeps every later step from writing, and the run goes on at its end`() async throws {
        try await TimedBelt.with { timed in
            try timed.rows("accounts", 3)
            try timed.rows("contacts", 4)
            let hold = try await timed.hold(["contact"], for: .seconds(600))
            let started = try await timed.start()
            let waiting = try await timed.run(started.id) { $0.state == .waiting && $0.steps[1].state == .waiting }
            #expect(waiting.state == .waiting)
            #expect(waiting.steps[0].state == .succeeded)
            #expect(waiting.steps[1].reason?.contains("asked for by root: deploy") == true, "\(waiting)")
            let before = try await timed.writes().count
            // Another run may have Contact meanwhile: a step that waits holds no lock.
            let other = try await timed.start(
                StartRequest(overrideWindow: hold, overrideReason: "urgent"),
                "sync/contacts"
            )
            #expect(try await timed.end(of: other.id).steps[0].counts.created == 4)
            let between = try await timed.writes().count
            #expect(between > before)
            #expect(try await timed.events("window-overridden").map(\.reason) == ["\(hold): urgent"])
            try await timed.endHold(hold)
            let ended = try await timed.end(of: started.id)
            #expect(ended.state == .succeeded, "\(ended)")
            #expect(try await timed.belt.counter("created", "Contact") == 4)
        }
    }

    @Test func `over a run that creates lets another one create meanwhile, and then nothing is created twice`()
        async throws
    {
        var leads = SyncDefinition.of(
            "leads",
            into: .object("Lead"),
            .insert,
            fields: ["LastName": "name", "Company": "id"]
        )
        leads.api = .bulk2
        try await TimedBelt.with([TimedBelt.accounts, leads]) { timed in
            try timed.rows("accounts", 3)
            try timed.rows("leads", 4)
            let hold = try await timed.hold(["lead"], for: .seconds(600))
            let started = try await timed.start()
            _ = try await timed.run(started.id) { $0.steps[1].state == .waiting }
            let other = try await timed.start(
                StartRequest(overrideWindow: hold, overrideReason: "urgent"),
                "sync/leads"
            )
            #expect(try await timed.end(of: other.id).steps[0].counts.created == 4)
            try await timed.endHold(hold)
            let ended = try await timed.end(of: started.id)
            #expect(ended.state == .succeeded, "\(ended)")
            #expect(try await timed.belt.counter("created", "Lead") == 4)
        }
    }

    @Test func `may be overridden by a name that there is, only`() async throws {
        try await TimedBelt.with { timed in
            await #expect(throws: EngineError.self) {
                try await timed.start(StartRequest(overrideWindow: "scoring", overrideReason: "urgent"))
            }
        }
    }

    @Test func `for longer than max_wait makes a run missed, which has sent nothing`() async throws {
        try await TimedBelt.with([TimedBelt.accounts]) {
            $0.sequences["all"]?.maxWait = .milliseconds(300)
        } _: { timed in
            try timed.rows("accounts", 3)
            try await timed.hold(["Account"], for: .seconds(600))
            let run = try await timed.end(of: try await timed.start().id)
            #expect(run.state == .missed, "\(run)")
            #expect(run.reason?.hasPrefix("window: waited") == true, "\(run)")
            #expect(run.steps.map(\.state) == [.skipped])
            #expect(try await timed.writes().isEmpty)
        }
    }

    @Test func `for longer than max_wait in the middle cancels the run, and the waiting step is skipped`() async throws
    {
        try await TimedBelt.with {
            $0.sequences["all"]?.maxWait = .milliseconds(300)
        } _: { timed in
            try timed.rows("accounts", 3)
            try timed.rows("contacts", 3)
            try await timed.hold(["Contact"], for: .seconds(600))
            let run = try await timed.end(of: try await timed.start().id)
            #expect(run.state == .cancelled, "\(run)")
            #expect(run.steps.map(\.state) == [.succeeded, .skipped])
            #expect(try await timed.belt.counter("created", "Account") == 3)
            #expect(try await timed.belt.counter("created", "Contact") == 0)
        }
    }

    @Test func `knows a hold as it is, however close its change and a look are`() async throws {
        try await TimedBelt.with([TimedBelt.accounts]) { timed in
            let gates = timed.conductor.gates
            for _ in 0..<100 {
                async let before = gates.current()
                let hold = try await timed.hold(["Account"], for: .seconds(600))
                _ = try await before
                #expect(try await gates.current().holds.map(\.id) == [hold])
                gates.holdsChanged()
                async let during = gates.current()
                try await timed.endHold(hold)
                _ = try await during
                #expect(try await gates.current().holds.isEmpty)
                gates.holdsChanged()
            }
        }
    }

    @Test func `is waited for no longer than max_wait, a restart included`() async throws {
        try await TimedBelt.with([TimedBelt.accounts]) { timed in
            try timed.rows("accounts", 1)
            try await timed.hold(["Account"], for: .seconds(100_000))
            let started = try await timed.start()
            _ = try await timed.run(started.id) { $0.state == .waiting }
            timed.clock.set(timed.clock.now + .seconds(7 * 3_600))
            try await timed.belt.restarted { belt in
                let deadline = ContinuousClock.now + .seconds(60)
                while try await belt.conductor.run(started.id)?.state != .waiting, .now < deadline {
                    try await Task.sleep(for: .milliseconds(10))
                }
                timed.clock.set(timed.clock.now + .seconds(6 * 3_600))
                belt.conductor.gates.holdsChanged()
                let ended = try await belt.end(of: started.id)
                #expect(ended.state == .missed, "\(ended)")
                #expect(ended.reason?.hasPrefix("window: waited 12h") == true, "\(ended)")
            }
        }
    }

    /// Rows take long enough that a window can open while Salesforce works on them.
    private static let slow = "pace: { row: 4ms }\n"

    @Test(arguments: [WindowBehaviour.pause, .abort, .drain])
    func `while Salesforce works does as running says, and loses and doubles nothing`(
        behaviour: WindowBehaviour
    ) async throws {
        try await TimedBelt.with(org: Self.slow) { timed in
            try timed.rows("accounts", 400)
            try timed.rows("contacts", 2)
            if behaviour == .drain {
                // One row has to be sent again, so that there is a batch after the window has opened.
                try await timed.belt.admin(
                    "POST",
                    "faults",
                    #"{"do":"row-error","object":"Account","times":1,"code":"UNABLE_TO_LOCK_ROW","message":"locked"}"#
                )
            }
            let started = try await timed.start()
            _ = try await timed.run(started.id) { $0.steps[0].state == .pushing }
            let deadline = ContinuousClock.now + .seconds(30)
            // The job is closed: it is at work.
            while try await !timed.writes().contains(where: { $0.method == "PATCH" }), .now < deadline {
                try await Task.sleep(for: .milliseconds(5))
            }
            let hold = try await timed.hold(["Account", "Contact"], for: .seconds(600), running: behaviour)
            switch behaviour {
            case .pause:
                _ = try await timed.run(started.id) { $0.steps[1].state == .waiting }
                let writes = try await timed.writes()
                // One job: made, filled, closed; nothing since.
                #expect(writes.map(\.method) == ["POST", "PUT", "PATCH"], "\(writes)")
            case .abort:
                _ = try await timed.run(started.id) { $0.steps.contains { $0.state == .waiting } }
                let writes = try await timed.writes()
                #expect(writes.map(\.method).filter { $0 == "POST" }.count == 1, "\(writes)")
            case .drain:
                let ended = try await timed.end(of: started.id)
                #expect(ended.state == .cancelled, "\(ended)")
                #expect(ended.reason?.hasPrefix("window: hold") == true, "\(ended)")
                #expect(ended.steps.map(\.state) == [.cancelled, .skipped])
            }
            try await timed.endHold(hold)
            if behaviour == .drain {
                #expect(try await timed.end(of: try await timed.start().id).state == .succeeded)
            } else {
                let ended = try await timed.end(of: started.id)
                #expect(ended.state == .succeeded, "\(ended)")
            }
            #expect(try await timed.belt.counter("created", "Account") == 400)
            #expect(try await timed.belt.records("Account").count == 400)
            #expect(try await timed.belt.counter("created", "Contact") == 2)
        }
    }

    @Test func `for longer than plan_age has the models of the steps to come read again`() async throws {
        try await TimedBelt.with { timed in
            try timed.rows("accounts", 2)
            try timed.rows("contacts", 3, name: "Old")
            let hold = try await timed.hold(["Contact"], for: .seconds(36_000))
            let started = try await timed.start()
            _ = try await timed.run(started.id) { $0.steps[1].state == .waiting }
            try timed.rows("contacts", 5, name: "New")
            timed.clock.set(timed.clock.now + .seconds(3_700))
            try await timed.endHold(hold)
            let ended = try await timed.end(of: started.id)
            #expect(ended.state == .succeeded, "\(ended)")
            #expect(ended.steps[1].counts.read == 5)
            #expect(ended.steps[1].counts.added == 5)
            let names = try await timed.belt.records("Contact").values.compactMap { $0.text("LastName") }
            #expect(names.count == 5)
            #expect(names.allSatisfy { $0.hasPrefix("New") }, "\(names)")
        }
    }

    @Test func `longer than its timeout the run does not run, and the next one finds what is left`() async throws {
        try await TimedBelt.with([TimedBelt.accounts], org: Self.slow) {
            $0.sequences["all"]?.timeout = .milliseconds(400)
        } _: { timed in
            try timed.rows("accounts", 400)
            // Both clocks stand until the job is at work, however slow this machine is.
            timed.clock.stop()
            try await timed.belt.admin("POST", "clock", #"{"freeze":true}"#)
            let started = try await timed.start()
            let deadline = ContinuousClock.now + .seconds(60)
            while try await !timed.writes().contains(where: { $0.method == "PATCH" }), .now < deadline {
                try await Task.sleep(for: .milliseconds(5))
            }
            // Half of the rows, at 4 ms each.
            try await timed.belt.admin("POST", "clock", #"{"advance_ms":800}"#)
            while try await timed.belt.counter("created", "Account") == 0, .now < deadline {
                try await Task.sleep(for: .milliseconds(5))
            }
            #expect(try await timed.conductor.run(started.id)?.state == .running)
            timed.clock.set(timed.clock.now + .milliseconds(401))
            let run = try await timed.end(of: started.id)
            #expect(run.state == .timedOut, "\(run)")
            #expect(run.steps.map(\.state) == [.timedOut], "\(run)")
            #expect(run.reason?.contains("timeout") == true)
            let created = try await timed.belt.counter("created", "Account")
            #expect(created < 400)
            #expect(run.steps[0].counts.created == created)
            // The next one has all the time that it needs.
            var definitions = await timed.conductor.definitions
            definitions.sequences["all"]?.timeout = nil
            try await timed.conductor.reload(definitions)
            try await timed.belt.admin("POST", "clock", #"{"freeze":false}"#)
            let next = try await timed.end(of: try await timed.start().id)
            #expect(next.state == .succeeded, "\(next)")
            #expect(next.steps[0].counts.created == 400 - created)
            #expect(try await timed.belt.records("Account").count == 400)
            #expect(try await timed.belt.counter("created", "Account") == 400)
            #expect(try await timed.belt.counter("updated", "Account") == 0)
        }
    }

    @Test func `of a quota says what is left and what is needed, and waits`() async throws {
        try await TimedBelt.with([TimedBelt.accounts], org: "limits: { DailyApiRequests: 12 }\n") {
            $0.destinations["org"]?.automation.poll = .seconds(1)
        } _: { timed in
            try timed.rows("accounts", 3)
            let started = try await timed.start()
            let waiting = try await timed.run(started.id) { $0.state == .waiting && $0.steps[0].state == .waiting }
            #expect(waiting.reason?.contains("quota api requests") == true, "\(waiting)")
            #expect(waiting.reason?.contains("are the reserve") == true, "\(waiting)")
            #expect(try await timed.writes().isEmpty)
            _ = try await timed.conductor.stop("all", now: true, actor: nil)
            #expect(try await timed.end(of: started.id).state == .cancelled)
        }
    }

    @Test func `of a quota that is used up under way is no org that is away`() {
        func words(_ kind: SalesforceError.Kind, _ message: String) -> String {
            let code = "REQUEST_LIMIT_EXCEEDED"
            return RunContext.wait(for: SalesforceError(kind: kind, code: code, message: message, action: "describe"))
        }
        #expect(
            words(.limit, "TotalRequests Limit exceeded.")
                == "quota api requests: Salesforce says TotalRequests Limit exceeded. It is asked again until calls of the last 24 h are free"
        )
        let busy = words(.limit, "ConcurrentRequests (Concurrent API Requests) Limit exceeded.")
        #expect(busy.hasPrefix("Salesforce not reached: ConcurrentRequests"))
        #expect(words(.transport, "connection refused") == "Salesforce not reached: connection refused")
    }

    @Test func `of our own cap says when there is room again`() async throws {
        try await TimedBelt.with([TimedBelt.accounts]) {
            $0.destinations["org"]?.limits.dailyBulkRows = 5
        } _: { timed in
            try timed.rows("accounts", 4)
            #expect(try await timed.end(of: try await timed.start().id).state == .succeeded)
            try timed.rows("accounts", 8)
            let started = try await timed.start()
            let waiting = try await timed.run(started.id) { $0.state == .waiting && $0.steps[0].state == .waiting }
            #expect(waiting.reason?.contains("quota bulk rows") == true, "\(waiting)")
            #expect(timed.conductor.gates.closedUntil(started.id) != nil)
            _ = try await timed.conductor.stop("all", now: true, actor: nil)
            _ = try await timed.end(of: started.id)
        }
    }
}

@Suite(.scratchFolder, .timeLimit(.minutes(3))) struct `What an org does of itself` {
    @Test func `keeps a run waiting while a watched class is at work`() async throws {
        let start = try #require(Timestamp(rfc3339: "2026-07-01T02:00:00Z"))
        let org = """
            apex_jobs: [ { class: NightlyScore, object: Account, starts: "2026-07-01T02:00:00Z", runs_for: 1h } ]

            """
        try await TimedBelt.with([TimedBelt.accounts], org: org, at: start + .seconds(1)) {
            $0.destinations["org"]?.automation.discover = true
            $0.destinations["org"]?.automation.poll = .seconds(1)
            $0.destinations["org"]?.automation.watch = ["NightlyScore": ["Account"]]
        } _: { timed in
            try timed.rows("accounts", 3)
            let started = try await timed.start()
            let waiting = try await timed.run(started.id) { $0.state == .waiting && $0.steps[0].state == .waiting }
            #expect(waiting.reason?.contains("apex:NightlyScore") == true, "\(waiting)")
            #expect(try await timed.writes().isEmpty)
            // The class has done its work, and the next look at the org finds it so.
            try await timed.set(start + .seconds(3_601))
            let ended = try await timed.end(of: started.id)
            #expect(ended.state == .succeeded, "\(ended)")
        }
    }

    @Test func `closes a scheduled flow's object at its time, and an unknown job is spoken of once`() async throws {
        let org = """
            objects:
              Account:
                flows:
                  - { name: Scoring, type: Scheduled, cron: "0 0 2 * * ?", active: true }
                  - { name: Sweeper, type: RecordAfterSave, cron: "0 0 4 * * ?", active: true }

            """
        let start = try #require(Timestamp(rfc3339: "2026-07-01T01:00:00Z"))
        try await TimedBelt.with([TimedBelt.accounts], org: org, at: start) {
            $0.destinations["org"]?.automation.discover = true
            $0.destinations["org"]?.automation.poll = .seconds(1)
            $0.destinations["org"]?.automation.jobs = [
                .init(name: "Scoring", objects: ["Account"], lasts: .seconds(1_800))
            ]
        } _: { timed in
            try timed.rows("accounts", 1)
            let first = try await timed.end(of: try await timed.start().id)
            #expect(first.state == .succeeded, "\(first)")
            #expect(first.warnings.contains { $0.contains("`Sweeper` touches unknown objects") }, "\(first.warnings)")
            try await timed.set(start + .seconds(3_600))
            try timed.rows("accounts", 2)
            let started = try await timed.start()
            let waiting = try await timed.run(started.id) { $0.state == .waiting && $0.steps[0].state == .waiting }
            #expect(waiting.reason?.contains("job:Scoring until 02:30") == true, "\(waiting)")
            #expect(try await timed.belt.counter("created", "Account") == 1)
            try await timed.set(start + .seconds(5_400))
            let ended = try await timed.end(of: started.id)
            #expect(ended.state == .succeeded, "\(ended)")
            #expect(ended.warnings.isEmpty, "\(ended.warnings)")
        }
    }

    @Test func `is news when it changes between two runs`() async throws {
        let org = """
            objects:
              Account:
                validation_rules:
                  - { name: Name_needed, when: "Name = null", message: "Give a name" }

            """
        try await TimedBelt.with([TimedBelt.accounts], org: org) {
            $0.destinations["org"]?.automation.discover = true
            $0.destinations["org"]?.automation.poll = .milliseconds(1)
        } _: { timed in
            try timed.rows("accounts", 1)
            let first = try await timed.end(of: try await timed.start().id)
            #expect(first.warnings.isEmpty, "\(first.warnings)")
            let known = try #require(try await timed.ledger.value("automation:org/account"))
            #expect(known.contains("Name_needed"))
            // As if the rule had had another name then.
            try await timed.ledger.setValue(
                known.replacing("Name_needed", with: "Name_wanted"),
                for: "automation:org/account"
            )
            try timed.rows("accounts", 2)
            let second = try await timed.end(of: try await timed.start().id)
            #expect(
                second.warnings.contains {
                    $0.hasPrefix("automation on Account: validation rule Name_needed appeared")
                },
                "\(second.warnings)"
            )
            #expect(second.warnings.contains("automation on Account: validation rule Name_wanted went"))
            try timed.rows("accounts", 3)
            #expect(try await timed.end(of: try await timed.start().id).warnings.isEmpty)
        }
    }
}
