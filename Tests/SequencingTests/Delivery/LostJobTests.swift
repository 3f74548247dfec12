import Ledger
import SyncModel
import TestKit
import Testing

@testable import Salesforce
@testable import Sequencing

@Suite(.scratchFolder, .timeLimit(.minutes(3))) struct `A job that Salesforce no longer keeps` {
    /// Stops the engine while a closed job waits to be asked, has the org forget the job, and goes on.
    private func forgotten(
        _ sync: SyncDefinition,
        answerless path: String,
        _ body: @escaping @Sendable (Belt, RunRecord) async throws -> Void
    ) async throws {
        try await Belt.with([sync], models: ["people": ["code"]]) { belt in
            try belt.rows("people", "code,last_name\nP-1,One\nP-2,Two\nP-3,Three\n")
            try await belt.admin("POST", "faults", #"{"match":{"method":"GET","path":"\#(path)"},"do":"drop"}"#)
            let run = try await belt.runUntilItWaits()
            #expect(run.state == .waiting, "\(run)")
            // Jobs are no part of a snapshot, records are.
            try await belt.admin("POST", "snapshot")
            try await belt.admin("POST", "restore")
            try await belt.admin("DELETE", "faults")
            try await belt.restarted { belt in try await body(belt, try await belt.end(of: run.id)) }
        }
    }

    private func sync(_ mode: SyncMode, _ api: APIChoice) -> SyncDefinition {
        .of("people", into: .object("Contact"), mode, fields: ["LastName": "last_name"]) {
            if mode == .upsert { $0.match = .init(column: "code", field: "External_Id__c") }
            $0.api = api
        }
    }

    @Test(arguments: [(APIChoice.bulk2, "jobs/ingest/"), (.bulk, "async/[0-9.]+/job/[^/]+(/batch)?$")])
    func `leaves what it would create in doubt, until a person has said what became of it`(
        api: APIChoice,
        path: String
    ) async throws {
        try await forgotten(sync(.insert, api), answerless: path) { belt, run in
            #expect(run.state == .partial, "\(run)")
            #expect(run.steps[0].counts.inDoubt == 3, "\(run)")
            #expect(try await belt.ledger.openIntents().isEmpty)
            #expect(try await belt.counter("created", "Contact") == 3)
            // They are not sent by the next run either.
            #expect(try await belt.run().steps[0].counts.created == 0)
            #expect(try await belt.counter("created", "Contact") == 3)
            let check = try await belt.ledger.check()
            #expect(check.faults == [])
        }
    }

    @Test(arguments: [(APIChoice.bulk2, "jobs/ingest/"), (.bulk, "async/[0-9.]+/job/[^/]+(/batch)?$")])
    func `has its upserts sent again, which changes nothing that was written`(
        api: APIChoice,
        path: String
    ) async throws {
        try await forgotten(sync(.upsert, api), answerless: path) { belt, run in
            #expect(run.state == .succeeded, "\(run)")
            let created = try await belt.counter("created", "Contact")
            #expect(created == 3)
            #expect(try await belt.run().steps[0].counts.unchanged == 3)
        }
    }
}
