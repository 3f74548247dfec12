import Foundation
import TestKit
import Testing

/// A night and a morning in a minute: five sequences, three windows, the hour that comes twice, a daemon that is killed and a
/// host that sleeps.
@Suite(.scratchFolder, .timeLimit(.minutes(6))) struct `A rehearsed day` {
    private static let rate = 600
    /// 25 October 2026: at 01:00Z the clocks of London go back from 02:00 to 01:00.
    private static let start = "2026-10-24T23:50:00Z"

    /// What the history must say: sequence, elapse, how it was started.
    private static let expected = [
        "contacts 2026-10-25T02:40:00Z schedule succeeded",
        "even 2026-10-25T00:00:00Z schedule succeeded",
        "even 2026-10-25T02:00:00Z schedule succeeded",
        "even 2026-10-25T04:00:00Z schedule succeeded",
        "even 2026-10-25T06:00:00Z schedule succeeded",
        // In both passes of the hour that comes twice.
        "hourly 2026-10-25T00:15:00Z schedule succeeded",
        "hourly 2026-10-25T01:15:00Z schedule succeeded",
        "hourly 2026-10-25T02:15:00Z schedule succeeded",
        "hourly 2026-10-25T03:15:00Z schedule succeeded",
        "hourly 2026-10-25T05:15:00Z schedule succeeded",
        // The host slept from 06:05 to 07:40: one run makes up for 06:15 and 07:15.
        "hourly 2026-10-25T07:15:00Z catch-up succeeded",
        // The daemon was off from before 04:15 until 04:50.
        "hourly 2026-10-25T04:15:00Z catch-up succeeded",
        "late 2026-10-25T04:30:00Z catch-up succeeded",
        // 01:30 comes twice, and is meant once.
        "nightly 2026-10-25T00:30:00Z schedule succeeded",
    ].sorted()

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

    @Test func `leaves the history that its calendars, windows and troubles say, and writes in no window`() async throws
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
                    try await clock.wait(until: "2026-10-25T07:59:00Z")
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
        let deadline = ContinuousClock.now + .seconds(60)
        var history: [String] = []
        repeat {
            history = []
            for entry in try await crm.document(Runs.self, "list", "runs", "--limit", "100").runs {
                let run = try await crm.document(Shown.self, "show", entry.id).run
                let scheduled = "\(run.scheduled?.prefix(19) ?? "")Z"
                guard scheduled < "2026-10-25T08:00" else { continue }
                history.append("\(run.sequence) \(scheduled) \(run.trigger) \(run.state)")
            }
        } while history.sorted() != Self.expected && .now < deadline
        #expect(history.sorted() == Self.expected)
        // Each window, and a little less on both sides: the two clocks differ by some of their minutes.
        let windows = [
            ("2026-10-25T00:12", "2026-10-25T00:29"), ("2026-10-25T01:12", "2026-10-25T01:29"),
            ("2026-10-25T03:53", "2026-10-25T04:09"),
        ]
        let writes = try await org.calls().filter { $0.isWriting && $0.path.contains("/jobs/") }
        #expect(writes.count > 30)
        // The contacts' own window: their one run began after it.
        let contacts = writes.filter { "2026-10-25T02:33" <= $0.at && $0.at < "2026-10-25T03:29" }
        #expect(!contacts.isEmpty, "accounts are written meanwhile")
        for (from, until) in windows {
            let inside = writes.filter { from <= $0.at && $0.at < until }
            #expect(inside.isEmpty, "\(from) to \(until): \(inside.map { "\($0.method) \($0.at)" })")
        }
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
        try sequence("even", "accounts", "every: 2h")
        try sequence("contacts", "contacts", #"calendar: "02:40 UTC""#)
        try sequence("late", "accounts", #"calendar: "04:30 UTC""#)
        func window(_ name: String, _ text: String) throws {
            try crm.folder.write("etc/quiet-windows/\(name).yaml", "destination: production\n\(text)\n")
        }
        // The whole org, in both passes; then an object each.
        try window("deploys", "objects: \"*\"\ncalendar: \"01:10 Europe/London\"\nduration: 20min")
        try window("scoring", "objects: [Contact]\ncalendar: \"02:30 UTC\"\nduration: 1h")
        try window("billing", "objects: [Account]\ncalendar: \"03:50 UTC\"\nduration: 20min")
    }
}
