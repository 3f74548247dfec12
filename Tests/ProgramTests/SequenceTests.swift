import TestKit
import Testing

@Suite(.scratchFolder, .timeLimit(.minutes(5))) struct `A sequence from SQLite` {
    @Test func `delivers parents before children, and lists each row that stays behind`() async throws {
        let crm = try CRM()
        try crm.execute(
            """
            UPDATE accounts SET name = NULL WHERE account_id = 'A-000007';
            UPDATE accounts SET name = printf('%.300c', 'x') WHERE account_id = 'A-000013';
            UPDATE contacts SET email = 'not an address' WHERE contact_id = 'C-000020';
            UPDATE contacts SET account_id = 'A-999999' WHERE contact_id = 'C-000040';
            """
        )
        try await crm.withOrg { org in
            let ending = try await crm.withDaemon { _ in
                #expect(try await crm.ctl("start", "crm", "--wait").exitCode == 10)
                let run = try await crm.endOfTheOnlyRun()
                #expect(run.state == "partial", "\(run)")
                let accounts = try #require(run["accounts"])
                #expect(accounts.read == 300)
                #expect(accounts.added == 300)
                #expect(accounts.created == 298)
                #expect(accounts.rejected == 2)
                let contacts = try #require(run["contacts"])
                #expect(contacts.read == 1_000)
                #expect(contacts.created == 990)
                // Four contacts of each account that was rejected.
                #expect(contacts.held == 8)
                #expect(contacts.rejected == 2)
                #expect(try await crm.isHeld(by: org, accounts: 298, contacts: 990) == [])
                try await expectRejectedRows(crm, of: run.id)
            }
            #expect(!ending.errors.contains("emulator-secret"))
        }
    }

    private func expectRejectedRows(_ crm: CRM, of run: String) async throws {
        let document = try await crm.document(Documents.Rejected.self, "rejected", run)
        #expect(document.schema == 1)
        #expect(document.rows.count == 12, "\(document.rows.map(\.key))")
        func row(_ key: String) throws -> Documents.Rejected.Row {
            try #require(document.rows.first { $0.key == key }, "\(key) is listed")
        }
        let nameless = try row("A-000007")
        #expect(nameless.sync == "accounts")
        #expect(nameless.operation == "upsert")
        #expect(nameless.state == "rejected")
        #expect(nameless.code == "REQUIRED_FIELD_MISSING")
        #expect(nameless.fields == ["Name"])
        #expect(!nameless.explanation.isEmpty && !nameless.remedy.isEmpty)
        #expect(try row("A-000013").code == "STRING_TOO_LONG")
        let address = try row("C-000020")
        #expect(address.code == "INVALID_EMAIL_ADDRESS")
        #expect(address.values["Email"] == "not an address", "\(address.values)")
        #expect(try row("C-000040").state == "rejected")
        let held = try row("C-000006")
        #expect(held.state == "held")
        #expect(held.message.contains("A-000007"), "\(held.message)")

        let causes = try await crm.ctl("rejected", "sync/contacts", "--by-cause")
        #expect(causes.exitCode == 0)
        #expect(causes.output.contains("8 rows held"), "\(causes.output)")
        let csv = try await crm.ctl("rejected", run, "--csv")
        #expect(csv.output.split(separator: "\n").count == 13, "\(csv.output)")
    }

    @Test func `makes no call when nothing has changed`() async throws {
        let crm = try CRM()
        try await crm.withOrg { org in
            try await crm.withDaemon { _ in
                let first = try await crm.runToItsEnd()
                #expect(first.state == "succeeded", "\(first)")
                let before = try await org.counters().calls
                let second = try await crm.runToItsEnd()
                #expect(second.state == "succeeded", "\(second)")
                #expect(second["accounts"]?.unchanged == 300)
                #expect(second["contacts"]?.unchanged == 1_000)
                #expect(try await org.calls(after: before).map(\.path) == [])
            }
            // What was delivered is remembered beyond the daemon's life.
            let before = try await org.counters().calls
            try await crm.withDaemon { _ in
                let third = try await crm.runToItsEnd()
                #expect(third.state == "succeeded", "\(third)")
            }
            #expect(try await org.calls(after: before).map(\.path) == [])
            #expect(try await crm.isHeld(by: org, accounts: 300, contacts: 1_000) == [])
        }
    }

    @Test func `sends only the rows that changed`() async throws {
        let crm = try CRM()
        try await crm.withOrg { org in
            try await crm.withDaemon { _ in
                _ = try await crm.runToItsEnd()
                try crm.execute("UPDATE contacts SET title = 'Chief' WHERE contact_id <= 'C-000005'")
                let run = try await crm.runToItsEnd()
                #expect(run.state == "succeeded", "\(run)")
                #expect(run["contacts"]?.changed == 5)
                #expect(run["contacts"]?.updated == 5)
                #expect(run["contacts"]?.created == 0)
                let counters = try await org.counters()
                #expect(counters.updated("Contact") == 5)
                #expect(counters.updated("Account") == 0)
                let chiefs = try await org.contacts().filter { $0.title == "Chief" }.compactMap(\.key).sorted()
                #expect(chiefs == (1...5).map { "C-00000\($0)" })
                #expect(try await crm.isHeld(by: org, accounts: 300, contacts: 1_000) == [])
            }
        }
    }

    @Test func `tells beforehand what it would do, and writes nothing`() async throws {
        let crm = try CRM()
        try await crm.withOrg { org in
            try await crm.withDaemon { _ in
                let ending = try await crm.ctl("plan", "sync/accounts")
                #expect(ending.exitCode == 0, "\(ending)")
                #expect(ending.output.contains("300"), "\(ending.output)")
                #expect(try await org.counters().created("Account") == 0)
            }
        }
    }

    @Test func `delivers held rows as soon as their parent is mended`() async throws {
        let crm = try CRM()
        try crm.execute("UPDATE accounts SET name = NULL WHERE account_id = 'A-000007'")
        try await crm.withOrg { org in
            try await crm.withDaemon { _ in
                let first = try await crm.runToItsEnd()
                #expect(first["contacts"]?.held == 4, "\(first)")
                try crm.execute("UPDATE accounts SET name = 'Mended' WHERE account_id = 'A-000007'")
                let second = try await crm.runToItsEnd()
                #expect(second.state == "succeeded", "\(second)")
                #expect(try await crm.isHeld(by: org, accounts: 300, contacts: 1_000) == [])
                #expect(try await crm.document(Documents.Rejected.self, "rejected", "sync/contacts").rows.isEmpty)
            }
        }
    }
}
