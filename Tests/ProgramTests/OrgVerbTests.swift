import TestKit
import Testing

@Suite(.scratchFolder, .timeLimit(.minutes(5))) struct `The verbs about an org` {
    @Test func `answer in words, and with an exit code that scripts can use`() async throws {
        let crm = try CRM(accounts: 5, contacts: 5)
        try await crm.withOrg { _ in
            try await crm.withDaemon { _ in
                let doctor = try await crm.ctl("doctor")
                #expect(doctor.exitCode == 0, "\(doctor)")
                #expect(doctor.output.contains("login: signed in to org 00D"), "\(doctor.output)")
                #expect(doctor.output.contains("the mapping of accounts, contacts fits the org"), "\(doctor.output)")
                let limits = try await crm.ctl("limits", "production")
                #expect(limits.exitCode == 0 && limits.output.contains("DailyApiRequests"), "\(limits)")
                let objects = try await crm.ctl("inspect")
                #expect(objects.output.contains("Contact"), "\(objects)")
                let fields = try await crm.ctl("inspect", "Contact")
                #expect(fields.output.contains("External_Id__c") && fields.output.contains("recommended"), "\(fields)")
                #expect(fields.output.contains("not for upsert"), "\(fields)")
                #expect(try await crm.ctl("inspect", "Nonsense__c").exitCode == 4)
                let near = try await crm.ctl("inspect", "Contcat")
                #expect(near.exitCode == 4 && near.errors.contains("did you mean Contact?"), "\(near)")
                #expect(try await crm.ctl("limits", "nonsense").exitCode == 4)
                let live = try await crm.ctl("check", "--live")
                #expect(live.exitCode == 0, "\(live)")
                let login = try await crm.ctl("login", "production")
                #expect(login.exitCode == 0 && login.output.contains("admin@example.com"), "\(login)")
                #expect(try await crm.ctl("diff").exitCode == 0)

                try crm.edit("syncs/contacts.yaml") { $0.replacing("Title: title", with: "Titel: title") }
                #expect(try await crm.ctl("reload").exitCode == 0)
                let faults = try await crm.ctl("check", "--live")
                #expect(faults.exitCode == 78 && faults.output.contains("Titel"), "\(faults)")
                let ill = try await crm.ctl("doctor")
                #expect(ill.exitCode == 1 && ill.output.contains("Titel"), "\(ill)")
            }
        }
    }

    @Test func `move a sync into an org that is filled, and settle only what is in doubt`() async throws {
        let crm = try CRM(accounts: 10, contacts: 40)
        try await crm.withOrg { org in
            try await crm.withDaemon { _ in
                let run = try await crm.runToItsEnd()
                try crm.execute("UPDATE contacts SET title = 'Chief' WHERE contact_id <= 'C-000003'")
                let adopted = try await crm.ctl("adopt", "contacts", "--check")
                #expect(adopted.exitCode == 0, "\(adopted)")
                #expect(adopted.output.contains("37 of 40 rows are taken as delivered, nothing was sent"), "\(adopted)")
                #expect(try await org.counters().updated("Contact") == 0)
                let next = try await crm.runToItsEnd()
                #expect(next["contacts"]?.updated == 3, "\(next)")
                #expect(try await crm.ctl("adopt", "nonsense").exitCode == 5)
                let nothing = try await crm.ctl(
                    "resolve",
                    run.id,
                    "C-000001",
                    "--as",
                    "delivered",
                    "--reason",
                    "seen"
                )
                #expect(nothing.exitCode == 5, "\(nothing)")
                #expect(nothing.errors.contains("there is no row C-000001 in doubt"), "\(nothing.errors)")
                let reasonless = try await crm.ctl("resolve", run.id, "C-000001", "--as", "delivered", "--reason", " ")
                #expect(reasonless.exitCode == 64, "\(reasonless)")
            }
        }
    }
}
