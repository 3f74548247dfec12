internal import CLibPQ
internal import SyncModel

/// The rows of a `COPY … TO STDOUT` under way.
struct CopyStream {
    private let connection: PostgresConnection
    private let names: [String]
    private let text: CopyText

    init(_ connection: PostgresConnection, names: [String], types: [UInt32], checksUTF8: Bool) {
        self.connection = connection
        self.names = names
        text = CopyText(types: types, checksUTF8: checksUTF8)
    }

    /// Reads to the end; when that fails, the server is stopped and the connection fit for the next statement, if it stands.
    func read(batchBytes: Int, _ deliver: (inout RowBatch) throws -> Void) throws {
        var isSending = true
        do {
            try readRows(batchBytes: batchBytes, &isSending, deliver)
        } catch {
            if !connection.isBad { abandon(isSending) }
            throw error
        }
    }

    // MARK: - Implementation

    private func readRows(
        batchBytes: Int,
        _ isSending: inout Bool,
        _ deliver: (inout RowBatch) throws -> Void
    ) throws {
        var batch = RowBatch(columnCount: names.count, capacity: batchBytes + batchBytes / 8)
        var row = 0
        while true {
            var buffer: UnsafeMutablePointer<CChar>?
            let count = PQgetCopyData(connection.pointer, &buffer, 0)
            guard count >= 0, let buffer else { break }
            defer { PQfreemem(buffer) }
            row += 1
            do {
                try text.append(UnsafeRawBufferPointer(start: buffer, count: Int(count)), to: &batch)
            } catch let fault as CopyText.Fault {
                throw named(fault, row)
            }
            if batch.footprint >= batchBytes {
                try batch.handOver(to: deliver)
                // A cancellation that came between two statements is lost on the server.
                if connection.cancellation.isCancelled { throw PostgresError.cancelled }
            }
        }
        isSending = false
        // Behind the rows stands whether they were all.
        while let pointer = PQgetResult(connection.pointer) {
            let result = PostgresResult(pointer)
            do {
                _ = try connection.checked(result)
            } catch var error as PostgresError {
                error.row = row + 1
                throw error
            }
        }
        if connection.isBad { throw connection.connectionFault() }
        if !batch.isEmpty {
            try batch.handOver(to: deliver)
        }
    }

    private func abandon(_ isSending: Bool) {
        if isSending { connection.cancellation.interrupt() }
        var buffer: UnsafeMutablePointer<CChar>?
        while PQgetCopyData(connection.pointer, &buffer, 0) >= 0 {
            PQfreemem(buffer)
            buffer = nil
        }
        while let pointer = PQgetResult(connection.pointer) {
            PQclear(pointer)
        }
    }

    private func named(_ fault: CopyText.Fault, _ row: Int) -> PostgresError {
        switch fault {
        case .notUTF8(let column):
            PostgresError(
                .invalidUTF8,
                "column `\(names[column])` has text that is not UTF-8; repair or convert it",
                row: row
            )
        case .wrongCellCount:
            PostgresError(.failed, "the server sent a row with another number of cells", row: row)
        }
    }
}
