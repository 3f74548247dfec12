internal import SyncModel

/// The SQL that reads a model: the user's own query, or one over a table.
struct PostgresQuery {
    let sql: String
    /// The table as messages call it; nil for a query.
    let table: String?

    init(_ model: ModelDefinition) throws {
        switch model.reading {
        case .sql(let sql):
            self.sql = sql
            table = nil
        case .table(let text):
            guard let name = TableName(text) else {
                throw PostgresError(.unfitModel, "`\(text)` is not the name of a table")
            }
            // As SQL reads names: without quotes, case does not count. Quoted here all the same, for a table named `user`.
            let parts = name.parts.map { $0.isQuoted ? $0.text : Self.folded($0.text) }
            sql = "SELECT * FROM \(parts.map(TableName.quoted).joined(separator: "."))"
            table = parts.last
        case .file:
            throw PostgresError(
                .unfitModel,
                "a model of a postgres source says `query:`, `sql:` or `table:`, not `file:`"
            )
        }
        if sql.utf8.contains(0) {
            throw PostgresError(.invalidSQL, "the SQL has a NUL in it")
        }
    }

    /// The statement that streams the wanted columns.
    ///
    /// The server has accepted the query as one statement before.
    func copy(columns: [String]) -> String {
        let list = columns.map(TableName.quoted).joined(separator: ", ")
        return "COPY (SELECT \(list) FROM \(source)) TO STDOUT"
    }

    /// A query over the query, which only a query can stand in.
    var wrapped: String { "SELECT 1 FROM \(source)" }

    /// Whether it can be nothing else than a query by its first word.
    var beginsAsSelect: Bool {
        let word = sql.drop { $0.isWhitespace }.prefix { $0.isLetter }.lowercased()
        return ["select", "values", "table"].contains(word)
    }

    // A line of its own closes the query: its last line may be a comment.
    private var source: String { "(\(SQLText(sql).withoutSemicolon)\n) AS model" }

    private static func folded(_ name: String) -> String {
        String(
            String.UnicodeScalarView(
                name.unicodeScalars.map { $0.isASCII ? Unicode.Scalar(UInt8(ascii: $0).lowered) : $0 }
            )
        )
    }
}

extension UInt8 {
    fileprivate var lowered: UInt8 {
        self >= UInt8(ascii: "A") && self <= UInt8(ascii: "Z") ? self | 0x20 : self
    }
}
