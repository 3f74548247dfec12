extension SalesforceClient {
    /// The versions of the API that the org serves, as `62.0`, oldest first.
    package func versions() async throws -> [String] {
        let request = SalesforceRequest(target: "/services/data", action: "list the versions of the API")
        return try await send(request) { answer in
            try answer.jsonArray().compactMap { $0.object?["version"]?.string }
        }
    }
}
