import NIOHTTP1

extension SalesforceClient {
    /// The most merges that one call takes.
    package static let mostMerges = 200

    /// Merges records, one request after the other; the results stand in the order of the requests.
    ///
    /// Not tried again once it may have been sent. A merge that was carried out unheard answers `ENTITY_IS_DELETED` the
    /// next time, and its victims' `MasterRecordId` is the master.
    package func merge(_ requests: [MergeRequest], options: RecordOptions = .init()) async throws -> [MergeResult] {
        precondition(requests.count <= Self.mostMerges, "a call takes at most 200 merges (reference 06, A2)")
        guard !requests.isEmpty else { return [] }
        let body = "<urn:merge>\(try requests.map { try $0.xml() }.joined())</urn:merge>"
        let request = SalesforceRequest(
            family: .soap,
            method: .POST,
            target: "/services/Soap/u/\(configuration.apiVersion)",
            action: "merge records of \(requests[0].object)",
            body: .envelope(SoapEnvelope.partner(body, clientName: configuration.clientName, options: options)),
            isRepeatable: false,
            isTransfer: true
        )
        return try await send(request) { answer in
            let (response, limitInfo) = try answer.soap("mergeResponse")
            if let limitInfo { self.note(limitInfo) }
            let results = response.all("result").compactMap(MergeResult.init)
            guard results.count == requests.count else { throw answer.malformed("not one result for each merge") }
            return results
        }
    }
}
