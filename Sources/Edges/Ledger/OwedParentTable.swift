package import Fingerprinting
import Foundation
internal import GRDB
package import SyncModel

/// A value that lookups may name, whose row was never delivered: children that name it are held.
package struct OwedParent: Sendable, Equatable {
    package var destination: String
    package var object: String
    package var field: String
    /// As the field compares: folded and trimmed.
    package var value: String
    package var sync: String
    package var key: Hash128
    package var keyText: String
    package var state: UndeliveredState

    package init(
        destination: String,
        object: String,
        field: String,
        value: String,
        sync: String,
        key: Hash128,
        keyText: String,
        state: UndeliveredState
    ) {
        self.destination = destination
        self.object = object
        self.field = field
        self.value = value
        self.sync = sync
        self.key = key
        self.keyText = keyText
        self.state = state
    }
}

extension Ledger {
    /// Remembers parents that were never delivered, and forgets those that now were.
    package func changeOwedParents(
        adding added: [OwedParent],
        deliveredOf sync: String,
        keys delivered: [Hash128]
    ) async throws {
        if added.isEmpty && delivered.isEmpty { return }
        try await wrapping("store the owed rows of \(sync)") {
            try await self.changes.write { try Self.change($0, adding: added, deliveredOf: sync, keys: delivered) }
        }
    }

    /// The keys of a sync's rows by which children may be held.
    package func owedParentKeys(of sync: String) async throws -> Set<Hash128> {
        try await wrapping("read the owed rows of \(sync)") {
            try await self.pool.read { database in
                let keys = try Data.fetchAll(
                    database,
                    sql: "SELECT DISTINCT key FROM owed_parents WHERE sync = ?",
                    arguments: [sync]
                )
                return Set(keys.compactMap(Hash128.init))
            }
        }
    }

    static func change(
        _ database: Database,
        adding added: [OwedParent],
        deliveredOf sync: String,
        keys delivered: [Hash128]
    ) throws {
        if !delivered.isEmpty {
            let forget = try database.cachedStatement(sql: "DELETE FROM owed_parents WHERE sync = ? AND key = ?")
            for key in delivered { try forget.execute(arguments: [sync, key.data]) }
        }
        if added.isEmpty { return }
        let remember = try database.cachedStatement(
            sql: """
                INSERT INTO owed_parents (destination, object, field, value, sync, key, key_text, state)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET key = excluded.key, key_text = excluded.key_text, state = excluded.state
                """
        )
        for parent in added {
            try remember.execute(arguments: [
                parent.destination, parent.object, parent.field, parent.value, parent.sync, parent.key.data,
                parent.keyText, parent.state.rawValue,
            ])
        }
    }

    /// The owed parents of one object's field, by folded value.
    package func owedParents(destination: String, object: String, field: String) async throws -> [String: OwedParent] {
        try await wrapping("read the owed rows of \(object)") {
            try await self.pool.read { database in
                let rows = try Row.fetchAll(
                    database,
                    sql: "SELECT * FROM owed_parents WHERE destination = ? AND object = ? AND field = ?",
                    arguments: [destination, object.lowercased(), field.lowercased()]
                )
                let parents = rows.compactMap { row -> OwedParent? in
                    guard let key = Hash128(row["key"]), let state = UndeliveredState(rawValue: row["state"]) else {
                        return nil
                    }
                    return OwedParent(
                        destination: row["destination"],
                        object: row["object"],
                        field: row["field"],
                        value: row["value"],
                        sync: row["sync"],
                        key: key,
                        keyText: row["key_text"],
                        state: state
                    )
                }
                return Dictionary(parents.map { ($0.value, $0) }) { first, _ in first }
            }
        }
    }
}
