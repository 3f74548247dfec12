internal import SyncModel

/// The SQL that reads a model: the user's own query, or one over a table.
struct SQLiteQuery {
    let sql: String
    /// The table as messages call it; nil for a query.
    let table: String?
    private let quotedTable: String?

    init(_ model: ModelDefinition) throws {
        switch model.reading {
        case .sql(let sql):
            self.sql = sql
            table = nil
            quotedTable = nil
        case .table(let text):
            guard let name = TableName(text) else {
                throw SQLiteSourceError(.unfitModel, "`\(text)` is not the name of a table")
            }
            // SQLite compares names without case, in quotes too.
            let quoted = name.parts.map { TableName.quoted($0.text) }.joined(separator: ".")
            sql = "SELECT * FROM \(quoted)"
            table = name.parts.last?.text
            quotedTable = quoted
        case .file:
            throw SQLiteSourceError(
                .unfitModel,
                "a model of a sqlite source says `query:`, `sql:` or `table:`, not `file:`"
            )
        }
    }

    /// Over a table, the same with the wanted columns only; they must have been checked, since SQLite takes an unknown name in quotes for a text.
    ///
    /// The user's own query runs as it is: SQLite keeps no name of a subquery's columns by promise.
    func narrowed(to columns: [String]) -> SQLiteQuery? {
        guard let quotedTable, let table, !columns.isEmpty else { return nil }
        let list = columns.map(TableName.quoted).joined(separator: ", ")
        return SQLiteQuery(sql: "SELECT \(list) FROM \(quotedTable)", table: table, quotedTable: quotedTable)
    }

    private init(sql: String, table: String, quotedTable: String) {
        self.sql = sql
        self.table = table
        self.quotedTable = quotedTable
    }
}
