/// What became of one record, in the order of the records sent.
///
/// A record that Salesforce refused is a result, no error.
package struct SaveResult: Sendable, Equatable {
    package struct Fault: Sendable, Equatable {
        /// Salesforce's code: `REQUIRED_FIELD_MISSING`.
        package var statusCode: String
        package var message: String
        /// API names.
        package var fields: [String]
        package var duplicateRule: DuplicateRuleFinding?

        package init(
            statusCode: String,
            message: String,
            fields: [String] = [],
            duplicateRule: DuplicateRuleFinding? = nil
        ) {
            self.statusCode = statusCode
            self.message = message
            self.fields = fields
            self.duplicateRule = duplicateRule
        }
    }

    /// Of a record that was written; of a published event it means nothing.
    package var id: String?
    package var success: Bool
    /// Of an upsert: true where the record is new, false where it was there; nil where the API does not tell.
    package var created: Bool?
    /// May hold `OPERATION_ENQUEUED` beside `success`: an event that was taken (reference 07, A2).
    package var errors: [Fault]

    package init(id: String? = nil, success: Bool, created: Bool? = nil, errors: [Fault] = []) {
        self.id = id
        self.success = success
        self.created = created
        self.errors = errors
    }
}

extension SaveResult {
    /// Nil if it is no result, or says that it failed and not why.
    init?(_ value: JSONValue) {
        guard let object = value.object, let success = object["success"]?.bool else { return nil }
        let faults = (object["errors"]?.array ?? []).compactMap(Fault.init)
        guard success || !faults.isEmpty else { return nil }
        self.init(id: object["id"]?.string, success: success, created: object["created"]?.bool, errors: faults)
    }
}

extension SaveResult.Fault {
    init?(_ value: JSONValue) {
        guard let fault = AnswerFault.read(value) else { return nil }
        self.init(
            statusCode: fault.code,
            message: fault.message,
            fields: fault.fields,
            duplicateRule: fault.duplicateRule
        )
    }
}
