import DelimitedText
import NIOHTTP1

@testable import Salesforce

extension Reader {
    static let answerReaders = [
        Reader("answer-json") { try readJSON($0) },
        Reader("answer-xml") { readXML($0) },
        Reader("answer-csv") { try readResults($0) },
    ]

    private static func readJSON(_ bytes: [UInt8]) throws {
        _ = AnswerFault.read(bytes)
        // What is no JSON is refused, and that is all.
        guard let value = try? JSONValue.parsed(bytes) else { return }
        let again = try? JSONValue.parsed(Array(value.text.utf8))
        try Surprise.unless(again == value, "the value reads otherwise when it is written")
        _ = SaveResult(value)
        _ = value.int
        _ = value.array?.map(SaveResult.init)
        guard let object = value.object else { return }
        _ = SObjectDescribe(object, lastModified: nil)
        _ = QueryPage(object)
        _ = ValueSetValue(value)
        _ = try? IngestJob(SalesforceAnswer(status: 200, headers: [:], body: bytes, action: "look"))
        for member in object.members { _ = LimitInfo(header: member.value.scalarText ?? member.name) }
    }

    private static func readXML(_ bytes: [UInt8]) {
        _ = AnswerFault.read(bytes)
        let answer = SalesforceAnswer(status: 200, headers: [:], body: bytes, action: "look")
        _ = try? BulkJob(answer)
        _ = try? answer.soap("mergeResponse")
        guard let root = XMLElement.parsed(bytes) else { return }
        _ = BulkBatch(root)
        for child in root.children {
            _ = BulkBatch(child)
            _ = MergeResult(child)
            _ = SaveResult.Fault(child)
        }
    }

    /// The results of a batch, in pieces whose length the first byte says.
    private static func readResults(_ bytes: [UInt8]) throws {
        guard let first = bytes.first else { return }
        let text = Array(bytes.dropFirst())
        let whole = results(in: text, piece: max(1, text.count))
        let pieces = results(in: text, piece: 1 + Int(first) % 60)
        try Surprise.unless(whole == pieces, "how an answer is cut changes it: \(whole), \(pieces)")
        for fault in whole.faults {
            let error = RowFault(parsing: fault)
            try Surprise.unless(error.message.utf8.count <= fault.utf8.count, "a message longer than its error")
            _ = JobFault(parsing: fault)
        }
    }

    private struct Results: Equatable {
        var rows: Int?
        var ids: [[UInt8]] = []
        var faults: [String] = []
    }

    private static func results(in text: [UInt8], piece: Int) -> Results {
        let reader = ResultReader(action: "look")
        var results = Results()
        var places: BatchResultColumns?
        func begin(_ columns: ResultColumns) throws { places = try BatchResultColumns(columns, action: "look") }
        func take(_: ResultColumns, _ record: borrowing DelimitedRecord) throws {
            guard let row = try places?.result(record, action: "look") else { return }
            results.ids.append(Array(row.id))
            if !row.success { results.faults.append(String(decoding: row.error, as: UTF8.self)) }
        }
        do {
            for start in stride(from: 0, to: text.count, by: piece) {
                let chunk = Array(text[start..<min(start + piece, text.count)])
                try chunk.withUnsafeBytes { try reader.take($0, begin: begin, row: take) }
            }
            results.rows = try reader.finish(begin: begin, row: take)
        } catch {
            results.rows = nil
        }
        return results
    }
}
