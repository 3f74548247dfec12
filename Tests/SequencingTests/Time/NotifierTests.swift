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
