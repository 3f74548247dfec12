package import CivilTime
internal import GRDB
package import SyncModel

/// A change in the outside world that is about to be made, written down before it is.
package struct Intent: Sendable, Equatable {
    /// How far it has come; the next stage is stored before the call that it names.
    package enum Stage: String, Sendable, CaseIterable {
        /// The job is about to be made: no handle yet.
        case creating
        /// The job exists; its data are about to be put.
        case uploading
        /// The data are put; the job is about to be closed.
        case closing
        /// Salesforce has it.
        case working
    }

    package var number: Int64
    package var run: RunID
    package var sync: String
    /// The sort of effect, by which its recovery is chosen: `bulk2-job`, `bulk-job`, `bulk-batch`, `rest-call`.
    package var kind: String
    package var operation: RecordOperation
    /// The payload spool's file name within the run's spool folder.
    package var spool: String
    package var firstRow: Int
    package var rowCount: Int
    package var handle: String?
    package var stage: Stage
    /// When it was stored.
    package var created: Timestamp?

    package init(
        run: RunID,
        sync: String,
        kind: String,
        operation: RecordOperation,
        spool: String,
        firstRow: Int,
        rowCount: Int
    ) {
        number = 0
        self.run = run
        self.sync = sync
        self.kind = kind
        self.operation = operation
        self.spool = spool
        self.firstRow = firstRow
        self.rowCount = rowCount
        handle = nil
        stage = .creating
    }
}

extension Ledger {
    /// Stores an intent before its effect; the answer carries its number.
    package func begin(_ intent: Intent, at now: Timestamp) async throws -> Intent {
        try await wrapping("store an intent of \(intent.sync)") {
            try await self.changes.write { database in
                try database.execute(
                    sql:
                        "INSERT INTO intents (run, sync, kind, detail, handle, stage, created) VALUES (?, ?, ?, ?, ?, ?, ?)",
                    arguments: [
                        intent.run.rawValue, intent.sync, intent.kind,
                        [intent.operation.rawValue, String(intent.firstRow), String(intent.rowCount), intent.spool]
                            .joined(separator: " "),
                        intent.handle, intent.stage.rawValue, now.microseconds,
                    ]
                )
                var stored = intent
                stored.number = database.lastInsertedRowID
                stored.created = now
                return stored
            }
        }
    }

    /// Stores that an intent has come to its next stage.
    package func advance(_ intent: Intent) async throws {
        try await wrapping("store an intent of \(intent.sync)") {
            try await self.changes.write { database in
                try database.execute(
                    sql: "UPDATE intents SET stage = ?, handle = ? WHERE number = ?",
                    arguments: [intent.stage.rawValue, intent.handle, intent.number]
                )
            }
        }
    }

    /// Stores that nothing more has to be found out about an intent whose effect did not come about.
    package func settle(_ intent: Intent, at now: Timestamp) async throws {
        try await wrapping("settle an intent of \(intent.sync)") {
            try await self.changes.write { try Self.settle(intent.number, now, $0) }
        }
    }

    /// Intents of a sync whose outcome is not stored, of whatever run, oldest first.
    package func openIntents(of sync: String) async throws -> [Intent] {
        try await wrapping("read the open intents of \(sync)") {
            try await self.pool.read { database in
                try Row.fetchAll(
                    database,
                    sql: "SELECT * FROM intents WHERE sync = ? AND settled IS NULL ORDER BY number",
                    arguments: [sync]
                ).compactMap(Self.intent)
            }
        }
    }

    /// All intents of a run, oldest first: where its uploads lie in the spool.
    package func intents(of run: RunID) async throws -> [Intent] {
        try await wrapping("read the intents of run \(run)") {
            try await self.pool.read { database in
                try Row.fetchAll(
                    database,
                    sql: "SELECT * FROM intents WHERE run = ? ORDER BY number",
                    arguments: [run.rawValue]
                ).compactMap(Self.intent)
            }
        }
    }

    /// Every intent whose outcome is not stored, oldest first.
    package func openIntents() async throws -> [Intent] {
        try await wrapping("read the open intents") {
            try await self.pool.read { database in
                try Row.fetchAll(database, sql: "SELECT * FROM intents WHERE settled IS NULL ORDER BY number")
                    .compactMap(Self.intent)
            }
        }
    }

    /// Whether a run ever stored an intent: something of it may have been sent.
    package func hasIntents(_ run: RunID) async throws -> Bool {
        try await wrapping("read the intents of run \(run)") {
            try await self.pool.read { database in
                let sql = "SELECT EXISTS (SELECT 1 FROM intents WHERE run = ?)"
                return try Bool.fetchOne(database, sql: sql, arguments: [run.rawValue]) ?? false
            }
        }
    }

    /// Whether a run has intents whose outcome is not stored: its spool is needed still.
    package func hasOpenIntents(_ run: RunID) async throws -> Bool {
        try await wrapping("read the open intents of run \(run)") {
            try await self.pool.read { database in
                let sql = "SELECT EXISTS (SELECT 1 FROM intents WHERE run = ? AND settled IS NULL)"
                return try Bool.fetchOne(database, sql: sql, arguments: [run.rawValue]) ?? false
            }
        }
    }

    // MARK: - Implementation

    static func settle(_ number: Int64, _ now: Timestamp, _ database: Database) throws {
        try database.execute(
            sql: "UPDATE intents SET settled = ? WHERE number = ?",
            arguments: [now.microseconds, number]
        )
    }

    static func intent(_ row: Row) throws -> Intent? {
        let detail: String = row["detail"]
        let parts = detail.split(separator: " ", maxSplits: 3).map(String.init)
        guard parts.count == 4, let operation = RecordOperation(rawValue: parts[0]), let firstRow = Int(parts[1]),
            let rowCount = Int(parts[2]), let stage = Intent.Stage(rawValue: row["stage"])
        else { throw LedgerError(code: .corrupt, path: "intents", detail: "an intent that can't be read: \(detail)") }
        var intent = Intent(
            run: RunID(rawValue: row["run"]),
            sync: row["sync"],
            kind: row["kind"],
            operation: operation,
            spool: parts[3],
            firstRow: firstRow,
            rowCount: rowCount
        )
        intent.number = row["number"]
        intent.handle = row["handle"]
        intent.created = Timestamp(microseconds: row["created"])
        intent.stage = stage
        return intent
    }
}

extension Ledger {
    /// Intents of a run whose handle begins with a text, settled ones too: what is known of the batches of a job.
    package func intents(of run: RunID, handles prefix: String) async throws -> [Intent] {
        try await wrapping("read the intents of run \(run)") {
            try await self.pool.read { database in
                try Row.fetchAll(
                    database,
                    sql: "SELECT * FROM intents WHERE run = ? AND substr(handle, 1, ?) = ? ORDER BY number",
                    arguments: [run.rawValue, prefix.count, prefix]
                ).compactMap(Self.intent)
            }
        }
    }
}
