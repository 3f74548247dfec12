package import CivilTime
import Foundation
internal import GRDB
package import SyncModel

/// A quiet window that a person opened by hand; it ends by itself.
package struct Hold: Sendable, Equatable, Codable {
    package var id: String
    package var destination: String
    /// nil: the whole org.
    package var objects: [String]?
    package var from: Timestamp
    package var until: Timestamp
    package var reason: String?
    package var actor: Actor?
    package var running: WindowBehaviour

    package init(
        id: String,
        destination: String,
        objects: [String]?,
        from: Timestamp,
        until: Timestamp,
        reason: String?,
        actor: Actor?,
        running: WindowBehaviour = .pause
    ) {
        self.id = id
        self.destination = destination
        self.objects = objects
        self.from = from
        self.until = until
        self.reason = reason
        self.actor = actor
        self.running = running
    }
}

extension Ledger {
    /// Holds that had not ended at `now`.
    package func holds(at now: Timestamp) async throws -> [Hold] {
        try await wrapping("read the holds") {
            try await self.pool.read { database in
                let sql = "SELECT record FROM holds WHERE until > ? ORDER BY until"
                return try String.fetchAll(database, sql: sql, arguments: [now.microseconds])
                    .map { try JSONDecoder().decode(Hold.self, from: Data($0.utf8)) }
            }
        }
    }

    package func store(_ hold: Hold, event: LedgerEvent) async throws {
        try await wrapping("store hold \(hold.id)") {
            try await self.changes.write { database in
                try Self.store(hold, database)
                try Self.append(event, database)
            }
        }
    }

    // MARK: - Implementation

    static func store(_ hold: Hold, _ database: Database) throws {
        try database.execute(
            sql: """
                INSERT INTO holds (id, record, until) VALUES (?, ?, ?)
                ON CONFLICT (id) DO UPDATE SET record = excluded.record, until = excluded.until
                """,
            arguments: [hold.id, try encoded(hold), hold.until.microseconds]
        )
    }
}
