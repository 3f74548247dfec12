package import CivilTime
package import Fingerprinting
import Foundation
internal import GRDB
package import SyncModel

/// What became of a range of rows of one payload spool: one ledger transaction a batch.
package struct BatchOutcome: Sendable {
    /// A row that was not accepted, and the key by which the snapshot knows it.
    package struct Undelivered: Sendable {
        package var key: Hash128
        package var row: UndeliveredRow
        /// Of a row that was refused in data or configuration: how often by now, and with which values.
        package var mark: RefusalMark?
        /// It was refused while it was read, and was owed already by then.
        package var wasOwedWhenRead = false

        package init(key: Hash128, row: UndeliveredRow, mark: RefusalMark? = nil) {
            self.key = key
            self.row = row
            self.mark = mark
        }

        /// An earlier run was refused it, too, for the same reason as far as that is marked.
        package var wasRefusedBefore: Bool { wasOwedWhenRead || mark.map { $0.count > 1 } ?? false }
    }

    /// The outcome's own number, in the order of recording: what the snapshot applies by.
    ///
    /// 0 until it is stored.
    package var number: Int64
    package var run: RunID
    package var sync: String
    /// The intent that this settles, if there was a call.
    package var intent: Int64?
    package var operation: RecordOperation
    /// The payload spool's file name; nil when the rows never reached one (refused while reading or shaping).
    package var spool: String?
    package var firstRow: Int
    package var rowCount: Int
    /// One bit a row of the range, least significant bit first: accepted.
    package var accepted: [UInt8]
    package var job: String?
    package var batch: String?
    package var undelivered: [Undelivered]
    /// Rows whose fate stands in another outcome, since they go again in this run or a person has settled them; nil when nobody
    /// counted them.
    package var elsewhere: Int?
    /// Values by which children may name rows that were not delivered; stored with the outcome, not read back.
    package var owedParents: [OwedParent] = []

    package init(
        run: RunID,
        sync: String,
        intent: Int64?,
        operation: RecordOperation,
        spool: String?,
        firstRow: Int,
        rowCount: Int,
        accepted: [UInt8],
        job: String?,
        batch: String?,
        undelivered: [Undelivered]
    ) {
        number = 0
        self.run = run
        self.sync = sync
        self.intent = intent
        self.operation = operation
        self.spool = spool
        self.firstRow = firstRow
        self.rowCount = rowCount
        self.accepted = accepted
        self.job = job
        self.batch = batch
        self.undelivered = undelivered
    }

    /// Of rows that reached no payload, or of none.
    package init(unsentBy run: RunID, of sync: String, _ operation: RecordOperation, _ rows: [Undelivered] = []) {
        self.init(
            run: run,
            sync: sync,
            intent: nil,
            operation: operation,
            spool: nil,
            firstRow: 0,
            rowCount: 0,
            accepted: [],
            job: nil,
            batch: nil,
            undelivered: rows
        )
    }

    /// Whether the row with this place in the range was accepted.
    package func isAccepted(_ row: Int) -> Bool {
        accepted[row >> 3] & (1 << UInt8(row & 7)) != 0
    }
}

extension Ledger {
    /// Stores what became of a batch, settles its intent, and stores the run's new counts: all or nothing.
    ///
    /// In the order of the calls of one actor, as `update` does.
    ///
    /// - Returns: the outcome's number.
    package nonisolated(nonsending) func record(
        _ outcome: BatchOutcome,
        run: RunRecord,
        at now: Timestamp
    ) async throws -> Int64 {
        try await wrapping("store the outcome of a batch of \(outcome.sync)") {
            try await self.changes.write { database in
                try database.execute(
                    sql: """
                        INSERT INTO outcomes
                            (run, sync, intent, operation, spool, first_row, row_count, accepted, job, batch, recorded,
                            elsewhere)
                        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                        """,
                    arguments: [
                        outcome.run.rawValue, outcome.sync, outcome.intent, outcome.operation.rawValue, outcome.spool,
                        outcome.firstRow, outcome.rowCount, Data(outcome.accepted), outcome.job, outcome.batch,
                        now.microseconds, outcome.elsewhere,
                    ]
                )
                let number = database.lastInsertedRowID
                try Self.change(database, adding: outcome.owedParents, deliveredOf: outcome.sync, keys: [])
                let statement = try database.makeStatement(
                    sql: """
                        INSERT INTO undelivered (outcome, run, sync, key, state, code, record, mark)
                        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                        """
                )
                for undelivered in outcome.undelivered {
                    let row = undelivered.row
                    try statement.execute(arguments: [
                        number, outcome.run.rawValue, outcome.sync, undelivered.key.data, row.state.rawValue, row.code,
                        try Self.encoded(row), undelivered.mark.map { Int64(bitPattern: $0.rawValue) },
                    ])
                }
                if let intent = outcome.intent { try Self.settle(intent, now, database) }
                try Self.store(run, database)
                return number
            }
        }
    }

