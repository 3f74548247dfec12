internal import CSQLite
internal import SyncModel

/// One prepared query, checked: a single statement that reads, without parameters, each column with a name of its own.
final class SQLiteStatement {
    let pointer: OpaquePointer
    let connection: OpaquePointer
    let names: [String]

    /// - Throws: `SQLiteSourceError`
    init(_ sql: String, on connection: OpaquePointer) throws {
        self.connection = connection
        var sql = sql
        let statement = try sql.withUTF8 { bytes throws -> OpaquePointer in
            try bytes.withMemoryRebound(to: CChar.self) { try Self.prepare($0, on: connection) }
        }
        pointer = statement
        names = (0..<sqlite3_column_count(statement)).map { index in
            sqlite3_column_name(statement, index).map { String(cString: $0) } ?? ""
        }
        // All properties are set: if this throws, the statement is finalized all the same.
        try check()
    }

    deinit {
        sqlite3_finalize(pointer)
    }

    /// Where the wanted columns are.
    func places(of wanted: [String]) throws -> [Int] {
        try wanted.map { name in
            if let place = names.firstIndex(of: name) { return place }
            let near = nearestNames(to: name, among: names).map { "`\($0)`" }
            let hint =
                near.isEmpty
                ? "the columns are \(names.prefix(20).map { "`\($0)`" }.joined(separator: ", "))\(names.count > 20 ? " …" : "")"
                : "did you mean \(near.joined(separator: " or "))?"
            throw SQLiteSourceError(.missingColumn, "the query gives no column `\(name)`; \(hint)")
        }
    }

    // MARK: - Implementation

    private static func prepare(_ sql: UnsafeBufferPointer<CChar>, on connection: OpaquePointer) throws -> OpaquePointer
    {
        guard sql.count < Int32.max, !sql.contains(0) else {
            throw SQLiteSourceError(.invalidSQL, "the SQL is too long or has a NUL in it")
        }
        var statement: OpaquePointer?
        var tail: UnsafePointer<CChar>?
        guard sqlite3_prepare_v2(connection, sql.baseAddress, Int32(sql.count), &statement, &tail) == SQLITE_OK else {
            throw SQLiteSourceError(connection, sql: sql)
        }
        guard let statement else { throw SQLiteSourceError(.invalidSQL, "there is no query, only blanks or comments") }
        guard let tail, let base = sql.baseAddress else { return statement }
        // Behind the query only blanks and comments: SQLite makes nothing of them.
        let used = tail - base
        var second: OpaquePointer?
        let result = sqlite3_prepare_v2(connection, tail, Int32(sql.count - used), &second, nil)
        defer { sqlite3_finalize(second) }
        if result != SQLITE_OK || second != nil {
            sqlite3_finalize(statement)
            let text = String(decoding: UnsafeRawBufferPointer(sql), as: UTF8.self)
            let blanks = UnsafeRawBufferPointer(sql)[used...].prefix { $0 <= 0x20 }.count
            let place = TextPlace(utf8Offset: used + blanks, in: text)
            throw SQLiteSourceError(.invalidSQL, "a second statement; a model is one query", place: place)
        }
        return statement
    }

    private func check() throws {
        guard !names.isEmpty, sqlite3_stmt_readonly(pointer) != 0 else {
            throw SQLiteSourceError(.invalidSQL, "the statement is not a query that gives rows; a model is one SELECT")
        }
        guard sqlite3_bind_parameter_count(pointer) == 0 else {
            throw SQLiteSourceError(.invalidSQL, "the query has a parameter; write the value instead")
        }
        var places: [String: Int] = [:]
        for (index, name) in names.enumerated() {
            if let first = places.updateValue(index, forKey: name) {
                throw SQLiteSourceError(
                    .duplicateColumn,
                    "columns \(first + 1) and \(index + 1) are both named `\(name)`; give each a name of its own with AS"
                )
            }
        }
    }
}
