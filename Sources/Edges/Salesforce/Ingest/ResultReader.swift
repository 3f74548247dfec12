internal import DelimitedText

/// Takes a result set apart while it arrives: the header, then record after record.
final class ResultReader {
    /// Lends a record; its cells are valid for the length of the call.
    typealias Row = (ResultColumns, borrowing DelimitedRecord) throws -> Void

    private let delimiter: UInt8
    private let action: String
    private var parser: DelimitedParser
    private var columns: ResultColumns?
    private(set) var rows = 0

    init(delimiter: UInt8 = UInt8(ascii: ","), action: String) {
        self.delimiter = delimiter
        self.action = action
        parser = DelimitedParser(delimiter: delimiter)
    }

    /// Begins anew, as if nothing had come yet.
    func startOver() {
        parser = DelimitedParser(delimiter: delimiter)
        columns = nil
        rows = 0
    }

    func take(_ bytes: UnsafeRawBufferPointer, begin: (ResultColumns) throws -> Void, row: Row) throws {
        try translated { try parser.feed(bytes) { try took($0, begin: begin, row: row) } }
    }

    /// Takes the end; answers how many rows there were.
    func finish(begin: (ResultColumns) throws -> Void, row: Row) throws -> Int {
        try translated { try parser.finish { try took($0, begin: begin, row: row) } }
        return rows
    }

    // MARK: - Implementation

    private func took(
        _ record: borrowing DelimitedRecord,
        begin: (ResultColumns) throws -> Void,
        row: Row
    ) throws {
        guard let columns else {
            let header = ResultColumns(names: (0..<record.count).map { record.text($0) })
            columns = header
            return try CallerError.passing { try begin(header) }
        }
        guard record.count == columns.names.count else {
            throw malformed("line \(record.line) has \(record.count) cells where the header has \(columns.names.count)")
        }
        rows += 1
        do {
            try row(columns, record)
        } catch let error as SalesforceError {
            throw error
        } catch {
            throw CallerError(cause: error)
        }
    }

    private func translated(_ body: () throws -> Void) throws {
        do {
            try body()
        } catch let error as DelimitedTextError {
            throw malformed(error.description)
        }
    }

    private func malformed(_ why: String) -> SalesforceError {
        SalesforceError(
            kind: .malformedAnswer,
            code: SalesforceError.Code.malformedAnswer,
            message: "the result set is no delimited text: \(SafeExcerpt.safe(why, length: 300))",
            action: action,
            status: 200,
            wasSent: .unknown
        )
    }
}
