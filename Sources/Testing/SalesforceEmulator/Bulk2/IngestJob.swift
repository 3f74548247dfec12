/// Where a row stands in the data, without its line end.
struct RowSpan: Sendable {
    var start: Int32
    var end: Int32
}

/// What became of an uploaded row.
enum RowState: Sendable {
    case waiting
    case saved(RecordID, created: Bool)
    /// `error` is the position in the job's list of error texts.
    case failed(error: Int32, RecordID?)
    case unprocessed
}

/// An ingest job of Bulk API 2.0 (reference 04 §1).
///
/// Confined to the org that owns it.
final class IngestJob {
    enum State: String, Sendable {
        case open = "Open"
        case uploadComplete = "UploadComplete"
        case inProgress = "InProgress"
        case jobComplete = "JobComplete"
        case failed = "Failed"
        case aborted = "Aborted"
    }

    enum Delimiter: String, Sendable, CaseIterable {
        case comma = "COMMA"
        case tab = "TAB"
        case pipe = "PIPE"
        case semicolon = "SEMICOLON"
        case caret = "CARET"
        case backquote = "BACKQUOTE"

        var byte: UInt8 {
            switch self {
            case .comma: UInt8(ascii: ",")
            case .tab: 0x09
            case .pipe: UInt8(ascii: "|")
            case .semicolon: UInt8(ascii: ";")
            case .caret: UInt8(ascii: "^")
            case .backquote: UInt8(ascii: "`")
            }
        }
    }

    let id: RecordID
    let operation: String
    let object: String
    var externalIdField: String?
    var delimiter: Delimiter
    var isCRLF: Bool
    var assignmentRule: String?
    var version: String
    var createdBy: RecordID
    var context: SaveContext
    var createdAt: Instant
    var changedAt: Instant
    var state = State.open
    var errorMessage: String?
    var pendingFailure: String?
    var data: [UInt8]?
    /// The header, and where each row starts and ends in the data.
    var header: Range<Int> = 0..<0
    var rowSpans: [RowSpan] = []
    var rows: [RowState] = []
    var errorTexts: [String] = []
    var openBatches = 0
    /// Some rows are left unprocessed on purpose, and the job fails when the others are done.
    var failsAtEnd = false
    var processed = 0
    var failedCount = 0
    var retries = 0
    var processingTime = 0
    var apexTime = 0

    init(
        id: RecordID,
        operation: String,
        object: String,
        externalIdField: String?,
        delimiter: Delimiter,
        isCRLF: Bool,
        assignmentRule: String?,
        version: String,
        context: SaveContext,
        createdAt: Instant
    ) {
        self.id = id
        self.operation = operation
        self.object = object
        self.externalIdField = externalIdField
        self.delimiter = delimiter
        self.isCRLF = isCRLF
        self.assignmentRule = assignmentRule
        self.version = version
        createdBy = context.user
        self.context = context
        self.createdAt = createdAt
        changedAt = createdAt
    }

    func json(withUpload: Bool, asListed: Bool = false, afterCreation: Bool = false) -> JSONValue {
        var members: [JSONMember] = []
        func add(_ name: String, _ value: JSONValue) { members.append(JSONMember(name: name, value: value)) }
        add("id", .string(id.long))
        add("operation", .string(operation))
        add("object", .string(object))
        add("createdById", .string(createdBy.long))
        add("createdDate", .string(createdAt.text()))
        add("systemModstamp", .string(changedAt.text()))
        add("state", .string(state.rawValue))
        if let externalIdField { add("externalIdFieldName", .string(externalIdField)) }
        add("concurrencyMode", .string("Parallel"))
        add("contentType", .string("CSV"))
        add("apiVersion", .number(version))
        if let assignmentRule { add("assignmentRuleId", .string(assignmentRule)) }
        if !afterCreation { add("jobType", .string("V2Ingest")) }
        if state == .open, !asListed {
            add("contentUrl", .string("services/data/v\(version)/jobs/ingest/\(id.long)/batches"))
        }
        if withUpload {
            add("lineEnding", .string(isCRLF ? "CRLF" : "LF"))
            add("columnDelimiter", .string(delimiter.rawValue))
        }
        if !asListed, !afterCreation {
            add("numberRecordsProcessed", .int(processed))
            add("numberRecordsFailed", .int(failedCount))
            add("retries", .int(retries))
            add("totalProcessingTime", .int(processingTime))
            add("apiActiveProcessingTime", .int(processingTime))
            add("apexProcessingTime", .int(apexTime))
            if let errorMessage { add("errorMessage", .string(errorMessage)) }
        }
        return .object(members)
    }
}
