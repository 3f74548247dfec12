import Postgres
import SyncModel
import TestKit
import Testing

@Suite(.postgres) struct `A PostgreSQL source says what is wrong` {
    static let schema = "CREATE TABLE accounts (id int, name text); INSERT INTO accounts VALUES (1, 'a'), (0, 'b')"

    static let faults: [(sql: String, words: String)] = [
        ("SELEC 1", ", line 1, column 1 of its SQL: syntax error at or near \"SELEC\" (SQLSTATE 42601)"),
        ("SELECT id,\n  'ä😀', nam FROM accounts", ", line 2, column 9 of its SQL: column \"nam\" does not exist"),
        ("SELECT * FROM absent", ", line 1, column 15 of its SQL: relation \"absent\" does not exist"),
        ("SELECT 1 AS id; SELECT 2", ": cannot insert multiple commands into a prepared statement"),
        ("SELECT 1) AS m; DROP TABLE accounts; SELECT (2", ", line 1, column 9 of its SQL: syntax error"),
        ("", ": the statement is not a query that gives rows"),
        ("-- nothing", ": the statement is not a query that gives rows"),
        ("DELETE FROM accounts", ": the statement is not a query that gives rows"),
        ("SELECT id, id FROM accounts", ": columns 1 and 2 are both named `id`"),
        ("SELECT * FROM accounts a JOIN accounts b ON true", ": columns 1 and 3 are both named `id`"),
        ("SELECT $1::int AS id", ": the query has a parameter"),
        ("SELECT id AS idd FROM accounts", ": the query gives no column `id`; did you mean `idd`?"),
        ("SELECT id AS \"ID\" FROM accounts", ": the query gives no column `id`; did you mean `ID`?"),
        ("SELECT 1 AS x", ": the query gives no column `id`; the columns are `x`"),
        ("SELECT 1 / n AS id FROM (VALUES (1), (0)) AS v (n)", ", row 2: division by zero (SQLSTATE 22012)"),
        ("DELETE FROM accounts RETURNING id", ": the statement is not a query that gives rows; a model is one SELECT"),
    ]

    @Test func `about a query, in a transaction or not, and the connection stays fit`() async throws {
        try await withSource(Self.schema) { (source) throws in
            for inTransaction in [false, true] {
                if inTransaction { try source.begin() }
                for (sql, words) in Self.faults {
                    let error = try fault {
                        try source.read(query(sql), columns: ["id"]) { _ in Issue.record("a batch came from \(sql)") }
                    }
                    #expect("\(error)".hasPrefix("cannot read model accounts from warehouse\(words)"), "\(error)")
                    #expect(!error.isWorthRetrying, "\(error)")
                    #expect(try source.rows(table("accounts"), ["name"]) == [["a"], ["b"]])
                }
                try source.end()
            }
        }
    }

