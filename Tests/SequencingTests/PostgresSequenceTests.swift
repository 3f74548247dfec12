import Fingerprinting
import Ledger
import SalesforceEmulator
import SyncModel
import TestKit
import Testing

@testable import Sequencing

@Suite(.postgres, .scratchFolder, .timeLimit(.minutes(5))) struct `A sequence from PostgreSQL` {
    private static let schema = """
        CREATE TABLE accounts (id text PRIMARY KEY, name text, revenue numeric(12, 2));
        CREATE TABLE contacts (id text PRIMARY KEY, last_name text, account text);
        INSERT INTO accounts SELECT 'A-' || n, 'Company ' || n, n * 1.5 FROM generate_series(1, 40) n;
        INSERT INTO contacts SELECT 'C-' || n, 'Last ' || n, 'A-' || (1 + n % 40) FROM generate_series(1, 120) n;
        UPDATE accounts SET name = NULL WHERE id = 'A-3';
        """

    private func definitions(_ parameters: [String: String], _ address: String) -> DefinitionSet {
        var accounts = SyncDefinition(
            name: "accounts",
            model: "accounts",
            destination: "org",
            target: .object("Account"),
            mode: .upsert,
            match: .init(column: "id", field: "External_Id__c"),
            fields: [
                FieldMapping(field: "Name", value: .column("name")),
                FieldMapping(field: "AnnualRevenue", value: .column("revenue")),
            ]
        )
        accounts.whenRemoved = .nothing
        let parent = FieldMapping.Lookup(object: "Account", field: "External_Id__c", column: "account")
        let contacts = SyncDefinition(
            name: "contacts",
            model: "contacts",
            destination: "org",
            target: .object("Contact"),
            mode: .upsert,
            match: .init(column: "id", field: "External_Id__c"),
            fields: [
                FieldMapping(field: "LastName", value: .column("last_name")),
                FieldMapping(field: "AccountId", value: .lookup(parent)),
            ]
        )
        func model(_ name: String, _ sql: String) -> ModelDefinition {
            ModelDefinition(name: name, source: "warehouse", reading: .sql(sql), primaryKey: ["id"])
        }
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
                "accounts": model("accounts", "SELECT * FROM accounts"),
                "contacts": model("contacts", "SELECT id, last_name, account FROM contacts -- all of them"),
            ],
            syncs: ["accounts": accounts, "contacts": contacts],
            sequences: [
                "crm": SequenceDefinition(
                    name: "crm",
                    steps: [
                        StepDefinition(syncs: ["accounts"], after: []), StepDefinition(syncs: ["contacts"], after: [0]),
                    ]
                )
            ]
        )
    }

    /// Starts the sequence and waits for its end.
    private func run(_ conductor: Conductor) async throws -> RunRecord {
        let announcements = conductor.parts.events.announcements()
        let (started, _) = try await conductor.start("crm", trigger: .manual)
        for await announcement in announcements {
            if let run = announcement.run, run.id == started.id, run.state.hasEnded { return run }
        }
        throw CancellationError()
    }

    @Test func `delivers parents before children, holds what it must, and then sends only what changed`() async throws {
        let state = try ScratchFolder.current.path("state")
        let server = try PostgresServer.current
        try await server.withDatabase(Self.schema) { database in
            let parameters = server.parameters(database: database)
            try await withEmulator { address in
                let ledger = try Ledger(folder: ScratchFolder.current.path)
                let conductor = try Conductor(
                    definitions: definitions(parameters, address.baseURL),
                    parts: Conductor.Parts(ledger: ledger, stateFolder: state, secrets: SecretAccess { _ in "" })
                )
                try await conductor.takeUpOpenRuns()
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await conductor.run() }

                    let first = try await run(conductor)
                    #expect(first.state == .partial, "\(first)")
                    #expect(first.steps.map(\.counts.created) == [39, 117])
                    #expect(first.steps.map(\.counts.rejected) == [1, 0])
                    #expect(first.steps.map(\.counts.held) == [0, 3])

                    _ = try await server.execute(
                        "UPDATE accounts SET name = 'Named' WHERE id = 'A-3'; UPDATE contacts SET last_name = 'New' WHERE id = 'C-7'",
                        database: database
                    )
                    let second = try await run(conductor)
                    #expect(second.state == .succeeded, "\(second)")
                    #expect(second.steps.map(\.counts.created) == [1, 3])
                    #expect(second.steps.map(\.counts.updated) == [0, 1])

                    let third = try await run(conductor)
                    #expect(third.state == .succeeded, "\(third)")
                    #expect(third.steps.map(\.counts.unchanged) == [40, 120])
                    #expect(try await ledger.calls(of: third.id).isEmpty)

                    await conductor.close()
                    try await group.next()
                }
            }
        }
    }

    @Test func `says which column is missing, and the children do not begin`() async throws {
        let state = try ScratchFolder.current.path("state")
        let server = try PostgresServer.current
        try await server.withDatabase(Self.schema + "ALTER TABLE accounts RENAME revenue TO income;") { database in
            let parameters = server.parameters(database: database)
            try await withEmulator { address in
                let conductor = try Conductor(
                    definitions: definitions(parameters, address.baseURL),
                    parts: Conductor.Parts(
                        ledger: try Ledger(folder: ScratchFolder.current.path),
                        stateFolder: state,
                        secrets: SecretAccess { _ in "" }
                    )
                )
                try await conductor.takeUpOpenRuns()
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await conductor.run() }
                    let failed = try await run(conductor)
                    #expect(failed.state == .failed)
                    #expect(failed.steps[0].reason?.contains("`revenue`") == true, "\(failed.steps[0])")
                    #expect(failed.steps[1].state == .skipped)
                    await conductor.close()
                    try await group.next()
                }
            }
        }
    }
}
