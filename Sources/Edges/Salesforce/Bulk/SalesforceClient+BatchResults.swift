internal import DelimitedText

extension SalesforceClient {
    /// Reads the results of a batch as they arrive, in the order of the rows sent: the only link to them.
    ///
    /// `begin` is called before the first row; once more if the answer broke off and is read anew from its start, upon
    /// which all rows heard so far must be forgotten. Answers the number of rows, to be compared with the rows sent.
    ///
    /// - Throws: `SalesforceError`, and what the closures throw.
    package nonisolated(nonsending) func results(
        ofBatch batchID: String,
        inBulkJob id: String,
        begin: () throws -> Void = {},
        row: (_ position: Int, BatchRowResult) throws -> Void
    ) async throws -> Int {
        let request = SalesforceRequest(
            family: .bulk,
            target: bulkPath("job", id, "batch", batchID, "result"),
            action: "read the results of batch \(batchID)",
            isTransfer: true
        )
        let reader = ResultReader(action: request.action)
        var places: BatchResultColumns?
        func header(_ columns: ResultColumns) throws {
            places = try BatchResultColumns(columns, action: request.action)
            try begin()
        }
        func took(_: ResultColumns, _ record: borrowing DelimitedRecord) throws {
            guard let places else { return }
            // `rows` counts the row in hand already.
            try row(reader.rows - 1, try places.result(record, action: request.action))
        }
        return try await stream(
            request,
            begin: { reader.startOver() },
            chunk: { try reader.take($0, begin: header, row: took) },
            end: { _ in try reader.finish(begin: header, row: took) }
        )
    }

    /// Lends the data of a batch as they were sent, to find out after a lost answer what a batch holds.
    ///
    /// `begin` is called when they begin, and once more if they broke off and are read anew.
    package nonisolated(nonsending) func request(
        ofBatch batchID: String,
        inBulkJob id: String,
        begin: () throws -> Void = {},
        chunk: (UnsafeRawBufferPointer) throws -> Void
    ) async throws {
        let request = SalesforceRequest(
            family: .bulk,
            target: bulkPath("job", id, "batch", batchID, "request"),
            action: "read the data of batch \(batchID)",
            isTransfer: true
        )
        try await stream(
            request,
            begin: { try CallerError.passing(begin) },
            chunk: { bytes in try CallerError.passing { try chunk(bytes) } },
            end: { _ in }
        )
    }
}
