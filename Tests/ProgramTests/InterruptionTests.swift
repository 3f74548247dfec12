import Subprocess
import TestKit
import Testing

@Suite(.scratchFolder, .timeLimit(.minutes(5))) struct `A daemon that is stopped in mid-run` {
    /// Calls that bring rows take this long to be answered.
    private static let slowly = #"{"match":{"path":"jobs/ingest|composite"},"do":"delay","delay_ms":600}"#

    @Test func `takes the run up after the next start, and doubles nothing`() async throws {
        let crm = try CRM()
        try await crm.withOrg { org in
            try await org.fault(Self.slowly)
            let ending = try await crm.withDaemon { program in
                #expect(try await crm.ctl("start", "crm").exitCode == 0)
                try await org.waitForWritingCall()
                try program.send(.terminate)
                try await program.waitForEnd()
            }
            #expect(ending.exitCode == 0, "\(ending)")
            try await org.mendFaults()
            try await crm.withDaemon { _ in
                let run = try await crm.endOfTheOnlyRun()
                #expect(run.state == "succeeded", "\(run)")
                #expect(try await crm.isHeld(by: org, accounts: 300, contacts: 1_000) == [])
            }
        }
    }

    @Test func `asked a second time it ends at once, and the next start doubles nothing`() async throws {
        let crm = try CRM()
        try await crm.withOrg { org in
            // Far longer than the drain waits for an answer.
            try await org.fault(#"{"match":{"path":"jobs/ingest|composite"},"do":"delay","delay_ms":25000}"#)
            let ending = try await crm.withDaemon { program in
                #expect(try await crm.ctl("start", "crm").exitCode == 0)
                try await org.waitForFault()
                try program.send(.terminate)
                _ = try await program.line(containing: "Daemon is stopping")
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await program.waitForEnd() }
                    group.addTask {
                        while !Task.isCancelled {
                            // One that has ended hears nothing more.
                            try? program.send(.terminate)
                            try await Task.sleep(for: .milliseconds(200))
                        }
                    }
                    try await group.next()
                    group.cancelAll()
                }
            }
            #expect(ending.status == .signaled(15), "\(ending)")
            try await org.mendFaults()
            try await crm.withDaemon { _ in
                let run = try await crm.endOfTheOnlyRun()
                #expect(run.state == "succeeded", "\(run)")
                #expect(try await crm.isHeld(by: org, accounts: 300, contacts: 1_000) == [])
            }
        }
    }

    @Test func `asked to drain, it ends the run as cancelled, and the next one brings the rest`() async throws {
        let crm = try CRM()
        try await crm.withOrg { org in
            try await org.fault(Self.slowly)
            try await crm.withDaemon { _ in
                let started = try await crm.document(Documents.Started.self, "start", "crm")
                try await org.waitForWritingCall()
                #expect(try await crm.ctl("stop", started.run).exitCode == 0)
                let stopped = try await crm.endOfTheOnlyRun()
                #expect(stopped.state == "cancelled", "\(stopped)")
                try await org.mendFaults()
                #expect(try await crm.runToItsEnd().state == "succeeded")
                #expect(try await crm.isHeld(by: org, accounts: 300, contacts: 1_000) == [])
            }
        }
    }

    @Test func `killed again and again, it ends with what the database holds`() async throws {
        let crm = try CRM()
        try await crm.withOrg { org in
            try await org.fault(#"{"match":{"path":"jobs/ingest|composite"},"do":"delay","delay_ms":100}"#)
            for (calls, parents) in [(1, 0), (3, 0), (2, 300)] {
                try await crm.withDaemon { program in
                    if try await crm.document(Documents.Runs.self, "list", "runs").runs.isEmpty {
                        #expect(try await crm.ctl("start", "crm").exitCode == 0)
                    }
                    // A run that had three kills and nothing stored in between would be given up.
                    try await org.waitForCreated(parents, "Account")
                    try await org.waitForWritingCall(calls)
                    try await program.kill()
                }
            }
            try await crm.withDaemon { _ in
                let run = try await crm.endOfTheOnlyRun()
                #expect(run.state == "succeeded", "\(run)")
                #expect(try await crm.isHeld(by: org, accounts: 300, contacts: 1_000) == [])
            }
        }
    }
}
