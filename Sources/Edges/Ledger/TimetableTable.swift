internal import GRDB
package import SyncModel

/// What the scheduler must not forget of one sequence.
package struct TimetableEntry: Sendable, Equatable {
    package var sequence: String
    /// In the scheduler's own form.
    package var memory: String
    /// Runs that failed one after the other, up to now.
    package var failures: Int

    package init(sequence: String, memory: String, failures: Int = 0) {
        self.sequence = sequence
        self.memory = memory
        self.failures = failures
    }
}

extension Ledger {
    /// Every sequence of which something is remembered.
    package func timetable() async throws -> [String: TimetableEntry] {
        try await wrapping("read the timetable") {
            try await self.pool.read { database in
                let entries = try Row.fetchAll(database, sql: "SELECT * FROM timetable").map { row in
                    TimetableEntry(sequence: row["sequence"], memory: row["memory"], failures: row["failures"])
                }
                return Dictionary(entries.map { ($0.sequence, $0) }) { first, _ in first }
            }
        }
    }

    /// Stores what is remembered of sequences, and what happened to them: one transaction for all.
    package func store(_ entries: [TimetableEntry], events: [LedgerEvent] = []) async throws {
        if entries.isEmpty && events.isEmpty { return }
        _ = try await settle(entries, runs: [], events: events)
    }

    /// Stores elapses with the runs that they lead to: all of it or nothing.
    ///
    /// - Returns: for each run the one that now stands for its elapse, and whether it is new.
    package func settle(
        _ entries: [TimetableEntry],
        runs: [(run: RunRecord, event: LedgerEvent)],
        events: [LedgerEvent]
    ) async throws -> [(run: RunRecord, isNew: Bool)] {
        try await wrapping("store the timetable") {
            try await self.changes.write { database in
                let statement = try database.makeStatement(
                    sql: """
                        INSERT INTO timetable (sequence, memory, failures) VALUES (?, ?, ?)
                        ON CONFLICT (sequence) DO UPDATE SET memory = excluded.memory, failures = excluded.failures
                        """
                )
                for entry in entries {
                    try statement.execute(arguments: [entry.sequence, entry.memory, entry.failures])
                }
                for event in events { try Self.append(event, database) }
                return try runs.map { try Self.create($0.run, $0.event, database) }
            }
        }
    }
}
