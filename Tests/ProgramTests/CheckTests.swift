import Foundation
import TestKit
import Testing

@Suite(.scratchFolder, .timeLimit(.minutes(5))) struct `Checking definitions` {
    @Test func `finds no fault in the sample`() async throws {
        let crm = try CRM()
        let ending = try await crm.ctl("check")
        #expect(ending.exitCode == 0, "\(ending)")
        #expect(ending.output.contains("No faults."))
        let document = try await crm.document(Documents.Check.self, "check")
        #expect(document.valid)
        #expect(document.faults.isEmpty)
    }

    @Test func `names every fault with its place and exits 78`() async throws {
        let crm = try CRM()
        try crm.edit("syncs/contacts.yaml") { $0.replacing("mode: upsert", with: "mod: upsert") }
        try crm.edit("models/accounts.yaml") { $0.replacing("source: local", with: "source: locale") }
        let ending = try await crm.ctl("check")
        #expect(ending.exitCode == 78, "\(ending)")
        #expect(ending.output.contains("syncs/contacts.yaml:5:1: error:"), "\(ending.output)")
        #expect(ending.output.contains("did you mean `mode`?"), "\(ending.output)")
        #expect(ending.output.contains("models/accounts.yaml:2:9: error:"), "\(ending.output)")
    }

    @Test func `refuses what the daemon refuses: a zone that this host does not have`() async throws {
        let crm = try CRM()
        try crm.folder.append("etc/sequences/crm.yaml", "\nschedule: { calendar: \"02:30 Europe/Atlantis\" }\n")
        let ending = try await crm.ctl("check")
        #expect(ending.exitCode == 78, "\(ending)")
        let fault = try #require(ending.output.split(separator: "\n").first)
        let start = try await crm.daemonToItsEnd()
        #expect(start.exitCode == 78, "\(start)")
        #expect(start.errors.contains(fault.replacing(": error:", with: ":")), "\(fault)\n\(start.errors)")
    }

    @Test func `says what a reload would change, in a file and in a query`() async throws {
        let crm = try CRM()
        try await crm.withDaemon { _ in
            #expect(try await crm.ctl("diff").output == "Nothing differs.\n")
            try crm.edit("syncs/contacts.yaml") { $0.replacing("mode: upsert", with: "mode: update") }
            let ending = try await crm.ctl("diff")
            #expect(ending.exitCode == 1, "\(ending)")
            #expect(ending.output.contains("changed syncs/contacts.yaml"), "\(ending.output)")
            #expect(ending.output.contains("-mode: upsert\n+mode: update"), "\(ending.output)")
        }
    }

    @Test func `with --live tells the faults of the files, too, that the daemon has not taken`() async throws {
        let crm = try CRM()
        try await crm.withDaemon { _ in
            try crm.edit("syncs/contacts.yaml") { $0.replacing("mode: upsert", with: "mod: upsert") }
            let ending = try await crm.ctl("check", "--live")
            #expect(ending.exitCode == 78, "\(ending)")
            #expect(ending.output.contains("syncs/contacts.yaml:5:1: error:"), "\(ending.output)")
        }
    }

    @Test func `with --live tells where in the files it is what does not fit the org`() async throws {
        let crm = try CRM(accounts: 2, contacts: 2)
        try crm.edit("syncs/contacts.yaml") {
            $0.replacing("  FirstName: first_name", with: "  FirstName: first_nam")
                .replacing("  Title: title", with: "  Titel: title")
        }
        // A list of values for a field that is not there, and for one that is none.
        for (name, field) in [("regions", "Regoin__c"), ("names", "Name")] {
            try crm.folder.write(
                "etc/syncs/\(name).yml",
                """
                model: accounts
                destination: production
                mode: all
                picklist: { object: Account, field: \(field), value: account_id }
                """
            )
        }
        try crm.folder.write(
            "etc/syncs/blind.yaml",
            """
            model: accounts
            destination: production
            object: Account
            mode: insert
            api: rest
            fields: { Name: name }
            """
        )
        try await crm.withOrg { _ in
            try await crm.withDaemon { _ in
                let found = try await crm.document(Documents.Check.self, "check", "--live")
                func places(_ key: String) -> [String] {
                    found.faults.filter { $0.key == key }.map { "\($0.file):\($0.line ?? 0):\($0.column ?? 0)" }
                }
                #expect(places("fields.FirstName") == ["syncs/contacts.yaml:8:14"], "\(found)")
                #expect(places("fields.Titel") == ["syncs/contacts.yaml:11:3"], "\(found)")
                #expect(places("picklist.field") == ["syncs/names.yml:4:37", "syncs/regions.yml:4:37"], "\(found)")
                #expect(places("api") == ["syncs/blind.yaml:5:6"], "\(found)")
                #expect(found.faults.count == 5, "\(found)")
                let words = try await crm.ctl("check", "--live").output
                #expect(words.contains("syncs/contacts.yaml:11:3: error: Contact has no field Titel"), "\(words)")
                #expect(words.contains("did you mean `Title`?"), "\(words)")
            }
        }
    }

    @Test func `with --live knows which versions of the API the org serves`() async throws {
        let crm = try CRM(accounts: 2, contacts: 2)
        try crm.folder.append("etc/destinations/production.yaml", "\napi_version: 99.0\n")
        try await crm.withOrg { _ in
            try await crm.withDaemon { _ in
                let plain = try await crm.ctl("check")
                #expect(plain.exitCode == 0 && plain.output.contains("46.0 to 67.0"), "\(plain)")
                let live = try await crm.document(Documents.Check.self, "check", "--live").faults
                #expect(live.map(\.key) == ["api_version"], "\(live)")
                #expect(live.first?.line != nil && live.first?.column == 14, "\(live)")
                let doctor = try await crm.ctl("doctor").output
                #expect(doctor.contains("bad      api: "), "\(doctor)")
                #expect(!doctor.contains("View Setup"), "\(doctor)")
            }
        }
    }

    @Test func `answers a broken folder as one JSON document`() async throws {
        let crm = try CRM()
        try crm.edit("syncs/contacts.yaml") { $0.replacing("mode: upsert", with: "mod: upsert") }
        let document = try await crm.document(Documents.Check.self, "check")
        #expect(!document.valid)
        let fault = try #require(document.faults.first { $0.key == "mod" }, "\(document.faults)")
        #expect(fault.file == "syncs/contacts.yaml")
        #expect(fault.line == 5)
        #expect(fault.column == 1)
        #expect(fault.suggestion == "mode")
        #expect(try await crm.ctl("check", "--output", "json").exitCode == 78)
    }

    @Test func `takes no file for a folder`() async throws {
        let crm = try CRM()
        let ending = try await crm.ctl("check", "--config", crm.folder.path("nowhere"), "--output", "json")
        #expect(ending.exitCode != 0)
        #expect(ending.output.contains("nowhere"), "\(ending)")
        // One document, whatever the exit code.
        #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(ending.output.utf8)) }
    }
}
