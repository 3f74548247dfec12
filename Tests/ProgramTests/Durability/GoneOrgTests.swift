import TestKit
import Testing

@Suite(.scratchFolder, .timeLimit(.minutes(5))) struct `An org that goes away` {
    @Test(arguments: ["drop", "reset", "garbage"])
    func `in mid-run is waited for; the run goes on by itself and doubles nothing`(way: String) async throws {
        let crm = try CRM(accounts: 40, contacts: 120)
        try await crm.withOrg { org in
            try await org.fault(#"{"match":{"path":"jobs/ingest|composite"},"do":"delay","delay_ms":150,"times":6}"#)
            try await crm.withDaemon { _ in
                let started = try await crm.document(Documents.Started.self, "start", "crm")
                try await org.waitForWritingCall(2)
                try await org.fault(#"{"match":{"path":"services/"},"do":"\#(way)","times":12}"#)
                let shown = try await crm.words(of: started.run, containing: "not reached")
                #expect(shown.contains("waiting"), "\(shown)")
                try await org.mendFaults()
                let run = try await crm.endOfTheOnlyRun()
                if run.state != "succeeded" {
                    let second = try await crm.runToItsEnd()
                    #expect(second.state == "succeeded", "\(run), then \(second)")
                }
                #expect(try await crm.isHeld(by: org, accounts: 40, contacts: 120) == [])
                let found = try await crm.document(Documents.State.self, "state", "verify").state
                #expect(found.faults == [])
            }
        }
    }
}
