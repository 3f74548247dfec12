import Foundation
import TestKit
import Testing

/// What an operator asks at night: what waits, and for what; what is owed; what happened.
@Suite(.scratchFolder, .timeLimit(.minutes(5))) struct `Looking at what is to come` {
    @Test func `says what a step will wait for at its next start, and tells a pause apart`() async throws {
        let crm = try CRM(accounts: 3, contacts: 3)
        // Six hours ahead, wherever the clock stands when the test runs.
        let hour = (Calendar.utc.component(.hour, from: .now) + 6) % 24
        let two = hour < 10 ? "0\(hour)" : "\(hour)"
        try crm.folder.append("etc/sequences/crm.yaml", "\nschedule: { calendar: \"*-*-* \(two):30 UTC\" }\n")
        try crm.folder.write(
            "etc/quiet-windows/scoring.yaml",
            """
            destination: production
            objects: [Contact]
            calendar: "*-*-* \(two):00 UTC"
            duration: 45min
            reason: Contact scoring
            """
        )
        try await crm.withDaemon { _ in
            let crmSays = try await crm.ctl("why", "crm").output
            #expect(crmSays.contains("contacts will wait then for window scoring until \(two):45"), "\(crmSays)")
            #expect(crmSays.contains("open:  window scoring on Contact, next from"), "\(crmSays)")
            let contacts = try await crm.ctl("why", "contacts").output
            #expect(contacts.contains("It is a step of crm, which starts next at"), "\(contacts)")
            let window = try await crm.ctl("why", "scoring").output
            #expect(window.contains("It is not in force now.") && window.contains("contacts"), "\(window)")
            let listed = try await crm.document(Documents.Windows.self, "list", "windows").windows
            #expect(listed.first?.from?.contains("T\(two):00:00Z") == true, "\(listed)")
            #expect(try await crm.ctl("why", "none").exitCode == 4)

            let past = try await crm.ctl("pause", "crm", "--reason", "late", "--until", "2020-01-01T00:00:00Z")
            #expect(past.exitCode == 75 && past.errors.contains("that has passed"), "\(past)")
            #expect(try await crm.ctl("list", "runs", "--before", "nope").exitCode == 4)
            _ = try await crm.ctl("pause", "crm", "--reason", "maintenance")
            let paused = try await crm.document(Documents.Status.self, "status").sequences
            #expect(paused.first?.next == nil, "a paused sequence is not started by its schedule")
            let line = try await crm.ctl("status").output
            #expect(line.contains("1 paused") && !line.contains("next crm"), "\(line)")
        }
    }

    @Test func `counts what is owed, says how an org was reached, where the time went, and what happened`() async throws
    {
        let crm = try CRM(accounts: 3, contacts: 4)
        try crm.execute("UPDATE accounts SET name = NULL WHERE account_id = 'A-000001'")
        try await crm.withOrg { org in
            try await crm.withDaemon { _ in
                let plan = try await crm.ctl("plan", "crm").output
                #expect(plan.contains("STEP"), "\(plan)")
                let run = try await crm.runToItsEnd()
                let syncs = try await crm.document(Documents.Syncs.self, "list", "syncs").syncs
                #expect(syncs.map(\.owed) == [1, 1], "\(syncs)")
                let asked = try await crm.ctl("list", "destinations").output
                #expect(asked.contains("yes"), "\(asked)")
                let shown = try await crm.ctl("show", run.id).output
                #expect(shown.contains("Time:") && shown.contains("pushing "), "\(shown)")
                let events = try await crm.ctl("events", "--lines", "2").output.split(separator: "\n")
                #expect(events.count == 2 && events.last?.contains("run-partial") == true, "\(events)")
                let body = try await crm.ctl("requests", run.id, "--body", "1").output
                #expect(body.contains("HTTP 200"), "\(body)")
                #expect(try await crm.ctl("logs", "none").exitCode == 4)
            }
        }
    }

    @Test(arguments: [("statsu", "did you mean `status`?"), ("expl", "did you mean `explain`?"), ("xyzzy", "--help")])
    func `names the verb that was meant`(verb: String, hint: String) async throws {
        let crm = try CRM(accounts: 1, contacts: 1)
        let ending = try await crm.ctl(verb)
        #expect(ending.exitCode == 64 && ending.errors.contains("there is no verb \(verb)"), "\(ending)")
        #expect(ending.errors.contains(hint), "\(ending)")
    }
}

extension Calendar {
    fileprivate static let utc: Calendar = {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        return calendar
    }()
}
