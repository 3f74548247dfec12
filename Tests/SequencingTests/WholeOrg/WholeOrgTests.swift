import SyncModel
import TestKit
import Testing

@testable import Salesforce
@testable import Sequencing

@Suite(.postgres, .scratchFolder, .timeLimit(.minutes(5))) struct `An org with everything in it` {
    /// 60 people of 6 accounts; each of the others has one thing wrong with it.
    private static let people = """
        INSERT INTO accounts SELECT 'A-' || n, 'Company ' || n, NULL FROM generate_series(1, 6) n;
        INSERT INTO contacts (id, last_name, account, email, vip, colour, department)
            SELECT 'C-' || n, 'Last ' || n, 'A-' || (1 + n % 6), 'c' || n || '@example.com', n % 2 = 0, 'Red', 'Sales'
            FROM generate_series(1, 60) n;
        INSERT INTO contacts (id, last_name, account, email, vip, colour, department) VALUES
            ('null', 'Bob', 'A-1', 'bob@example.com', NULL, 'Red', 'Sales'),
            ('picklist', 'Cyd', 'A-2', 'cyd@example.com', true, 'Blue', 'Sales'),
            ('long', 'Dan', 'A-3', 'dan@example.com', true, 'Green', repeat('x', 300)),
            ('parent', 'Eve', 'A-99', 'eve@example.com', true, 'Green', 'Sales'),
            ('double', 'Fay', 'A-4', 'taken@example.com', true, 'Green', 'Sales'),
            ('rule', 'Test', 'A-5', 'gus@example.com', true, 'Green', 'Sales');
        INSERT INTO leads VALUES ('L-1', 'Hal', 'One'), ('L-2', 'Ida', 'Two');
        """

    @Test(arguments: [APIChoice.bulk, .bulk2, .rest])
    func `refuses what is bad row by row, and takes each once its cause is gone`(api: APIChoice) async throws {
        let syncs = [WholeOrg.accounts(api), WholeOrg.contacts(api), WholeOrg.leads(api)]
        try await WholeOrg.with(syncs, rows: Self.people) { belt, execute in
            let taken = try await belt.create("Contact", ["LastName": "Somebody", "Email": "taken@example.com"])
            let first = try await belt.run()
            #expect(first.state == .partial, "\(first)")
            #expect(try await belt.records("Contact").count == 61)
            let refused = try await belt.undelivered(first)
            let codes = Dictionary(refused.map { ($0.key, $0.code) }) { first, _ in first }
            #expect(
                codes == [
                    "null": "INVALID_TYPE_ON_FIELD_IN_RECORD", "picklist": "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
                    "long": "STRING_TOO_LONG", "parent": "INVALID_FIELD", "double": "DUPLICATES_DETECTED",
                    "rule": "FIELD_CUSTOM_VALIDATION_EXCEPTION",
                ]
            )
            let double = try #require(refused.first { $0.key == "double" })
            // The Bulk APIs do not tell which rule it was.
            #expect(double.message.contains("duplicate rule Same_email") == (api == .rest), "\(double.message)")
            #expect(double.message.contains(taken) == (api == .rest), "\(double.message)")
            let lead = try #require(try await belt.records("Lead")["L-2"]?.id)
            try await belt.convert(lead: lead)
            try await execute("UPDATE leads SET company = company || ' Ltd'")
            let second = try await belt.run()
            let all = try await belt.undelivered(second)
            #expect(all.first { $0.key == "L-2" }?.code == "CANNOT_UPDATE_CONVERTED_LEAD", "\(second)")
            #expect(try await belt.records("Lead")["L-1"]?.text("Company") == "One Ltd")
            for row in all {
                let entry = ErrorCatalogue.entry(for: row.code, message: row.message)
                #expect(ErrorCatalogue.all.contains { $0.code == row.code }, "\(row.code)")
                #expect(!row.message.isEmpty && !entry.explanation.isEmpty && !entry.remedy.isEmpty, "\(row.code)")
            }

            // In the model, in Salesforce, and in another sync of the same run.
            try await execute(
                """
                UPDATE contacts SET vip = false WHERE id = 'null'; UPDATE contacts SET department = 'Sales' WHERE id = 'long';
                UPDATE contacts SET last_name = 'Tess' WHERE id = 'rule';
                INSERT INTO accounts VALUES ('A-99', 'Late', NULL); DELETE FROM leads WHERE id = 'L-2'
                """
            )
            try await belt.client { client in
                try await client.delete("Contact", id: taken)
                let set = try await client.valueSet(.customField(object: "Contact", field: "Colour__c"))
                let blue = ValueSetValue(valueName: "Blue", label: "Blue")
                try await client.replaceValues(of: set, with: set.values + [blue])
            }
            let third = try await belt.run()
            #expect(third.state == .succeeded, "\(third)")
            let held = try await belt.records("Contact")
            #expect(Set(held.keys).isSuperset(of: codes.keys), "\(held.keys.sorted())")
            #expect(held["picklist"]?.text("Colour__c") == "Blue")
            #expect(held["parent"]?.text("AccountId") == (try await belt.records("Account"))["A-99"]?.id)
            // 60 and 6 of the model, one of somebody's, and the one that the lead became.
            #expect(try await belt.counter("created", "Contact") == 68)
            #expect(try await belt.counter("updated", "Contact") == 0, "nothing goes twice")
            // The picklist is another: every row is looked at once more, and none is sent.
            #expect(try await belt.run().steps[1].counts.unchanged == 66)
            #expect(try await belt.counter("updated", "Contact") == 0)
            let calls = try await belt.calls()
            let last = try await belt.run()
            #expect(last.state == .succeeded && last.steps[1].counts.unchanged == 66, "\(last)")
            #expect(try await belt.calls() == calls)
        }
    }

    @Test func `takes parents, people, tasks, events and picklists in one sequence, and then nothing`() async throws {
        let syncs = [
            WholeOrg.values("colours", of: "Contact", "Colour__c"), WholeOrg.values("tiers", of: "Account", "Tier__c"),
            WholeOrg.accounts(), WholeOrg.contacts(), WholeOrg.tasks, WholeOrg.orders,
        ]
        let rows = """
            INSERT INTO colours VALUES ('Red', 'Red'), ('Blue', 'Blue');
            INSERT INTO tiers VALUES ('Gold', 'Gold'), ('Tin', 'Tin');
            INSERT INTO accounts VALUES ('A-3', 'Leaf', 'A-2'), ('A-2', 'Branch', 'A-1'), ('A-1', 'Root', NULL);
            INSERT INTO contacts VALUES
                ('C-1', 'Ada', 'A-3', 'ada@example.com', true, 'Blue', NULL, '2026-03-01T10:15:30+01');
            INSERT INTO tasks VALUES ('T-1', 'Call', 'C-1', 'A-2');
            INSERT INTO orders VALUES ('O-1'), ('O-2');
            """
        try await WholeOrg.with(syncs, rows: rows) { belt, execute in
            let first = try await belt.run()
            #expect(first.state == .succeeded, "\(first)")
            let accounts = try await belt.records("Account")
            #expect(accounts["A-3"]?.text("ParentId") == accounts["A-2"]?.id)
            #expect(accounts["A-2"]?.text("ParentId") == accounts["A-1"]?.id)
            let contact = try #require(try await belt.records("Contact")["C-1"])
            #expect(contact.text("Colour__c") == "Blue")
            #expect(contact.text("Opened__c")?.hasPrefix("2026-03-01T09:15:30") == true)
            let task = try #require(try await belt.records("Task", by: "Subject")["Call"])
            #expect(task.text("WhoId") == contact.id && task.text("WhatId") == accounts["A-2"]?.id)
            func published() async throws -> Int {
                try await belt.admin("GET", "events/Order_Shipped__e").array?.count ?? 0
            }
            #expect(try await published() == 2)

            let calls = try await belt.calls()
            #expect(try await belt.run().state == .succeeded)
            let since = try await belt.calls() - calls
            // A picklist is what Salesforce holds: it is read, and not written.
            #expect(since <= 8, "\(since) calls")
            #expect(try await published() == 2)
            #expect(try await belt.counter("updated", "Account") + belt.counter("updated", "Contact") == 0)

            // A field for creation alone is no change; one that changes beside it is, and the first stays as it was.
            try await execute("UPDATE contacts SET opened = opened + interval '1 day'")
            #expect(try await belt.run().steps[3].counts.updated == 0)
            try await execute("UPDATE contacts SET last_name = 'Ada B'; INSERT INTO orders VALUES ('O-3')")
            let third = try await belt.run()
            #expect(third.state == .succeeded, "\(third)")
            let after = try #require(try await belt.records("Contact")["C-1"])
            #expect(after.text("LastName") == "Ada B")
            #expect(after.text("Opened__c") == contact.text("Opened__c"))
            #expect(try await published() == 3)
        }
    }

    @Test(arguments: [APIChoice.bulk, .bulk2, .rest])
    func `takes a row once the other way when its record came or went meanwhile`(api: APIChoice) async throws {
        let org = """
            objects:
              Contact:
                fields:
                  Opened__c: { type: DateTime, createable: true, updateable: false, required: true }
                  Source__c: { type: Text, length: 20, createable: true, updateable: false }
            """
        let sync = SyncDefinition.of(
            "contacts",
            into: .object("Contact"),
            .upsert,
            match: ("id", "External_Id__c"),
            fields: ["LastName": "name", "Opened__c": "opened", "Source__c": "source"]
        ) { $0.api = api }
        try await Belt.with([sync], models: ["contacts": ["id"]], org: org) { belt in
            let opened = "2026-03-01T09:00:00Z"
            try belt.rows("contacts", "id,name,opened,source\nC-1,Ada,\(opened),web\nC-2,Bob,\(opened),web\n")
            #expect(try await belt.run().state == .succeeded)
            // Somebody deletes a record that was delivered: what is only for creation is needed again.
            let before = try #require(try await belt.records("Contact")["C-1"]?.id)
            try await belt.client { try await $0.delete("Contact", id: before) }
            try belt.rows("contacts", "id,name,opened,source\nC-1,Ada B,\(opened),web\nC-2,Bob B,\(opened),web\n")
            let vanished = try await belt.run()
            #expect(vanished.state == .succeeded, "\(vanished)")
            #expect(vanished.steps[0].counts.retries == 1, "\(vanished)")
            let held = try await belt.records("Contact")
            #expect(held["C-1"]?.id != before && held["C-1"]?.text("LastName") == "Ada B")
            #expect(held["C-1"]?.text("Opened__c")?.hasPrefix("2026-03-01T09:00:00") == true)
            #expect(held["C-2"]?.text("LastName") == "Bob B")
            #expect(try await belt.counter("created", "Contact") == 3)

            // Salesforce says of a row that its record is there.
            _ = try await belt.create(
                "Contact",
                ["LastName": "Cyd", "External_Id__c": "C-3", "Opened__c": opened, "Source__c": "fair"]
            )
            let message = "Unable to create/update fields: Source__c. Please check the security settings of this field"
            try await belt.admin(
                "POST",
                "faults",
                """
                {"match":{"object":"Contact"},"do":"row-error","code":"INVALID_FIELD_FOR_INSERT_UPDATE",
                "message":"\(message)","times":1}
                """
            )
            try belt.rows(
                "contacts",
                "id,name,opened,source\nC-1,Ada B,\(opened),web\nC-2,Bob B,\(opened),web\nC-3,Cyd C,\(opened),web\n"
            )
            let appeared = try await belt.run()
            #expect(appeared.state == .succeeded, "\(appeared)")
            let after = try await belt.records("Contact")["C-3"]
            #expect(after?.text("LastName") == "Cyd C" && after?.text("Source__c") == "fair")
            #expect(try await belt.run().steps[0].counts.unchanged == 3)
        }
    }

    @Test func `tells a user without rights what is missing, and takes all once another one signs in`() async throws {
        let rows = """
            INSERT INTO accounts VALUES ('A-1', 'One', NULL);
            INSERT INTO contacts (id, last_name, account, vip, department) VALUES ('C-1', 'Ada', 'A-1', true, 'Sales');
            INSERT INTO leads VALUES ('L-1', 'Hal', 'One'), ('L-2', 'Ida', 'Two');
            """
        let syncs = [WholeOrg.accounts(), WholeOrg.contacts(), WholeOrg.leads()]
        try await WholeOrg.with(syncs, rows: rows) { belt, _ in
            var definitions = await belt.conductor.definitions
            let admin = try #require(definitions.destinations["org"]?.authorization)
            definitions.destinations["org"]?.authorization = WholeOrg.clerk
            definitions.destinations["org"]?.automation.discover = true
            // Each step says what it lacks, and the next one goes on.
            for index in 0..<3 { definitions.sequences["all"]?.steps[index].onFailure = .continue }
            try await belt.conductor.reload(definitions)
            let faults = await LiveCheck(belt.conductor).findings().filter(\.isFault)
            #expect(faults.contains { $0.message.contains("may not create Account") }, "\(faults)")
            #expect(faults.contains { $0.key == "fields.Department" }, "\(faults)")
            #expect(!faults.contains { $0.file.contains("leads") }, "\(faults)")
            let first = try await belt.run()
            #expect(first.state == .failed, "\(first)")
            #expect(first.steps.map(\.state) == [.failed, .failed, .succeeded], "\(first)")
            #expect(first.steps[0].reason?.contains("may not create Account") == true, "\(first)")
            #expect(first.steps[1].reason?.contains("Department") == true, "\(first)")
            // Who may not see setup is told so, once, and the run goes on without it.
            #expect(first.warnings.contains { $0.contains("may not see") }, "\(first.warnings)")
            let second = try await belt.run()
            #expect(!second.warnings.contains { $0.contains("may not see") }, "\(second.warnings)")
            #expect(try await belt.counter("created", "Account") + belt.counter("created", "Contact") == 0)
            #expect(try await belt.counter("created", "Lead") == 2)

            definitions.destinations["org"]?.authorization = admin
            try await belt.conductor.reload(definitions)
            let third = try await belt.run()
            #expect(third.state == .succeeded, "\(third)")
            #expect(try await belt.records("Contact")["C-1"]?.text("Department") == "Sales")
            #expect(try await belt.counter("created", "Lead") == 2)
        }
    }

    @Test func `is told which columns can't fit their fields, before a row is sent`() async throws {
        let contacts = WholeOrg.contacts {
            $0.fields += [
                FieldMapping(field: "Birthdate", value: .column("vip")),
                FieldMapping(field: "HasOptedOutOfFax", value: .column("opened")),
            ]
        }
        try await WholeOrg.with([contacts], rows: "") { belt, execute in
            func misfits() async -> [LiveFinding] {
                await LiveCheck(belt.conductor).findings().filter { $0.message.contains("does not fit") }
            }
            let found = await misfits()
            #expect(found.map(\.key) == ["fields.Birthdate", "fields.HasOptedOutOfFax"], "\(found)")
            let words = found.first?.message ?? ""
            #expect(words.hasPrefix("column `vip`: boolean does not fit Birthdate: "), "\(found)")
            #expect(!found.contains { !$0.isFault }, "\(found)")
            // One without a zone fits a datetime only where the model has one.
            try await belt.reload([WholeOrg.contacts()], models: ["contacts": ["id"]])
            #expect(await misfits() == [])
            try await execute("ALTER TABLE contacts ALTER opened TYPE timestamp")
            let local = await misfits()
            #expect(local.map(\.key) == ["fields.Opened__c"], "\(local)")
            #expect(local.first?.message.contains("give the model a timezone") == true, "\(local)")
        }
    }

    @Test func `is not written where a field is read-only, and the step says which`() async throws {
        let accounts = SyncDefinition.of(
            "accounts",
            into: .object("Account"),
            .upsert,
            match: ("id", "External_Id__c"),
            fields: ["Name": "name", "Shouted__c": "parent"]
        )
        let rows = "INSERT INTO accounts VALUES ('A-1', 'One', 'x');"
        try await WholeOrg.with([accounts], rows: rows) { belt, _ in
            let run = try await belt.run()
            #expect(run.state == .failed, "\(run)")
            #expect(run.reason?.contains("Shouted__c") == true, "\(run)")
            #expect(try await belt.counter("created", "Account") == 0)
        }
    }
}
