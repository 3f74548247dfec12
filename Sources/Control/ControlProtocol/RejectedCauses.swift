/// `rejected --by-cause`: the rows put together by what has to be done about them.
package struct RejectedCauses: Codable, Sendable, Equatable {
    /// Rows with one cause, and so with one remedy.
    package struct Cause: Codable, Sendable, Equatable {
        package var sync: String
        package var state: String
        package var code: String
        package var fields: [String]
        /// Of the first of the rows.
        package var message: String
        package var explanation: String
        package var remedy: String
        /// How many rows have it.
        package var rows: Int
        /// Of the first of the rows, `mostKeys` at most.
        package var keys: [String]
    }

    /// Keys that are told of one cause: enough to look at some of the rows.
    package static let mostKeys = 20

    package var schema = ControlCoding.schema
    @OrNull package var run: String?
    /// Most frequent first.
    package var causes: [Cause]
    /// Whether there are more rows than were counted.
    package var truncated: Bool

    package init(_ answer: RejectedAnswer) {
        self.init(of: answer.run, isTruncated: answer.truncated)
        var counting = CauseCounting()
        counting.add(answer.rows)
        causes = counting.causes
    }

    /// Without a cause yet.
    package init(of run: String?, isTruncated: Bool = false) {
        self.run = run
        truncated = isTruncated
        causes = []
    }
}

/// Puts rows together by their cause, so many at a time.
package struct CauseCounting: Sendable {
    private var known: [Sameness: RejectedCauses.Cause] = [:]

    package init() {}

    package mutating func add(_ rows: [RejectedRowReport]) {
        for row in rows {
            let empty = RejectedCauses.Cause(
                sync: row.sync,
                state: row.state,
                code: row.code,
                fields: row.fields,
                message: row.message,
                explanation: row.explanation,
                remedy: row.remedy,
                rows: 0,
                keys: []
            )
            let cause = Sameness(row)
            known[cause, default: empty].rows += 1
            if known[cause, default: empty].keys.count < RejectedCauses.mostKeys {
                known[cause, default: empty].keys.append(row.key)
            }
        }
    }

    /// Most frequent first.
    package var causes: [RejectedCauses.Cause] {
        known.values.sorted { ($1.rows, $0.sync, $0.code, $0.message) < ($0.rows, $1.sync, $1.code, $1.message) }
    }
}

/// What makes two rows have one cause.
private struct Sameness: Hashable {
    var sync: String
    var state: String
    var code: String
    var fields: [String]
    /// Names the rule that refused, and the remedy where one code has several.
    var words: [String]

    init(_ row: RejectedRowReport) {
        (sync, state, code, fields) = (row.sync, row.state, row.code, row.fields)
        // What a rule says is its own text; other messages hold the row's values.
        let isOfRule = row.code == "FIELD_CUSTOM_VALIDATION_EXCEPTION"
        words = [row.explanation, row.remedy] + (isOfRule ? [row.message] : [])
    }
}
