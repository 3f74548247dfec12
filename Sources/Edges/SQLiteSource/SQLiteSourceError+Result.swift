internal import CSQLite
internal import SyncModel

extension SQLiteSourceError {
    static let cancelled = SQLiteSourceError(.cancelled, "the reading was cancelled")

    /// What the connection says of the call that has just failed.
    init(_ connection: OpaquePointer) {
        let code = sqlite3_errcode(connection) & 0xFF
        let message = String(cString: sqlite3_errmsg(connection))
        switch code {
        case SQLITE_INTERRUPT:
            self = .cancelled
        case SQLITE_BUSY, SQLITE_LOCKED:
            self.init(.busy, "another program keeps the database locked (\(message)); it is tried again later")
        case SQLITE_NOTADB:
            self.init(.notADatabase, "the file is not a SQLite database, or it is encrypted")
        case SQLITE_CORRUPT:
            self.init(.failed, "the database is damaged (\(message)); check it with PRAGMA integrity_check")
        case SQLITE_CANTOPEN:
            self.init(
                .unreadable,
                "\(message); a database in WAL mode needs its -wal and -shm files beside it, readable and the folder writable"
            )
        default:
            self.init(.failed, message)
        }
    }

    /// What the connection says of a query that it would not prepare.
    init(_ connection: OpaquePointer, sql: UnsafeBufferPointer<CChar>) {
        self.init(connection)
        guard sqlite3_errcode(connection) & 0xFF == SQLITE_ERROR else { return }
        code = .invalidSQL
        let offset = Int(sqlite3_error_offset(connection))
        if offset >= 0 {
            place = TextPlace(utf8Offset: offset, in: String(decoding: UnsafeRawBufferPointer(sql), as: UTF8.self))
        }
    }

    func about(model: String?, source: String) -> SQLiteSourceError {
        var error = self
        error.model = error.model ?? model
        error.source = source
        return error
    }
}
