/// A record as it is kept: values by slot, and what every record has.
struct Record: Sendable {
    /// By the table's slots; shorter than the table when the last slots were never set.
    var values: [Value]
    var createdAt: Instant
    var modifiedAt: Instant
    var createdBy: RecordID
    var modifiedBy: RecordID
    var isDeleted = false
    /// Emptied out of the recycle bin: nothing shows it any more.
    var isPurged = false
    /// Set when the record was merged into another.
    var master: RecordID?
}
