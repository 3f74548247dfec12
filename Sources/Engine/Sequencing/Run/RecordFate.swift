internal import Salesforce

/// What has become of a record that Salesforce calls deleted.
enum RecordFate: Sendable, Equatable {
    case alive
    /// In the recycle bin; `into`: the record that it was merged into.
    case deleted(into: String?)

    /// Asks for records by Id, deleted ones included; one that is not among the answers is gone for good.
    ///
    /// - Throws: `SalesforceError`, `StoppedOnRequest`.
    static func all(
        of ids: [String],
        _ object: String,
        _ client: SalesforceClient,
        _ context: RunContext
    ) async throws -> [String: RecordFate] {
        var fates: [String: RecordFate] = [:]
        var left = ids[...]
        while !left.isEmpty {
            let chunk = left.prefix(300)
            left = left.dropFirst(300)
            let soql =
                "SELECT Id, IsDeleted, MasterRecordId FROM \(object) WHERE Id IN (\(chunk.map(SOQL.quoted).joined(separator: ",")))"
            let records = try await context.reaching { try await client.query(soql, atMost: 300, all: true) }
            for record in records {
                guard let id = record.id else { continue }
                fates[id] = record.text("IsDeleted") == "true" ? .deleted(into: record.text("MasterRecordId")) : .alive
            }
        }
        return fates
    }

    /// Asks which of some Ids records have, deleted ones included; answers the first 15 characters of each.
    ///
    /// - Throws: `SalesforceError`, `StoppedOnRequest`.
    static func known(
        of ids: [String],
        _ object: String,
        _ client: SalesforceClient,
        _ context: RunContext
    ) async throws -> Set<String> {
        var known: Set<String> = []
        var left = ids[...]
        while !left.isEmpty {
            let chunk = left.prefix(300)
            left = left.dropFirst(300)
            let soql = "SELECT Id FROM \(object) WHERE Id IN (\(chunk.map(SOQL.quoted).joined(separator: ",")))"
            let records = try await context.reaching { try await client.query(soql, atMost: 300, all: true) }
            known.formUnion(records.compactMap(\.id).map { String($0.prefix(15)) })
        }
        return known
    }
}
