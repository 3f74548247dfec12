/// `calendar EXPR`: made by `sequencectl` alone, without a daemon.
package struct CalendarAnswer: Codable, Sendable, Equatable {
    package var schema = ControlCoding.schema
    package var normalized: String
    /// RFC 3339, strictly after the base time.
    package var elapses: [String]
    package var notes: [String]

    package init(normalized: String, elapses: [String], notes: [String]) {
        self.normalized = normalized
        self.elapses = elapses
        self.notes = notes
    }
}
