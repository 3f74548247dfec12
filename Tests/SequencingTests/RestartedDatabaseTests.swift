import Ledger
import SalesforceEmulator
import SyncModel
import TestKit
import Testing

@testable import Sequencing

@Suite(.scratchFolder, .timeLimit(.minutes(5))) struct `A database that is restarted` {
    private func definitions(_ parameters: [String: String], _ address: String) -> DefinitionSet {
        let contacts = SyncDefinition(
            name: "contacts",
            model: "contacts",
            destination: "org",
            target: .object("Contact"),
            mode: .upsert,
            match: .init(column: "id", field: "External_Id__c"),
            fields: [FieldMapping(field: "LastName", value: .column("last_name"))]
        )
        let slowly = "SELECT id, last_name, pg_sleep(0.004)::text AS nothing FROM contacts"
        return DefinitionSet(
            sources: [
                "warehouse": SourceDefinition(
                    name: "warehouse",
                    kind: .postgres(parameters: parameters.mapValues { .text($0) })
                )
            ],
            destinations: [
                "org": DestinationDefinition(
                    name: "org",
                    loginURL: address,
                    authorization: .clientCredentials(
                        clientID: "emulator-client",
                        clientSecret: .text("emulator-secret")
                    )
                )
            ],
            models: [
                "contacts": ModelDefinition(
                    name: "contacts",
                    source: "warehouse",
                    reading: .sql(slowly),
                    primaryKey: ["id"]
                )
            ],
            syncs: ["contacts": contacts],
            sequences: [
                "crm": SequenceDefinition(name: "crm", steps: [StepDefinition(syncs: ["contacts"], after: [])])
            ]
        )
    }

    @Test func `in mid-read is waited for, and the run goes on by itself`() async throws {
        let state = try ScratchFolder.current.path("state")
        let server = try await PostgresServer.start()
        try await server.execute(
            """
            CREATE TABLE contacts (id text PRIMARY KEY, last_name text);
            INSERT INTO contacts SELECT 'C-' || n, 'Last ' || n FROM generate_series(1, 500) n;
            CHECKPOINT;
            """
        )
        try await withEmulator { address in
            let ledger = try Ledger(folder: ScratchFolder.current.path)
            let conductor = try Conductor(
                definitions: definitions(server.parameters(), address.baseURL),
                parts: Conductor.Parts(ledger: ledger, stateFolder: state, secrets: SecretAccess { _ in "" })
            )
            try await conductor.takeUpOpenRuns()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await conductor.run() }
                let announcements = conductor.parts.events.announcements()
                let (started, _) = try await conductor.start("crm", trigger: .manual)
                let asleep = """
                    SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep%' AND pid != pg_backend_pid()
                    """
                let deadline = ContinuousClock.now + .seconds(20)
                while try await server.execute(asleep).hasPrefix("0"), ContinuousClock.now < deadline {}
                try await server.restart()
                var reasons: [String] = []
                for await announcement in announcements {
                    guard let run = announcement.run, run.id == started.id else { continue }
                    if let reason = run.reason { reasons.append(reason) }
                    guard run.state.hasEnded else { continue }
                    #expect(run.state == .succeeded, "\(run)")
                    #expect(run.steps[0].counts.created == 500)
                    break
                }
                #expect(reasons.contains { $0.contains("source not reached") }, "\(reasons)")
                let report = try await conductor.verifyState()
                #expect(report.faults == [])
                await conductor.close()
                try await group.next()
            }
        }
        try await server.stop()
    }
}
