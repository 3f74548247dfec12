import TestKit
import Testing

@Suite(.scratchFolder, .timeLimit(.minutes(5))) struct `A run that its guard stops` {
    /// A delivered CRM of which the model has lost all contacts but ten.
    private func crm(contacts: Int) throws -> CRM {
        let crm = try CRM(accounts: 20, contacts: contacts)
        try crm.folder.append("etc/syncs/contacts.yaml", "when_removed: delete\nguard: { max_deletes: 500 }\n")
        return crm
    }

    /// The newest run, once its contacts await approval.
    private func runThatAsks(_ crm: CRM) async throws -> Documents.RunReport {
        let deadline = ContinuousClock.now + .seconds(30)
        while true {
            if let newest = try await crm.document(Documents.Runs.self, "list", "runs", "--limit", "1").runs.first {
                let run = try await crm.document(Documents.Run.self, "show", newest.id).run
                if run["contacts"]?.state == "awaiting-approval" { return run }
                guard ContinuousClock.now < deadline else { throw Unexpected(description: "nothing is asked: \(run)") }
            }
        }
    }

    @Test func `sends nothing until it is approved, over a restart, and then does what it showed`() async throws {
        let crm = try crm(contacts: 1_500)
        try await crm.withOrg { org in
            try await crm.withDaemon { _ in
                #expect(try await crm.runToItsEnd().state == "succeeded")
                try crm.execute("DELETE FROM contacts WHERE contact_id > 'C-000010'; UPDATE accounts SET name = 'New'")
                let ending = try await crm.ctl("start", "crm", "--wait")
                #expect(ending.exitCode == 75, "\(ending)")
                #expect(ending.errors.contains("1,490 rows would be removed, the guard max_deletes lets 500 pass"))
                let run = try await runThatAsks(crm)
                #expect(run.state == "waiting")
                #expect(run.reason?.hasPrefix("approval: contacts: 1,490 rows") == true, "\(run)")
                #expect(try await org.contacts().count == 1_500)
                #expect(try await org.counters().updated("Account") == 0, "the run writes nothing at all")
                let refused = try await crm.ctl("plan", "crm")
                #expect(refused.exitCode == 75 && refused.errors.contains("sequencectl plan \(run.id)"), "\(refused)")
                let why = try await crm.ctl("why", "crm")
                #expect(why.output.contains("sequencectl approve \(run.id)"), "\(why)")
            }
            try await crm.withDaemon { _ in
                let run = try await runThatAsks(crm)
                let plan = try await crm.document(Documents.Plan.self, "plan", run.id)
                let contacts = try #require(plan.plans.first { $0.sync == "contacts" })
                #expect(contacts.removed == 1_490)
                #expect(contacts.guards.map(\.name) == ["max_deletes"])
                #expect(contacts.guards[0].exceeded && contacts.guards[0].actual == 1_490, "\(contacts)")
                let approved = try await crm.ctl("approve", run.id, "--reason", "spring cleaning")
                #expect(approved.exitCode == 0, "\(approved)")
                let ended = try await crm.endOfTheNewestRun()
                #expect(ended.id == run.id)
                #expect(ended.state == "succeeded", "\(ended)")
                #expect(ended["contacts"]?.deleted == 1_490)
                #expect(ended["contacts"]?.read == 10, "a reading that was thrown away does not count")
                #expect(try await org.contacts().count == 10)
                let again = try await crm.ctl("approve", run.id)
                #expect(again.exitCode == 75 && again.errors.contains("it has ended as succeeded"), "\(again)")
                #expect(try await crm.ctl("approve", "nonsense").exitCode == 5)
            }
        }
    }

    @Test func `asks again when the plan has grown, takes a smaller one, and is given up in the end`() async throws {
        let crm = try crm(contacts: 700)
        try await crm.withOrg { org in
            try await crm.withDaemon { _ in
                #expect(try await crm.runToItsEnd().state == "succeeded")
                try crm.execute("DELETE FROM contacts WHERE contact_id > 'C-000150'")
                _ = try await crm.ctl("start", "crm")
                let run = try await runThatAsks(crm)
                try crm.execute("DELETE FROM contacts WHERE contact_id > 'C-000140'")
                #expect(try await crm.ctl("approve", run.id).exitCode == 0)
                _ = try await crm.words(of: run.id, containing: "560 rows would be removed")
                #expect(try await org.contacts().count == 700)
                try crm.execute(
                    """
                    INSERT INTO contacts SELECT 'C-000141', 'First', 'Last', 'contact141@example.com', 'A-000001', NULL;
                    """
                )
                let again = try await runThatAsks(crm)
                #expect(try await crm.ctl("approve", again.id).exitCode == 0)
                let ended = try await crm.endOfTheNewestRun()
                #expect(ended.state == "succeeded", "\(ended)")
                #expect(try await org.contacts().count == 141)

                try crm.execute("DELETE FROM contacts")
                try crm.folder.append("etc/sequences/crm.yaml", "\nmax_wait: 1s\n")
                #expect(try await crm.ctl("reload").exitCode == 0)
                _ = try await crm.ctl("start", "crm")
                let missed = try await crm.endOfTheNewestRun()
                #expect(missed.state == "missed", "\(missed)")
                #expect(missed.reason?.hasPrefix("approval: nobody approved it") == true, "\(missed)")
                #expect(missed["contacts"]?.state == "skipped")
                #expect(try await org.contacts().count == 141)
            }
        }
    }
}
