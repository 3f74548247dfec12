internal import Salesforce

/// Rows that Salesforce refuses for a record that is not there, their own or one that they refer to: it may have been merged into
/// another one.
actor MergedRecords {
    struct Row: Sendable {
        var ready: ReadySpool
        var row: Int
        var fault: RowFault
    }

    private var hasBegun = false
    private var rows: [Row] = []
    private let most: Int

    /// `most`: of more rows than so many the rest is refused at once.
    init(atMost most: Int = .max) {
        self.most = most
    }

    /// Whether rows that fail so are taken; else they are refused.
    var isTaking: Bool { hasBegun && rows.count < most }

    func begin() { hasBegun = true }

    func add(_ taken: [Row]) { rows += taken }

    /// The rows that were taken; none is from now on.
    func end() -> [Row] {
        defer { (hasBegun, rows) = (false, []) }
        return rows
    }
}
