/// A job of the original Bulk API (reference 03 §2).
///
/// Confined to the org that owns it.
final class ClassicJob {
    enum State: String {
        case open = "Open"
        case closed = "Closed"
        case aborted = "Aborted"
        case failed = "Failed"
    }

    let id: RecordID
    let operation: String
    let object: String
    let externalIdField: String?
    let isSerial: Bool
    let format: Format
    /// Batches are archives whose `request.txt` holds the rows.
    let isZipped: Bool
    let version: String
    let assignmentRule: String?
    let context: SaveContext
    let createdAt: Instant
    var changedAt: Instant
    var state = State.open
    var batches: [ClassicBatch] = []
    var retries = 0
    /// Queries are cut into parts of this many ids (`Sforce-Enable-PKChunking`).
    var chunkSize: Int?
    /// The id at which chunking starts.
    var firstChunkedNumber = 1
    /// `Sforce-Disable-Batch-Retry: TRUE`.
    var neverRetries = false
    /// CSV columns under other names, by `POST /job/{id}/spec`.
    var mapping: [String: String] = [:]

    /// How batches are written.
    enum Format: String {
        case csv = "CSV"
        case xml = "XML"
        case json = "JSON"
    }

    init(
        id: RecordID,
        operation: String,
        object: String,
        externalIdField: String?,
        isSerial: Bool,
        format: Format,
        isZipped: Bool,
        version: String,
        assignmentRule: String?,
        context: SaveContext,
        createdAt: Instant
    ) {
        self.id = id
        self.operation = operation
        self.object = object
        self.externalIdField = externalIdField
        self.isSerial = isSerial
        self.format = format
        self.isZipped = isZipped
        self.version = version
        self.assignmentRule = assignmentRule
        self.context = context
        self.createdAt = createdAt
        changedAt = createdAt
    }

    /// `CSV`, `ZIP_XML` and so on.
    var contentType: String { (isZipped ? "ZIP_" : "") + format.rawValue }

    var isQuery: Bool { operation == "query" || operation == "queryAll" }
}

/// The result of a query batch, in the job's format.
struct QueryFile {
    var id: RecordID
    var body: [UInt8]
    var records: Int
}

/// A batch of such a job.
final class ClassicBatch {
    enum State: String {
        case queued = "Queued"
        case inProgress = "InProgress"
        case completed = "Completed"
        case failed = "Failed"
        case notProcessed = "NotProcessed"
    }

    let id: RecordID
    /// The rows in UTF-8, and as they were sent where that was in another charset.
    var data: [UInt8]
    var original: [UInt8]?
    let contentType: String
    let createdAt: Instant
    var changedAt: Instant
    var state = State.queued
    var stateMessage: String?
    var rowSpans: [RowSpan] = []
    var block: RowBlock?
    var outcomes: [Outcome] = []
    var processed = 0
    var failed = 0
    var processingTime = 0
    var apexTime = 0
    var queryResult: QueryFile?
    /// Of a part of a query that was cut by ids.
    var idRange: Range<Int>?
    /// Why the whole batch fails when its turn comes.
    var pendingFailure: String?
    /// Its work went to other batches.
    var isReplaced = false

    init(id: RecordID, data: [UInt8], contentType: String, createdAt: Instant) {
        self.id = id
        self.data = data
        self.contentType = contentType
        self.createdAt = createdAt
        changedAt = createdAt
    }

    func begin(at moment: Instant) {
        state = .inProgress
        changedAt = moment
    }
}
