package import Fingerprinting
import Foundation
internal import GRDB
internal import SyncModel

extension Ledger {
    /// Whether anything of a row is kept here: a refusal of it, or that children wait for it.
    package func keeps(key: Hash128, of sync: String) async throws -> Bool {
        try await wrapping("look for a row of \(sync)") {
            try await self.pool.read { database in
                let sql = """
                    SELECT EXISTS (SELECT 1 FROM undelivered WHERE sync = :sync AND key = :key)
                        OR EXISTS (SELECT 1 FROM owed_parents WHERE sync = :sync AND key = :key)
                    """
                return try Bool.fetchOne(database, sql: sql, arguments: ["sync": sync, "key": key.data]) ?? false
            }
        }
    }

    /// Takes a row's values out of refused rows, the index of owed parents, and the bodies of the sync's requests.
    ///
    /// What was deleted is overwritten in the file.
    ///
    /// - Returns: how many records were changed.
    package func forget(key: Hash128, text: String, of sync: String) async throws -> Int {
        try await wrapping("forget a row of \(sync)") {
            let changed = try await self.pool.write { database -> Int in
                try database.execute(sql: "PRAGMA secure_delete = ON")
                var changed = 0
                let own = try Row.fetchAll(
                    database,
                    sql: "SELECT number, record FROM undelivered WHERE sync = ? AND key = ?",
                    arguments: [sync, key.data]
                )
                for row in own {
                    changed += try Self.rewrite(row, database) { row in
                        row.key = Self.forgotten
                        row.message = Self.forgotten
                        row.values = [:]
                    }
                }
                // A held child names its parent's key.
                let children = try Row.fetchAll(
                    database,
                    sql: "SELECT number, record FROM undelivered WHERE state = ? AND instr(record, ?) > 0",
                    arguments: [UndeliveredState.held.rawValue, text]
                )
                for row in children {
                    changed += try Self.rewrite(row, database) { row in
                        row.message = row.message.replacing("'\(text)'", with: "'\(Self.forgotten)'")
                    }
                }
                try database.execute(
                    sql: "DELETE FROM owed_parents WHERE sync = ? AND key = ?",
                    arguments: [sync, key.data]
                )
                changed += database.changesCount
                try database.execute(
                    sql: """
                        UPDATE calls SET request_body = NULL, response_body = NULL
                        WHERE sync = ? AND (request_body IS NOT NULL OR response_body IS NOT NULL)
                        """,
                    arguments: [sync]
                )
                changed += database.changesCount
                return changed
            }
            // The log of SQLite has the old pages until it is emptied.
            try await self.pool.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
            return changed
        }
    }

    // MARK: - Implementation

    private static let forgotten = "(forgotten)"

    private static func rewrite(
        _ row: Row,
        _ database: Database,
        _ change: (inout UndeliveredRow) -> Void
    ) throws -> Int {
        let text: String = row["record"]
        let number: Int64 = row["number"]
        let known = try JSONDecoder().decode(UndeliveredRow.self, from: Data(text.utf8))
        var changed = known
        change(&changed)
        if changed == known { return 0 }
        try database.execute(
            sql: "UPDATE undelivered SET record = ? WHERE number = ?",
            arguments: [try encoded(changed), number]
        )
        return 1
    }
}
