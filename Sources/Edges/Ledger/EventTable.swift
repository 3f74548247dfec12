package import CivilTime
import Foundation
internal import GRDB
package import SyncModel

/// Something that happened, as followers of the event stream read it.
package struct LedgerEvent: Sendable, Codable, Equatable {
    /// 0 until it is stored.
    package var number: Int64
    package var time: Timestamp
    /// What happened, such as `run-started` or `step-ended`.
    package var kind: String
    package var run: RunID?
    package var sequence: String?
    package var sync: String?
    package var state: String?
    package var reason: String?
    package var actor: Actor?

    package init(
        time: Timestamp,
        kind: String,
        run: RunID? = nil,
        sequence: String? = nil,
        sync: String? = nil,
        state: String? = nil,
        reason: String? = nil,
        actor: Actor? = nil
    ) {
        number = 0
        self.time = time
        self.kind = kind
        self.run = run
        self.sequence = sequence
        self.sync = sync
        self.state = state
        self.reason = reason
        self.actor = actor
    }
}

extension Ledger {
    /// Stores an event that goes with no change of a run.
    package func append(_ event: LedgerEvent) async throws {
        try await wrapping("store an event") {
            try await self.changes.write { try Self.append(event, $0) }
        }
    }

    /// Events after a number, oldest first.
    package func events(after number: Int64, run: RunID? = nil, limit: Int) async throws -> [LedgerEvent] {
        try await wrapping("read events") {
            try await self.pool.read { database in
                let sql = """
                    SELECT number, record FROM events WHERE number > ? AND (? IS NULL OR run = ?) ORDER BY number LIMIT ?
                    """
                let rows = try Row.fetchAll(
                    database,
                    sql: sql,
                    arguments: [number, run?.rawValue, run?.rawValue, limit]
                )
                return try rows.map { row in
                    let text: String = row["record"]
                    var event = try JSONDecoder().decode(LedgerEvent.self, from: Data(text.utf8))
                    event.number = row["number"]
                    return event
                }
            }
        }
    }

    /// The number of the newest event; 0 when there is none.
    package func lastEventNumber() async throws -> Int64 {
        try await wrapping("read events") {
            try await self.pool.read { try Int64.fetchOne($0, sql: "SELECT max(number) FROM events") ?? 0 }
        }
    }

    // MARK: - Implementation

    static func append(_ event: LedgerEvent, _ database: Database) throws {
        try database.execute(
            sql: "INSERT INTO events (time, kind, run, record) VALUES (?, ?, ?, ?)",
            arguments: [event.time.microseconds, event.kind, event.run?.rawValue, try encoded(event)]
        )
    }
}
