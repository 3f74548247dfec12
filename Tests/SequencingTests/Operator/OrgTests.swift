import Foundation
import Ledger
import SyncModel
import TestKit
import Testing

@testable import Salesforce
@testable import Sequencing

@Suite(.scratchFolder, .timeLimit(.minutes(2))) struct `What an org says of itself` {
    private let org = """
        objects:
          Account:
            triggers:
              - { name: AccountRollup, on: [insert, update], cpu_ms: 1, soql: 1 }
            flows:
              - { name: Scoring, type: RecordAfterSave, active: true }
            validation_rules:
              - { name: Name_needed, when: "Name = null", message: "Give a name", field: Name }
            duplicate_rules:
              - { name: Same_phone, fields: [Phone], allow_save: true, message: "Use one of these?" }
        """

    private func accounts(_ change: (inout SyncDefinition) -> Void = { _ in }) -> SyncDefinition {
        .of(
            "accounts",
            into: .object("Account"),
            .upsert,
            match: ("id", "External_Id__c"),
            fields: ["Name": "name"],
            change
        )
    }

    @Test func `is what fires when a record is written`() async throws {
        try await Belt.with([accounts()], models: ["accounts": ["id"]], org: org) { belt in
            let destination = try await belt.conductor.destination(named: nil)
            let client = try await belt.conductor.client(of: destination)
            let (items, notices) = await OrgAutomation(client).items(of: "Account")
            #expect(notices == [])
            func names(_ kind: AutomationItem.Kind) -> [String] { items.filter { $0.kind == kind }.map(\.name) }
            #expect(names(.trigger) == ["AccountRollup"])
            #expect(items.first { $0.kind == .trigger }?.events.contains { $0.hasSuffix("insert") } == true, "\(items)")
            #expect(names(.flow) == ["Scoring"])
            #expect(names(.validationRule) == ["Name_needed"])
            #expect(names(.duplicateRule) == ["Same_phone"])
        }
    }

    @Test func `is checked against the definitions, all faults at once`() async throws {
        let wrong = accounts {
            $0.fields.append(FieldMapping(field: "Nonsense__c", value: .column("name")))
            $0.fields.append(FieldMapping(field: "Phone", value: .column("phnoe")))
        }
        try await Belt.with([wrong], models: ["accounts": ["id"]], org: org) { belt in
            try belt.rows("accounts", "id,name,phone\n1,One,11\n")
            let findings = await LiveCheck(belt.conductor).findings()
            let faults = findings.filter(\.isFault)
            #expect(
                faults.map(\.key).compactMap(\.self).sorted() == ["fields.Nonsense__c", "fields.Phone"],
                "\(faults)"
            )
            #expect(faults.first { $0.key == "fields.Phone" }?.suggestion == "phone")
            #expect(findings.contains { !$0.isFault && $0.message.contains("trigger AccountRollup") }, "\(findings)")
            #expect(try await belt.counter("created", "Account") == 0)
        }
    }

    @Test func `is checked for the objects that are named, and for what an archive may match`() async throws {
        let archive = SyncDefinition.of("old", into: .object("Account"), .archive, match: ("id", "Unique_Key__c"))
        let typo = accounts { sync in
            let lookup = FieldMapping.Lookup(object: "Acount", field: "External_Id__c", column: "phone")
            sync.fields.append(FieldMapping(field: "ParentId", value: .lookup(lookup)))
        }
        try await Belt.with([typo, archive], models: ["accounts": ["id"], "old": ["id"]], org: org) { belt in
            try belt.rows("accounts", "id,name,phone\n1,One,11\n")
            try belt.rows("old", "id\nK-1\n")
            let faults = await LiveCheck(belt.conductor).findings().filter(\.isFault)
            let missing = faults.first { $0.key == "fields.ParentId" }
            #expect(
                missing?.message
                    == "the org has no object Acount, which the lookup of ParentId names, or its user may not see it",
                "\(faults)"
            )
            let match = faults.first { $0.key == "match.field" }
            #expect(match?.message.contains("neither the Id nor an external id") == true, "\(faults)")
            let run = try await belt.run()
            #expect(run.reason?.contains("Acount, which the lookup of ParentId names") == true, "\(run)")
        }
    }

    @Test func `is asked for what was meant: an object, a field that matches, a lookup that finds one`() async throws {
        let lookup = FieldMapping.Lookup(object: "Account", field: "Phone", column: "phone")
        let people = SyncDefinition.of(
            "people",
            into: .objects(first: "Contact", otherwise: "Lead", create: nil),
            .update,
            match: ("id", "External_Id__c"),
            fields: ["LastName": "name"]
        ) { $0.only = ["Contact": [FieldMapping(field: "AccountId", value: .lookup(lookup))]] }
        var acount = accounts()
        (acount.name, acount.target) = ("acount", .object("Acount"))
        let unmatched = accounts { $0.match = .init(column: "id", field: "Phone") }
        let syncs = [people, acount, unmatched]
        try await Belt.with(syncs, models: ["accounts": ["id"], "people": ["id"]], org: org) { belt in
            try belt.rows("accounts", "id,name\n1,One\n")
            try belt.rows("people", "id,name,phone\n1,One,11\n")
            let found = await LiveCheck(belt.conductor).findings()
            func message(_ file: String, _ key: String) -> String? {
                found.first { $0.file == "syncs/\(file).yaml" && $0.key == key }?.message
            }
            let notUnique = message("people", "only.Contact.AccountId") ?? ""
            #expect(notUnique.contains("Account.Phone is not unique"), "\(found)")
            let misspelt = found.first { $0.file == "syncs/acount.yaml" }
            #expect(misspelt?.key == "object" && misspelt?.suggestion == "Account", "\(found)")
            let words = message("accounts", "match.field") ?? ""
            #expect(words.hasSuffix("by which alone upsert may match: Account has External_Id__c"), "\(found)")
        }
    }

    @Test func `is healthy, or what is missing is named with its remedy`() async throws {
        try await Belt.with([accounts()], models: ["accounts": ["id"]]) { belt in
            try belt.rows("accounts", "id,name\n1,One\n")
            try await belt.run()
            let destination = try await belt.conductor.destination(named: "org")
            let findings = await OrgDoctor(belt.conductor, destination).findings()
            #expect(!findings.contains { $0.verdict == .bad }, "\(findings)")
            let subjects = Set(findings.map(\.subject))
            #expect(
                subjects.isSuperset(of: [
                    "state", "network", "login", "api", "rights", "quota", "storage", "edition", "clock",
                ])
            )

            var definitions = await belt.conductor.definitions
            definitions.destinations["org"]?.authorization = .clientCredentials(
                clientID: "emulator-client",
                clientSecret: .text("wrong")
            )
            try await belt.conductor.reload(definitions)
            let refused = await OrgDoctor(belt.conductor, try await belt.conductor.destination(named: "org")).findings()
            let login = try #require(refused.first { $0.subject == "login" })
            #expect(login.verdict == .bad && login.remedy?.isEmpty == false, "\(login)")
            #expect(!"\(refused)".contains("wrong\""), "no secret is shown")

            definitions.destinations["org"]?.loginURL = "http://127.0.0.1:9"
            try await belt.conductor.reload(definitions)
            let down = await OrgDoctor(belt.conductor, try await belt.conductor.destination(named: "org")).findings()
            #expect(down.contains { $0.subject == "network" && $0.verdict == .bad }, "\(down)")
        }
    }

    @Test(arguments: [("invalid_app_access", "allow the user"), ("OAUTH_APP_BLOCKED", "unblock it")])
    func `tells a blocked app from a wrong key`(code: String, remedy: String) async throws {
        try await Belt.with([accounts()], models: ["accounts": ["id"]]) { belt in
            try belt.rows("accounts", "id,name\n1,One\n")
            try await belt.admin(
                "POST",
                "faults",
                #"{"match":{"path":"oauth2/token"},"do":"status","status":400,"code":"\#(code)","message":"no"}"#
            )
            let destination = try await belt.conductor.destination(named: "org")
            let doctor = await OrgDoctor(belt.conductor, destination).findings().first { $0.subject == "login" }
            #expect(doctor?.verdict == .bad && doctor?.message.contains(code) == true, "\(doctor as Any)")
            let words = doctor?.remedy ?? ""
            #expect(words.contains("Connected Apps OAuth Usage") && words.contains(remedy), "\(words)")
            let run = try await belt.run()
            #expect(run.state == .failed && run.reason?.contains("Connected Apps OAuth Usage") == true, "\(run)")
            #expect(try await belt.counter("created", "Account") == 0)
        }
    }

    /// API, then the batches and rows that five rows cost by it.
    @Test(arguments: [(APIChoice.rest, 0, 0), (.bulk, 3, 5), (.bulk2, 1, 5)])
    func `counts what was spent of our caps, and lets nothing begin that does not fit`(
        api: APIChoice,
        batches: Int,
        rows: Int
    ) async throws {
        let sync = accounts {
            $0.api = api
            $0.batch.size = 2
        }
        try await Belt.with([sync], models: ["accounts": ["id"]]) { belt in
            func write(_ count: Int) throws {
                try belt.rows("accounts", "id,name\n" + (1...count).map { "\($0),Name \($0)\n" }.joined())
            }
            try write(5)
            let run = try await belt.run()
            #expect(run.state == .succeeded, "\(run)")
            let spent = try await belt.conductor.spent(on: try await belt.conductor.destination(named: nil))
            #expect(spent.apiCalls == run.steps[0].counts.apiCalls)
            #expect(spent.bulkRows == rows)
            #expect(spent.bulkBatches == batches && run.steps[0].counts.bulkBatches == batches)

            // Two rows more than the cap leaves; rows by REST count as calls.
            var definitions = await belt.conductor.definitions
            if api == .rest {
                definitions.destinations["org"]?.limits.dailyAPICalls = spent.apiCalls
            } else {
                definitions.destinations["org"]?.limits.dailyBulkRows = rows + 1
            }
            try await belt.conductor.reload(definitions)
            try write(7)
            let waiting = try await belt.runUntilItWaits()
            #expect(waiting.state == .waiting, "\(waiting)")
            let cap = api == .rest ? "quota api requests" : "quota bulk rows"
            #expect(waiting.reason?.contains(cap) == true, "\(waiting)")
            #expect(try await belt.counter("created", "Account") == 5)
            _ = try await belt.conductor.stop("all", now: true, actor: nil)
            #expect(try await belt.end(of: waiting.id).state == .cancelled)
            // With the cap out of the way it goes on.
            definitions.destinations["org"]?.limits = .init()
            try await belt.conductor.reload(definitions)
            #expect(try await belt.run().state == .succeeded)
            #expect(try await belt.counter("created", "Account") == 7)
        }
    }

    @Test func `is asked before a deletion what it takes along, and why rows are looked at anew`() async throws {
        let deleting = accounts { $0.whenRemoved = .delete }
        try await Belt.with([deleting], models: ["accounts": ["id"]]) { belt in
            try belt.rows("accounts", "id,name\n1,One\n2,Two\n")
            try await belt.run()
            try belt.rows("accounts", "id,name\n1,One\n")
            let plan = try #require(try await belt.conductor.plan("all", samples: 3).first)
            #expect(plan.counts.removed == 1)
            #expect(
                plan.warnings.contains { $0.contains("deletes those that refer to them") && $0.contains("Contact") },
                "\(plan.warnings)"
            )
            let remapped = accounts { $0.fields.append(FieldMapping(field: "Site", value: .constant("here"))) }
            try await belt.reload([remapped], models: ["accounts": ["id"]])
            let again = try #require(try await belt.conductor.plan("all", samples: 3).first)
            #expect(again.warnings.contains { $0.contains("the mapping of accounts was changed") }, "\(again.warnings)")
            #expect(again.samples.first?.fields["Site"] == .init(old: nil, new: "here"), "\(again.samples)")
            let run = try await belt.run()
            #expect(run.warnings.contains { $0.contains("the mapping of accounts was changed") }, "\(run.warnings)")
            #expect(run.steps[0].counts.updated == 1)
            try belt.rows("accounts", "id,name\n1,Uno\n")
            let next = try await belt.run()
            #expect(next.steps[0].counts.updated == 1 && next.warnings.isEmpty, "\(next)")
        }
    }

    @Test func `that takes a value away leaves rows alone that are as they were delivered`() async throws {
        let fields = ["LastName": "name", "Colour__c": "colour"]
        let sync = SyncDefinition.of(
            "contacts",
            into: .object("Contact"),
            .upsert,
            match: ("id", "External_Id__c"),
            fields: fields
        )
        let colours = """
            objects:
              Contact:
                fields:
                  Colour__c: { type: Picklist, restricted: true, values: [Red, Green] }
            """
        try await Belt.with([sync], models: ["contacts": ["id"]], org: colours) { belt in
            try belt.rows("contacts", "id,name,colour\n1,Ada,Red\n2,Bob,Green\n")
            #expect(try await belt.run().state == .succeeded)
            try await belt.client { client in
                let set = try await client.valueSet(.customField(object: "Contact", field: "Colour__c"))
                try await client.replaceValues(of: set, with: set.values.filter { $0.valueName == "Red" })
            }
            // Something has to be sent before anybody looks.
            try belt.rows("contacts", "id,name,colour\n1,Ada B,Red\n2,Bob,Green\n")
            #expect(try await belt.run().state == .succeeded)
            let looked = try await belt.run()
            #expect(looked.state == .succeeded && looked.steps[0].counts.unchanged == 2, "\(looked)")
            #expect(
                looked.warnings.contains {
                    $0.hasPrefix("1 row is as it was delivered and would be refused now (1 INVALID_OR_NULL")
                },
                "\(looked.warnings)"
            )
            #expect(try await belt.records("Contact")["2"]?.text("Colour__c") == "Green")
            let calls = try await belt.calls()
            #expect(try await belt.run().steps[0].counts.unchanged == 2)
            #expect(try await belt.calls() == calls)
            // A row that changes has to say what the org takes.
            try belt.rows("contacts", "id,name,colour\n1,Ada B,Red\n2,Bob C,Green\n")
            #expect(try await belt.run().steps[0].counts.rejected == 1)
        }
    }
}
