import NIOHTTP1

/// Single records over REST (reference 02-rest, 4 and 5).
///
/// Bodies are JSON objects, written by the caller.
///
/// A refusal of the record is thrown as an error of kind `salesforce`; its `wasSent` is `no`.
extension SalesforceClient {
    /// Creates a record, or publishes an event.
    ///
    /// Not tried again once it may have been sent.
    package func create(_ object: String, body: [UInt8], options: RecordOptions = .init()) async throws -> SaveResult {
        let request = SalesforceRequest(
            method: .POST,
            target: dataPath("sobjects", object),
            action: "create a record of \(object)",
            headers: options.headers,
            body: .bytes(body, contentType: Self.json),
            isRepeatable: false
        )
        return try await send(request) { try Self.saved($0) }
    }

    /// Writes the fields of the body to a record.
    package func update(_ object: String, id: String, body: [UInt8], options: RecordOptions = .init()) async throws {
        try await send(
            SalesforceRequest(
                method: .PATCH,
                target: dataPath("sobjects", object, id),
                action: "update \(object) \(id)",
                headers: options.headers,
                body: .bytes(body, contentType: Self.json)
            )
        )
    }

    /// Writes the fields of the body to the record with this external id, or creates it.
    ///
    /// - Throws: `SalesforceError`; `DUPLICATE_EXTERNAL_ID` where several records have the value.
    package func upsert(
        _ object: String,
        field: String,
        value: String,
        body: [UInt8],
        options: RecordOptions = .init()
    ) async throws -> SaveResult {
        let request = SalesforceRequest(
            method: .PATCH,
            target: dataPath("sobjects", object, field, value),
            action: "upsert a record of \(object) by \(field)",
            headers: options.headers,
            body: .bytes(body, contentType: Self.json),
            alsoAnswers: [300]
        )
        return try await send(request) { answer in
            if answer.status == 300 { throw Self.ambiguous(answer, object: object, field: field) }
            // Up to API version 45 an update has no body (reference 02-rest, 5).
            if answer.status == 204 { return SaveResult(success: true, created: false) }
            var result = try Self.saved(answer)
            if result.created == nil { result.created = answer.status == 201 }
            return result
        }
    }

    /// Moves a record to the recycle bin.
    package func delete(_ object: String, id: String) async throws {
        try await send(
            SalesforceRequest(
                method: .DELETE,
                target: dataPath("sobjects", object, id),
                action: "delete \(object) \(id)"
            )
        )
    }

    /// The fields of a record; nil if there is none with this id.
    package func retrieve(_ object: String, id: String, fields: [String]) async throws -> SObjectRecord? {
        let list = fields.map(PercentEncoding.encoded).joined(separator: ",")
        let request = SalesforceRequest(
            target: dataPath("sobjects", object, id) + "?fields=\(list)",
            action: "read \(object) \(id)",
            alsoAnswers: [404]
        )
        return try await send(request) { answer in
            if answer.status == 404 { return nil }
            return SObjectRecord(fields: try answer.jsonObject())
        }
    }

    // MARK: - Implementation

    static let json = "application/json; charset=UTF-8"

    private static func saved(_ answer: SalesforceAnswer) throws -> SaveResult {
        guard let result = SaveResult(try answer.json()) else { throw answer.malformed("no result of a save") }
        return result
    }

    private static func ambiguous(_ answer: SalesforceAnswer, object: String, field: String) -> SalesforceError {
        // A list of addresses, the id last in each; a body that is none leaves the list empty.
        let ids = ((try? answer.jsonArray()) ?? []).prefix(10).compactMap { $0.string?.split(separator: "/").last }
        return SalesforceError(
            kind: .salesforce,
            code: "DUPLICATE_EXTERNAL_ID",
            message: "more than one record of \(object) has this value in \(field): \(ids.joined(separator: ", "))",
            action: answer.action,
            fields: [field],
            status: answer.status
        )
    }
}
