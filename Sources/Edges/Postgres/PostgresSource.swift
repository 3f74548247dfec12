internal import CLibPQ
package import SyncModel

/// A PostgreSQL database that models are read from: one connection, used by one thread at a time.
///
/// Every call blocks its thread. A cell is the server's own text of the value: ISO dates, instants in UTC, `t` and `f`,
/// `\x` and hex digits for bytes, floating-point numbers without an exponent; a null and an empty text are an empty cell.
package final class PostgresSource {
    /// The source's name in the definitions, for messages.
    package let name: String
    /// Stops a reading from another thread.
    package let cancellation: PostgresCancellation
    private let connection: PostgresConnection
    /// The server does not know its own encoding, so that what it sends may be anything.
    private let checksUTF8: Bool

    /// Connects.
    ///
    /// - Parameters:
    ///   - parameters: libpq's words (`host`, `port`, `dbname`, `user`, `password`, `sslmode` …); a password is in no message.
    ///   - name: the source's name.
    /// - Throws: `PostgresError`: unreachable, or sign-in refused.
    package init(_ parameters: [String: String], name: String) throws {
        do {
            connection = try PostgresConnection(parameters)
        } catch let error as PostgresError {
            throw error.about(model: nil, source: name)
        }
        self.name = name
        cancellation = connection.cancellation
        checksUTF8 = PQparameterStatus(connection.pointer, "server_encoding").map { String(cString: $0) } == "SQL_ASCII"
    }

    /// The connection is gone; only a new source can go on.
    package var isLost: Bool { connection.isBad }

    /// Begins the transaction, read only, in which all readings until `end()` see one state of the database.
    package func begin() throws {
        try naming(nil) {
            _ = try connection.run("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            // The state is that of the first statement, hence one at once.
            _ = try connection.run("SELECT 1")
        }
    }

    /// Ends the transaction; without one, or without a connection, does nothing.
    package func end() throws {
        guard connection.isInTransaction else { return }
        do {
            try connection.rollBack("ROLLBACK")
        } catch let error as PostgresError {
            throw error.about(model: nil, source: name)
        }
    }

    /// The names of a model's columns, in their order.
    ///
    /// Nothing is run.
    /// - Throws: `PostgresError`: faults of the SQL with their place, no such table, two columns of one name.
    package func columns(of model: ModelDefinition) throws -> [String] {
        try naming(model) {
            try inSavepoint { try describe(PostgresQuery(model)).map(\.name) }
        }
    }

    /// The types of a model's columns, by name, of those whose values look like nothing else.
    ///
    /// Nothing is run.
    /// - Throws: as `columns(of:)`.
    package func columnTypes(of model: ModelDefinition) throws -> [String: ColumnType] {
        let columns = try naming(model) { try inSavepoint { try describe(PostgresQuery(model)) } }
        return Dictionary(
            columns.compactMap { column in PostgresColumnTypes.byOID[column.type].map { (column.name, $0) } }
        ) { first, _ in first }
    }

    /// Reads the wanted columns of a model, in the order wanted, and hands over each full batch.
    ///
    /// A transaction that was begun goes on after an error, unless the connection is lost. Without one, the reading is a
    /// transaction of its own.
    ///
    /// - Parameters:
    ///   - model: a model with a query or a table.
    ///   - wanted: names of its columns, at least one.
    ///   - batchBytes: how large a batch grows before it is handed over.
    ///   - deliver: takes the rows; may leave an emptied batch in exchange; may throw to stop the reading.
    /// - Throws: `PostgresError`, or what `deliver` threw.
    package func read(
        _ model: ModelDefinition,
        columns wanted: [String],
        batchBytes: Int = 1 << 20,
        _ deliver: (inout RowBatch) throws -> Void
    ) throws {
        precondition(!wanted.isEmpty, "a column to read")
        try naming(model) {
            let query = try PostgresQuery(model)
            guard connection.isInTransaction else {
                try begin()
                do {
                    try read(query, wanted, batchBytes, deliver)
                } catch {
                    // The reading's error is the one to tell; the next `begin` would tell of a lost connection.
                    try? end()
                    throw error
                }
                return try end()
            }
            try inSavepoint { try read(query, wanted, batchBytes, deliver) }
        }
    }

    // MARK: - Implementation

    private func read(
        _ query: PostgresQuery,
        _ wanted: [String],
        _ batchBytes: Int,
        _ deliver: (inout RowBatch) throws -> Void
    ) throws {
        let columns = try describe(query)
        let types = try wanted.map { name in
            guard let column = columns.first(where: { $0.name == name }) else {
                throw missing(name, among: columns.map(\.name))
            }
            return column.type
        }
        _ = try connection.run(query.copy(columns: wanted))
        try CopyStream(connection, names: wanted, types: types, checksUTF8: checksUTF8).read(
            batchBytes: batchBytes,
            deliver
        )
    }

    private func naming<Result>(_ model: ModelDefinition?, _ body: () throws -> Result) throws -> Result {
        do {
            if cancellation.isCancelled { throw PostgresError.cancelled }
            return try body()
        } catch let error as PostgresError {
            throw error.about(model: model?.name, source: name)
        }
    }

    /// Within a transaction an error would end it for every model: a savepoint keeps it.
    private func inSavepoint<Result>(_ body: () throws -> Result) throws -> Result {
        guard connection.isInTransaction else { return try body() }
        _ = try connection.run("SAVEPOINT model")
        do {
            let result = try body()
            _ = try connection.run("RELEASE SAVEPOINT model")
            return result
        } catch {
            // If this fails too, the transaction is lost, and the next statement says so.
            try? connection.rollBack("ROLLBACK TO SAVEPOINT model")
            throw error
        }
    }

    private func describe(_ query: PostgresQuery) throws -> [(name: String, type: UInt32)] {
        let described: PostgresResult
        do {
            described = try connection.describe(query.sql)
        } catch var error as PostgresError where query.table != nil && error.sqlState == "42P01" {
            error.place = nil
            error.detail += nearestTables(query.table ?? "")
            throw error
        }
        let columns = described.columns
        guard !columns.isEmpty, try isSelect(query) else {
            throw PostgresError(.invalidSQL, "the statement is not a query that gives rows; a model is one SELECT")
        }
        guard described.parameterCount == 0 else {
            throw PostgresError(.invalidSQL, "the query has a parameter; write the value instead")
        }
        var places: [String: Int] = [:]
        for (index, column) in columns.enumerated() {
            if let first = places.updateValue(index, forKey: column.name) {
                throw PostgresError(
                    .duplicateColumn,
                    "columns \(first + 1) and \(index + 1) are both named `\(column.name)`; give each a name of its own with AS"
                )
            }
        }
        return columns
    }

    /// Whether a statement that gives rows does nothing else: `DELETE … RETURNING` gives some, too.
    private func isSelect(_ query: PostgresQuery) throws -> Bool {
        guard query.table == nil, !query.beginsAsSelect else { return true }
        do {
            _ = try inSavepoint { try connection.describe(query.wrapped) }
            return true
        } catch let error as PostgresError where error.sqlState == "42601" {
            return false
        }
    }

    private func missing(_ name: String, among names: [String]) -> PostgresError {
        let near = nearestNames(to: name, among: names).map { "`\($0)`" }
        let hint =
            near.isEmpty
            ? "the columns are \(names.prefix(20).map { "`\($0)`" }.joined(separator: ", "))\(names.count > 20 ? " …" : "")"
            : "did you mean \(near.joined(separator: " or "))?"
        return PostgresError(.missingColumn, "the query gives no column `\(name)`; \(hint)")
    }

    private func nearestTables(_ table: String) -> String {
        // Only for a hint: an error here must not hide the one in hand, which has stopped the transaction.
        if connection.isInTransaction { try? connection.rollBack("ROLLBACK TO SAVEPOINT model") }
        guard let known = try? connection.run(Self.tables) else { return "" }
        let near = nearestNames(to: table, among: known.firstColumn).map { "`\($0)`" }
        return near.isEmpty ? "" : "; did you mean \(near.joined(separator: " or "))?"
    }

    private static let tables = """
        SELECT DISTINCT relname FROM pg_catalog.pg_class JOIN pg_catalog.pg_namespace n ON n.oid = relnamespace \
        WHERE relkind IN ('r', 'v', 'm', 'p', 'f') AND nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
        """
}
