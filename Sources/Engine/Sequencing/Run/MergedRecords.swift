internal import Salesforce

/// Rows of an update by Id whose record Salesforce calls deleted: one that was merged into another is written there.
actor MergedRecords {
    struct Row: Sendable {
        var ready: ReadySpool
        var row: Int
        var fault: RowFault
    }

    /// Whether rows that fail so are taken; else they are refused.
    private(set) var isTaking = false
    private var rows: [Row] = []

    func begin() { isTaking = true }

    func add(_ taken: [Row]) { rows += taken }

    /// The rows that were taken; none is from now on.
    func end() -> [Row] {
        defer { (isTaking, rows) = (false, []) }
        return rows
    }
}
