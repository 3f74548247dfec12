extension Org {
    /// `GET …/result`, and of a query batch `GET …/result/{id}`.
    func result(of batch: ClassicBatch, _ job: ClassicJob, _ resultId: String?) throws(ClassicError) -> Answer {
        switch batch.state {
        case .queued, .inProgress: throw ClassicError("InvalidBatch", "Batch not completed")
        case .notProcessed: throw ClassicError("InvalidBatch", "Records not processed")
        case .failed where batch.outcomes.isEmpty: throw ClassicError("InvalidBatch", "Records not processed")
        case .completed, .failed: break
        }
        if job.isQuery { return try queryResult(of: batch, job, resultId) }
        switch job.format {
        case .csv: return .csv(csvResult(batch))
        case .json: return plainJSON(.array(batch.outcomes.map(jsonResult)))
        case .xml:
            let rows = batch.outcomes.map(xmlResult).joined()
            return .text(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?><results xmlns=\"\(dataloadNamespace)\">\(rows)</results>",
                type: "application/xml"
            )
        }
    }

    // MARK: - Implementation

    private func csvResult(_ batch: ClassicBatch) -> [UInt8] {
        var out = Array("\"Id\",\"Success\",\"Created\",\"Error\"\n".utf8)
        for outcome in batch.outcomes {
            switch outcome {
            case .saved(let id, let created):
                out.append(0x22)
                id.write(into: &out)
                out += "\",\"true\",\"\(created)\",\"\"\n".utf8
            case .failed(let errors, let id):
                out += "\"\(id?.long ?? "")\",\"false\",\"false\",".utf8
                appendQuoted(errors.map(\.bulkText).joined(), to: &out)
                out.append(0x0A)
            }
        }
        return out
    }

    private func jsonResult(_ outcome: Outcome) -> JSONValue {
        switch outcome {
        case .saved(let id, let created):
            return .members([
                "success": .bool(true), "created": .bool(created), "id": .string(id.long), "errors": .array([]),
            ])
        case .failed(let errors, let id):
            return .members([
                "success": .bool(false), "created": .bool(false), "id": .text(id?.long),
                "errors": .array(
                    errors.map {
                        .members([
                            "statusCode": .string($0.code), "message": .string($0.message),
                            "fields": .array($0.fields.map(JSONValue.string)), "extendedErrorDetails": .null,
                        ])
                    }
                ),
            ])
        }
    }

    private func xmlResult(_ outcome: Outcome) -> String {
        switch outcome {
        case .saved(let id, let created):
            return "<result><id>\(id.long)</id><success>true</success><created>\(created)</created></result>"
        case .failed(let errors, let id):
            let details = errors.map { error in
                "<errors>" + error.fields.map { "<fields>\(escapedXML($0))</fields>" }.joined()
                    + "<message>\(escapedXML(error.message))</message><statusCode>\(error.code)</statusCode></errors>"
            }.joined()
            let shown = id.map { "<id>\($0.long)</id>" } ?? ""
            return "<result>\(details)\(shown)<success>false</success><created>false</created></result>"
        }
    }

    private func queryResult(
        of batch: ClassicBatch,
        _ job: ClassicJob,
        _ resultId: String?
    ) throws(ClassicError) -> Answer {
        guard let file = batch.queryResult else { throw ClassicError("InvalidBatch", "Records not processed") }
        guard let resultId else {
            if job.format == .json { return plainJSON(.array([.string(file.id.long)])) }
            return .text(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?><result-list xmlns=\"\(dataloadNamespace)\"><result>\(file.id.long)</result></result-list>",
                type: "application/xml"
            )
        }
        guard case .id(file.id) = RecordID.read(resultId) else {
            throw ClassicError("InvalidBatch", "Invalid result id: \(resultId)")
        }
        switch job.format {
        case .csv: return .csv(file.body)
        case .json: return Answer(status: 200, headers: [("Content-Type", "application/json")], body: file.body)
        case .xml: return Answer(status: 200, headers: [("Content-Type", "application/xml")], body: file.body)
        }
    }
}
