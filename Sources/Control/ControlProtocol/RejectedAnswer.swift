/// `rejected RUN or SYNC`.
package struct RejectedAnswer: Codable, Sendable, Equatable {
    package var schema = ControlCoding.schema
    /// Whose rows these are: the run that was asked for, or the newest that tells of the sync's rows.
    @OrNull package var run: String?
    package var rows: [RejectedRowReport]
    /// Whether `limit` left some out.
    package var truncated: Bool

    package init(run: String?, rows: [RejectedRowReport], truncated: Bool = false) {
        self.run = run
        self.rows = rows
        self.truncated = truncated
    }
}

/// A row that was not delivered, and what to do about it.
package struct RejectedRowReport: Codable, Sendable, Equatable {
    package var sync: String
    /// The primary key as text; of several columns, a JSON array's text.
    package var key: String
    package var operation: String
    /// `rejected`, `held`, `unmatched` or `in-doubt`.
    package var state: String
    package var code: String
    package var message: String
    package var fields: [String]
    package var explanation: String
    package var remedy: String
    package var retryable: Bool
    /// Tried once a day only, until something changes.
    package var resting: Bool
    /// What was sent, by field.
    package var values: [String: String]
    /// The run that it was last tried in.
    @OrNull package var run: String?

    package init(
        sync: String,
        key: String,
        operation: String,
        state: String,
        code: String,
        message: String,
        fields: [String],
        explanation: String,
        remedy: String,
        retryable: Bool,
        resting: Bool,
        values: [String: String],
        run: String? = nil
    ) {
        self.sync = sync
        self.key = key
        self.operation = operation
        self.state = state
        self.code = code
        self.message = message
        self.fields = fields
        self.explanation = explanation
        self.remedy = remedy
        self.retryable = retryable
        self.resting = resting
        self.values = values
        self.run = run
    }
}
