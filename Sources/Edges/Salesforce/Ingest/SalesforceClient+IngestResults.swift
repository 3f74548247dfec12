package import DelimitedText

/// The three result sets of an ingest job: together they hold each uploaded row once, in no order.
package enum IngestResultSet: String, Sendable, CaseIterable {
    /// `sf__Id`, `sf__Created`, then the columns as uploaded.
    case successful = "successfulResults"
    /// `sf__Id`, `sf__Error`, then the columns as uploaded.
    case failed = "failedResults"
    /// The columns as uploaded.
    case unprocessed = "unprocessedrecords"
}

extension SalesforceClient {
    /// Reads a result set as it arrives; memory stays flat.
    ///
    /// `begin` hears the header before the first row; once more if the answer broke off and is read anew from its start,
    /// upon which all rows heard so far must be forgotten. It is not called if there is no header. `row` hears every row;
    /// the record is lent for the length of the call. Answers the number of rows, to be compared with the job's counts.
    ///
    /// - Throws: `SalesforceError`, and what the closures throw.
    package nonisolated(nonsending) func results(
        ofIngestJob id: String,
        _ set: IngestResultSet,
        begin: (ResultColumns) throws -> Void = { _ in },
        row: (ResultColumns, borrowing DelimitedRecord) throws -> Void
    ) async throws -> Int {
        let request = SalesforceRequest(
            target: dataPath("jobs", "ingest", id, set.rawValue),
            action: "read \(set.rawValue) of job \(id)",
            headers: [("Accept", "text/csv")],
            isTransfer: true
        )
        let reader = ResultReader(action: request.action)
        return try await stream(
            request,
            begin: { reader.startOver() },
            chunk: { try reader.take($0, begin: begin, row: row) },
            end: { _ in try reader.finish(begin: begin, row: row) }
        )
    }
}
