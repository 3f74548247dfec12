import TestKit
import Testing

@Suite(.scratchFolder, .timeLimit(.minutes(5))) struct `One row, explained` {
    private func row(_ crm: CRM, _ sync: String, _ key: String) async throws -> Documents.Explained.Row {
        try await crm.document(Documents.Explained.self, "explain", sync, key).row
    }

    @Test func `says how it stands, what was sent, what Salesforce holds and what comes next`() async throws {
        let crm = try CRM(accounts: 20, contacts: 60)
        try crm.use(api: "bulk2")
        try crm.execute(
            """
            UPDATE accounts SET name = NULL WHERE account_id = 'A-000007';
            UPDATE contacts SET email = 'not an address' WHERE contact_id = 'C-000020';
            """
        )
        try await crm.withOrg { org in
            try await crm.withDaemon { _ in
                let run = try await crm.runToItsEnd()
                #expect(run.state == "partial", "\(run)")

                let delivered = try await row(crm, "contacts", "C-000001")
                #expect(delivered.class == "unchanged")
                #expect(delivered.state == nil && delivered.problem == nil, "\(delivered)")
                #expect(delivered.next == "Nothing: the row was delivered as it is now.")
                #expect(delivered.model?["last_name"] == "Last 1")
                #expect(delivered.salesforce?["LastName"] == "Last 1")
                #expect(delivered.delivered?["LastName"] == "Last 1")
                #expect(delivered.differences.isEmpty, "\(delivered.differences)")
                let delivery = try #require(delivered.deliveries.first)
                #expect(delivery.state == "accepted" && delivery.run == run.id && delivery.job != nil)
                #expect((delivery.position ?? 0) > 0)

                let rejected = try await row(crm, "sync/contacts", "C-000020")
                #expect(rejected.class == "owed" && rejected.state == "rejected", "\(rejected)")
                #expect(rejected.problem?.code == "INVALID_EMAIL_ADDRESS")
                #expect(rejected.problem?.remedy.isEmpty == false)
                #expect(rejected.next.contains("refused again unless"))
                #expect(rejected.notes.contains { $0.contains("Salesforce holds no record") }, "\(rejected.notes)")

                let held = try await row(crm, "contacts", "C-000006")
                #expect(held.state == "held", "\(held)")
                #expect(
                    held.lookups.first?.message.contains("sequencectl explain accounts A-000007") == true,
                    "\(held)"
                )
                #expect(held.next.contains("after its parent"))

                try crm.execute(
                    """
                    UPDATE contacts SET last_name = 'New' WHERE contact_id = 'C-000002';
                    DELETE FROM contacts WHERE contact_id = 'C-000003';
                    INSERT INTO contacts SELECT 'C-000099', 'F', 'L', 'new@example.com', 'A-000001', NULL;
                    """
                )
                let changed = try await row(crm, "contacts", "C-000002")
                #expect(changed.class == "changed")
                #expect(changed.differences["LastName"] == .init(old: "Last 2", new: "New"), "\(changed)")
                #expect(changed.delivered?["LastName"] == "Last 2")
                #expect(try await row(crm, "contacts", "C-000003").class == "removed")
                let added = try await row(crm, "contacts", "C-000099")
                #expect(added.class == "added" && added.payload?["Email"] == "new@example.com", "\(added)")
                let unknown = try await row(crm, "contacts", "C-nowhere")
                #expect(unknown.class == "unknown")
                #expect(unknown.next.contains("neither in the model nor"))
                #expect(try await crm.ctl("explain", "contacts", "C-nowhere").exitCode == 4)

                let text = try await crm.ctl("explain", "contacts", "C-000020")
                #expect(text.exitCode == 0 && text.output.contains("INVALID_EMAIL_ADDRESS"), "\(text)")
                #expect(try await crm.ctl("explain", "nonsense", "1").exitCode == 4)
                #expect(try await org.counters().updated("Contact") == 0, "explaining writes nothing")

                let requests = try await crm.document(Documents.Requests.self, "requests", run.id)
                let upload = try #require(requests.requests.last { $0.method == "PUT" })
                let body = try await crm.document(
                    Documents.Requests.self,
                    "requests",
                    run.id,
                    "--body",
                    "\(upload.number)"
                )
                let sent = try #require(body.requests.first?.requestBody)
                #expect(sent.contains("Last 60") && sent.contains("External_Id__c"), "\(sent.prefix(500))")
            }
        }
    }

    @Test func `is retried alone, by its key or because it was rejected`() async throws {
        let crm = try CRM(accounts: 20, contacts: 60)
        try crm.execute("UPDATE contacts SET email = 'not an address' WHERE contact_id IN ('C-000020', 'C-000021')")
        try crm.folder.append("etc/sequenced.yaml", "\nrequests: { redact: [LastName] }\n")
        try await crm.withOrg { org in
            try await crm.withDaemon { _ in
                let first = try await crm.runToItsEnd()
                #expect(first["contacts"]?.rejected == 2, "\(first)")
                try crm.execute(
                    """
                    UPDATE contacts SET email = 'good@example.com' WHERE contact_id = 'C-000020';
                    UPDATE contacts SET title = 'Chief';
                    """
                )
                let retried = try await crm.document(Documents.Run.self, "retry", first.id, "--rejected", "--wait").run
                #expect(retried["contacts"]?.created == 1, "\(retried)")
                #expect(retried["contacts"]?.rejected == 1)
                #expect(retried["accounts"]?.state == "skipped")
                #expect(try await org.counters().updated("Contact") == 0)

                let tried = try await crm.ctl("start", "contacts", "--keys", "C-000001,C-000002", "--wait")
                #expect(tried.exitCode == 0, "\(tried)")
                #expect(tried.output.contains("External_Id__c") && tried.output.contains("C-000002"), "\(tried.output)")
                #expect(tried.output.contains("(redacted)") && !tried.output.contains("Last 1"), "\(tried.output)")
                #expect(try await org.counters().updated("Contact") == 2)

                let slip = try await crm.ctl("start", "contacts", "--keys", "C-000003,nonsense", "--wait")
                #expect(slip.output.contains("1 of the 2 keys"), "\(slip)")
                let nothing = try await crm.ctl("retry", try await crm.endOfTheNewestRun().id)
                #expect(
                    nothing.exitCode == 75 && nothing.errors.contains("every step of it came to its end"),
                    "\(nothing)"
                )
                let clean = try await crm.ctl("retry", try await crm.endOfTheNewestRun().id, "--rejected")
                #expect(clean.exitCode == 75 && clean.errors.contains("no row of it was rejected"), "\(clean)")
                #expect(try await crm.ctl("retry", "nonsense").exitCode == 5)
            }
        }
    }
}
