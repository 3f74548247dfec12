import CivilTime
import Fingerprinting
import Foundation
import GRDB
import SyncModel
import Testing

@testable import Ledger

@Suite struct `An older ledger` {
    private let folder: String

    init() throws {
        folder = NSTemporaryDirectory() + "ledger-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    private func fixture(_ name: String) throws -> String {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Schemas/\(name)")
        return try String(contentsOf: path, encoding: .utf8)
    }

    /// Every table and index, in words that do not depend on how it came to be.
    private func schema(_ folder: String) throws -> [String: [String]] {
        let queue = try DatabaseQueue(path: folder + "/ledger.sqlite")
        return try queue.read { database in
            var schema: [String: [String]] = [:]
            for name in try String.fetchAll(database, sql: "SELECT name FROM sqlite_master WHERE type = 'table'") {
                let columns = try Row.fetchAll(database, sql: "PRAGMA table_info(\(name))").map { row in
                    "\(row["name"] as String) \(row["type"] as String) \(row["notnull"] as Int) \(row["pk"] as Int)"
                }
                let indexes = try String.fetchAll(
                    database,
                    sql: "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL",
                    arguments: [name]
                )
                schema[name] = columns.sorted() + indexes.sorted()
            }
            return schema
        }
    }

    /// The versions before this one; of each there is what it added to the schema, as it was released, and rows of it.
    private static let versions = ["1", "start-keys", "merges", "durability", "resting"]

    @Test func `is recorded in each of its versions`() {
        #expect(LedgerSchema.migrator.migrations.dropLast() == Self.versions[...])
    }

    @Test(arguments: versions)
    func `is brought up to this one with all that is in it`(version: String) async throws {
        let newest = try #require(Self.versions.firstIndex(of: version))
        let known = Self.versions[...newest]
        let old = try DatabaseQueue(path: folder + "/ledger.sqlite")
        for version in known {
            try await old.write { [sql = try fixture(version + ".sql")] in try $0.execute(sql: sql) }
        }
        try old.close()

        let ledger = try Ledger(folder: folder)
        #expect(ledger.stateID == "0d9f7d4e-1111-4222-8333-444455556666")
        #expect(try await ledger.value("org:org") == "00D000000000001")
        let runs = try await ledger.runsNotEnded()
        #expect(runs.map(\.id.rawValue) == ["r1"])
        #expect(runs.first?.state == .running)
        let intent = try #require(try await ledger.openIntents(of: "accounts").first)
        #expect(intent.handle == "750000000000001")
        #expect(intent.stage == .working)
        #expect(intent.rowCount == 3)
        let outcome = try #require(try await ledger.outcomes(of: "contacts", after: 0, limit: 10).first)
        #expect(outcome.undelivered.map(\.row.key) == ["C-1"])
        #expect(outcome.undelivered.allSatisfy { $0.mark == nil && !$0.row.rests })
        #expect(outcome.elsewhere == nil)
        #expect(try await ledger.owedParentKeys(of: "accounts").count == 1)
        #expect(try await ledger.timetable()["crm"]?.memory == "{}")
        #expect(try await ledger.unadoptedSyncs() == [:])
        #expect(try await ledger.check().faults == [])
        try await holdsWhatCameLater(ledger, known)
        try ledger.close()

        let fresh = folder + "/fresh"
        try FileManager.default.createDirectory(atPath: fresh, withIntermediateDirectories: true)
        try Ledger(folder: fresh).close()
        #expect(try schema(folder) == schema(fresh))
    }

    /// What versions behind the first have brought.
    private func holdsWhatCameLater(_ ledger: Ledger, _ known: ArraySlice<String>) async throws {
        let run = RunID(rawValue: "r1")
        let isStarted = try await ledger.run(forKey: "nightly-2027-01-15")?.id == run
        #expect(isStarted == known.contains("start-keys"))
        let merged = try await ledger.mergedRows(of: "accounts").values.map { "\($0.victimID) into \($0.parentID)" }
        #expect(merged == (known.contains("merges") ? ["001000000000001 into 001000000000007"] : []))
        let jobs = try await ledger.outcomes(of: "contacts", after: 0, limit: 10).filter { $0.job != nil }
        #expect(jobs.map(\.elsewhere) == (known.contains("durability") ? [2] : []))
        let left = try await ledger.undelivered(run: run)
        // A row that was looked at anew is told of no more.
        #expect(left.map(\.key) == (known.contains("resting") ? ["C-1", "C-3"] : ["C-1"]))
        #expect(left.map(\.rests) == left.map { $0.key == "C-3" })
        #expect(
            try await ledger.crashed(run) == (known.contains("durability") ? (known.contains("resting") ? 1 : 3) : 0)
        )
    }

    @Test func `of each version is brought up to this one from the one before it`() throws {
        let versions = LedgerSchema.migrator.migrations
        let fresh = folder + "/fresh"
        try FileManager.default.createDirectory(atPath: fresh, withIntermediateDirectories: true)
        try Ledger(folder: fresh).close()
        let wanted = try schema(fresh)
        for version in versions.dropLast() {
            let own = folder + "/" + version
            try FileManager.default.createDirectory(atPath: own, withIntermediateDirectories: true)
            let queue = try DatabaseQueue(path: own + "/ledger.sqlite")
            try LedgerSchema.migrator.migrate(queue, upTo: version)
            try queue.close()
            try Ledger(folder: own).close()
            #expect(try schema(own) == wanted, "\(version)")
        }
    }

    @Test func `of each version keeps what is in it`() async throws {
        for version in LedgerSchema.migrator.migrations {
            let own = folder + "/kept-" + version
            try FileManager.default.createDirectory(atPath: own, withIntermediateDirectories: true)
            let queue = try DatabaseQueue(path: own + "/ledger.sqlite")
            try await queue.write { [sql = try fixture("1.sql")] in try $0.execute(sql: sql) }
            try LedgerSchema.migrator.migrate(queue, upTo: version)
            let before = try counts(queue)
            try queue.close()
            let ledger = try Ledger(folder: own)
            #expect(try await ledger.openIntents(of: "accounts").map(\.handle) == ["750000000000001"], "\(version)")
            #expect(try await ledger.check().faults == [], "\(version)")
            try ledger.close()
            let after = try counts(try DatabaseQueue(path: own + "/ledger.sqlite"))
            for (table, count) in before where table != "grdb_migrations" {
                #expect(after[table] == count, "\(table) of \(version)")
            }
        }
    }

    private func counts(_ queue: DatabaseQueue) throws -> [String: Int] {
        try queue.read { database in
            let tables = try String.fetchAll(database, sql: "SELECT name FROM sqlite_master WHERE type = 'table'")
            return try tables.reduce(into: [:]) { counts, table in
                counts[table] = try Int.fetchOne(database, sql: "SELECT count(*) FROM \(table)") ?? 0
            }
        }
    }

    @Test func `stays as it was when a migration cannot be finished`() async throws {
        let queue = try DatabaseQueue(path: folder + "/ledger.sqlite")
        try await queue.write { [sql = try fixture("1.sql")] in
            try $0.execute(sql: sql)
            // In the way of a later version's table, so that its migration fails in its middle.
            try $0.execute(sql: "CREATE TABLE launches (something TEXT)")
        }
        #expect(throws: LedgerError.self) { try Ledger(folder: folder) }
        try await queue.read { database in
            let columns = try Row.fetchAll(database, sql: "PRAGMA table_info(outcomes)").map { $0["name"] as String }
            #expect(!columns.contains("retried") && !columns.contains("elsewhere"))
            let done = try String.fetchAll(database, sql: "SELECT identifier FROM grdb_migrations")
            #expect(!done.contains("durability"))
        }
    }

    @Test func `of a version that is yet to come is refused`() async throws {
        try Ledger(folder: folder).close()
        let queue = try DatabaseQueue(path: folder + "/ledger.sqlite")
        try await queue.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('of next year')") }
        try queue.close()
        #expect(throws: LedgerError.self) { try Ledger(folder: folder) }
    }
}

@Suite struct `A run that may take the daemon down` {
    @Test func `is counted from crash to crash, and from the beginning once something was recorded`() async throws {
        let folder = NSTemporaryDirectory() + "ledger-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let ledger = try Ledger(folder: folder)
        let now = Timestamp(seconds: 1_800_000_000)
        let run = RunRecord(
            id: RunID(rawValue: "r1"),
            sequence: "crm",
            trigger: .manual,
            created: now,
            steps: [StepRecord(sync: "accounts", object: "Account")]
        )
        _ = try await ledger.create(run, event: LedgerEvent(time: now, kind: "run-queued"))
        #expect(try await ledger.crashed(run.id) == 0)
        try await ledger.launched(run.id)
        #expect(try await ledger.crashed(run.id) == 1)
        try await ledger.launched(run.id)
        #expect(try await ledger.crashed(run.id) == 2)
        try await ledger.launched(run.id)
        let outcome = BatchOutcome(unsentBy: run.id, of: "accounts", .upsert)
        _ = try await ledger.record(outcome, run: run, at: now)
        #expect(try await ledger.crashed(run.id) == 1)
        try await ledger.launched(run.id)
        try await ledger.landed(run.id)
        #expect(try await ledger.crashed(run.id) == 0)
    }
}
