/// What a job of Bulk API 2.0 does with its rows (reference 04-bulk-v2, 1.1).
package enum IngestOperation: String, Sendable, CaseIterable {
    case insert
    case update
    case upsert
    case delete
    case hardDelete
}

/// A job to be created: CSV with commas and line feeds.
package struct IngestJobSpec: Sendable, Equatable {
    package var object: String
    package var operation: IngestOperation
    /// Of an upsert only, and there it must be.
    package var externalIDFieldName: String?
    /// Case and Lead: the id of an assignment rule.
    package var assignmentRuleID: String?

    package init(
        object: String,
        operation: IngestOperation,
        externalIDFieldName: String? = nil,
        assignmentRuleID: String? = nil
    ) {
        self.object = object
        self.operation = operation
        self.externalIDFieldName = externalIDFieldName
        self.assignmentRuleID = assignmentRuleID
    }
}

/// Where a job of Bulk API 2.0 stands (reference 04-bulk-v2, 1.4).
package enum IngestJobState: String, Sendable, CaseIterable {
    case open = "Open"
    case uploadComplete = "UploadComplete"
    case inProgress = "InProgress"
    /// All rows were looked at; any of them, even all, may have been refused.
    case jobComplete = "JobComplete"
    /// The job as a whole went wrong; rows that were written stay.
    case failed = "Failed"
    case aborted = "Aborted"

    /// Nothing more will happen to the job.
    package var isFinal: Bool {
        switch self {
        case .open, .uploadComplete, .inProgress: false
        case .jobComplete, .failed, .aborted: true
        }
    }
}

/// A job of Bulk API 2.0 as Salesforce describes it; ingest and query jobs share the form.
package struct IngestJob: Sendable, Equatable {
    package var id: String
    package var state: IngestJobState
    package var object: String
    /// As sent: also "query" and "queryAll".
    package var operation: String
    package var externalIDFieldName: String?
    package var createdByID: String?
    /// As sent: `2026-03-01T10:15:30.000+0000`.
    package var createdDate: String?
    package var systemModstamp: String?
    /// `V2Ingest`, `Classic` (the original Bulk API), `BigObjectIngest`, `V2Query`; absent after creation.
    package var jobType: String?
    /// Failed ones included.
    package var numberRecordsProcessed: Int
    package var numberRecordsFailed: Int
    package var retries: Int
    /// Milliseconds.
    package var totalProcessingTime: Int
    package var apiActiveProcessingTime: Int
    package var apexProcessingTime: Int
    /// `Code : message`, of a failed job.
    package var errorMessage: String?
}

extension IngestJob {
    init?(_ object: JSONObject) {
        guard let id = object["id"]?.string, Self.isID(id),
            let state = object["state"]?.string.flatMap(IngestJobState.init)
        else { return nil }
        self.init(
            id: id,
            state: state,
            object: object["object"]?.string ?? "",
            operation: object["operation"]?.string ?? "",
            externalIDFieldName: object["externalIdFieldName"]?.string,
            createdByID: object["createdById"]?.string,
            createdDate: object["createdDate"]?.string,
            systemModstamp: object["systemModstamp"]?.string,
            jobType: object["jobType"]?.string,
            numberRecordsProcessed: object.count("numberRecordsProcessed"),
            numberRecordsFailed: object.count("numberRecordsFailed"),
            retries: object.count("retries"),
            totalProcessingTime: object.count("totalProcessingTime"),
            apiActiveProcessingTime: object.count("apiActiveProcessingTime"),
            apexProcessingTime: object.count("apexProcessingTime"),
            errorMessage: object["errorMessage"]?.string.map { SafeExcerpt.safe($0) }
        )
    }

    init(_ answer: SalesforceAnswer) throws {
        guard let job = IngestJob(try answer.jsonObject()) else { throw answer.malformed("no job") }
        self = job
    }

    /// Ids become parts of paths and are kept for later runs.
    static func isID(_ text: String) -> Bool {
        (15...18).contains(text.utf8.count) && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
    }
}
