internal import CSQLite
internal import SyncModel

/// Steps through a query and fills batches.
struct SQLiteCursor {
    private let statement: SQLiteStatement
    private let columns: [Int32]

    init(_ statement: SQLiteStatement, columns: [Int]) {
        self.statement = statement
        self.columns = columns.map { Int32($0) }
    }

    func read(batchBytes: Int, _ checkCancelled: () throws -> Void, _ deliver: (inout RowBatch) throws -> Void) throws {
        var batch = RowBatch(columnCount: columns.count, capacity: batchBytes + batchBytes / 8)
        var row = 0
        while true {
            let step = sqlite3_step(statement.pointer)
            guard step == SQLITE_ROW else {
                if step == SQLITE_DONE { break }
                var error = SQLiteSourceError(statement.connection)
                error.row = row + 1
                throw error
            }
            row += 1
            for column in columns {
                try append(column, to: &batch, row: row)
            }
            batch.endRow()
            if batch.footprint >= batchBytes {
                try batch.handOver(to: deliver)
                // An interrupt that came while no step was under way is lost.
                try checkCancelled()
            }
        }
        if !batch.isEmpty {
            try batch.handOver(to: deliver)
        }
    }

    // MARK: - Implementation

    @inline(__always)
    private func append(_ column: Int32, to batch: inout RowBatch, row: Int) throws {
        let pointer = statement.pointer
        switch sqlite3_column_type(pointer, column) {
        case SQLITE_INTEGER:
            batch.append(integer: sqlite3_column_int64(pointer, column))
        case SQLITE_FLOAT:
            batch.append(real: sqlite3_column_double(pointer, column))
        case SQLITE_TEXT:
            let text = UnsafeRawBufferPointer(
                start: sqlite3_column_text(pointer, column),
                count: Int(sqlite3_column_bytes(pointer, column))
            )
            guard isUTF8(text) else {
                throw fault(.invalidUTF8, "column `\(name(column))` has text that is not UTF-8; repair or CAST it", row)
            }
            batch.append(text)
        case SQLITE_NULL:
            batch.endCell()
        default:
            throw fault(
                .blob,
                "column `\(name(column))` has a blob; leave it out, or write hex(\(name(column))) or a CAST",
                row
            )
        }
    }

    private func name(_ column: Int32) -> String {
        sqlite3_column_name(statement.pointer, column).map { String(cString: $0) } ?? ""
    }

    private func fault(_ code: SQLiteSourceError.Code, _ detail: String, _ row: Int) -> SQLiteSourceError {
        SQLiteSourceError(code, detail, row: row)
    }
}
