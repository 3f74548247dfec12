@testable import SalesforceEmulator

extension Reader {
    static let emulatorReaders = [
        Reader("emulator-csv") { try await readCSV($0) },
        Reader("emulator-soql") { try await readSOQL($0) },
        Reader("emulator-json") { try readJSON($0) },
        Reader("emulator-xml") { try readXML($0) },
        Reader("emulator-gzip") { try readGzip($0) },
        Reader("emulator-call") { try await readCall($0) },
    ]

    private static func readJSON(_ bytes: [UInt8]) throws {
        let isUTF8 = String(validating: bytes, as: UTF8.self) != nil
        let fault = bytes.withUnsafeBufferPointer { firstFaultOfUTF8(in: $0) }
        try Surprise.unless(isUTF8 == (fault == nil), "UTF-8 is told apart otherwise than by Swift")
        // What is no JSON is refused, and that is all.
        guard let value = try? JSONReader.read(bytes) else { return }
        for pretty in [false, true] {
            let again = try? JSONReader.read(value.encoded(pretty: pretty))
            try Surprise.unless(again == value, "the value reads otherwise when it is written")
        }
        _ = value.integer
    }

    private static func readXML(_ bytes: [UInt8]) throws {
        guard let node = try? XMLReader.read(bytes) else { return }
        let again = try? XMLReader.read(Array("<a>\(escapedXML(node.text))</a>".utf8))
        try Surprise.unless(again != nil, "the text cannot be written")
        _ = node.value
        _ = node.typeName
    }

    private static func readGzip(_ bytes: [UInt8]) throws {
        let limit = 1 << 16
        if let file = try? ZipArchive(bytes).file("request.txt", limit: limit) {
            try Surprise.unless(file.count <= limit, "\(file.count) bytes of an archive where \(limit) are allowed")
        }
        guard let plain = inflated(bytes, limit: limit) else { return }
        try Surprise.unless(plain.count <= limit, "\(plain.count) bytes where \(limit) are allowed")
        try Surprise.unless(inflated(gzipped(plain), limit: limit) == plain, "other bytes after packing them")
    }

    /// Cells, and then a whole ingest job: the first byte says the operation.
    private static func readCSV(_ bytes: [UInt8]) async throws {
        guard let first = bytes.first else { return }
        let text = Array(bytes.dropFirst())
        try text.withUnsafeBufferPointer { buffer in
            var reader = CSVReader(bytes: buffer, delimiter: 0x2C, range: 0..<buffer.count)
            var cells: [CSVCell] = []
            var last = -1
            // A fault ends the text.
            while (try? reader.next(into: &cells)) == true {
                try Surprise.unless(reader.position > last, "the reader stands still at \(last)")
                last = reader.position
                for cell in cells {
                    try Surprise.unless(
                        0 <= cell.start && cell.start <= cell.end && cell.end <= buffer.count,
                        "a cell outside"
                    )
                    _ = reader.text(of: cell)
                }
            }
        }
        let operations = ["insert", "upsert", "update", "delete"]
        let operation = operations[Int(first) % operations.count]
        let match = operation == "upsert" ? #","externalIdFieldName":"External_Id__c""# : ""
        let org = try await PreparedOrg.asNew
        let job = try await org.call(
            "POST",
            "jobs/ingest",
            Array(#"{"object":"Account","operation":"\#(operation)"\#(match),"lineEnding":"LF"}"#.utf8)
        )
        guard case .string(let id)? = try? JSONReader.read(job.body)["id"] else { throw Surprise("no job") }
        _ = try await org.call("PUT", "jobs/ingest/\(id)/batches", text, type: "text/csv")
        _ = try await org.call("PATCH", "jobs/ingest/\(id)", Array(#"{"state":"UploadComplete"}"#.utf8))
        try await org.finishJobs()
        for set in ["successfulResults", "failedResults", "unprocessedrecords"] {
            _ = try await org.call("GET", "jobs/ingest/\(id)/\(set)")
        }
        let info = try await org.call("GET", "jobs/ingest/\(id)")
        let state = try JSONReader.read(info.body)["state"]?.string ?? ""
        try Surprise.unless(["JobComplete", "Failed", "Open"].contains(state), "a job that ends as \(state)")
    }

    private static func readSOQL(_ bytes: [UInt8]) async throws {
        let statement = String(decoding: bytes, as: UTF8.self)
        _ = try await PreparedOrg.asNew.call("GET", "query?q=\(percentEncoded(statement))")
    }

    /// `METHOD target content-type`, a line feed, the body.
    ///
    /// A target that begins with `/` is a path, another lies below the version.
    private static func readCall(_ bytes: [UInt8]) async throws {
        let parts = bytes.split(separator: 0x0A, maxSplits: 1, omittingEmptySubsequences: false)
        let words = parts[0].split(separator: 0x20).map { String(decoding: $0, as: UTF8.self) }
        guard words.count >= 2 else { return }
        let org = try await PreparedOrg.asNew
        _ = try await org.call(
            words[0],
            words[1],
            parts.count > 1 ? Array(parts[1]) : [],
            type: words.count > 2 ? words[2] : "application/json"
        )
        try await org.finishJobs()
    }
}
