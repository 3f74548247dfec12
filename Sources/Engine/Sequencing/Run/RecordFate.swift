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
        for record in try await records(of: ids, "Id, IsDeleted, MasterRecordId", object, client, context) {
            guard let id = record.id else { continue }
            fates[id] = record.text("IsDeleted") == "true" ? .deleted(into: record.text("MasterRecordId")) : .alive
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
        let records = try await records(of: ids, "Id", object, client, context)
        return Set(records.compactMap(\.id).map { String($0.prefix(15)) })
    }

    // MARK: - Implementation

    private static func records(
        of ids: [String],
        _ fields: String,
        _ object: String,
        _ client: SalesforceClient,
        _ context: RunContext
    ) async throws -> [SObjectRecord] {
        var records: [SObjectRecord] = []
        for start in stride(from: 0, to: ids.count, by: 300) {
            let list = ids[start..<min(start + 300, ids.count)].map(SOQL.quoted).joined(separator: ",")
            let soql = "SELECT \(fields) FROM \(object) WHERE Id IN (\(list))"
            records += try await context.reaching { try await client.query(soql, atMost: 300, all: true) }
        }
        return records
    }
}
