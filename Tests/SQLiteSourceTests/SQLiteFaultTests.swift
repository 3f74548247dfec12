import SQLiteSource
import SyncModel
import TestKit
import Testing

@Suite(.scratchFolder) struct `A SQLite source says what is wrong` {
    static let schema = "CREATE TABLE accounts (id, name); INSERT INTO accounts VALUES (1, 'a'), (2, x'00ff'), (3, 'c')"

    @Test(arguments: [
        ("SELEC 1", "line 1, column 1 of its SQL: near \"SELEC\": syntax error"),
        ("SELECT id,\n  'ä', nam FROM accounts", "line 2, column 8 of its SQL: no such column: nam"),
        ("SELECT * FROM absent", ": no such table: absent"),
        ("SELECT id FROM accounts; SELECT 2", "line 1, column 26 of its SQL: a second statement; a model is one query"),
        ("SELECT id FROM accounts; DROP TABLE accounts", "line 1, column 26 of its SQL: a second statement"),
        ("", ": there is no query"), ("-- nothing", ": there is no query"), (";", ": there is no query"),
        ("DELETE FROM accounts", ": the statement is not a query that gives rows"),
        ("DELETE FROM accounts RETURNING id", ": the statement is not a query that gives rows"),
        ("ATTACH 'x.db' AS x", ": the statement is not a query that gives rows"),
        ("SELECT id, id FROM accounts", ": columns 1 and 2 are both named `id`"),
        ("SELECT * FROM accounts JOIN accounts AS b", ": columns 1 and 3 are both named `id`"),
        ("SELECT ?1 AS id", ": the query has a parameter"),
        ("SELECT id AS idd FROM accounts", ": the query gives no column `id`; did you mean `idd`?"),
        ("SELECT 1 AS x", ": the query gives no column `id`; the columns are `x`"),
    ])
    func `about a query, and delivers nothing`(_ sql: String, _ words: String) throws {
        let source = try SQLiteFixture(Self.schema).source()
        let error = try #require(throws: SQLiteSourceError.self) {
            try source.read(SQLiteFixture.query(sql), columns: ["id"], batchBytes: 1) { _ in
                Issue.record("a batch came")
            }
        }
        let place = words.hasPrefix(":") ? "" : ", "
        #expect("\(error)".hasPrefix("cannot read model accounts from local\(place)\(words)"), "\(error)")
        #expect(!error.isWorthRetrying)
    }

    @Test func `about a table that is not there, with the nearest names`() throws {
        let source = try SQLiteFixture(Self.schema).source()
        let error = try #require(throws: SQLiteSourceError.self) {
            try source.columns(of: SQLiteFixture.table("acounts"))
        }
        #expect(
            error.description
                == "cannot read model accounts from local: no such table: acounts; did you mean `accounts`?"
        )
        for name in ["", "a.", ".a", "\"a", "\"\"", "\"a\"b"] {
            let error = try #require(throws: SQLiteSourceError.self) {
                try source.columns(of: SQLiteFixture.table(name))
            }
            #expect(error.code == .unfitModel, "\(name)")
        }
    }

    @Test func `about a blob, with its row and column`() throws {
        let source = try SQLiteFixture(Self.schema).source()
        let error = try #require(throws: SQLiteSourceError.self) {
            try source.rows(SQLiteFixture.query("SELECT id, name FROM accounts ORDER BY id"), ["name", "id"])
        }
        #expect(error.code == .blob)
        #expect(error.description.hasPrefix("cannot read model accounts from local, row 2: column `name` has a blob"))
        #expect(try source.rows(SQLiteFixture.table("accounts"), ["id"]) == [["1"], ["2"], ["3"]])
    }

    @Test func `about text that is not UTF-8`() throws {
        let source = try SQLiteFixture("CREATE TABLE a (id, name); INSERT INTO a VALUES (1, CAST(x'61ff' AS TEXT))")
            .source()
        let error = try #require(throws: SQLiteSourceError.self) { try source.rows(SQLiteFixture.table("a"), ["name"]) }
        #expect(error.code == .invalidUTF8)
        #expect(error.row == 1)
    }

    @Test func `about a file of another kind`() throws {
        let source = try SQLiteFixture(Self.schema).source()
        let model = ModelDefinition(name: "accounts", source: "local", reading: .file("a.csv"), primaryKey: ["id"])
        let error = try #require(throws: SQLiteSourceError.self) { try source.columns(of: model) }
        #expect(error.code == .unfitModel)
    }

    @Test func `about a file that is not there, or no database`() throws {
        let folder = try ScratchFolder.current
        let absent = try #require(throws: SQLiteSourceError.self) {
            try SQLiteSource(path: folder.path("absent.db"), name: "local")
        }
        #expect(absent.code == .unreadable)
        #expect(absent.description.contains("absent.db: No such file or directory"))
        let text = try folder.write("text.db", String(repeating: "no database at all ", count: 100))
        let foreign = try #require(throws: SQLiteSourceError.self) { try SQLiteSource(path: text, name: "local") }
        #expect(foreign.code == .notADatabase)
        #expect(throws: SQLiteSourceError.self) { try SQLiteSource(path: folder.path, name: "local") }
    }

    @Test func `about a lock that another program holds, which is worth trying again`() throws {
        let fixture = try SQLiteFixture(Self.schema)
        let source = try fixture.source()
        let error = try #require(throws: SQLiteSourceError.self) {
            try fixture.locked { try source.rows(SQLiteFixture.table("accounts"), ["id"]) }
        }
        #expect(error.code == .busy)
        #expect(error.isWorthRetrying)
        #expect(try source.rows(SQLiteFixture.table("accounts"), ["id"]).count == 3)
    }

    @Test func `and never writes`() throws {
        let fixture = try SQLiteFixture(Self.schema)
        let source = try fixture.source()
        for sql in ["INSERT INTO accounts VALUES (4, 'd') RETURNING id", "PRAGMA user_version = 5", "VACUUM"] {
            _ = try? source.rows(SQLiteFixture.query(sql), ["id"])
        }
        #expect(
            try source.rows(
                SQLiteFixture.query(
                    "SELECT count(*) AS n, (SELECT user_version FROM pragma_user_version) AS v FROM accounts"
                ),
                ["n", "v"]
            ) == [["3", "0"]]
        )
    }

    static let endless = SQLiteFixture.query(
        "WITH RECURSIVE n(id) AS (VALUES (0) UNION ALL SELECT id + 1 FROM n) SELECT id FROM n"
    )

    @Test func `when it is cancelled between two batches`() throws {
        let source = try SQLiteFixture(Self.schema).source()
        var batches = 0
        let error = try #require(throws: SQLiteSourceError.self) {
            try source.read(Self.endless, columns: ["id"], batchBytes: 4_096) { _ in
                batches += 1
                if batches == 3 { source.cancellation.cancel() }
            }
        }
        #expect(error.code == .cancelled)
        #expect(batches == 3)
        let after = try #require(throws: SQLiteSourceError.self) { try source.columns(of: Self.endless) }
        #expect(after.code == .cancelled)
    }

    @Test func `when it is cancelled from another thread while SQLite works`() async throws {
        let path = try SQLiteFixture(Self.schema).path
        // Gives no row, ever: only an interrupt ends it.
        let silent = SQLiteFixture.query(
            "WITH RECURSIVE n(id) AS (VALUES (0) UNION ALL SELECT id + 1 FROM n) SELECT id FROM n WHERE id < 0"
        )
        let (cancellations, lending) = AsyncStream.makeStream(of: SQLiteCancellation.self)
        async let reading = onOwnThread {
            let source = try SQLiteSource(path: path, name: "local")
            lending.yield(source.cancellation)
            return try #require(throws: SQLiteSourceError.self) { try source.rows(silent, ["id"]) }
        }
        for await cancellation in cancellations {
            cancellation.cancel()
            break
        }
        #expect(try await reading.code == .cancelled)
    }

    @Test func `when its reader stops, and reads again`() throws {
        struct Stop: Error {}
        let source = try SQLiteFixture(Self.schema).source()
        try source.begin()
        #expect(throws: Stop.self) {
            try source.read(Self.endless, columns: ["id"], batchBytes: 4_096) { _ in throw Stop() }
        }
        #expect(try source.rows(SQLiteFixture.table("accounts"), ["id"]).count == 3)
        try source.end()
    }
}
