/// One of the org's limits, as `GET /limits` has it: refreshed within five minutes, every key optional.
package struct OrgLimit: Sendable, Equatable {
    package var max: Int
    package var remaining: Int

    package init(max: Int, remaining: Int) {
        self.max = max
        self.remaining = remaining
    }
}

extension SalesforceClient {
    /// The org's limits by Salesforce's names; needs "View Setup and Configuration".
    package func limits() async throws -> [String: OrgLimit] {
        let request = SalesforceRequest(target: dataPath("limits"), action: "read the org's limits")
        return try await send(request) { answer in
            var limits: [String: OrgLimit] = [:]
            for member in try answer.jsonObject().members {
                guard let max = member.value.object?["Max"]?.int, let remaining = member.value.object?["Remaining"]?.int
                else { continue }
                limits[member.name] = OrgLimit(max: max, remaining: remaining)
            }
            return limits
        }
    }

    /// About how many records the objects hold; objects that were never used may be missing.
    package func recordCounts(of objects: [String]) async throws -> [String: Int] {
        let list = objects.map(PercentEncoding.encoded).joined(separator: ",")
        let request = SalesforceRequest(
            target: dataPath("limits", "recordCount") + "?sObjects=\(list)",
            action: "count records"
        )
        return try await send(request) { answer in
            guard let counts = try answer.jsonObject()["sObjects"]?.array else {
                throw answer.malformed("no record counts")
            }
            let pairs = counts.compactMap { count -> (String, Int)? in
                guard let name = count.object?["name"]?.string, let number = count.object?["count"]?.int else {
                    return nil
                }
                return (name, number)
            }
            return Dictionary(pairs) { first, _ in first }
        }
    }
}
