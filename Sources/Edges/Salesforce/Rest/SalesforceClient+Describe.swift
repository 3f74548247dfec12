import NIOHTTP1

extension SalesforceClient {
    /// What Salesforce says of an object, as the user sees it.
    ///
    /// - Throws: `SalesforceError`; `NOT_FOUND` for an object that is not there or not visible.
    package func describe(_ object: String) async throws -> SObjectDescribe {
        try await send(describeRequest(object)) { answer in
            let read = SObjectDescribe(
                try answer.jsonObject(),
                lastModified: answer.headers.first(name: "Last-Modified")
            )
            guard let read else { throw answer.malformed("no describe of \(object)") }
            return read
        }
    }

    /// The same, or nil if nothing has changed since `lastModified`, the value of an earlier answer.
    package func describe(_ object: String, ifModifiedSince lastModified: String) async throws -> SObjectDescribe? {
        var request = describeRequest(object)
        request.headers.append(("If-Modified-Since", lastModified))
        request.alsoAnswers = [304]
        return try await send(request) { answer in
            if answer.status == 304 { return nil }
            let read = SObjectDescribe(
                try answer.jsonObject(),
                lastModified: answer.headers.first(name: "Last-Modified")
            )
            guard let read else { throw answer.malformed("no describe of \(object)") }
            return read
        }
    }

    /// All objects and events that the user may see.
    package func describeGlobal() async throws -> [SObjectSummary] {
        let request = SalesforceRequest(target: dataPath("sobjects"), action: "list the objects", answerLimit: 32 << 20)
        return try await send(request) { answer in
            guard let objects = try answer.jsonObject()["sobjects"]?.array else {
                throw answer.malformed("no list of objects")
            }
            return objects.compactMap { $0.object.flatMap(SObjectSummary.init) }
        }
    }

    // MARK: - Implementation

    private func describeRequest(_ object: String) -> SalesforceRequest {
        SalesforceRequest(
            target: dataPath("sobjects", object, "describe"),
            action: "describe \(object)",
            answerLimit: 64 << 20
        )
    }

    /// The path of a REST resource; the parts are percent-encoded.
    func dataPath(_ parts: String...) -> String {
        "/services/data/v\(configuration.apiVersion)/" + parts.map(PercentEncoding.encoded).joined(separator: "/")
    }
}