    /// Outcomes of a sync after a number, oldest first: what the snapshot has not taken yet.
    ///
    /// `undelivered`: when they have so many rows that were not delivered, there are no more; 0: without those rows.
    package func outcomes(
        of sync: String,
        after number: Int64,
        limit: Int,
        undelivered: Int = .max
    ) async throws -> [BatchOutcome] {
        try await wrapping("read the outcomes of \(sync)") {
            try await self.pool.read { database in
                let sql = "SELECT * FROM outcomes WHERE sync = ? AND number > ? ORDER BY number LIMIT ?"
                let rows = try Row.fetchCursor(database, sql: sql, arguments: [sync, number, limit])
                var outcomes: [BatchOutcome] = []
                var count = 0
                while undelivered == 0 || count < undelivered, let row = try rows.next() {
                    let outcome = try Self.outcome(row, database, withRows: undelivered > 0)
                    count += outcome.undelivered.count
                    outcomes.append(outcome)
                }
                return outcomes
            }
        }
    }

    /// The newest outcomes of a sync that came of a call, newest first, without their rows: where a delivered row may be found.
    package func deliveries(of sync: String, limit: Int) async throws -> [(outcome: BatchOutcome, recorded: Timestamp)]
    {
        try await wrapping("read the outcomes of \(sync)") {
            try await self.pool.read { database in
                let sql =
                    "SELECT * FROM outcomes WHERE sync = ? AND spool IS NOT NULL ORDER BY number DESC LIMIT ?"
                return try Row.fetchAll(database, sql: sql, arguments: [sync, limit]).map { row in
                    (try Self.outcome(row, database, withRows: false), Timestamp(microseconds: row["recorded"]))
                }
            }
        }
    }

    /// The number of the newest outcome of a sync; 0 when there is none.
    package func lastOutcome(of sync: String) async throws -> Int64 {
        try await wrapping("read the outcomes of \(sync)") {
            try await self.pool.read {
                try Int64.fetchOne($0, sql: "SELECT max(number) FROM outcomes WHERE sync = ?", arguments: [sync]) ?? 0
            }
        }
    }

    /// Whether anything is recorded of a run: it goes on, and does not begin.
    package func hasRecorded(_ run: RunID) async throws -> Bool {
        try await wrapping("read the outcomes of run \(run)") {
            try await self.pool.read { database in
                let sql = "SELECT EXISTS (SELECT 1 FROM outcomes WHERE run = ?)"
                return try Bool.fetchOne(database, sql: sql, arguments: [run.rawValue]) ?? false
            }
        }
    }

    /// Stores that a run looks at its rows anew: those that had stayed behind, the ones in doubt apart, are told of again.
    package nonisolated(nonsending) func beginAgain(_ run: RunRecord) async throws {
        try await wrapping("store run \(run.id)") {
            try await self.changes.write { database in
                try database.execute(
                    sql: "UPDATE undelivered SET superseded = 1 WHERE run = ? AND state != ?",
                    arguments: [run.id.rawValue, UndeliveredState.inDoubt.rawValue]
                )
                try Self.store(run, database)
            }
        }
    }

