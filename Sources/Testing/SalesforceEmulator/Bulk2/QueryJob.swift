/// A query job of Bulk API 2.0 (reference 04 §4).
///
/// Confined to the org that owns it.
final class QueryJob {
    let id: RecordID
    let operation: String
    let object: String
    let version: String
    let delimiter: IngestJob.Delimiter
    let isCRLF: Bool
    let createdBy: RecordID
    let createdAt: Instant
    var state: IngestJob.State
    /// One line a record, headings apart.
    var header: [UInt8] = []
    var lines: [[UInt8]] = []

    init(
        id: RecordID,
        operation: String,
        object: String,
        version: String,
        delimiter: IngestJob.Delimiter,
        isCRLF: Bool,
        createdBy: RecordID,
        createdAt: Instant
    ) {
        self.id = id
        self.operation = operation
        self.object = object
        self.version = version
        self.delimiter = delimiter
        self.isCRLF = isCRLF
        self.createdBy = createdBy
        self.createdAt = createdAt
        state = .uploadComplete
    }

    func json(full: Bool) -> JSONValue {
        var json = JSONValue.members([
            "id": .string(id.long), "operation": .string(operation), "object": .string(object),
            "createdById": .string(createdBy.long), "createdDate": .string(createdAt.text()),
            "systemModstamp": .string(createdAt.text()), "state": .string(state.rawValue),
            "concurrencyMode": .string("Parallel"),
            "contentType": .string("CSV"), "apiVersion": .number(version),
        ])
        if full { json.set("jobType", .string("V2Query")) }
        json.set("lineEnding", .string(isCRLF ? "CRLF" : "LF"))
        json.set("columnDelimiter", .string(delimiter.rawValue))
        if full {
            json.set("numberRecordsProcessed", .int(state == .jobComplete ? lines.count : 0))
            json.set("retries", .int(0))
            json.set("totalProcessingTime", .int(max(1, lines.count / 100)))
            json.set("isPkChunkingSupported", .bool(true))
        }
        return json
    }
}
