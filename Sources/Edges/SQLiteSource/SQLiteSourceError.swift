package import SyncModel

/// Why a model cannot be read from SQLite: the place in its SQL or the row, what is wrong, and what to do about it.
package struct SQLiteSourceError: Error, Sendable, Equatable {
    package enum Code: String, Sendable {
        case unreadable
        case notADatabase = "not-a-database"
        case unfitModel = "unfit-model"
        case invalidSQL = "invalid-sql"
        case duplicateColumn = "duplicate-column"
        case missingColumn = "missing-column"
        case blob
        case invalidUTF8 = "invalid-utf8"
        case busy
        case cancelled
        case failed
    }

    package var code: Code
    /// What is wrong, and the remedy.
    package var detail: String
    /// Of the fault, in the model's SQL.
    package var place: TextPlace?
    /// From 1, in the order of the query.
    package var row: Int?
    package var model: String?
    package var source: String?

    package init(_ code: Code, _ detail: String, place: TextPlace? = nil, row: Int? = nil) {
        self.code = code
        self.detail = detail
        self.place = place
        self.row = row
    }

    /// The same reading may succeed later, with nothing repaired by hand.
    package var isWorthRetrying: Bool { code == .busy }
}

extension SQLiteSourceError: CustomStringConvertible {
    package var description: String {
        var text = "cannot read "
        text += model.map { "model \($0)" } ?? "the database"
        if let source { text += " from \(source)" }
        if let place { text += ", \(place) of its SQL" }
        if let row { text += ", row \(row)" }
        return text + ": " + detail
    }
}
