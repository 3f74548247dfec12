/// Why a row was refused, in Salesforce's code and words (reference 08 A3).
struct SaveError: Error, Equatable, Sendable {
    var code: String
    var message: String
    var fields: [String] = []
    /// What a duplicate rule found, for REST's answer.
    var duplicates: DuplicateFinding?

    init(_ code: String, _ message: String, _ fields: [String] = []) {
        self.code = code
        self.message = message
        self.fields = fields
    }

    /// `CODE:message:fields --`, as Bulk writes it.
    var bulkText: String { "\(code):\(message):\(fields.isEmpty ? "" : fields.joined(separator: ", ") + " ")--" }
}

/// What a duplicate rule found (reference 02 §4.1).
struct DuplicateFinding: Equatable, Sendable {
    var rule: String
    var object: String
    var message: String
    var allowsSave: Bool
    var matches: [RecordID]
}

extension SaveError {
    static let deleted = SaveError("ENTITY_IS_DELETED", "entity is deleted")
    static let unknownReference = SaveError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
    static let noRight = SaveError("INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id")
    static let rolledBack = SaveError(
        "ALL_OR_NONE_OPERATION_ROLLED_BACK",
        "Record rolled back because not all records were valid and the request was using AllOrNone header"
    )
    static let noId = SaveError("MISSING_ARGUMENT", "Id not specified in an update call", ["Id"])

    static func noOperation(_ done: String, on type: String) -> SaveError {
        SaveError("INVALID_TYPE_FOR_OPERATION", "entity type cannot be \(done): \(type)")
    }

    static func required(_ names: [String]) -> SaveError {
        SaveError("REQUIRED_FIELD_MISSING", "Required fields are missing: [\(names.joined(separator: ", "))]", names)
    }

    static func wrongType(_ field: Field, _ value: String) -> SaveError {
        SaveError(
            "INVALID_TYPE_ON_FIELD_IN_RECORD",
            "\(field.label): value not of required type: \(value)",
            [field.name]
        )
    }

    static func wrongId(_ label: String, _ value: String, _ field: String) -> SaveError {
        SaveError("MALFORMED_ID", "\(label): id value of incorrect type: \(value)", [field])
    }

    static func noColumn(_ name: String, on type: String) -> SaveError {
        SaveError("INVALID_FIELD", "No such column '\(name)' on sobject of type \(type)")
    }

    static func readOnly(_ names: [String]) -> SaveError {
        SaveError(
            "INVALID_FIELD_FOR_INSERT_UPDATE",
            "Unable to create/update fields: \(names.joined(separator: ", ")). Please check the security settings of this "
                + "field and verify that it is read/write for your profile or permission set.",
            names
        )
    }

    static func locked(_ id: RecordID) -> SaveError {
        SaveError(
            "UNABLE_TO_LOCK_ROW",
            "unable to obtain exclusive access to this record or 1 records: \(id.long)"
        )
    }
}

/// What became of one row.
enum Outcome: Sendable {
    case saved(RecordID, created: Bool)
    case failed([SaveError], RecordID?)

    var isFailure: Bool {
        switch self {
        case .saved: false
        case .failed: true
        }
    }
}
