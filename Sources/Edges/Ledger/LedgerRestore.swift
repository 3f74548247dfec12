package import CivilTime
import Foundation
internal import GRDB
package import SyncModel

/// What a restore changes in the ledger of a backup: a new epoch begins, and nothing that was on its way goes on.
package struct LedgerRestore: Sendable {
    package var now: Timestamp
    package var reason: String
    /// Syncs that may have created or published something since the backup: they wait for a person's word.
    package var syncs: Set<String>
    /// What the timetable says now: no elapse may run twice.
    package var timetable: [TimetableEntry]
    /// Holds that are in force now or are to come: whoever asked for one still relies on it.
    package var holds: [Hold]
    /// Numbers that were given since the backup are not given again, by table.
    package var sequences: [String: Int64]
    package var epoch: Int64
    package var actor: Actor?

    package init(
        now: Timestamp,
        reason: String,
        syncs: Set<String>,
        timetable: [TimetableEntry],
        holds: [Hold],
        sequences: [String: Int64],
        epoch: Int64,
        actor: Actor?
    ) {
        self.now = now
        self.reason = reason
        self.syncs = syncs
        self.timetable = timetable
        self.holds = holds
        self.sequences = sequences
        self.epoch = epoch
        self.actor = actor
    }

    func apply(to database: Database, _ stateID: String) throws {
        let before = try Int64.fetchOne(database, sql: "SELECT value FROM meta WHERE key = 'epoch'") ?? 1
        for (key, value) in [
            ("state_id", stateID), ("epoch", String(max(before, epoch) + 1)), ("restoring", stateID),
        ] {
            try database.execute(
                sql: "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
                arguments: [key, value]
            )
        }
        for text in try String.fetchAll(database, sql: "SELECT record FROM runs WHERE ended IS NULL") {
            var run = try JSONDecoder().decode(RunRecord.self, from: Data(text.utf8))
            for index in run.steps.indices where !run.steps[index].state.hasEnded {
                run.steps[index].state = run.steps[index].started == nil ? .skipped : .failed
                run.steps[index].reason = reason
                run.steps[index].ended = now
            }
            run.state = .failed
            run.reason = reason
            run.ended = now
            try Ledger.store(run, database)
        }
        try database.execute(
            sql: "UPDATE intents SET settled = ? WHERE settled IS NULL; DELETE FROM launches",
            arguments: [now.microseconds]
        )
        // Their rows lie in no backup: what of them the snapshots lack is found again as not delivered.
        for sync in syncs.sorted() {
            try database.execute(
                sql: """
                    INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value
                    """,
                arguments: [Ledger.askKey + sync, reason]
            )
        }
        for entry in timetable {
            try database.execute(
                sql: """
                    INSERT INTO timetable (sequence, memory, failures) VALUES (?, ?, ?)
                    ON CONFLICT DO UPDATE SET memory = excluded.memory
                    """,
                arguments: [entry.sequence, entry.memory, entry.failures]
            )
        }
        try database.execute(sql: "DELETE FROM holds")
        for hold in holds { try Ledger.store(hold, database) }
        for (table, number) in sequences {
            try database.execute(
                sql: "DELETE FROM sqlite_sequence WHERE name = ? AND seq < ?",
                arguments: [table, number]
            )
            try database.execute(
                sql: """
                    INSERT INTO sqlite_sequence (name, seq)
                    SELECT ?, ? WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = ?)
                    """,
                arguments: [table, number, table]
            )
        }
        try Ledger.append(LedgerEvent(time: now, kind: "state-restored", reason: reason, actor: actor), database)
    }
}

extension Ledger {
    /// The highest number of each table that counts, for a restore.
    package func givenNumbers() async throws -> [String: Int64] {
        try await wrapping("read the state's numbers") {
            try await self.pool.read { database in
                let rows = try Row.fetchAll(database, sql: "SELECT name, seq FROM sqlite_sequence")
                return Dictionary(rows.map { ($0["name"], $0["seq"]) }) { first, _ in first }
            }
        }
    }

    /// Takes over the ledger of a folder, whole, in one step that a crash cannot divide.
    package func replace(byFolder folder: String) async throws {
        try await wrapping("replace the state") {
            let source = try DatabaseQueue(path: folder + "/ledger.sqlite")
            try source.backup(to: self.pool)
            try source.close()
            self.pool.invalidateReadOnlyConnections()
            try self.renewStateID()
        }
    }
}
