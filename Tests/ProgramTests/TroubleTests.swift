import TestKit
import Testing

@Suite(.scratchFolder, .timeLimit(.minutes(5))) struct `Trouble around a run` {
    @Test func `a missing table fails its step in words, and the child is skipped`() async throws {
        let crm = try CRM(accounts: 10, contacts: 20)
        try crm.execute("DROP TABLE accounts")
        try await crm.withOrg { org in
            try await crm.withDaemon { _ in
                #expect(try await crm.ctl("start", "crm", "--wait").exitCode == 1)
                let run = try await crm.endOfTheOnlyRun()
                #expect(run.state == "failed", "\(run)")
                #expect(run["accounts"]?.state == "failed")
                #expect(run["accounts"]?.reason?.contains("no such table: accounts") == true, "\(run)")
                #expect(run["contacts"]?.state == "skipped")
                // It has run, though it knows nothing of its rows.
                let rows = try await crm.ctl("rejected", "sync/accounts")
                #expect(rows.exitCode == 4 && rows.errors.contains("\(run.id), is failed"), "\(rows)")
                #expect(run["contacts"]?.reason?.contains("accounts") == true, "\(run)")
                #expect(try await org.counters().created("Contact") == 0)
            }
        }
    }

    @Test func `a database that is away fails the run, and the next one succeeds`() async throws {
        let crm = try CRM(accounts: 10, contacts: 20)
        try crm.edit("sources/local.yaml") { $0.replacing("crm.db", with: "crm-away.db") }
        try await crm.withOrg { org in
            try await crm.withDaemon { _ in
                let failed = try await crm.runToItsEnd()
                #expect(failed.state == "failed", "\(failed)")
                #expect(failed.reason?.contains("crm-away.db") == true, "\(failed)")
                try crm.edit("sources/local.yaml") { $0.replacing("crm-away.db", with: "crm.db") }
                #expect(try await crm.ctl("reload").exitCode == 0)
                #expect(try await crm.runToItsEnd().state == "succeeded")
                #expect(try await crm.isHeld(by: org, accounts: 10, contacts: 20) == [])
            }
        }
    }

    @Test func `a wrong client secret is told as such, and is told to nobody`() async throws {
        let crm = try CRM(accounts: 10, contacts: 20)
        try crm.folder.write("credentials/salesforce-client-secret", "wr0ng-and-secret")
        try await crm.withOrg { org in
            let ending = try await crm.withDaemon { _ in
                #expect(try await crm.ctl("start", "crm", "--wait").exitCode == 1)
                let run = try await crm.endOfTheOnlyRun()
                #expect(run.state == "failed")
                #expect(run.reason?.contains("invalid_client") == true, "\(run)")
                #expect(run.reason?.contains("check the consumer secret") == true, "\(run)")
                #expect(!run.warnings.contains { $0.contains("triggers") }, "\(run)")
                let shown = try await crm.ctl("show", run.id)
                #expect(!shown.output.contains("wr0ng-and-secret"))
                #expect(try await org.counters().created("Account") == 0)
            }
            #expect(!ending.errors.contains("wr0ng-and-secret"))
        }
    }

    @Test func `a credential that the service manager did not pass is named`() async throws {
        let crm = try CRM(accounts: 10, contacts: 20)
        try await crm.withOrg { _ in
            try await crm.withDaemon(["CREDENTIALS_DIRECTORY": nil]) { _ in
                let run = try await crm.runToItsEnd()
                #expect(run.state == "failed")
                #expect(run.reason?.contains("salesforce-client-secret") == true, "\(run)")
            }
        }
    }

    @Test func `an org that is down is named by its address`() async throws {
        let crm = try CRM(accounts: 10, contacts: 20)
        let address = try await crm.withOrg { $0.url }
        try await crm.withDaemon { _ in
            let started = try await crm.document(Documents.Started.self, "start", "crm")
            let words = try await crm.words(of: started.run, containing: "not reached")
            #expect(words.contains("127.0.0.1") || words.contains("production"), "\(words) of \(address)")
        }
    }

    @Test func `an org that comes back is delivered to, without anybody's doing`() async throws {
        let crm = try CRM(accounts: 10, contacts: 20)
        try await crm.withOrg { org in
            try await org.fault(#"{"do":"drop"}"#)
            try await crm.withDaemon { _ in
                let started = try await crm.document(Documents.Started.self, "start", "crm")
                _ = try await crm.words(of: started.run, containing: "not reached")
                try await org.mendFaults()
                let run = try await crm.endOfTheOnlyRun()
                #expect(run.state == "succeeded", "\(run)")
                #expect(try await crm.isHeld(by: org, accounts: 10, contacts: 20) == [])
            }
        }
    }

    @Test func `a row that Salesforce rejects leaves the others alone`() async throws {
        let crm = try CRM(accounts: 50, contacts: 100)
        try await crm.withOrg { org in
            try await org.fault(
                """
                {"do": "row-error", "object": "Contact", "times": 1, "code": "FIELD_CUSTOM_VALIDATION_EXCEPTION",
                 "message": "Give an e-mail address"}
                """
            )
            try await crm.withDaemon { _ in
                let first = try await crm.runToItsEnd()
                #expect(first.state == "partial", "\(first)")
                #expect(first["contacts"]?.rejected == 1)
                #expect(first["contacts"]?.created == 99)
                let rows = try await crm.document(Documents.Rejected.self, "rejected", first.id).rows
                #expect(rows.map(\.code) == ["FIELD_CUSTOM_VALIDATION_EXCEPTION"])
                #expect(rows.first?.message == "Give an e-mail address")
                let second = try await crm.runToItsEnd()
                #expect(second.state == "succeeded", "\(second)")
                #expect(second["contacts"]?.owed == 1)
                #expect(try await crm.isHeld(by: org, accounts: 50, contacts: 100) == [])
            }
        }
    }

    @Test func `rows that were rejected are all counted by cause, however many they are`() async throws {
        struct Causes: Decodable, Sendable {
            struct Cause: Decodable, Sendable {
                var code: String
                var rows: Int
                var keys: [String]
            }
            var causes: [Cause]
            var truncated: Bool
        }
        let crm = try CRM(accounts: 10, contacts: 10_500)
        try crm.execute("UPDATE contacts SET email = 'no address ' || contact_id")
        try await crm.withOrg { org in
            try await crm.withDaemon { _ in
                let run = try await crm.runToItsEnd()
                #expect(run["contacts"]?.rejected == 10_500, "\(run)")
                for target in [run.id, "sync/contacts"] {
                    let found = try await crm.document(Causes.self, "rejected", target, "--by-cause")
                    #expect(found.causes.map(\.code) == ["INVALID_EMAIL_ADDRESS"] && !found.truncated)
                    #expect(found.causes.first?.rows == 10_500 && Set(found.causes.flatMap(\.keys)).count == 20)
                }
                let text = try await crm.ctl("rejected", run.id, "--by-cause").output
                #expect(text.contains("10,500 rows, 1 cause of run \(run.id)."), "\(text)")
                #expect(try await org.counters().created("Contact") == 0)
            }
        }
    }

    @Test(arguments: [
        #"{"match":{"method":"POST","path":"jobs/ingest|composite"},"do":"drop","when":"after","times":1}"#,
        #"{"match":{"path":"jobs/ingest|composite"},"do":"drop","when":"before","times":1}"#,
        #"{"match":{"method":"PUT","path":"batches"},"do":"drop","when":"after","times":1}"#,
        #"{"match":{"method":"PATCH","path":"jobs/ingest"},"do":"drop","when":"after","times":1}"#,
        #"{"match":{"path":"Results"},"do":"truncate","when":"after","times":1}"#,
        #"{"match":{"path":"services/data"},"do":"status","status":503,"times":2}"#,
    ])
    func `an answer that is lost doubles nothing`(fault: String) async throws {
        let crm = try CRM(accounts: 50, contacts: 100)
        try await crm.withOrg { org in
            try await crm.withDaemon { _ in
                try await org.fault(fault)
                // The run itself may fail; the next one makes up for it.
                let first = try await crm.runToItsEnd()
                if first.state != "succeeded" {
                    let second = try await crm.runToItsEnd()
                    #expect(second.state == "succeeded", "\(first), then \(second)")
                }
                #expect(try await crm.isHeld(by: org, accounts: 50, contacts: 100) == [])
            }
        }
    }
}
