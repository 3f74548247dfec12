internal import Fingerprinting
internal import Salesforce

/// Rows whose record appeared or vanished after Salesforce was asked about it: each is tried once the other way, with the fields
/// that are for creation alone, or without them.
actor SecondTry {
    /// Fields that are sent only when a record is created, or only when it is there, in lower case; empty: nobody tries twice.
    private(set) var fields: Set<String> = []
    private var rows: [Hash128: Bool] = [:]

    /// From now on rows that fail for one of these fields are taken.
    func begin(_ fields: Set<String>) {
        self.fields = fields
    }

    /// Takes rows, with whether their record exists.
    func add(_ taken: [Hash128: Bool]) {
        rows.merge(taken) { _, new in new }
    }

    /// The rows that were taken; none is from now on.
    func end() -> [Hash128: Bool] {
        defer { (fields, rows) = ([], [:]) }
        return rows
    }

    /// Whether the record exists after all, as the failure says; nil: it is about something else.
    nonisolated static func existence(by failure: RowFault, _ fields: Set<String>) -> Bool? {
        let message = failure.message.lowercased()
        let isAboutOne =
            failure.fields.contains { fields.contains($0.lowercased()) } || fields.contains { message.contains($0) }
        guard isAboutOne else { return nil }
        switch failure.code {
        case "INVALID_FIELD_FOR_INSERT_UPDATE": return true
        case "REQUIRED_FIELD_MISSING": return false
        default: return nil
        }
    }
}
