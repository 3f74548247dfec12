import CivilTime
import Fingerprinting
import Foundation
import GRDB
import SyncModel
import Testing

@testable import Ledger

@Suite struct `A ledger` {
    private let folder: String
    private let now = Timestamp(seconds: 1_800_000_000)

    init() throws {
        folder = NSTemporaryDirectory() + "ledger-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    private func run(
        _ id: String,
        _ sequence: String = "crm",
        key: String? = nil,
        occurrence: String? = nil
    ) -> RunRecord {
        RunRecord(
            id: RunID(rawValue: id),
            sequence: sequence,
            trigger: .manual,
            idempotencyKey: key,
            occurrence: occurrence.map { Occurrence(instant: now, localTime: $0) },
            created: now,
            steps: [StepRecord(sync: "accounts", object: "Account")]
        )
    }

    private var event: LedgerEvent { LedgerEvent(time: now, kind: "run-queued") }

    @Test func `keeps its name and its runs over a restart`() async throws {
        let first = try Ledger(folder: folder)
        var record = run("r1")
        _ = try await first.create(record, event: event)
        record.state = .running
        record.steps[0].counts.created = 7
        try await first.update(record, event: LedgerEvent(time: now, kind: "run-running", run: record.id))
        let stateID = first.stateID
        try first.close()

        let second = try Ledger(folder: folder)
        #expect(second.stateID == stateID)
        #expect(try await second.run(record.id) == record)
        #expect(try await second.runsNotEnded() == [record])
        #expect(try await second.events(after: 0, limit: 10).map(\.kind) == ["run-queued", "run-running"])
    }

    @Test func `has each change on the disk before it says so`() async throws {
        let ledger = try Ledger(folder: folder)
        // 2 is FULL: the log is synchronized with every commit.
        #expect(try await ledger.pool.write { try Int.fetchOne($0, sql: "PRAGMA synchronous") } == 2)
    }

    @Test func `gives the run that an idempotency key already started`() async throws {
        let ledger = try Ledger(folder: folder)
        _ = try await ledger.create(run("r1", key: "k"), event: event)
        let second = try await ledger.create(run("r2", key: "k"), event: event)
        #expect(second.run.id.rawValue == "r1")
        #expect(!second.isNew)
        #expect(try await ledger.runs(limit: 10).count == 1)
    }

    @Test func `never has two runs of one elapse`() async throws {
        let ledger = try Ledger(folder: folder)
        _ = try await ledger.create(run("r1", occurrence: "2026-10-25T01:30:00"), event: event)
        let again = try await ledger.create(run("r2", occurrence: "2026-10-25T01:30:00"), event: event)
        let other = try await ledger.create(run("r3", occurrence: "2026-10-25T01:30:00+1"), event: event)
        #expect(!again.isNew)
        #expect(other.isNew)
    }

