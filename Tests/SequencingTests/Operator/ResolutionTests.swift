import Fingerprinting
import Ledger
import SyncModel
import TestKit
import Testing

@testable import Salesforce
@testable import Sequencing

@Suite(.scratchFolder, .timeLimit(.minutes(2))) struct `A row in doubt` {
    private var accounts: SyncDefinition {
        .of(
            "accounts",
            into: .object("Account"),
            .upsert,
            match: ("id", "External_Id__c"),
            fields: ["Name": "name"]
        )
    }

    /// Three accounts of which two are in doubt, as if Salesforce had reported them nowhere.
    private func withDoubt(_ body: @escaping @Sendable (Belt, RunRecord) async throws -> Void) async throws {
        try await Belt.with([accounts], models: ["accounts": ["id"]]) { belt in
            try belt.rows("accounts", "id,name\nA-1,One\nA-2,Two\nA-3,Three\n")
            let run = try await belt.run()
            #expect(run.state == .succeeded)
            let sent = try #require(try await belt.ledger.deliveries(of: "accounts", limit: 1).first?.outcome)
            let rows = ["A-1", "A-2"].map { key in
                BatchOutcome.Undelivered(
                    key: Fingerprint.hash128(key),
                    row: UndeliveredRow(
                        sync: "accounts",
                        key: key,
                        operation: .upsert,
                        state: .inDoubt,
                        code: "NOT_REPORTED",
                        message: "the job reports this row nowhere"
                    )
                )
            }
            let doubt = BatchOutcome(
                run: run.id,
                sync: "accounts",
                intent: nil,
                operation: .upsert,
                spool: sent.spool,
                firstRow: 0,
                rowCount: sent.rowCount,
                accepted: [0],
                job: nil,
                batch: nil,
                undelivered: rows
            )
            _ = try await belt.ledger.record(doubt, run: run, at: belt.conductor.parts.clock.now)
            try await body(belt, run)
        }
    }

    @Test func `is not sent until a person has said what became of it`() async throws {
        try await withDoubt { belt, run in
            try belt.rows("accounts", "id,name\nA-1,One\nA-2,New\nA-3,Three\n")
            let before = try await belt.counter("updated", "Account")
            let calls = try await belt.calls()
            let still = try await belt.run()
            #expect(try await belt.calls() == calls, "nothing is to be sent, so nobody is called")
            #expect(still.state == .partial, "\(still)")
            #expect(still.steps[0].counts.owed == 2 && still.steps[0].counts.inDoubt == 2, "\(still)")
            #expect(still.steps[0].reason == "2 in doubt")
            // What a later run counts, it lists, with the run that a person resolves.
            let listed = try await belt.conductor.doubtfulRows(of: still, sync: nil, limit: 10)
            #expect(listed.map { "\($0.row.key) \($0.run)" } == ["A-1 \(run.id)", "A-2 \(run.id)"])
            #expect(try await belt.conductor.doubtfulRows(of: still, sync: "accounts", limit: 1).count == 1)
            var paged: [String] = []
            var last: Int64? = 0
            while let after = last {
                let page = try await belt.ledger.rowsInDoubt(
                    of: "accounts",
                    beside: still.id,
                    before: still.ended,
                    after: after,
                    limit: 1
                )
                #expect(page.rows.count <= 1)
                paged += page.rows.map { "\($0.row.key) \($0.run)" }
                last = page.last
            }
            #expect(paged == listed.map { "\($0.row.key) \($0.run)" })
            #expect(try await belt.conductor.doubtfulRows(of: still, sync: "others", limit: 10).isEmpty)
            #expect(try await belt.counter("updated", "Account") == before)
            let life = try await belt.conductor.explain("accounts", key: "A-1")
            #expect(life.next.contains("sequencectl resolve \(run.id) A-1"), "\(life.next)")

            let resolved = try await belt.conductor.resolve(
                run: run.id,
                keys: ["A-1", "A-2"],
                sync: nil,
                isDelivered: true,
                reason: "seen in the org",
                actor: Actor(uid: 0, name: "root")
            )
            #expect(resolved == 2)
            #expect(try await belt.ledger.check().faults == [])
            #expect(try await belt.conductor.explain("accounts", key: "A-1").changeClass == .unchanged)
            let next = try await belt.run()
            #expect(next.state == .succeeded && next.steps[0].counts.inDoubt == 0, "\(next)")
            #expect(try await belt.conductor.doubtfulRows(of: still, sync: nil, limit: 10).isEmpty)
            #expect(next.steps[0].counts.unchanged == 2, "\(next)")
            #expect(next.steps[0].counts.changed == 1)
            #expect(try await belt.records("Account")["A-2"]?.text("Name") == "New")
            let events = try await belt.ledger.events(after: 0, limit: 1_000)
            #expect(events.contains { $0.kind == "rows-resolved" && $0.reason?.contains("seen in the org") == true })
        }
    }

    @Test func `is sent again when it is said to be not delivered`() async throws {
        try await withDoubt { belt, run in
            let resolved = try await belt.conductor.resolve(
                run: run.id,
                keys: ["A-2"],
                sync: "accounts",
                isDelivered: false,
                reason: "not there",
                actor: nil
            )
            #expect(resolved == 1)
            #expect(try await belt.ledger.check().faults == [])
            let next = try await belt.run()
            #expect(next.steps[0].counts.updated == 1, "\(next)")
            #expect(next.steps[0].counts.owed == 2)
        }
    }

    @Test func `that is not in doubt is not resolved, nor are the others beside it`() async throws {
        try await withDoubt { belt, run in
            await #expect { try await resolve(belt, run.id, ["A-1", "A-3"]) } throws: {
                "\($0)" == "there is no row A-3 in doubt in run \(run.id): in doubt are A-1, A-2"
            }
            await #expect(throws: EngineError.self) { try await resolve(belt, RunID(rawValue: "nonsense"), ["A-1"]) }
            let resolved = try await resolve(belt, run.id, ["A-1"])
            #expect(resolved == 1)
            await #expect(throws: EngineError.self) { try await resolve(belt, run.id, ["A-1"]) }
        }
    }

    @discardableResult
    private func resolve(_ belt: Belt, _ run: RunID, _ keys: [String]) async throws -> Int {
        try await belt.conductor.resolve(
            run: run,
            keys: keys,
            sync: nil,
            isDelivered: true,
            reason: "seen",
            actor: nil
        )
    }
}
