/// The XML of the original Bulk API, which is what it speaks in CSV jobs (reference 03-bulk-v1, 1).
enum BulkXML {
    static let namespace = "http://www.force.com/2009/06/asyncapi/dataload"

    static func create(_ spec: BulkJobSpec) -> [UInt8] {
        // The server wants the elements in this order (reference 03-bulk-v1, 2.1).
        let elements: [(String, String?)] = [
            ("operation", spec.operation.rawValue), ("object", spec.object),
            ("externalIdFieldName", spec.externalIDFieldName), ("concurrencyMode", spec.concurrencyMode.rawValue),
            ("contentType", "CSV"), ("assignmentRuleId", spec.assignmentRuleID),
        ]
        return jobInfo(elements.map { name, text in text.map { XMLText.element(name, $0) } ?? "" }.joined())
    }

    static func state(_ state: BulkJob.State) -> [UInt8] {
        jobInfo(XMLText.element("state", state.rawValue))
    }

    private static func jobInfo(_ content: String) -> [UInt8] {
        Array("<?xml version=\"1.0\" encoding=\"UTF-8\"?><jobInfo xmlns=\"\(namespace)\">\(content)</jobInfo>".utf8)
    }
}

extension SalesforceAnswer {
    /// The root element of an answer in XML.
    ///
    /// - Throws: `SalesforceError` of kind `malformedAnswer`
    func xml(_ name: String) throws -> XMLElement {
        guard let root = XMLElement.parsed(body), root.name == name else { throw malformed("no \(name) in XML") }
        return root
    }
}

extension BulkJob {
    init(_ answer: SalesforceAnswer) throws {
        let root = try answer.xml("jobInfo")
        guard let id = root.text(of: "id"), IngestJob.isID(id), let state = root.text(of: "state").flatMap(State.init)
        else { throw answer.malformed("no job") }
        self.init(
            id: id,
            state: state,
            object: root.text(of: "object") ?? "",
            operation: root.text(of: "operation") ?? "",
            createdByID: root.text(of: "createdById"),
            createdDate: root.text(of: "createdDate"),
            numberBatchesQueued: root.count("numberBatchesQueued"),
            numberBatchesInProgress: root.count("numberBatchesInProgress"),
            numberBatchesCompleted: root.count("numberBatchesCompleted"),
            numberBatchesFailed: root.count("numberBatchesFailed"),
            numberBatchesTotal: root.count("numberBatchesTotal"),
            numberRecordsProcessed: root.count("numberRecordsProcessed"),
            numberRecordsFailed: root.count("numberRecordsFailed"),
            numberRetries: root.count("numberRetries")
        )
    }
}

extension BulkBatch {
    init?(_ element: XMLElement) {
        guard let id = element.text(of: "id"), IngestJob.isID(id), let jobID = element.text(of: "jobId"),
            IngestJob.isID(jobID),
            let state = element.text(of: "state").flatMap(State.init)
        else { return nil }
        self.init(
            id: id,
            jobID: jobID,
            state: state,
            stateMessage: element.text(of: "stateMessage").map { SafeExcerpt.safe($0) },
            createdDate: element.text(of: "createdDate"),
            systemModstamp: element.text(of: "systemModstamp"),
            numberRecordsProcessed: element.count("numberRecordsProcessed"),
            numberRecordsFailed: element.count("numberRecordsFailed"),
            totalProcessingTime: element.count("totalProcessingTime"),
            apiActiveProcessingTime: element.count("apiActiveProcessingTime"),
            apexProcessingTime: element.count("apexProcessingTime")
        )
    }
}

extension XMLElement {
    fileprivate func count(_ name: String) -> Int { max(0, int(of: name) ?? 0) }
}
