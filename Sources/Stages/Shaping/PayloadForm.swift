package import SyncModel

/// In which form rows are written, and for which operation.
package enum PayloadForm: Sendable, Equatable {
    /// One line of CSV a row: both Bulk APIs.
    case csv(RecordOperation)
    /// One JSON object a row: REST collections.
    case json(RecordOperation)

    package var operation: RecordOperation {
        switch self {
        case .csv(let operation), .json(let operation): operation
        }
    }

    var isCSV: Bool {
        switch self {
        case .csv: true
        case .json: false
        }
    }
}

/// By what a row of a Bulk 2.0 result is known.
package enum ResultKey: Sendable, Equatable {
    /// By the value in this column, folded.
    case column(String, caseSensitive: Bool)
    /// By all its cells as they were sent.
    case wholeRow
}