    @Test func `about a table that is not there, with the nearest names`() async throws {
        try await withSource(Self.schema) { (source) throws in
            for inTransaction in [false, true] {
                if inTransaction { try source.begin() }
                let error = try fault { _ = try source.columns(of: table("acounts")) }
                #expect(
                    error.description.hasSuffix(
                        "relation \"acounts\" does not exist; did you mean `accounts`? (SQLSTATE 42P01)"
                    )
                )
                try source.end()
            }
            for name in ["", "a.", "\"a", "\"\""] {
                let error = try fault { _ = try source.columns(of: table(name)) }
                #expect(error.code == .unfitModel, "\(name)")
            }
            let file = ModelDefinition(
                name: "accounts",
                source: "warehouse",
                reading: .file("a.csv"),
                primaryKey: ["id"]
            )
            #expect(try fault { _ = try source.columns(of: file) }.code == .unfitModel)
        }
    }

    @Test func `about a sign-in, without the password`() throws {
        let server = try PostgresServer.current
        var parameters = server.parameters()
        parameters["user"] = server.roleWithPassword
        let none = try fault { _ = try PostgresSource(parameters, name: "warehouse") }
        #expect(none.code == .signInRefused)
        #expect("\(none)".contains("the server wants a password"))
        parameters["password"] = "not the one"
        let wrong = try fault { _ = try PostgresSource(parameters, name: "warehouse") }
        #expect(wrong.code == .signInRefused)
        #expect(!wrong.isWorthRetrying)
        #expect(!"\(wrong)".contains("not the one"))
        parameters["password"] = server.rolePassword
        #expect(try PostgresSource(parameters, name: "warehouse").columns(of: query("SELECT 1 AS id")) == ["id"])
        parameters["sslmode"] = server.rolePassword
        let misplaced = try fault { _ = try PostgresSource(parameters, name: "warehouse") }
        #expect(!"\(misplaced)".contains(server.rolePassword), "\(misplaced)")
    }

    @Test(arguments: [("dbname", "absent"), ("user", "absent"), ("no_such_word", "x"), ("port", "x")])
    func `about a parameter`(_ word: String, _ value: String) throws {
        var parameters = try PostgresServer.current.parameters()
        parameters[word] = value
        let error = try fault { _ = try PostgresSource(parameters, name: "warehouse") }
        #expect(error.code == .signInRefused, "\(error)")
        #expect(!error.isWorthRetrying)
        #expect("\(error)".hasPrefix("cannot use warehouse: "))
    }

    @Test(.scratchFolder) func `about a server that is not there, which is worth trying again`() throws {
        let error = try fault {
            _ = try PostgresSource(["host": ScratchFolder.current.path, "user": "postgres"], name: "warehouse")
        }
        #expect(error.code == .unreachable)
        #expect(error.isWorthRetrying)
    }

    /// In the list of columns the series streams; as a table it would be gathered first.
    static let endless = query("SELECT generate_series(1, 2000000000) AS id, repeat('x', 100) AS text")

    @Test func `when it is cancelled between two batches`() async throws {
        try await withSource { (source) throws in
            var batches = 0
            let error = try fault {
                try source.read(Self.endless, columns: ["id", "text"], batchBytes: 4_096) { _ in
                    batches += 1
                    if batches == 3 { source.cancellation.cancel() }
                }
            }
            #expect(error.code == .cancelled)
            #expect(batches == 3)
            let after = try fault { try source.begin() }
            #expect(after.code == .cancelled)
            try source.end()
        }
    }

    @Test func `when it is cancelled from another thread while the server works`() async throws {
        let server = try PostgresServer.current
        try await server.withDatabase { database in
            let (cancellations, lending) = AsyncStream.makeStream(of: PostgresCancellation.self)
            async let reading = fault(of: server.parameters(database: database)) { source in
                lending.yield(source.cancellation)
                _ = try source.rows(query("SELECT pg_sleep(600) AS id"), ["id"])
            }
            // The server says when the reading has begun.
            let begun = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'COPY%pg_sleep%'"
            while try await server.execute(begun, database: database) != "1\n" {}
            for await cancellation in cancellations {
                cancellation.cancel()
                break
            }
            #expect(try await reading.code == .cancelled)
        }
    }

    @Test func `when its reader stops, and reads again`() async throws {
        struct Stop: Error {}
        try await withSource(Self.schema) { (source) throws in
            for inTransaction in [false, true, true] {
                if inTransaction { try source.begin() }
                for _ in 0..<5 {
                    #expect(throws: Stop.self) {
                        try source.read(Self.endless, columns: ["id"], batchBytes: 4_096) { _ in throw Stop() }
                    }
                    #expect(try source.rows(table("accounts"), ["id"]).count == 2)
                }
                try source.end()
            }
        }
    }

    @Test func `when the server ends the connection in mid-read, which is worth trying again`() async throws {
        let server = try PostgresServer.current
        try await server.withDatabase { database in
            async let reading = fault(of: server.parameters(database: database)) { source in
                try source.begin()
                do {
                    try source.read(Self.endless, columns: ["id", "text"]) { _ in }
                } catch {
                    #expect(source.isLost)
                    try source.end()
                    let after = try fault { try source.begin() }
                    #expect(after.code == .connectionLost)
                    throw error
                }
            }
            let end = """
                SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE query LIKE 'COPY%generate_series%' \
                AND pid <> pg_backend_pid() AND datname = current_database()
                """
            while try await server.execute(end, database: database) != "1\n" {}
            let error = try await reading
            #expect(error.code == .connectionLost, "\(error)")
            #expect(error.isWorthRetrying)
        }
    }

    @Test func `when the server is stopped in mid-read`() async throws {
        let server = try await PostgresServer.start()
        let (batches, arrived) = AsyncStream.makeStream(of: Void.self)
        async let reading = fault(of: server.parameters()) { source in
            try source.begin()
            try source.read(Self.endless, columns: ["id", "text"]) { _ in arrived.yield() }
        }
        for await _ in batches { break }
        try await server.stop()
        let error = try await reading
        #expect(error.code == .connectionLost, "\(error)")
        #expect(error.isWorthRetrying)
        let again = try fault { _ = try PostgresSource(server.parameters(), name: "warehouse") }
        #expect(again.code == .unreachable)
        #expect(again.isWorthRetrying)
    }
}

/// What the body must throw.
private func fault(_ body: () throws -> Void) throws -> PostgresError {
    try #require(throws: PostgresError.self) { try body() }
}

/// What the body must throw, on a thread of its own.
private func fault(
    of parameters: [String: String],
    _ body: @escaping @Sendable (PostgresSource) throws -> Void
) async throws -> PostgresError {
    try await onOwnThread {
        try fault { try body(PostgresSource(parameters, name: "warehouse")) }
    }
}
