package import SyncModel

/// Why PostgreSQL cannot be asked: the place in the model's SQL or the row, what the server says, and what to do about it.
package struct PostgresError: Error, Sendable, Equatable {
    package enum Code: String, Sendable {
        case unreachable
        case signInRefused = "sign-in-refused"
        case connectionLost = "connection-lost"
        case unfitModel = "unfit-model"
        case invalidSQL = "invalid-sql"
        case duplicateColumn = "duplicate-column"
        case missingColumn = "missing-column"
        case invalidUTF8 = "invalid-utf8"
        case cancelled
        /// The server refused or failed: `sqlState` says why.
        case failed
    }

    package var code: Code
    /// What is wrong, and the remedy.
    package var detail: String
    /// PostgreSQL's five letters (its manual's appendix A), where the server has spoken.
    package var sqlState: String?
    /// Of the fault, in the model's SQL.
    package var place: TextPlace?
    /// From 1, in the order of the query.
    package var row: Int?
    package var model: String?
    package var source: String?

    package init(_ code: Code, _ detail: String, sqlState: String? = nil, place: TextPlace? = nil, row: Int? = nil) {
        self.code = code
        self.detail = detail
        self.sqlState = sqlState
        self.place = place
        self.row = row
    }

    /// The same may succeed later, on a new connection, with nothing repaired by hand.
    package var isWorthRetrying: Bool {
        switch code {
        case .unreachable, .connectionLost: true
        case .failed: SQLState.isPassing(sqlState ?? "")
        case .signInRefused, .unfitModel, .invalidSQL, .duplicateColumn, .missingColumn, .invalidUTF8, .cancelled: false
        }
    }
}

extension PostgresError: CustomStringConvertible {
    package var description: String {
        var text = "cannot "
        text += model.map { "read model \($0) from" } ?? "use"
        text += " \(source ?? "PostgreSQL")"
        if let place { text += ", \(place) of its SQL" }
        if let row { text += ", row \(row)" }
        text += ": " + detail
        if let sqlState { text += " (SQLSTATE \(sqlState))" }
        return text
    }

    func about(model: String?, source: String) -> PostgresError {
        var error = self
        error.model = error.model ?? model
        error.source = source
        return error
    }

    static let cancelled = PostgresError(.cancelled, "the reading was cancelled")
}

/// What PostgreSQL's error codes mean to a reader.
enum SQLState {
    static let queryCancelled = "57014"

    /// Passes without a repair: connections lost, resources short, shutting down or starting, serialization, locks, time-outs.
    static func isPassing(_ state: String) -> Bool {
        switch state.prefix(2) {
        case "08", "40", "53", "58": true
        case "55": state == "55P03"
        case "57": true
        default: state == "25P03" || state == "XX000"
        }
    }

    /// The query itself is wrong: its words, names or types.
    static func isFaultOfSQL(_ state: String) -> Bool { state.hasPrefix("42") || state == "0A000" }

    /// The server ends the connection: stopped, crashed, still starting.
    static func endsConnection(_ state: String) -> Bool {
        ["57P01", "57P02", "57P03", "57P04", "57P05", "25P03"].contains(state) || state.hasPrefix("08")
    }

    /// A wrong password or user, or no rule that lets it in.
    static func isRefusal(_ state: String) -> Bool { state.hasPrefix("28") }
}
