import CSQLite
import SQLiteSource
import SyncModel
import TestKit

/// A database in the test's scratch folder, and what reads it.
struct SQLiteFixture {
    let path: String

    /// Makes the database `model.db` with these statements.
    init(_ sql: String, name: String = "model.db") throws {
        path = try ScratchFolder.current.path(name)
        try execute(sql)
    }

    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    func execute(_ sql: String) throws {
        var connection: OpaquePointer?
        defer { sqlite3_close(connection) }
        guard sqlite3_open(path, &connection) == SQLITE_OK, sqlite3_exec(connection, sql, nil, nil, nil) == SQLITE_OK
        else {
            throw Failure(description: String(cString: sqlite3_errmsg(connection)))
        }
    }

    /// Runs the body while another connection holds the database's lock.
    func locked<Result>(_ body: () throws -> Result) throws -> Result {
        var connection: OpaquePointer?
        defer { sqlite3_close(connection) }
        guard sqlite3_open(path, &connection) == SQLITE_OK,
            sqlite3_exec(connection, "BEGIN EXCLUSIVE", nil, nil, nil) == SQLITE_OK
        else { throw Failure(description: String(cString: sqlite3_errmsg(connection))) }
        return try body()
    }

    func source() throws -> SQLiteSource {
        try SQLiteSource(path: path, name: "local", busyTimeout: .milliseconds(20))
    }

    static func query(_ sql: String) -> ModelDefinition {
        ModelDefinition(name: "accounts", source: "local", reading: .sql(sql), primaryKey: ["id"])
    }

    static func table(_ name: String) -> ModelDefinition {
        ModelDefinition(name: "accounts", source: "local", reading: .table(name), primaryKey: ["id"])
    }
}

extension SQLiteSource {
    func rows(_ model: ModelDefinition, _ columns: [String], batchBytes: Int = 1 << 20) throws -> [[String?]] {
        var rows: [[String?]] = []
        try read(model, columns: columns, batchBytes: batchBytes) { batch in
            for row in 0..<batch.rowCount {
                rows.append((0..<batch.columnCount).map { batch.text(row: row, column: $0) })
            }
        }
        return rows
    }
}
