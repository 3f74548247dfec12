import Subprocess
import TestKit
import Testing

/// The places of durability.md's table, one kill each; a debug build has them.
@Suite(.scratchFolder, .timeLimit(.minutes(5))) struct `A daemon that is killed` {
    private static let points = [
        "job-intended", "job-created", "job-uploaded", "job-closed", "results-read", "outcome-stored",
        "snapshot-applied",
    ]

    @Test(arguments: points)
    func `goes on after its restart, and doubles nothing`(point: String) async throws {
        let crm = try CRM(accounts: 60, contacts: 120)
        try crm.use(api: "bulk2")
        try await crm.withOrg { org in
            let ending = try await crm.withDaemon(["SEQUENCED_CRASH_POINT": point]) { program in
                #expect(try await crm.ctl("start", "crm").exitCode == 0)
                try await program.waitForEnd()
            }
            #expect(ending.status == .signaled(9), "\(ending)")
            try await crm.withDaemon { _ in
                let run = try await crm.endOfTheOnlyRun()
                #expect(run.state == "succeeded", "\(run)")
                #expect(try await crm.isHeld(by: org, accounts: 60, contacts: 120) == [])
                let before = try await org.counters().calls
                #expect(try await crm.runToItsEnd().state == "succeeded")
                #expect(try await org.calls(after: before).map(\.path) == [])
            }
        }
    }

    @Test(arguments: ["job-uploaded", "job-closed", "outcome-stored"])
    func `loses no change of records that exist`(point: String) async throws {
        let crm = try CRM(accounts: 60, contacts: 120)
        try crm.use(api: "bulk2")
        try await crm.withOrg { org in
            try await crm.withDaemon { _ in
                let run = try await crm.runToItsEnd()
                #expect(run.state == "succeeded", "\(run)")
            }
            try crm.execute("UPDATE contacts SET title = 'Chief'")
            try await crm.withDaemon(["SEQUENCED_CRASH_POINT": point]) { program in
                #expect(try await crm.ctl("start", "crm").exitCode == 0)
                try await program.waitForEnd()
            }
            try await crm.withDaemon { _ in
                let run = try await crm.endOfTheNewestRun()
                #expect(run.state == "succeeded", "\(run)")
                #expect(try await org.contacts().filter { $0.title == "Chief" }.count == 120)
                #expect(try await crm.isHeld(by: org, accounts: 60, contacts: 120) == [])
            }
        }
    }
}
