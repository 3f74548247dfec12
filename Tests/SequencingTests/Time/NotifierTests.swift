import CivilTime
import Foundation
import Ledger
import SyncModel
import TestKit
import Testing

@testable import Sequencing

@Suite(.scratchFolder, .timeLimit(.minutes(2))) struct `A notification` {
    /// The lines of a file that a hook writes, once there are so many.
    private func lines(_ count: Int, of path: String) async throws -> [String] {
        let deadline = ContinuousClock.now + .seconds(20)
        while true {
            // Not there before the first one.
            let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
            let lines = text.split(separator: "\n").map(String.init)
            if lines.count >= count || .now > deadline { return lines }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    @Test func `is given once per change of state, on standard input, without our environment`() async throws {
        let file = try ScratchFolder.current.path("told")
        try await TimedBelt.with([TimedBelt.accounts]) {
            let words = ["/bin/sh", "-c", "cat >> \(file); env | grep -c SEQUENCED_SECRET >> \(file).env || true"]
            $0.sequences["all"]?.notify = [NotificationDefinition(events: [.failed, .recovered], way: .command(words))]
        } _: { timed in
            setenv("SEQUENCED_SECRET", "hush", 1)
            // No file yet: two failures are one change of state.
            for _ in 0..<2 { #expect(try await timed.end(of: try await timed.start().id).state == .failed) }
            #expect(try await lines(1, of: file).count == 1)
            try timed.rows("accounts", 1)
            for _ in 0..<2 { #expect(try await timed.end(of: try await timed.start().id).state == .succeeded) }
            let told = try await lines(2, of: file)
            #expect(told.count == 2, "\(told)")
            #expect(told.first?.contains(#""event":"failed""#) == true)
            #expect(told.last?.contains(#""event":"recovered""#) == true)
            #expect(told.last?.contains(#""sequence":"all""#) == true)
            #expect(try await lines(2, of: file + ".env").allSatisfy { $0 == "0" })
        }
    }

    @Test func `that hangs is ended and recorded, and the run knows nothing of it`() async throws {
        try await TimedBelt.with([TimedBelt.accounts], hookLimit: .milliseconds(300)) {
            $0.sequences["all"]?.notify = [
                NotificationDefinition(events: [.failed], way: .command(["/bin/sleep", "600"])),
                NotificationDefinition(events: [.failed], way: .command(["/nowhere/page-me"])),
                NotificationDefinition(events: [.failed], way: .webhook("http://127.0.0.1:9/very/secret/path")),
            ]
        } _: { timed in
            #expect(try await timed.end(of: try await timed.start().id).state == .failed)
            let deadline = ContinuousClock.now + .seconds(20)
            while try await timed.events("hook-failed").count < 3, .now < deadline {
                try await Task.sleep(for: .milliseconds(20))
            }
            let reasons = try await timed.events("hook-failed").compactMap(\.reason)
            #expect(reasons.count == 3, "\(reasons)")
            #expect(reasons.contains { $0.contains("/bin/sleep did not end within") }, "\(reasons)")
            #expect(reasons.contains { $0.contains("/nowhere/page-me") })
            #expect(reasons.contains { $0.contains("127.0.0.1") && !$0.contains("secret") })
        }
    }

    /// What a webhook was told, once there is so much.
    private func posts(_ count: Int, to catcher: HookCatcher) async throws -> [[String: Any]] {
        let deadline = ContinuousClock.now + .seconds(20)
        while catcher.posts.count < count, .now < deadline { try await Task.sleep(for: .milliseconds(20)) }
        return try catcher.posts.map { post in
            #expect("\(post.method) \(post.target)" == "POST /hook?room=7")
            #expect(post.headers["content-type"] == "application/json")
            return try #require(try JSONSerialization.jsonObject(with: Data(post.body)) as? [String: Any])
        }
    }

    @Test func `at an address has the event, the sequence, the run, its state, a reason and the time`() async throws {
        let catcher = try HookCatcher()
        defer { catcher.stop() }
        let address = catcher.address + "/hook?room=7"
        let guarded = TimedBelt.accounts.with { $0.guard.maxChanged = .rows(0) }
        try await TimedBelt.with([guarded]) {
            let events = NotificationDefinition.Event.allCases
            $0.sequences["all"]?.notify = [NotificationDefinition(events: events, way: .webhook(address))]
        } _: { timed in
            // No file yet.
            let failed = try await timed.end(of: try await timed.start().id)
            try timed.belt.rows("accounts", "id,name\nA-1,One\nA-2,\n")
            let partial = try await timed.end(of: try await timed.start().id)
            #expect(partial.state == .partial, "\(partial)")
            try timed.belt.rows("accounts", "id,name\nA-1,Uno\nA-2,\n")
            let asking = try await timed.start()
            _ = try await timed.run(asking.id) { $0.steps[0].state == .awaitingApproval }
            _ = try await timed.conductor.approve(asking.id, reason: "meant", actor: nil)
            _ = try await timed.end(of: asking.id)
            let told = try await posts(4, to: catcher)
            // Each in its own time: the order of two at once is nobody's promise.
            let byEvent = Dictionary(told.map { ($0["event"] as? String ?? "", $0) }) { first, _ in first }
            #expect(byEvent.keys.sorted() == ["awaiting-approval", "failed", "recovered", "rejected"])
            for document in told {
                #expect(
                    Set(document.keys).isSubset(of: ["schema", "event", "sequence", "run", "state", "reason", "time"])
                )
                #expect(document["schema"] as? Int == 1)
                #expect(document["sequence"] as? String == "all")
                #expect((document["time"] as? String).flatMap { Timestamp(rfc3339: $0) } != nil)
            }
            #expect(byEvent["failed"]?["run"] as? String == failed.id.rawValue)
            #expect(byEvent["failed"]?["state"] as? String == "failed")
            #expect((byEvent["failed"]?["reason"] as? String)?.contains("accounts.csv") == true, "\(told)")
            #expect(byEvent["rejected"]?["run"] as? String == partial.id.rawValue)
            #expect(byEvent["rejected"]?["reason"] as? String == "1 rows were rejected")
            #expect(byEvent["recovered"]?["state"] as? String == "partial")
            #expect((byEvent["awaiting-approval"]?["reason"] as? String)?.contains("max_changed") == true, "\(told)")
            #expect(try await timed.events("hook-failed").isEmpty)
        }
    }

    @Test func `that its address refuses is recorded, without the path`() async throws {
        let catcher = try HookCatcher(status: 503)
        defer { catcher.stop() }
        let address = catcher.address + "/very/secret"
        try await TimedBelt.with([TimedBelt.accounts]) {
            $0.sequences["all"]?.notify = [NotificationDefinition(events: [.failed], way: .webhook(address))]
        } _: { timed in
            #expect(try await timed.end(of: try await timed.start().id).state == .failed)
            let deadline = ContinuousClock.now + .seconds(20)
            while try await timed.events("hook-failed").isEmpty, .now < deadline {
                try await Task.sleep(for: .milliseconds(20))
            }
            #expect(try await timed.events("hook-failed").map(\.reason) == ["failed: 127.0.0.1 answered 503"])
        }
    }

    @Test func `goes to an address, too`() async throws {
        try await TimedBelt.with([TimedBelt.accounts]) { timed in
            // The emulator takes a POST there, whatever its body.
            await #expect(throws: Never.self) {
                var definitions = await timed.conductor.definitions
                definitions.settings.notify = [
                    NotificationDefinition(
                        events: [.failed],
                        way: .webhook(timed.belt.address + "/emulator/sessions/expire")
                    )
                ]
                try await timed.conductor.reload(definitions)
            }
            #expect(try await timed.end(of: try await timed.start().id).state == .failed)
            try await Task.sleep(for: .milliseconds(500))
            #expect(try await timed.events("hook-failed").isEmpty)
        }
    }
}

extension SyncDefinition {
    /// The same with one thing changed.
    fileprivate func with(_ change: (inout SyncDefinition) -> Void) -> SyncDefinition {
        var sync = self
        change(&sync)
        return sync
    }
}
