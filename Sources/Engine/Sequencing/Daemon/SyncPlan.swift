package import SyncModel

/// What a run would do with one sync, found out without writing anything.
package struct SyncPlan: Sendable, Equatable {
    package struct Sample: Sendable, Equatable {
        package var key: String
        package var changeClass: ChangeClass
        /// By column: what Salesforce holds now, and what would be sent.
        package var fields: [String: Values]
        /// What was last accepted of the row, by column, where its spool is still kept.
        package var sent: [String: String?]?
    }

    package struct Values: Sendable, Equatable {
        package var old: String?
        package var new: String?
    }

    package var sync: String
    package var object: String
    package var mode: SyncMode
    package var counts: ChangeCounts
    /// Rows that would be refused or held before anything is sent.
    package var rejected = 0
    /// By which APIs the rows would travel, in the order in which they go; what is written where nothing travels.
    package var api: String
    package var apiCalls = 0
    package var bulkBatches = 0
    package var bulkRows = 0
    /// Rows that would go out as platform events.
    package var publishedEvents = 0
    package var samples: [Sample] = []
    package var warnings: [String] = []
    package var guards: [GuardFinding] = []

    package init(sync: SyncDefinition, counts: ChangeCounts) {
        self.sync = sync.name
        object = sync.objectLabel
        mode = sync.mode
        api = sync.api.rawValue
        self.counts = counts
    }
}
