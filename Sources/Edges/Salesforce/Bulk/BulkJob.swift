/// What a job of the original Bulk API does with its rows; the names are case-sensitive (reference 03-bulk-v1, 2.1).
package enum BulkOperation: String, Sendable, CaseIterable {
    case insert
    case update
    case upsert
    case delete
    case hardDelete
}

/// A job to be created; its batches are CSV.
package struct BulkJobSpec: Sendable, Equatable {
    package enum ConcurrencyMode: String, Sendable {
        case parallel = "Parallel"
        /// One batch of all serial jobs in the org at a time.
        case serial = "Serial"
    }

    package var object: String
    package var operation: BulkOperation
    /// Of an upsert only, and there it must be.
    package var externalIDFieldName: String?
    package var concurrencyMode: ConcurrencyMode
    /// Case and Lead: the id of an assignment rule.
    package var assignmentRuleID: String?

    package init(
        object: String,
        operation: BulkOperation,
        externalIDFieldName: String? = nil,
        concurrencyMode: ConcurrencyMode = .parallel,
        assignmentRuleID: String? = nil
    ) {
        self.object = object
        self.operation = operation
        self.externalIDFieldName = externalIDFieldName
        self.concurrencyMode = concurrencyMode
        self.assignmentRuleID = assignmentRuleID
    }
}

/// A job of the original Bulk API as Salesforce describes it.
package struct BulkJob: Sendable, Equatable {
    package enum State: String, Sendable {
        case open = "Open"
        case closed = "Closed"
        case aborted = "Aborted"
        case failed = "Failed"
    }

    package var id: String
    package var state: State
    package var object: String
    package var operation: String
    package var createdByID: String?
    package var createdDate: String?
    package var numberBatchesQueued: Int
    package var numberBatchesInProgress: Int
    package var numberBatchesCompleted: Int
    package var numberBatchesFailed: Int
    package var numberBatchesTotal: Int
    package var numberRecordsProcessed: Int
    package var numberRecordsFailed: Int
    package var numberRetries: Int

    /// Closed and all batches ended: there is no state of its own for that (reference 03-bulk-v1, 2.3).
    package var isDone: Bool {
        switch state {
        case .open: false
        case .closed: numberBatchesCompleted + numberBatchesFailed >= numberBatchesTotal
        case .aborted, .failed: true
        }
    }
}

/// A batch of the original Bulk API as Salesforce describes it.
package struct BulkBatch: Sendable, Equatable {
    package enum State: String, Sendable {
        case queued = "Queued"
        case inProgress = "InProgress"
        case completed = "Completed"
        /// The batch as a whole went wrong; if any rows were processed, the results tell which.
        case failed = "Failed"
        case notProcessed = "NotProcessed"

        package var isFinal: Bool {
            switch self {
            case .queued, .inProgress: false
            case .completed, .failed, .notProcessed: true
            }
        }
    }

    package var id: String
    package var jobID: String
    package var state: State
    /// `Code : message`, of a failed batch.
    package var stateMessage: String?
    package var createdDate: String?
    package var systemModstamp: String?
    /// Failed ones included.
    package var numberRecordsProcessed: Int
    package var numberRecordsFailed: Int
    /// Milliseconds.
    package var totalProcessingTime: Int
    package var apiActiveProcessingTime: Int
    package var apexProcessingTime: Int
}
