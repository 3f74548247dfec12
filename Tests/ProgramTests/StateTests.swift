import Foundation
import Subprocess
import TestKit
import Testing

/// `sequencectl state`, with a daemon and without.
@Suite(.scratchFolder, .timeLimit(.minutes(5))) struct `The state` {
    @Test func `is sound when two rows of a model have one key`() async throws {
        let crm = try CRM(accounts: 5, contacts: 5)
        try crm.edit("models/accounts.sql") { $0 + "UNION ALL SELECT * FROM accounts WHERE account_id = 'A-000003'\n" }
        try await crm.withOrg { _ in
            try await crm.withDaemon { _ in
                let run = try await crm.runToItsEnd()
                #expect(run.steps.first?.rejected == 2, "\(run)")
                let found = try await crm.document(Documents.State.self, "state", "verify").state
                #expect(found.faults == [])
            }
        }
    }

    @Test func `is sound after a run, with the daemon and without`() async throws {
        let crm = try CRM(accounts: 60, contacts: 120)
        try crm.execute("UPDATE accounts SET name = NULL WHERE account_id = 'A-000007'")
        try await crm.withOrg { org in
            try await crm.withDaemon { _ in
                #expect(try await crm.runToItsEnd().state == "partial")
                let found = try await crm.document(Documents.State.self, "state", "verify").state
                #expect(found.faults == [])
                #expect(found.sound)
                #expect(found.entries == 180, "\(found)")
                #expect(found.owed == 3, "\(found)")
                #expect(try await crm.ctl("state", "verify").exitCode == 0)
            }
            let ending = try await crm.ctl("state", "verify", "--state", crm.state)
            #expect(ending.exitCode == 0, "\(ending)")
            #expect(ending.output.contains("The state is sound"), "\(ending.output)")
        }
    }

    @Test(arguments: [
        ("UPDATE outcomes SET accepted = zeroblob(length(accepted))", "rows were sent"),
        ("UPDATE meta SET value = 'another' WHERE key = 'state_id'", "belongs to state"),
        ("DELETE FROM outcomes WHERE sync = 'contacts'", "contacts"),
        ("UPDATE runs SET ended = NULL", "its end is missing"),
        ("UPDATE intents SET settled = NULL", "open still"),
        ("DELETE FROM intents", "its intent is not known"),
    ])
    func `that was tampered with is not sound`(sql: String, words: String) async throws {
        let crm = try CRM(accounts: 20, contacts: 40)
        try crm.use(api: "bulk2")
        try await crm.withOrg { _ in
            try await crm.withDaemon { _ in
                let run = try await crm.runToItsEnd()
                #expect(run.state == "succeeded", "\(run)")
            }
        }
        try crm.executeOnLedger(sql)
        let ending = try await crm.ctl("state", "verify", "--state", crm.state)
        #expect(ending.exitCode == 1, "\(ending)")
        #expect(ending.output.contains(words), "\(ending.output)")
        #expect(ending.output.contains("NOT sound"), "\(ending.output)")
    }

    @Test func `whose snapshot has a wrong byte is not sound`() async throws {
        let crm = try CRM(accounts: 20, contacts: 40)
        try await crm.withOrg { _ in
            try await crm.withDaemon { _ in
                let run = try await crm.runToItsEnd()
                #expect(run.state == "succeeded", "\(run)")
            }
        }
        let log = crm.state + "/snapshots/accounts/log"
        var bytes = try Data(contentsOf: URL(fileURLWithPath: log))
        bytes[60] ^= 1
        try bytes.write(to: URL(fileURLWithPath: log))
        let ending = try await crm.ctl("state", "verify", "--state", crm.state)
        #expect(ending.exitCode == 1, "\(ending)")
        #expect(ending.output.contains("snapshot accounts"), "\(ending.output)")
    }

    @Test func `is not looked at behind a daemon's back`() async throws {
        let crm = try CRM(accounts: 2, contacts: 2)
        try await crm.withDaemon { daemon in
            let ending = try await crm.ctl("--socket", "/nowhere/socket", "state", "verify", "--state", crm.state)
            #expect(ending.exitCode == 1, "\(ending)")
            #expect(ending.errors.contains("\(daemon.processID)"), "\(ending.errors)")
        }
    }

    @Test func `is backed up, and restored with a daemon and without one`() async throws {
        let crm = try CRM(accounts: 30, contacts: 60)
        let backup = crm.folder.path("backup.db")
        try await crm.withOrg { org in
            try await crm.withDaemon { _ in
                #expect(try await crm.runToItsEnd().state == "succeeded")
                let written = try await crm.ctl("state", "backup", backup)
                #expect(written.exitCode == 0, "\(written)")
                try crm.execute("UPDATE contacts SET title = 'Chief' WHERE contact_id <= 'C-000005'")
                #expect(try await crm.runToItsEnd()["contacts"]?.updated == 5)

                let restored = try await crm.ctl("state", "restore", backup)
                #expect(restored.exitCode == 0, "\(restored)")
                let found = try await crm.document(Documents.State.self, "state", "verify").state
                #expect(found.faults == [])
                #expect(found.runs == 1)
                // What was sent since the backup is not known any more, and is sent once more.
                let again = try await crm.runToItsEnd()
                #expect(again.state == "succeeded", "\(again)")
                #expect(again["contacts"]?.changed == 5)
                #expect(try await crm.isHeld(by: org, accounts: 30, contacts: 60) == [])
            }
            let offline = try await crm.ctl("state", "restore", backup, "--state", crm.state)
            #expect(offline.exitCode == 0, "\(offline)")
            // All of it lies in the one file: pages left in the log would outlive a change of the file, and hide it.
            let pages = FileManager.default.contents(atPath: crm.state + "/ledger.sqlite-wal") ?? Data()
            #expect(pages.isEmpty)
            try Data("no ledger at all, as far as a page can tell".utf8).write(
                to: URL(fileURLWithPath: crm.state + "/ledger.sqlite")
            )
            let damaged = try await crm.daemonToItsEnd()
            #expect(damaged.exitCode == 73, "\(damaged)")
            let rescued = try await crm.ctl("state", "restore", backup, "--state", crm.state)
            #expect(rescued.exitCode == 0, "\(rescued)")
            try await crm.withDaemon { _ in
                #expect(try await crm.document(Documents.State.self, "state", "verify").state.faults == [])
                let again = try await crm.runToItsEnd()
                #expect(again["accounts"]?.unchanged == 30, "\(again)")
            }
        }
    }

    @Test func `is not restored from what is no backup, and stays as it was`() async throws {
        let crm = try CRM(accounts: 5, contacts: 5)
        let file = try crm.folder.write("notes.txt", "This is not a backup, whatever its name may be.")
        try await crm.withOrg { _ in
            try await crm.withDaemon { _ in
                #expect(try await crm.runToItsEnd().state == "succeeded")
                let refused = try await crm.ctl("state", "restore", file)
                #expect(refused.exitCode == 1, "\(refused)")
                let overwritten = try await crm.ctl("state", "backup", file)
                #expect(overwritten.exitCode != 0, "\(overwritten)")
                #expect(try crm.folder.read("notes.txt").hasPrefix("This is not"))
                #expect(try await crm.document(Documents.State.self, "state", "verify").state.runs == 1)
            }
        }
    }

    @Test func `that was restored sends no insert before somebody has said what was sent`() async throws {
        let crm = try CRM(accounts: 10, contacts: 10)
        try crm.insertContacts()
        let backup = crm.folder.path("backup.db")
        try await crm.withOrg { org in
            try await crm.withDaemon { _ in
                #expect(try await crm.runToItsEnd().state == "succeeded")
                #expect(try await crm.ctl("state", "backup", backup).exitCode == 0)
                try crm.execute(
                    "INSERT INTO contacts VALUES ('C-000099', 'New', 'Comer', 'new@example.com', 'A-000001', NULL)"
                )
                #expect(try await crm.runToItsEnd().state == "succeeded")
                let restored = try await crm.ctl("state", "restore", backup)
                #expect(restored.output.contains("contacts wait"), "\(restored)")
                let waits = try await crm.runToItsEnd()
                #expect(waits.state == "failed", "\(waits)")
                #expect(waits["contacts"]?.reason?.contains("adopt contacts --as-of-backup") == true, "\(waits)")
                #expect(try await org.counters().created("Contact") == 11)
            }
        }
    }

    @Test func `is not touched when a row is to be forgotten that is not there`() async throws {
        let crm = try CRM(accounts: 3, contacts: 3)
        try await crm.withOrg { _ in
            try await crm.withDaemon { _ in
                try crm.use(api: "rest")
                #expect(try await crm.ctl("reload").exitCode == 0)
                let run = try await crm.runToItsEnd().id
                let calls = try await crm.document(Documents.Requests.self, "requests", run).requests
                let write = try #require(calls.last { $0.method != "GET" })
                let unknown = try await crm.ctl("state", "forget", "contacts", "C-00002")
                #expect(unknown.exitCode == 5 && unknown.errors.contains("C-00002"), "\(unknown)")
                let misspelt = try await crm.ctl("state", "forget", "contact", "C-000002")
                #expect(misspelt.exitCode == 5 && misspelt.errors.contains("did you mean contacts?"), "\(misspelt)")
                let body = try await crm.ctl("requests", run, "--body", "\(write.number)").output
                #expect(body.contains("C-000002"), "\(body)")
                #expect(try await crm.ctl("state", "forget", "contacts", "C-000002").exitCode == 0)
                let after = try await crm.ctl("requests", run, "--body", "\(write.number)").output
                #expect(!after.contains("C-000002"), "\(after)")
                let again = try await crm.ctl("state", "forget", "contacts", "C-000002")
                #expect(again.exitCode == 0, "\(again)")
            }
        }
    }

    @Test func `forgets a row's values wherever they are kept`() async throws {
        let crm = try CRM(accounts: 20, contacts: 20)
        try crm.execute(
            """
            UPDATE contacts SET email = 'not-an-address-but-private' WHERE contact_id = 'C-000004';
            UPDATE accounts SET name = NULL, country = 'Very Private Land' WHERE account_id = 'A-000009';
            """
        )
        try await crm.withOrg { org in
            try await crm.withDaemon { _ in
                #expect(try await crm.runToItsEnd().state == "partial")
                #expect(try crm.stateHolds("not-an-address-but-private"))
                for (sync, key) in [("contacts", "C-000004"), ("accounts", "A-000009")] {
                    let forgotten = try await crm.ctl("state", "forget", sync, key)
                    #expect(forgotten.exitCode == 0, "\(forgotten)")
                }
                #expect(try crm.stateHolds("not-an-address-but-private") == false)
                #expect(try crm.stateHolds("C-000004") == false)
                #expect(try crm.stateHolds("A-000009") == false)
                let found = try await crm.document(Documents.State.self, "state", "verify").state
                #expect(found.faults == [])
                #expect(try await crm.ctl("state", "forget", "nothing", "C-1").exitCode == 5)
                // The row itself is still the model's: it is known, and goes on.
                try crm.execute("UPDATE contacts SET email = 'fine@example.com' WHERE contact_id = 'C-000004'")
                let second = try await crm.runToItsEnd()
                #expect(second["contacts"]?.created == 1, "\(second)")
            }
        }
    }
}

extension CRM {
    /// Runs statements on the ledger, as nobody should.
    func executeOnLedger(_ sql: String) throws { try execute(sql, on: state + "/ledger.sqlite") }

    /// Has contacts inserted instead of upserted.
    func insertContacts() throws {
        try edit("syncs/contacts.yaml") { $0.replacing("mode: upsert", with: "mode: insert") }
    }

    /// Whether a text is anywhere in the files of the state folder.
    func stateHolds(_ text: String) throws -> Bool {
        let wanted = Data(text.utf8)
        let files = FileManager.default.enumerator(atPath: state)
        while let file = files?.nextObject() as? String {
            let path = state + "/" + file
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue else {
                continue
            }
            if try Data(contentsOf: URL(fileURLWithPath: path)).range(of: wanted) != nil { return true }
        }
        return false
    }
}
