import Foundation
import TestKit
import Testing

@Suite(.scratchFolder, .timeLimit(.minutes(3))) struct `A run that must go out all the same` {
    private struct Added: Decodable {
        struct Window: Decodable { var name: String }
        var window: Window
        var notice: String?
    }

    private func hold(_ crm: CRM, _ object: String) async throws -> Added {
        try await crm.document(Added.self, "window", "add", "--object", object, "--for", "1h", "--reason", "deploy")
    }

    @Test func `passes the window that it names, with its reason, and is counted and shown`() async throws {
        let crm = try CRM(accounts: 3, contacts: 3)
        try await crm.withOrg { _ in
            try await crm.withDaemon { daemon in
                // Two in one second are two.
                let (accounts, contacts) = (try await hold(crm, "Account"), try await hold(crm, "Contact"))
                #expect(accounts.window.name != contacts.window.name)
                #expect(accounts.notice == nil)
                let strange = try await hold(crm, "Kontakt")
                #expect(strange.notice?.contains("no sync writes Kontakt") == true, "\(strange)")

                let started = try await crm.document(Documents.Started.self, "start", "crm")
                let words = try await crm.words(of: started.run, containing: "deploy")
                #expect(words.contains(accounts.window.name), "\(words)")
                let why = try await crm.ctl("why", "crm").output
                #expect(why.contains("It waits: \(accounts.window.name) until "), "\(why)")
                #expect(try await crm.ctl("stop", "crm").exitCode == 0)

                let window = ["--override-window", accounts.window.name]
                #expect(try await crm.ctl(["start", "crm"] + window).exitCode == 64, "a reason is asked for")
                let urgent = ["--reason", "month end"]
                let unknown = try await crm.ctl(["start", "crm", "--override-window", "scoring"] + urgent)
                #expect(unknown.exitCode == 5, "\(unknown)")
                #expect(unknown.errors.contains(contacts.window.name), "\(unknown)")

                let run = try await crm.ctl(["start", "sync/accounts", "--wait"] + window + urgent)
                #expect(run.exitCode == 0, "\(run)")
                #expect(run.output.contains("overriding \(accounts.window.name) (month end)"), "\(run.output)")
                let events = try await crm.ctl("events").output
                #expect(events.contains("window-overridden") && events.contains("month end"), "\(events)")
                let metrics = try await crm.ctl("metrics").output
                #expect(
                    metrics.contains(#"sequenced_gating_overridden_runs_total{sequence="sync/accounts"} 1"#),
                    "\(metrics)"
                )
                _ = try await daemon.line(containing: "event=window-overridden")
            }
        }
    }
}
