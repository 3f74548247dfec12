package import CivilTime
internal import GRDB
package import SyncModel

/// What the scheduler must not forget of one sequence.
package struct TimetableEntry: Sendable, Equatable {
    package var sequence: String
    /// The last elapse that was acted on.
    package var lastElapse: Occurrence?
    package var isPaused: Bool
    package var pausedUntil: Timestamp?
    package var pausedReason: String?
    /// Runs that failed one after the other, up to now.
    package var failures: Int

    package init(sequence: String) {
        self.sequence = sequence
        isPaused = false
        failures = 0
    }
}

extension Ledger {
    /// Every sequence of which something is remembered.
    package func timetable() async throws -> [String: TimetableEntry] {
        try await wrapping("read the timetable") {
            try await self.pool.read { database in
                let entries = try Row.fetchAll(database, sql: "SELECT * FROM timetable").map { row in
                    var entry = TimetableEntry(sequence: row["sequence"])
                    if let instant: Int64 = row["instant"], let local: String = row["local_time"] {
                        entry.lastElapse = Occurrence(instant: Timestamp(microseconds: instant), localTime: local)
                    }
                    entry.isPaused = row["paused"] as Int64 != 0
                    entry.pausedUntil = (row["paused_until"] as Int64?).map(Timestamp.init(microseconds:))
                    entry.pausedReason = row["paused_reason"]
                    entry.failures = row["failures"]
                    return entry
                }
                return Dictionary(entries.map { ($0.sequence, $0) }) { first, _ in first }
            }
        }
    }

    package func store(_ entry: TimetableEntry, event: LedgerEvent? = nil) async throws {
        try await wrapping("store the timetable of \(entry.sequence)") {
            try await self.pool.write { database in
                try database.execute(
                    sql: """
                        INSERT INTO timetable (sequence, instant, local_time, paused, paused_until, paused_reason, failures)
                        VALUES (?, ?, ?, ?, ?, ?, ?)
                        ON CONFLICT (sequence) DO UPDATE SET instant = excluded.instant, local_time = excluded.local_time,
                            paused = excluded.paused, paused_until = excluded.paused_until,
                            paused_reason = excluded.paused_reason, failures = excluded.failures
                        """,
                    arguments: [
                        entry.sequence, entry.lastElapse?.instant.microseconds, entry.lastElapse?.localTime,
                        entry.isPaused ? 1 : 0,
                        entry.pausedUntil?.microseconds, entry.pausedReason, entry.failures,
                    ]
                )
                if let event { try Self.append(event, database) }
            }
        }
    }
}
