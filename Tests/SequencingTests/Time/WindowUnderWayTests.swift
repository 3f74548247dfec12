import CivilTime
import Foundation
import Ledger
import SyncModel
import TestKit
import Testing

@testable import Salesforce
@testable import Sequencing

/// What the emulator's call log says of a window that opens while a step pushes.
@Suite(.scratchFolder, .timeLimit(.minutes(3))) struct `A window that opens under way` {
    /// Accounts in batches of 100 of the original Bulk API, two at a time, each of which takes a while.
    private static let batches: SyncDefinition = {
        var sync = TimedBelt.accounts
        sync.api = .bulk
        sync.batch.size = 100
        sync.batch.parallel = 2
        sync.retry.attempts = 20
        return sync
    }()

    private static let calls: SyncDefinition = {
        var sync = TimedBelt.accounts
        sync.api = .rest
        return sync
    }()

    private struct Write {
        var number: Int
        var method: String
        var path: String

        var isBatch: Bool { method == "POST" && path.hasSuffix("/batch") }
        var isNewJob: Bool { method == "POST" && path.hasSuffix("/job") }
        /// The job whose state is changed.
        var changedJob: Substring? {
            let parts = path.split(separator: "/")
            return method == "POST" && parts.dropLast().last == "job" ? parts.last : nil
        }
        var isCollection: Bool { method != "GET" && path.contains("/composite/sobjects") }
    }

    private func writes(_ timed: TimedBelt, after number: Int = 0) async throws -> [Write] {
        try await timed.belt.admin("GET", "calls?after=\(number)").array?.compactMap { call in
            guard let method = call.object?["method"]?.string, let path = call.object?["path"]?.string,
                let number = call.object?["n"]?.int, method != "GET", !path.contains("/oauth2/")
            else { return nil }
            return Write(number: number, method: method, path: path)
        } ?? []
    }

    /// Waits for so many writes of a kind; all of that kind.
    private func wait(_ timed: TimedBelt, for count: Int, _ isMeant: (Write) -> Bool) async throws -> [Write] {
        let deadline = ContinuousClock.now + .seconds(120)
        while true {
            let found = try await writes(timed).filter(isMeant)
            if found.count >= count { return found }
            try #require(ContinuousClock.now < deadline, "\(count) writes do not come, there are \(found)")
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    private func state(of job: Substring, _ timed: TimedBelt) async throws -> String {
        let org = HeldOrg(url: timed.belt.address)
        let text = String(
            decoding: try await org.call("GET", "/services/async/62.0/job/\(job)", nil, try await org.session()),
            as: UTF8.self
        )
        return text.firstMatch(of: /<state>(\w+)<\/state>/).map { String($0.1) } ?? text
    }

    @Test(arguments: [WindowBehaviour.pause, .abort, .drain])
    func `sees no batch of the original Bulk API after it, and its job is closed or aborted`(
        behaviour: WindowBehaviour
    ) async throws {
        try await TimedBelt.with([Self.batches], org: "pace: { row: 12ms }\n") { timed in
            try timed.rows("accounts", 500)
            let started = try await timed.start()
            _ = try await wait(timed, for: 1) { $0.isBatch }
            let hold = try await timed.hold(["Account"], for: .seconds(600), running: behaviour)
            let ended = try await timed.run(started.id) { run in
                behaviour == .drain ? run.state.hasEnded : run.steps[0].state == .waiting
            }
            let before = try await writes(timed)
            let jobs = before.filter(\.isNewJob).count
            #expect(jobs == 1)
            let batches = before.filter(\.isBatch).count
            #expect(batches < 5, "all batches were sent before the window")
            let changed = before.compactMap(\.changedJob)
            // An aborted job is not closed, a closed one is not aborted.
            #expect(changed.count == 1, "\(before.map(\.path))")
            let job = try #require(changed.first)
            #expect(try await state(of: job, timed) == (behaviour == .abort ? "Aborted" : "Closed"))
            // While the window lasts nothing is written, whatever had to be sent again.
            try await Task.sleep(for: .milliseconds(1_500))
            #expect(try await writes(timed).count == before.count)
            if behaviour == .drain {
                #expect(ended.state == .cancelled, "\(ended)")
                #expect(ended.reason?.hasPrefix("window: hold") == true, "\(ended)")
            } else {
                #expect(ended.steps[0].reason?.contains("asked for by root: deploy") == true, "\(ended)")
            }
            try await timed.endHold(hold)
            let last =
                behaviour == .drain
                ? try await timed.end(of: try await timed.start().id) : try await timed.end(of: started.id)
            #expect(last.state == .succeeded, "\(last)")
            // What follows goes into a job of its own, and every row arrived once.
            #expect(try await writes(timed).filter(\.isNewJob).count >= 2)
            #expect(try await timed.belt.records("Account").count == 500)
            #expect(try await timed.belt.counter("created", "Account") == 500)
        }
    }

    @Test func `is told of a job that runs on after its grace, once`() async throws {
        let start = try #require(Timestamp(rfc3339: "2026-07-01T01:59:00Z"))
        try await TimedBelt.with([Self.batches], org: "pace: { row: 20ms }\n", at: start) { definitions in
            var window = QuietWindowDefinition(
                name: "scoring",
                destination: "org",
                objects: ["Account"],
                calendars: ["02:00"],
                duration: .seconds(3_600)
            )
            window.grace = .milliseconds(200)
            definitions.windows["scoring"] = window
        } _: { timed in
            try timed.rows("accounts", 300)
            let started = try await timed.start()
            _ = try await wait(timed, for: 1) { $0.isBatch }
            timed.clock.set(start + .seconds(61))
            _ = try await timed.run(started.id) { $0.steps[0].state == .waiting }
            let told = try await timed.events("window-overrun")
            #expect(told.count == 1, "\(told)")
            #expect(told.first?.reason?.hasPrefix("window scoring: a job on Account still runs") == true, "\(told)")
            timed.clock.set(start + .seconds(3_700))
            timed.conductor.gates.holdsChanged()
            let ended = try await timed.end(of: started.id)
            #expect(ended.state == .succeeded, "\(ended)")
            #expect(try await timed.belt.counter("created", "Account") == 300)
        }
    }

    @Test func `keeps a call from being tried again that Salesforce had no time for`() async throws {
        try await TimedBelt.with([Self.calls]) { timed in
            try timed.rows("accounts", 30)
            try await timed.belt.admin(
                "POST",
                "faults",
                #"{"match":{"path":"composite/sobjects"},"do":"status","status":503}"#
            )
            let started = try await timed.start()
            let unheard = try await timed.run(started.id) { $0.state == .waiting }
            #expect(unheard.reason?.contains("not reached") == true, "\(unheard)")
            let hold = try await timed.hold(["Account"], for: .seconds(600))
            let waiting = try await timed.run(started.id) { $0.steps[0].state == .waiting }
            #expect(waiting.steps[0].reason?.contains("deploy") == true, "\(waiting)")
            _ = try await timed.belt.admin("DELETE", "faults")
            let before = try await writes(timed).filter(\.isCollection)
            try await Task.sleep(for: .milliseconds(2_500))
            #expect(try await writes(timed).filter(\.isCollection).count == before.count)
            #expect(try await timed.belt.counter("created", "Account") == 0)
            try await timed.endHold(hold)
            let ended = try await timed.end(of: started.id)
            #expect(ended.state == .succeeded, "\(ended)")
            #expect(try await timed.belt.counter("created", "Account") == 30)
        }
    }

    @Test func `lets a run that was stopped meanwhile end without waiting for it`() async throws {
        try await TimedBelt.with([Self.batches], org: "pace: { row: 3ms }\n") { timed in
            try timed.rows("accounts", 1_500)
            let started = try await timed.start()
            _ = try await wait(timed, for: 3) { $0.isBatch }
            let hold = try await timed.hold(["Account"], for: .seconds(600))
            _ = try await timed.run(started.id) { $0.steps[0].state == .waiting }
            _ = try await timed.conductor.stop("all", now: false, actor: nil)
            let ended = try await timed.end(of: started.id)
            #expect(ended.state == .cancelled, "\(ended)")
            try await timed.endHold(hold)
            #expect(try await timed.end(of: try await timed.start().id).state == .succeeded)
            #expect(try await timed.belt.counter("created", "Account") == 1_500)
        }
    }
}