    @Test func `tells the newest ended run of each sequence that is asked for`() async throws {
        let ledger = try Ledger(folder: folder)
        for (id, sequence, state) in [
            ("r1", "crm", RunState.succeeded), ("r2", "crm", .failed), ("r3", "crm", .running),
            ("r4", "other", .succeeded), ("r5", "fresh", .queued),
        ] {
            var record = run(id, sequence)
            _ = try await ledger.create(record, event: event)
            record.state = state
            record.started = state == .queued ? nil : now
            record.reason = state == .failed ? "the org was down" : nil
            record.ended = state.hasEnded ? now : nil
            try await ledger.update(record)
        }
        let last = try await ledger.lastRuns(of: ["crm", "fresh", "unheard of"])
        #expect(
            last == [
                "crm": RunOutline(
                    id: RunID(rawValue: "r2"),
                    sequence: "crm",
                    state: .failed,
                    reason: "the org was down",
                    trigger: .manual,
                    created: now,
                    started: now,
                    ended: now
                )
            ]
        )
    }

    @Test func `stores an outcome, the settled intent and the counts in one`() async throws {
        let ledger = try Ledger(folder: folder)
        var record = run("r1")
        _ = try await ledger.create(record, event: event)
        var intent = Intent(
            run: record.id,
            sync: "accounts",
            kind: "bulk2-job",
            operation: .upsert,
            spool: "a b.payload",
            firstRow: 0,
            rowCount: 10
        )
        intent = try await ledger.begin(intent, at: now)
        intent.handle = "750x"
        intent.stage = .working
        try await ledger.advance(intent)
        #expect(try await ledger.openIntents(of: "accounts") == [intent])

        let key = Hash128(high: 1, low: .max)
        let refused = UndeliveredRow(
            sync: "accounts",
            key: "A-1",
            operation: .upsert,
            state: .rejected,
            code: "REQUIRED_FIELD_MISSING",
            message: "x",
            fields: ["Name"],
            values: ["Name": ""]
        )
        record.steps[0].counts.rejected = 1
        let number = try await ledger.record(
            BatchOutcome(
                run: record.id,
                sync: "accounts",
                intent: intent.number,
                operation: .upsert,
                spool: "a b.payload",
                firstRow: 0,
                rowCount: 10,
                accepted: [0xFE, 0x03],
                job: "750x",
                batch: nil,
                undelivered: [.init(key: key, row: refused)]
            ),
            run: record,
            at: now
        )
        #expect(try await ledger.openIntents(of: "accounts").isEmpty)
        #expect(try await !ledger.hasOpenIntents(record.id))
        #expect(try await ledger.lastOutcome(of: "accounts") == number)
        #expect(try await ledger.undelivered(run: record.id) == [refused])
        let outcome = try #require(try await ledger.outcomes(of: "accounts", after: 0, limit: 5).first)
        #expect(outcome.undelivered.first?.key == key)
        #expect((0..<10).map(outcome.isAccepted) == [false] + Array(repeating: true, count: 9))
        #expect(try await ledger.run(record.id)?.steps[0].counts.rejected == 1)
    }

    @Test func `hands out outcomes with no more rows at once than are asked for`() async throws {
        let ledger = try Ledger(folder: folder)
        let record = run("r1")
        _ = try await ledger.create(record, event: event)
        for number in 1...4 {
            let rows = (1...3).map { place in
                BatchOutcome.Undelivered(
                    key: Hash128(high: UInt64(number), low: UInt64(place)),
                    row: UndeliveredRow(
                        sync: "accounts",
                        key: "A-\(number)-\(place)",
                        operation: .upsert,
                        state: .rejected,
                        code: "REQUIRED_FIELD_MISSING",
                        message: "x"
                    )
                )
            }
            let outcome = BatchOutcome(unsentBy: record.id, of: "accounts", .upsert, rows)
            _ = try await ledger.record(outcome, run: record, at: now)
        }
        func found(_ most: Int) async throws -> [Int] {
            try await ledger.outcomes(of: "accounts", after: 0, limit: 10, undelivered: most).map(\.undelivered.count)
        }
        #expect(try await found(.max) == [3, 3, 3, 3])
        #expect(try await found(4) == [3, 3])
        #expect(try await found(1) == [3])
        #expect(try await found(0) == [0, 0, 0, 0])
    }

    @Test func `refuses an outcome whose rows and bits do not go together`() async throws {
        let ledger = try Ledger(folder: folder)
        let record = run("r1")
        _ = try await ledger.create(record, event: event)
        let outcome = BatchOutcome(
            run: record.id,
            sync: "accounts",
            intent: nil,
            operation: .upsert,
            spool: "s",
            firstRow: 0,
            rowCount: 9,
            accepted: [0xFF],
            job: nil,
            batch: nil,
            undelivered: []
        )
        _ = try await ledger.record(outcome, run: record, at: now)
        await #expect { try await ledger.outcomes(of: "accounts", after: 0, limit: 10) } throws: {
            ($0 as? LedgerError)?.code == .corrupt
        }
    }

    @Test func `refuses a file of a newer version with words`() async throws {
        do {
            let ledger = try Ledger(folder: folder)
            try await ledger.pool.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('99')") }
            try ledger.close()
        }
        #expect { try Ledger(folder: folder) } throws: { ($0 as? LedgerError)?.code == .newerVersion }
    }

    @Test func `refuses a file that is none`() throws {
        try Data(repeating: 7, count: 5_000).write(to: URL(fileURLWithPath: folder + "/ledger.sqlite"))
        #expect { try Ledger(folder: folder) } throws: { ($0 as? LedgerError)?.code == .corrupt }
    }

    @Test func `holds children by their parent's value until it is delivered`() async throws {
        let ledger = try Ledger(folder: folder)
        let key = Hash128(high: 3, low: 4)
        let parent = OwedParent(
            destination: "production",
            object: "account",
            field: "external_id__c",
            value: "a-7",
            sync: "accounts",
            key: key,
            keyText: "A-7",
            state: .rejected
        )
        try await ledger.changeOwedParents(adding: [parent], deliveredOf: "accounts", keys: [])
        let owed = try await ledger.owedParents(destination: "production", object: "Account", field: "External_Id__c")
        #expect(owed["a-7"] == parent)
        try await ledger.changeOwedParents(adding: [], deliveredOf: "accounts", keys: [key])
        #expect(
            try await ledger.owedParents(destination: "production", object: "Account", field: "External_Id__c").isEmpty
        )
    }

    @Test func `counts calls of no sync as spent, for people as for caps`() async throws {
        let ledger = try Ledger(folder: folder)
        let calls = ["accounts", nil, "others"].map { sync in
            var call = LoggedCall(
                started: now,
                method: "GET",
                path: "/x",
                status: 200,
                milliseconds: 1,
                bytesSent: 0,
                bytesReceived: 0
            )
            call.sync = sync
            return call
        }
        try await ledger.append(calls)
        let since = now - .seconds(60)
        #expect(try await ledger.spent(by: ["accounts"], since: since).apiCalls == 2)
        #expect(try await ledger.spending(of: ["accounts"], since: since).map(\.calls) == [2])
        #expect(try await ledger.spent(by: [], since: since).apiCalls == 1)
        #expect(try await ledger.spent(by: ["accounts"], since: now + .seconds(1)).apiCalls == 0)
    }

    @Test func `lists runs newest first, from any place on`() async throws {
        let ledger = try Ledger(folder: folder)
        for index in 1...5 { _ = try await ledger.create(run("r\(index)", index == 3 ? "other" : "crm"), event: event) }
        #expect(try await ledger.runs(limit: 2).map(\.id.rawValue) == ["r5", "r4"])
        #expect(try await ledger.runs(before: RunID(rawValue: "r4"), limit: 2).map(\.id.rawValue) == ["r3", "r2"])
        #expect(try await ledger.runs(of: "crm", limit: 9).map(\.id.rawValue) == ["r5", "r4", "r2", "r1"])
    }
}
