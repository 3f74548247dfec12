/// What is told of a job or a batch: the same pairs as XML or JSON.
struct ClassicInfo {
    enum Item {
        case text(String?)
        case number(Int)
        case version(String)
        case moment(Instant)
    }

    var name: String
    var pairs: [(String, Item)]

    /// Four-line XML with the line break before `xmlns` that Salesforce writes.
    var xml: String {
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><\(name)\n   xmlns=\"\(dataloadNamespace)\">\n\(inner(indent: " "))</\(name)>"
    }

    func inner(indent: String) -> String {
        pairs.map { name, item -> String in
            switch item {
            case .text(nil): ""
            case .text(let text?): "\(indent)<\(name)>\(escapedXML(text))</\(name)>\n"
            case .number(let number): "\(indent)<\(name)>\(number)</\(name)>\n"
            case .version(let version): "\(indent)<\(name)>\(version)</\(name)>\n"
            case .moment(let moment): "\(indent)<\(name)>\(moment.text(zone: "Z"))</\(name)>\n"
            }
        }.joined()
    }

    /// Keys in the order of the alphabet, absent texts as null.
    var json: JSONValue {
        .object(
            pairs.map { name, item in
                switch item {
                case .text(let text): JSONMember(name: name, value: .text(text))
                case .number(let number): JSONMember(name: name, value: .int(number))
                case .version(let version): JSONMember(name: name, value: .number(version))
                case .moment(let moment): JSONMember(name: name, value: .string(moment.text()))
                }
            }.sorted { $0.name < $1.name }
        )
    }
}

extension ClassicJob {
    func count(_ state: ClassicBatch.State) -> Int { batches.count { $0.state == state } }

    var info: ClassicInfo {
        ClassicInfo(
            name: "jobInfo",
            pairs: [
                ("id", .text(id.long)), ("operation", .text(operation)), ("object", .text(object)),
                ("createdById", .text(context.user.long)), ("createdDate", .moment(createdAt)),
                ("systemModstamp", .moment(changedAt)), ("state", .text(state.rawValue)),
                ("externalIdFieldName", .text(externalIdField)),
                ("concurrencyMode", .text(isSerial ? "Serial" : "Parallel")), ("contentType", .text(contentType)),
                ("numberBatchesQueued", .number(count(.queued))),
                ("numberBatchesInProgress", .number(count(.inProgress))),
                ("numberBatchesCompleted", .number(count(.completed))),
                (
                    "numberBatchesFailed",
                    .number(count(.failed) + batches.count { $0.state == .notProcessed && !$0.isReplaced })
                ),
                ("numberBatchesTotal", .number(batches.count)),
                ("numberRecordsProcessed", .number(batches.reduce(0) { $0 + $1.processed })),
                ("numberRetries", .number(retries)), ("apiVersion", .version(version)),
                ("assignmentRuleId", .text(assignmentRule)),
                ("numberRecordsFailed", .number(batches.reduce(0) { $0 + $1.failed })),
                ("totalProcessingTime", .number(batches.reduce(0) { $0 + $1.processingTime })),
                ("apiActiveProcessingTime", .number(batches.reduce(0) { $0 + $1.processingTime })),
                ("apexProcessingTime", .number(batches.reduce(0) { $0 + $1.apexTime })),
            ]
        )
    }
}

extension ClassicBatch {
    func info(job: RecordID) -> ClassicInfo {
        ClassicInfo(
            name: "batchInfo",
            pairs: [
                ("id", .text(id.long)), ("jobId", .text(job.long)), ("state", .text(state.rawValue)),
                ("stateMessage", .text(stateMessage)), ("createdDate", .moment(createdAt)),
                ("systemModstamp", .moment(changedAt)),
                ("numberRecordsProcessed", .number(processed)), ("numberRecordsFailed", .number(failed)),
                ("totalProcessingTime", .number(processingTime)), ("apiActiveProcessingTime", .number(processingTime)),
                ("apexProcessingTime", .number(apexTime)),
            ]
        )
    }
}
