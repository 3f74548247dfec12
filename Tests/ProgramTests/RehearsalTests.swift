import Foundation
import TestKit
import Testing

/// A day in three minutes: five sequences, three windows, the hour that comes twice, a daemon that is killed and a host that
/// sleeps.
@Suite(.scratchFolder, .timeLimit(.minutes(6))) struct `A rehearsed day` {
    private static let rate = 600
    /// 25 October 2026: at 01:00Z the clocks of London go back from 02:00 to 01:00.
    private static let start = "2026-10-24T23:50:00Z"

    /// What the event log must say of every elapse: sequence, scheduled time, how it was started, what happened to the run.
    private static let expected = (eventful + uneventful).sorted()

    private static let eventful = [
        "contacts 02:40 schedule: queued, waits for window scoring, succeeded",
        // Before any account was delivered: the contacts are held.
        "even 00:00 schedule: queued, partial",
        "even 02:00 schedule: queued, succeeded",
        // The daemon was killed while it waited, and was off until the window had ended.
        "even 04:00 schedule: queued, waits for window billing, interrupted, succeeded",
        "even 06:00 schedule: queued, succeeded",
        // In both passes of the hour that comes twice, as is the window.
        "hourly 00:15 schedule: queued, waits for window deploys, succeeded",
        "hourly 01:15 schedule: queued, waits for window deploys, succeeded",
        "hourly 02:15 schedule: queued, succeeded",
        "hourly 03:15 schedule: queued, succeeded",
        // The daemon was off from before 04:15 until 04:50.
        "hourly 04:15 catch-up: queued, succeeded",
        "hourly 05:15 schedule: queued, succeeded",
        // The host slept from 06:05 to 07:40: one run makes up for 06:15 and 07:15.
        "hourly 07:15 catch-up: queued, succeeded",
        "hourly is late",
        "hourly is late, and makes up for 1 more",
        "late 04:30 catch-up: queued, succeeded",
        "late is late",
        // 01:30 comes twice, and is meant once. The run of 00:15 has its sync, and waits for the window in its place.
        "nightly 00:30 schedule: queued, succeeded",
    ]

    /// From the morning until the next night nothing happens but what is due.
    private static let uneventful =
        (8...23).map { "hourly \($0 < 10 ? "0" : "")\($0):15 schedule: queued, succeeded" }
        + stride(from: 8, through: 22, by: 2).map { "even \($0 < 10 ? "0" : "")\($0):00 schedule: queued, succeeded" }

    /// What is due later is left to the next day.
    private static let end = "2026-10-25T23:40"

    private struct Runs: Decodable {
        struct Entry: Decodable {
            var id: String
        }
        var runs: [Entry]
    }

    private struct Shown: Decodable {
        struct Run: Decodable {
            var sequence: String
            var state: String
            var trigger: String
            var scheduled: String?
        }
        var run: Run
    }

    private struct Event: Decodable {
        var time: String
        var kind: String
        var run: String?
        var sequence: String?
        var sync: String?
        var reason: String?
    }

    private struct Events: Decodable {
        var events: [Event]
    }

    private struct Added: Decodable {
        struct Window: Decodable { var from: String }
        var window: Window
    }

    /// The rehearsed time, as far as the test knows it.
    private struct RehearsedClock: Sendable {
        var base: Date
        var since = ContinuousClock.now

        func wait(until time: String) async throws {
            let target = try Self.date(time)
            let left = target.timeIntervalSince(base) / Double(rate) - (since.duration(to: .now) / .seconds(1))
            if left > 0 { try await Task.sleep(for: .milliseconds(Int(left * 1_000))) }
        }

        static func date(_ text: String) throws -> Date {
            let whole = text.prefix(19) + "Z"
            return try Date(String(whole), strategy: .iso8601)
        }
    }

    @Test func `leaves the event log that its calendars, windows and troubles say, and writes in no window`()
        async throws
    {
        let crm = try CRM(accounts: 20, contacts: 20)
        try write(crm)
        try crm.use(api: "bulk2")
        try await crm.withOrg { org in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    // Every run finds something to send.
                    while !Task.isCancelled {
                        try crm.execute(
                            "UPDATE accounts SET revenue = revenue + 1; UPDATE contacts SET title = 'T' || abs(random() % 99999)"
                        )
                        try? await Task.sleep(for: .milliseconds(250))
                    }
                }
                try await crm.withDaemon(arguments: ["--rehearse", "\(Self.start),\(Self.rate)"]) { daemon in
                    let clock = try await calibrated(crm, org)
                    try await clock.wait(until: "2026-10-25T04:13:00Z")
                    try await daemon.kill()
                }
                let restart = "2026-10-25T04:50:00Z"
                try await crm.withDaemon(arguments: ["--rehearse", "\(restart),\(Self.rate)"]) { daemon in
                    let clock = try await calibrated(crm, org)
                    try await clock.wait(until: "2026-10-25T06:05:00Z")
                    kill(daemon.processID, SIGSTOP)
                    try await clock.wait(until: "2026-10-25T07:40:00Z")
                    kill(daemon.processID, SIGCONT)
                    try await clock.wait(until: Self.end + ":00Z")
                    try await compare(crm, org)
                }
                group.cancelAll()
                while try await group.next() != nil {}
            }
        }
    }

    /// Tells the org the daemon's time: that of a hold on an object that nobody writes.
    private func calibrated(_ crm: CRM, _ org: Org) async throws -> RehearsedClock {
        let added = try await crm.document(
            Added.self,
            "window",
            "add",
            "--object",
            "Lead",
            "--for",
            "1s",
            "--reason",
            "what time is it"
        )
        try await org.setClock(added.window.from, rate: Self.rate)
        return RehearsedClock(base: try RehearsedClock.date(added.window.from))
    }

    private func compare(_ crm: CRM, _ org: Org) async throws {
        let deadline = ContinuousClock.now + .seconds(90)
        var log: [String] = []
        repeat { log = try await self.log(crm) } while log != Self.expected && .now < deadline
        #expect(log == Self.expected)
        // The whole org's window, in both passes, and a little less on both sides: the two clocks differ by some of their minutes.
        let writes = try await org.calls().filter { $0.isWriting && $0.path.contains("/jobs/") }
        #expect(writes.count > 30)
        for (from, until) in [("2026-10-25T00:12", "2026-10-25T00:49"), ("2026-10-25T01:12", "2026-10-25T01:49")] {
            let inside = writes.filter { from <= $0.at && $0.at < until }
            #expect(inside.isEmpty, "\(from) to \(until): \(inside.map { "\($0.method) \($0.at)" })")
        }
        // The contacts' own: accounts are written meanwhile, contacts are not.
        #expect(!writes.filter { "2026-10-25T02:33" <= $0.at && $0.at < "2026-10-25T03:29" }.isEmpty)
        let pushes = try await events(crm).filter { $0.kind == "step-pushing" && $0.sync == "contacts" }.map(\.time)
        #expect(pushes.count >= 5)
        for (from, until) in [("2026-10-25T02:30", "2026-10-25T03:30"), ("2026-10-25T03:55", "2026-10-25T04:40")] {
            #expect(!pushes.contains { from <= $0 && $0 < until }, "\(pushes)")
        }
    }

    private func events(_ crm: CRM) async throws -> [Event] {
        try await crm.document(Events.self, "events", "--after", "0").events
    }

    /// The event log, put in order by sequence and elapse: what depends on how fast this machine is left out.
    private func log(_ crm: CRM) async throws -> [String] {
        var happened: [String: [String]] = [:]
        var lines: [String] = []
        for event in try await events(crm) where event.time < Self.end || event.run != nil {
            let text: String
            switch event.kind {
            case "run-late":
                let more = event.reason?.firstMatch(of: /, and makes up for \d+ more/).map { String($0.output) } ?? ""
                lines.append("\(event.sequence ?? "") is late\(more)")
                continue
            case "run-waiting":
                guard let window = event.reason?.firstMatch(of: /^window \w+/) else { continue }
                text = "waits for \(window.output)"
            // Said at every wait's end, and whenever a run that was interrupted is taken up.
            case "run-running": continue
            case "run-queued" where happened[event.run ?? ""] != nil: continue
            case _ where event.kind.hasPrefix("run-"): text = String(event.kind.dropFirst(4))
            default: continue
            }
            guard let run = event.run, happened[run]?.last != text else { continue }
            // Interrupted in mid-run or while it waits: only of the latter it is sure.
            if text == "interrupted", happened[run]?.last?.hasPrefix("waits") != true { continue }
            happened[run, default: []].append(text)
        }
        for entry in try await crm.document(Runs.self, "list", "runs", "--limit", "100").runs {
            let run = try await crm.document(Shown.self, "show", entry.id).run
            guard let scheduled = run.scheduled, scheduled < Self.end else { continue }
            let time = scheduled.dropFirst(11).prefix(5)
            let what = happened[entry.id, default: []].joined(separator: ", ")
            lines.append("\(run.sequence) \(time) \(run.trigger): \(what)")
        }
        return lines.sorted()
    }

    private func write(_ crm: CRM) throws {
        func sequence(_ name: String, _ sync: String, _ schedule: String) throws {
            try crm.folder.write(
                "etc/sequences/\(name).yaml",
                "steps: [ { sync: \(sync) } ]\nschedule: { \(schedule) }\ncatch_up_deadline: 3h\n"
            )
        }
        try FileManager.default.removeItem(atPath: crm.configuration + "/sequences/crm.yaml")
        try sequence("nightly", "accounts", #"calendar: "01:30 Europe/London""#)
        try sequence("hourly", "accounts", #"calendar: "*:15 Europe/London""#)
        try sequence("even", "contacts", "every: 2h")
        try sequence("contacts", "contacts", #"calendar: "02:40 UTC""#)
        try sequence("late", "accounts", #"calendar: "04:30 UTC""#)
        func window(_ name: String, _ text: String) throws {
            try crm.folder.write("etc/quiet-windows/\(name).yaml", "destination: production\n\(text)\n")
        }
        // The whole org, in both passes; then an object each.
        try window("deploys", "objects: \"*\"\ncalendar: \"01:10 Europe/London\"\nduration: 40min")
        try window("scoring", "objects: [Contact]\ncalendar: \"02:30 UTC\"\nduration: 1h")
        try window("billing", "objects: [Contact]\ncalendar: \"03:55 UTC\"\nduration: 45min")
    }
}
