/// A batch on its way: rows of an ingest job or of one batch of the original API.
final class BatchRun {
    enum Source {
        case ingest(IngestJob)
        case classic(ClassicJob, ClassicBatch)
    }

    let source: Source
    let type: ObjectType
    let columns: [Column?]
    /// The rows still to be taken.
    var rows: Range<Int>
    /// Names the batch as the holder of the locks its triggers take.
    let locker: Int
    var isSerial: Bool
    /// Machine time, in milliseconds, before which nothing more happens to it.
    var dueAt: Int64
    var hasBegun = false
    var lockFailures = 0
    var retries = 0
    /// The rest of it waits its turn again.
    var goesBack = false

    init(source: Source, type: ObjectType, columns: [Column?], rows: Range<Int>, locker: Int, isSerial: Bool) {
        self.source = source
        self.type = type
        self.columns = columns
        self.rows = rows
        self.locker = locker
        self.isSerial = isSerial
        dueAt = 0
    }
}
