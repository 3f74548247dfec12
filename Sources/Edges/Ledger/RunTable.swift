package import CivilTime
import Foundation
internal import GRDB
package import SyncModel

extension Ledger {
    /// Stores a new run; an elapse that already has one, or an idempotency key that was seen, gives that run instead.
    ///
    /// - Returns: the run that now stands for the request, and whether it is the new one.
    package func create(_ run: RunRecord, event: LedgerEvent) async throws -> (run: RunRecord, isNew: Bool) {
        try await wrapping("create a run of \(run.sequence)") {
            try await self.changes.write { try Self.create(run, event, $0) }
        }
    }

    static func create(
        _ run: RunRecord,
        _ event: LedgerEvent,
        _ database: Database
    ) throws -> (run: RunRecord, isNew: Bool) {
        if let key = run.idempotencyKey, let known = try Self.run(key: key, database) { return (known, false) }
        if let occurrence = run.occurrence,
            let known = try Self.run(
                database,
                "sequence = ? AND occurrence = ?",
                [run.sequence, occurrence.localTime]
            )
        {
            return (known, false)
        }
        try database.execute(
            sql: """
                INSERT INTO runs (id, sequence, state, trigger, occurrence, idempotency_key, created, ended, record)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                run.id.rawValue, run.sequence, run.state.rawValue, run.trigger.rawValue,
                run.occurrence?.localTime,
                run.idempotencyKey, run.created.microseconds, run.ended?.microseconds, try Self.encoded(run),
            ]
        )
        try Self.append(event, database)
        return (run, true)
    }

    /// Stores a run as it now stands, with the event that tells of the change.
    ///
    /// In the order of the calls of one actor, so that the last of them is what stays.
    package nonisolated(nonsending) func update(_ run: RunRecord, event: LedgerEvent? = nil) async throws {
        try await wrapping("store run \(run.id)") {
            try await self.changes.write { database in
                try Self.store(run, database)
                if let event { try Self.append(event, database) }
            }
        }
    }

    package func run(_ id: RunID) async throws -> RunRecord? {
        try await wrapping("read run \(id)") {
            try await self.pool.read { try Self.run($0, "id = ?", [id.rawValue]) }
        }
    }

    /// Runs, newest first: of one sequence or of all, before one run or from the newest.
    package func runs(of sequence: String? = nil, before: RunID? = nil, limit: Int) async throws -> [RunRecord] {
        try await wrapping("list runs") {
            try await self.pool.read { database in
                var conditions = ["1 = 1"]
                var arguments: StatementArguments = []
                if let sequence {
                    conditions.append("sequence = ?")
                    arguments += [sequence]
                }
                if let before {
                    conditions.append("number < (SELECT number FROM runs WHERE id = ?)")
                    arguments += [before.rawValue]
                }
                arguments += [limit]
                let sql =
                    "SELECT record FROM runs WHERE \(conditions.joined(separator: " AND ")) ORDER BY number DESC LIMIT ?"
                return try String.fetchAll(database, sql: sql, arguments: arguments).map(Self.decodedRun)
            }
        }
    }

    /// Runs that had not ended, oldest first: what a start has to take up.
    package func runsNotEnded() async throws -> [RunRecord] {
        try await wrapping("list runs that have not ended") {
            try await self.pool.read { database in
                try String.fetchAll(database, sql: "SELECT record FROM runs WHERE ended IS NULL ORDER BY number")
                    .map(Self.decodedRun)
            }
        }
    }

    /// The newest ended run of each of some sequences, by their names.
    ///
    /// However long the history is, each costs one look into an index.
    package func lastRuns(of sequences: some Sequence<String> & Sendable) async throws -> [String: RunOutline] {
        try await wrapping("read the last runs") {
            try await self.pool.read { database in
                let statement = try database.cachedStatement(
                    sql: """
                        SELECT id, state, trigger, created, ended,
                            json_extract(record, '$.started.microseconds'), json_extract(record, '$.reason')
                        FROM runs WHERE sequence = ? AND ended IS NOT NULL ORDER BY number DESC LIMIT 1
                        """
                )
                var runs: [String: RunOutline] = [:]
                for sequence in sequences {
                    if let row = try Row.fetchOne(statement, arguments: [sequence]) {
                        runs[sequence] = Self.outline(row, of: sequence)
                    }
                }
                return runs
            }
        }
    }

    /// When each sequence last ended a run that delivered what it could.
    package func lastDeliveries() async throws -> [String: Timestamp] {
        try await wrapping("read the last deliveries") {
            try await self.pool.read { database in
                let sql = """
                    SELECT sequence, max(ended) FROM runs WHERE state IN ('succeeded', 'partial') GROUP BY sequence
                    """
                let rows = try Row.fetchAll(database, sql: sql)
                return Dictionary(rows.map { ($0[0], Timestamp(microseconds: $0[1])) }) { first, _ in first }
            }
        }
    }

    // MARK: - Implementation

    static func store(_ run: RunRecord, _ database: Database) throws {
        try database.execute(
            sql: "UPDATE runs SET state = ?, ended = ?, record = ? WHERE id = ?",
            arguments: [run.state.rawValue, run.ended?.microseconds, try encoded(run), run.id.rawValue]
        )
        guard database.changesCount == 1 else {
            throw LedgerError(code: .conflict, path: "store run \(run.id)", detail: "it is not in the state")
        }
    }

    static func run(
        _ database: Database,
        _ condition: String,
        _ arguments: StatementArguments
    ) throws -> RunRecord? {
        try String.fetchOne(database, sql: "SELECT record FROM runs WHERE \(condition)", arguments: arguments)
            .map(decodedRun)
    }

    /// Nil when an older or newer version has written a word that this one does not know.
    private static func outline(_ row: Row, of sequence: String) -> RunOutline? {
        guard let state = RunState(rawValue: row[1]), let trigger = RunTrigger(rawValue: row[2]) else { return nil }
        return RunOutline(
            id: RunID(rawValue: row[0]),
            sequence: sequence,
            state: state,
            reason: row[6],
            trigger: trigger,
            created: Timestamp(microseconds: row[3]),
            started: (row[5] as Int64?).map(Timestamp.init(microseconds:)),
            ended: (row[4] as Int64?).map(Timestamp.init(microseconds:))
        )
    }

    private static func decodedRun(_ text: String) throws -> RunRecord {
        try JSONDecoder().decode(RunRecord.self, from: Data(text.utf8))
    }

    static func encoded(_ value: some Encodable) throws -> String {
        String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
    }
}