    /// Whether any row of a sync was ever accepted, as far as outcomes are kept.
    package func hasAccepted(of sync: String) async throws -> Bool {
        try await wrapping("read the outcomes of \(sync)") {
            try await self.pool.read { database in
                let sql = "SELECT accepted FROM outcomes WHERE sync = ? AND row_count > 0"
                let rows = try Data.fetchCursor(database, sql: sql, arguments: [sync])
                while let bits = try rows.next() { if bits.contains(where: { $0 != 0 }) { return true } }
                return false
            }
        }
    }

    /// Rows of a run that were not delivered, in the order of recording; of one sync or of all.
    package func undelivered(run: RunID, sync: String? = nil, limit: Int = .max) async throws -> [UndeliveredRow] {
        try await wrapping("read the rows of run \(run) that were not delivered") {
            try await self.pool.read { database in
                let sql = """
                    SELECT record, mark FROM undelivered WHERE run = ? AND (? IS NULL OR sync = ?) AND superseded = 0
                    ORDER BY sync, number LIMIT ?
                    """
                return try Row.fetchAll(database, sql: sql, arguments: [run.rawValue, sync, sync, limit])
                    .map { try Self.undelivered($0).row }
            }
        }
    }

    // MARK: - Implementation

    /// A row of the table, and how often it was refused.
    static func undelivered(_ row: Row) throws -> (row: UndeliveredRow, mark: RefusalMark?) {
        let text: String = row["record"]
        let bits: Int64? = row["mark"]
        let mark = bits.map { RefusalMark(rawValue: UInt64(bitPattern: $0)) }
        var undelivered = try JSONDecoder().decode(UndeliveredRow.self, from: Data(text.utf8))
        undelivered.rests = mark?.rests ?? false
        return (undelivered, mark)
    }

    private static func outcome(_ row: Row, _ database: Database, withRows: Bool = true) throws -> BatchOutcome {
        let number: Int64 = row["number"]
        let operation: String = row["operation"]
        let accepted: Data = row["accepted"]
        let rows =
            withRows
            ? try Row.fetchAll(
                database,
                sql: "SELECT key, record, mark FROM undelivered WHERE outcome = ? ORDER BY number",
                arguments: [number]
            ) : []
        let undelivered = try rows.map { row in
            let key: Data = row["key"]
            guard let key = Hash128(key) else {
                throw LedgerError(code: .corrupt, path: "undelivered", detail: "a key of \(key.count) bytes")
            }
            let known = try Self.undelivered(row)
            return BatchOutcome.Undelivered(key: key, row: known.row, mark: known.mark)
        }
        guard let known = RecordOperation(rawValue: operation) else {
            throw LedgerError(code: .corrupt, path: "outcomes", detail: "an operation \(operation)")
        }
        let rowCount: Int = row["row_count"]
        guard rowCount >= 0, accepted.count == (rowCount + 7) / 8 else {
            throw LedgerError(code: .corrupt, path: "outcomes", detail: "\(accepted.count) bytes for \(rowCount) rows")
        }
        var outcome = BatchOutcome(
            run: RunID(rawValue: row["run"]),
            sync: row["sync"],
            intent: row["intent"],
            operation: known,
            spool: row["spool"],
            firstRow: row["first_row"],
            rowCount: rowCount,
            accepted: [UInt8](accepted),
            job: row["job"],
            batch: row["batch"],
            undelivered: undelivered
        )
        outcome.number = number
        outcome.elsewhere = row["elsewhere"]
        return outcome
    }
}

extension Hash128 {
    /// Sixteen bytes, the high half first: sorts as the hash does.
    var data: Data {
        var data = Data(capacity: 16)
        for half in [high, low] {
            for shift in stride(from: 56, through: 0, by: -8) {
                data.append(UInt8(truncatingIfNeeded: half >> UInt64(shift)))
            }
        }
        return data
    }

    init?(_ data: Data) {
        guard data.count == 16 else { return nil }
        let halves = [data.prefix(8), data.suffix(8)].map { $0.reduce(UInt64(0)) { $0 << 8 | UInt64($1) } }
        self.init(high: halves[0], low: halves[1])
    }
}
