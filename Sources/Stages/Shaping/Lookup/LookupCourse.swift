/// How the values of a question are asked for: by what costs the fewest API calls.
package enum LookupCourse: Sendable, Equatable {
    /// Queries of their own, some 300 values each: a longer one does not fit into an address (reference 05, 7).
    case queries
    /// Several long queries a composite call.
    case composite
    /// One Bulk query job over the linked object.
    case job

    package static let valuesAQuery = 300
    /// The answer of a long query is one page (reference 05, 5).
    package static let valuesALongQuery = 2_000
    /// Salesforce takes 100,000 characters of a statement.
    package static let charactersALongQuery = 90_000
    /// Reference 02, 7.1.
    package static let queriesACall = 5
    /// Fewer calls than these are not worth asking how large the object is.
    package static let callsNotCounted = 8

    /// Chooses by the number of values and their bytes; `records` is how many the object has, asked only where it matters.
    package static func choose(
        values: Int,
        bytes: Int,
        records: () async throws -> Int
    ) async rethrows -> LookupCourse {
        if values <= valuesAQuery { return .queries }
        let calls = compositeCalls(values: values, bytes: bytes)
        if calls <= callsNotCounted { return .composite }
        // Create, some polls, count; 50,000 records a page of the results.
        let jobCalls = 7 + (try await records()) / 50_000
        return jobCalls < calls ? .job : .composite
    }

    /// What `composite` costs.
    package static func compositeCalls(values: Int, bytes: Int) -> Int {
        // Quotes and a comma for each value.
        let byLength = (bytes + 3 * values) / charactersALongQuery + 1
        let queries = max((values + valuesALongQuery - 1) / valuesALongQuery, byLength)
        return (queries + queriesACall - 1) / queriesACall
    }
}
