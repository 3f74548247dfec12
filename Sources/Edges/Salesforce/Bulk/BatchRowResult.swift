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
