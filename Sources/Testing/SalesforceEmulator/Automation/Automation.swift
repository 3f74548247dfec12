/// What runs by itself when records of an object are saved.
struct ObjectAutomation: Sendable {
    var triggers: [Trigger] = []
    var flows: [Flow] = []
    var rules: [ValidationRule] = []

    var isEmpty: Bool { triggers.isEmpty && flows.isEmpty && rules.isEmpty }
}

/// An Apex trigger, by what it costs.
struct Trigger: Sendable {
    var name: String
    var events: Set<String>
    /// For each transaction, or each row where `perRow`.
    var milliseconds = 0
    var queries = 0
    var perRow = false
    /// The reference field whose parent row it holds while its batch runs.
    var locks: String?
    var isActive = true
    /// What it throws for every row, if it is broken.
    var failure: String?
}

/// A flow.
struct Flow: Sendable {
    var name: String
    var type: String
    var cron: String?
    var events: Set<String> = ["insert", "update"]
    var isActive = true
    var milliseconds = 0
    var queries = 0
    var perRow = false
    var locks: String?
    var failure: String?

    var isRecordTriggered: Bool { type.hasPrefix("Record") }
}

/// A rule that refuses records.
struct ValidationRule: Sendable {
    var name: String
    var condition: String
    var message: String
    var field: String?
    var isActive = true
}

/// A rule that refuses likely doubles.
struct DuplicateRule: Sendable {
    var name: String
    var object: String
    /// Fields that must all be equal, none of them empty.
    var fields: [String]
    var allowsSave: Bool
    var message: String
    var isActive = true
}

/// An asynchronous Apex job, for those who look whether one runs.
struct ApexJob: Sendable {
    var className: String
    var object: String?
    var startsAt: Instant
    var milliseconds: Int
}

/// What a transaction's automation has used.
struct ApexSpending {
    var milliseconds = 0
    var queries = 0
    /// Triggers and flows that ran already, once for all rows.
    var ran: Set<String> = []
}
