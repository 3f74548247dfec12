/// What is done with a record.
package enum RecordOperation: String, Sendable, Codable, CaseIterable {
    case insert
    case update
    case upsert
    case delete
    case clear
    case merge
    case publish
}

/// What became of a row that was not accepted.
package enum UndeliveredState: String, Sendable, Codable, CaseIterable {
    case rejected
    case held
    case unmatched
    case inDoubt = "in-doubt"
    /// Not sent in this run: the run ended before.
    case unsent
}

/// A row that was not delivered, with everything a person needs to see why.
package struct UndeliveredRow: Sendable, Equatable, Codable {
    package var sync: String
    /// The primary key as text.
    package var key: String
    package var operation: RecordOperation
    package var state: UndeliveredState
    /// Salesforce's code, or ours where we refused it.
    package var code: String
    package var message: String
    /// API names of the fields that the message is about.
    package var fields: [String]
    /// The values that were sent, or would have been, by field.
    package var values: [String: String]
    /// Worth sending again unchanged.
    package var isRetryable: Bool
    /// From now on it is tried once a day; not part of the record, the ledger fills it in.
    package var rests = false

    package init(
        sync: String,
        key: String,
        operation: RecordOperation,
        state: UndeliveredState,
        code: String,
        message: String,
        fields: [String] = [],
        values: [String: String] = [:],
        isRetryable: Bool = false
    ) {
        self.sync = sync
        self.key = key
        self.operation = operation
        self.state = state
        self.code = code
        self.message = message
        self.fields = fields
        self.values = values
        self.isRetryable = isRetryable
    }

    private enum CodingKeys: String, CodingKey {
        case sync, key, operation, state, code, message, fields, values, isRetryable
    }
}
