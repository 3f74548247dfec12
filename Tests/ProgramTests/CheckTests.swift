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
