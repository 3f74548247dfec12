import NIOHTTP1

/// Up to 200 records in one call (reference 02-rest, 6).
///
/// Results stand in the order of the records sent; each record succeeds or fails by itself. Bodies are written by the
/// caller with `CollectionBody`'s frame.
extension SalesforceClient {
    /// Creates records, or publishes events.
    ///
    /// Not tried again once it may have been sent.
    package func insertCollection(_ body: CollectionBody, options: RecordOptions = .init()) async throws -> [SaveResult]
    {
        try await collection(
            .POST,
            dataPath("composite", "sobjects"),
            "insert",
            body,
            options: options,
            isRepeatable: false
        )
    }

    /// Updates records, each named by its `Id`.
    package func updateCollection(_ body: CollectionBody, options: RecordOptions = .init()) async throws -> [SaveResult]
    {
        try await collection(.PATCH, dataPath("composite", "sobjects"), "update", body, options: options)
    }

    /// Updates or creates records of one object by an external id.
    package func upsertCollection(
        _ object: String,
        field: String,
        _ body: CollectionBody,
        options: RecordOptions = .init()
    ) async throws -> [SaveResult] {
        // With the field `Id` a record without one is created each time it is sent.
        let isRepeatable = field.lowercased() != "id"
        let target = dataPath("composite", "sobjects", object, field)
        return try await collection(.PATCH, target, "upsert", body, options: options, isRepeatable: isRepeatable)
    }

    /// Deletes records of any objects.
    package func deleteCollection(ids: [String]) async throws -> [SaveResult] {
        precondition(ids.count <= CollectionBody.mostRecords, "a collection holds at most 200 records")
        guard !ids.isEmpty else { return [] }
        let list = ids.map(PercentEncoding.encoded).joined(separator: ",")
        let request = SalesforceRequest(
            method: .DELETE,
            target: dataPath("composite", "sobjects") + "?ids=\(list)&allOrNone=false",
            action: "delete \(ids.count) records"
        )
        return try await send(request) { try Self.results($0, count: ids.count) }
    }

    /// Reads up to 2,000 records by their ids; nil stands for one that is not there.
    package func retrieveCollection(_ object: String, ids: [String], fields: [String]) async throws -> [SObjectRecord?]
    {
        precondition(ids.count <= 2_000, "at most 2,000 records are read at once (reference 02-rest, 6)")
        guard !ids.isEmpty else { return [] }
        let texts = { (list: [String]) in list.map(JSONText.quoted).joined(separator: ",") }
        let body = "{\"ids\":[\(texts(ids))],\"fields\":[\(texts(fields))]}"
        let request = SalesforceRequest(
            method: .POST,
            target: dataPath("composite", "sobjects", object),
            action: "read \(ids.count) records of \(object)",
            body: .bytes(Array(body.utf8), contentType: Self.json),
            answerLimit: 256 << 20
        )
        return try await send(request) { answer in
            let records = try answer.jsonArray()
            guard records.count == ids.count else { throw answer.malformed("not one record for each id") }
            return records.map { $0.object.map(SObjectRecord.init) }
        }
    }

    // MARK: - Implementation

    private func collection(
        _ method: HTTPMethod,
        _ target: String,
        _ verb: String,
        _ body: CollectionBody,
        options: RecordOptions,
        isRepeatable: Bool = true
    ) async throws -> [SaveResult] {
        guard body.count > 0 else { return [] }
        let request = SalesforceRequest(
            method: method,
            target: target,
            action: "\(verb) \(body.count) records",
            headers: options.headers,
            body: .bytes(body.bytes, contentType: Self.json),
            isRepeatable: isRepeatable
        )
        return try await send(request) { try Self.results($0, count: body.count) }
    }

    private static func results(_ answer: SalesforceAnswer, count: Int) throws -> [SaveResult] {
        let results = try answer.jsonArray().compactMap(SaveResult.init)
        guard results.count == count else { throw answer.malformed("not one result for each of \(count) records") }
        return results
    }
}

/// The body of a collections call: records as the caller has written them, in the frame that Salesforce wants.
package struct CollectionBody: Sendable {
    package static let mostRecords = 200

    package private(set) var bytes: [UInt8]
    package private(set) var count = 0
    private static let end = Array("]}".utf8)

    package init(capacity: Int = 0) {
        bytes = Array(#"{"allOrNone":false,"records":[]}"#.utf8)
        bytes.reserveCapacity(bytes.count + capacity)
    }

    /// Adds a record: a JSON object with `attributes` and, of an update, `Id`.
    package mutating func append(_ record: some Collection<UInt8>) {
        precondition(count < Self.mostRecords, "a collection holds at most 200 records")
        bytes.removeLast(Self.end.count)
        if count > 0 { bytes.append(UInt8(ascii: ",")) }
        bytes.append(contentsOf: record)
        bytes.append(contentsOf: Self.end)
        count += 1
    }

    /// A body that was written elsewhere, and how many records it holds.
    package init(bytes: [UInt8], count: Int) {
        precondition(count <= Self.mostRecords, "a collection holds at most 200 records")
        self.bytes = bytes
        self.count = count
    }
}
