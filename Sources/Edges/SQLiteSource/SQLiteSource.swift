internal import CSQLite
internal import Glibc
package import SyncModel

/// A SQLite file that models are read from: one connection, opened to read only, used by one thread at a time.
///
/// Every call blocks its thread. Text is handed over as it is, integers in plain digits, reals as the shortest decimal
/// without an exponent, null and empty text as an empty cell; a blob is an error.
package final class SQLiteSource {
    package let path: String
    /// The source's name in the definitions, for messages.
    package let name: String
    /// Stops a reading from another thread.
    package let cancellation: SQLiteCancellation
    private let connection: OpaquePointer

    /// Opens the file, and looks whether it is a database.
    /// - Throws: `SQLiteSourceError`
    package init(path: String, name: String, busyTimeout: Duration = .seconds(5)) throws {
        var opened: OpaquePointer?
        let result = sqlite3_open_v2(path, &opened, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nil)
        guard result == SQLITE_OK, let opened else {
            let reason = Self.openFault(path, opened)
            sqlite3_close_v2(opened)
            throw SQLiteSourceError(.unreadable, reason).about(model: nil, source: name)
        }
        self.path = path
        self.name = name
        connection = opened
        cancellation = SQLiteCancellation(opened)
        sqlite3_extended_result_codes(opened, 1)
        let milliseconds =
            busyTimeout.components.seconds * 1_000 + busyTimeout.components.attoseconds / 1_000_000_000_000_000
        sqlite3_busy_timeout(opened, Int32(clamping: milliseconds))
        try execute("PRAGMA query_only = 1; SELECT count(*) FROM sqlite_schema")
    }

    /// Opens the database of a sqlite source.
    package convenience init(_ source: SourceDefinition) throws {
        guard case .sqlite(let path) = source.kind else {
            throw SQLiteSourceError(.unfitModel, "the source is not of type sqlite").about(
                model: nil,
                source: source.name
            )
        }
        try self.init(path: path, name: source.name)
    }

    deinit {
        cancellation.close()
    }

    /// Begins the transaction in which all readings until `end()` see one state of the database.
    package func begin() throws {
        // The state is that of the first read, hence one at once.
        try execute("BEGIN; SELECT count(*) FROM sqlite_schema")
    }

    /// Ends the transaction; without one, does nothing.
    package func end() throws {
        if sqlite3_get_autocommit(connection) == 0 {
            // Nothing was written; a rollback is allowed after an error too.
            try execute("ROLLBACK", isCancellable: false)
        }
    }

    /// The names of a model's columns, in their order.
    /// - Throws: `SQLiteSourceError`: faults of the SQL with their place, no such table, two columns of one name.
    package func columns(of model: ModelDefinition) throws -> [String] {
        try naming(model) {
            try prepare(SQLiteQuery(model)).names
        }
    }

    /// Reads the wanted columns of a model, in the order wanted, and hands over each full batch.
    ///
    /// - Parameters:
    ///   - model: a model with a query or a table.
    ///   - wanted: names of its columns.
    ///   - batchBytes: how large a batch grows before it is handed over.
    ///   - deliver: takes the rows; may leave an emptied batch in exchange; may throw to stop the reading.
    /// - Throws: `SQLiteSourceError`, or what `deliver` threw.
    package func read(
        _ model: ModelDefinition,
        columns wanted: [String],
        batchBytes: Int = 1 << 20,
        _ deliver: (inout RowBatch) throws -> Void
    ) throws {
        try naming(model) {
            let query = try SQLiteQuery(model)
            var statement = try prepare(query)
            let places = try statement.places(of: wanted)
            if let narrowed = query.narrowed(to: wanted) {
                statement = try prepare(narrowed)
                try SQLiteCursor(statement, columns: Array(wanted.indices)).read(
                    batchBytes: batchBytes,
                    checkCancelled,
                    deliver
                )
            } else {
                try SQLiteCursor(statement, columns: places).read(batchBytes: batchBytes, checkCancelled, deliver)
            }
        }
    }

    // MARK: - Implementation

    private func naming<Result>(_ model: ModelDefinition, _ body: () throws -> Result) throws -> Result {
        do {
            try checkCancelled()
            return try body()
        } catch let error as SQLiteSourceError {
            throw error.about(model: model.name, source: name)
        }
    }

    private func checkCancelled() throws {
        if cancellation.isCancelled { throw SQLiteSourceError.cancelled }
    }

    private func prepare(_ query: SQLiteQuery) throws -> SQLiteStatement {
        do {
            return try SQLiteStatement(query.sql, on: connection)
        } catch var error as SQLiteSourceError where error.code == .invalidSQL {
            guard let table = query.table else { throw error }
            error.place = nil
            let near = nearestNames(to: table, among: tables()).map { "`\($0)`" }
            if !near.isEmpty { error.detail += "; did you mean \(near.joined(separator: " or "))?" }
            throw error
        }
    }

    private func tables() -> [String] {
        // Only for a hint: an error here must not hide the one in hand.
        guard
            let statement = try? SQLiteStatement(
                "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')",
                on: connection
            )
        else { return [] }
        var names: [String] = []
        while sqlite3_step(statement.pointer) == SQLITE_ROW {
            if let text = sqlite3_column_text(statement.pointer, 0) { names.append(String(cString: text)) }
        }
        return names
    }

    private func execute(_ sql: String, isCancellable: Bool = true) throws {
        do {
            if isCancellable { try checkCancelled() }
            guard sqlite3_exec(connection, sql, nil, nil, nil) == SQLITE_OK else {
                throw SQLiteSourceError(connection)
            }
        } catch let error as SQLiteSourceError {
            throw error.about(model: nil, source: name)
        }
    }

    private static func openFault(_ path: String, _ connection: OpaquePointer?) -> String {
        let code = connection.map { sqlite3_system_errno($0) } ?? 0
        let reason = code == 0 ? "unable to open it" : String(cString: strerror(code))
        return "\(path): \(reason)\(code == EACCES ? "; let the daemon's user read it, and enter its folder" : "")"
    }
}
