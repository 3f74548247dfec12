package import CivilTime
package import SyncModel

/// Everything that is known of one row, and what becomes of it next.
package struct RowLife: Sendable {
    /// What happened to the row in one run.
    package struct Delivery: Sendable, Equatable {
        package var run: RunID
        package var time: Timestamp
        package var operation: RecordOperation
        /// nil: accepted.
        package var undelivered: UndeliveredRow?
        package var job: String?
        package var batch: String?
        /// From 1, in the batch or job.
        package var position: Int?
        /// What was sent, by column, where the spool still has it.
        package var sent: [String: String]?
    }

    /// What is known of a child of a sync that merges (syncs.md, Merge).
    package enum ChildPart: Sendable, Equatable {
        /// Its record was merged into that of the parent row.
        case merged(victimID: String, parentKey: String, parentID: String)
        /// When it was looked for as it is now, Salesforce had no record of it.
        case nothingToMerge
        /// It has not been looked for as it is now.
        case open
    }

    package struct Lookup: Sendable, Equatable {
        package var field: String
        package var object: String
        package var matchField: String
        package var value: String
        package var foundID: String?
        package var message: String
    }

    package var sync: String
    package var key: String
    package var object: String
    /// nil: neither in the model nor delivered.
    package var changeClass: ChangeClass?
    package var model: [String: String?]?
    /// What was last accepted.
    package var delivered: [String: String]?
    package var payload: [String: String?]?
    package var salesforce: [String: String?]?
    package var salesforceID: String?
    package var lookups: [Lookup] = []
    /// Newest first.
    package var deliveries: [Delivery] = []
    /// Why it is not delivered, when it is not.
    package var problem: UndeliveredRow?
    /// Rejected again and again: tried once a day until something changes.
    package var isResting = false
    /// Its part as a child of a sync that merges; nil: it is none.
    package var child: ChildPart?
    /// What could not be found out, and why.
    package var notes: [String] = []
    package var next = ""

    init(sync: SyncDefinition, key: String) {
        self.sync = sync.name
        self.key = key
        object = sync.objectLabel
    }
}
