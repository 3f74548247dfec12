internal import DelimitedText

/// What became of one row of a batch (reference 03-bulk-v1, 3.4), lent for the length of a call: its bytes are the answer's.
package struct BatchRowResult {
    package let success: Bool
    package let created: Bool
    /// The record's id; may be empty where the row failed.
    package let id: UnsafeRawBufferPointer
    /// `CODE:message:fields --`, as sent; empty where there was none.
    package let error: UnsafeRawBufferPointer

    /// The error taken apart; nil where the row was accepted.
    package var fault: RowFault? { success ? nil : RowFault(parsing: String(decoding: error, as: UTF8.self)) }
}

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

/// Where the four columns of a batch's results stand.
struct BatchResultColumns {
    private let id: Int
    private let success: Int
    private let created: Int
    private let error: Int

    init(_ columns: ResultColumns, action: String) throws {
        guard let id = columns.index(of: "Id"), let success = columns.index(of: "Success"),
            let created = columns.index(of: "Created"), let error = columns.index(of: "Error")
        else { throw Self.malformed("the columns of a result are missing", action: action) }
        self.id = id
        self.success = success
        self.created = created
        self.error = error
    }

    func result(_ record: borrowing DelimitedRecord, action: String) throws -> BatchRowResult {
        BatchRowResult(
            success: try Self.flag(record[success], action: action),
            created: try Self.flag(record[created], action: action),
            id: record[id],
            error: record[error]
        )
    }

    private static func flag(_ text: UnsafeRawBufferPointer, action: String) throws -> Bool {
        if text.elementsEqual("true".utf8) { return true }
        if text.elementsEqual("false".utf8) { return false }
        let excerpt = SafeExcerpt.of(Array(text.prefix(41)), length: 40)
        throw malformed("neither true nor false but \(excerpt)", action: action)
    }

    private static func malformed(_ why: String, action: String) -> SalesforceError {
        SalesforceError(
            kind: .malformedAnswer,
            code: SalesforceError.Code.malformedAnswer,
            message: "the answer is no batch result: \(why)",
            action: action,
            status: 200,
            wasSent: .unknown
        )
    }
}
