/// `explain SYNC KEY`: the life of one row.
package struct ExplainAnswer: Codable, Sendable, Equatable {
    package var schema = ControlCoding.schema
    package var row: RowReport

    package init(row: RowReport) {
        self.row = row
    }
}

/// Everything that is known of one row.
package struct RowReport: Codable, Sendable, Equatable {
    package struct Lookup: Codable, Sendable, Equatable {
        package var field: String
        package var object: String
        package var matchField: String
        package var value: String
        @OrNull package var foundId: String?
        package var message: String

        package init(
            field: String,
            object: String,
            matchField: String,
            value: String,
            foundID: String?,
            message: String
        ) {
            self.field = field
            self.object = object
            self.matchField = matchField
            self.value = value
            foundId = foundID
            self.message = message
        }
    }

    package struct Delivery: Codable, Sendable, Equatable {
        package var run: String
        package var time: String
        package var operation: String
        /// `accepted`, `rejected`, `held`, `unmatched`, `in-doubt`, `unsent`.
        package var state: String
        @OrNull package var job: String?
        @OrNull package var batch: String?
        @OrNull package var position: Int?
        @OrNull package var code: String?
        @OrNull package var message: String?

        package init(run: String, time: String, operation: String, state: String) {
            self.run = run
            self.time = time
            self.operation = operation
            self.state = state
            job = nil
            batch = nil
            position = nil
            code = nil
            message = nil
        }
    }

    package var sync: String
    package var key: String
    package var object: String
    /// `owed`, `removed`, `added`, `changed`, `unchanged`, or `unknown`: neither in the model nor delivered.
    package var `class`: String
    /// The model's values, by column; null where the row is not in the model.
    @OrNull package var model: [String: OrNull<String>]?
    /// What was last delivered, by field, where it is still known.
    @OrNull package var delivered: [String: OrNull<String>]?
    /// What Salesforce holds now, by field.
    @OrNull package var salesforce: [String: OrNull<String>]?
    @OrNull package var salesforceId: String?
    /// What would be sent, by field.
    @OrNull package var payload: [String: OrNull<String>]?
    package var differences: [String: PlanSample.FieldChange]
    package var lookups: [Lookup]
    /// Newest first.
    package var deliveries: [Delivery]
    package var resting: Bool
    /// `rejected`, `held`, `unmatched`, `in-doubt` or `unsent`, of a row that is not delivered as it is.
    @OrNull package var state: String?
    /// Why, with explanation and remedy.
    @OrNull package var problem: RejectedRowReport?
    /// What could not be found out, and why.
    package var notes: [String]
    /// What happens next, in words.
    package var next: String

    package init(sync: String, key: String, object: String, class: String, next: String) {
        self.sync = sync
        self.key = key
        self.object = object
        self.class = `class`
        self.next = next
        model = nil
        delivered = nil
        salesforce = nil
        salesforceId = nil
        payload = nil
        differences = [:]
        lookups = []
        deliveries = []
        resting = false
        state = nil
        problem = nil
        notes = []
    }
}
