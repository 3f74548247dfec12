import Foundation
import TestKit
import Testing

@Suite(.scratchFolder, .timeLimit(.minutes(5))) struct `What the daemon tells the service manager` {
    @Test func `is ready once the socket answers, with one line on how things stand`() async throws {
        let crm = try CRM()
        let manager = try NotifiedManager(crm.folder)
        try await crm.withDaemon(["NOTIFY_SOCKET": manager.path]) { _ in
            #expect(try await crm.ctl("status").exitCode == 0)
            let said = try await manager.messages(until: "READY=1")
            let ready = try #require(said.last { $0.contains("READY=1") })
            #expect(ready.contains("STATUS=idle, nothing is scheduled"), "\(said)")
            #expect(said.contains { $0.contains("EXTEND_TIMEOUT_USEC=") }, "\(said)")
            #expect(said.contains { $0.contains("FDSTORE=1") && $0.contains("FDNAME=kept-control") }, "\(said)")
        }
    }

    @Test func `follows what happens`() async throws {
        let crm = try CRM()
        let manager = try NotifiedManager(crm.folder)
        try await crm.withDaemon(["NOTIFY_SOCKET": manager.path]) { _ in
            _ = try await manager.messages(until: "READY=1")
            #expect(try await crm.ctl("pause", "crm", "--reason", "month end").exitCode == 0)
            _ = try await manager.messages(until: "STATUS=1 paused")
            #expect(try await crm.ctl("resume", "crm").exitCode == 0)
            _ = try await manager.messages(until: "STATUS=idle")
        }
    }

    @Test func `is ready again after each reload, also after one that it refused`() async throws {
        let crm = try CRM()
        let manager = try NotifiedManager(crm.folder)
        try await crm.withDaemon(["NOTIFY_SOCKET": manager.path]) { _ in
            _ = try await manager.messages(until: "READY=1")
            #expect(try await crm.ctl("reload").exitCode == 0)
            let good = try await manager.messages(until: "READY=1")
            #expect(good.first?.hasPrefix("RELOADING=1\nMONOTONIC_USEC=") == true, "\(good)")
            try crm.edit("syncs/contacts.yaml") { $0.replacing("mode: upsert", with: "mod: upsert") }
            #expect(try await crm.ctl("reload").exitCode == 78)
            let bad = try await manager.messages(until: "READY=1")
            #expect(bad.first?.hasPrefix("RELOADING=1") == true, "\(bad)")
            #expect(bad.last?.contains("the last reload was refused (1 fault)") == true, "\(bad)")
            // Put right, the line has nothing to complain of any more.
            try crm.edit("syncs/contacts.yaml") { $0.replacing("mod: upsert", with: "mode: upsert") }
            #expect(try await crm.ctl("reload").exitCode == 0)
            let mended = try await manager.messages(until: "READY=1")
            #expect(mended.last?.contains("refused") == false, "\(mended)")
        }
    }

    @Test func `is that it stops, before anything else, and asks for the time it needs`() async throws {
        let crm = try CRM()
        let manager = try NotifiedManager(crm.folder)
        let ending = try await crm.withDaemon(["NOTIFY_SOCKET": manager.path]) { _ in
            _ = try await manager.messages(until: "READY=1")
        }
        #expect(ending.exitCode == 0, "\(ending)")
        let said = try await manager.messages(until: "STOPPING=1")
        #expect(said.first { !$0.hasPrefix("STATUS=") }?.hasPrefix("STOPPING=1") == true, "\(said)")
    }

    @Test func `is a sign of life at half of the watchdog's interval`() async throws {
        let crm = try CRM()
        let manager = try NotifiedManager(crm.folder)
        let environment = ["NOTIFY_SOCKET": manager.path, "WATCHDOG_USEC": "400000"]
        try await crm.withDaemon(environment) { _ in
            for _ in 0..<3 { _ = try await manager.messages(until: "WATCHDOG=1") }
        }
    }

    @Test func `is why it did not start`() async throws {
        let crm = try CRM()
        let manager = try NotifiedManager(crm.folder)
        try crm.edit("syncs/contacts.yaml") { $0.replacing("mode: upsert", with: "mod: upsert") }
        let ending = try await crm.daemonToItsEnd(environment: ["NOTIFY_SOCKET": manager.path])
        #expect(ending.exitCode == 78, "\(ending)")
        _ = try await manager.messages(until: "STATUS=the definitions are not valid")
    }
}
