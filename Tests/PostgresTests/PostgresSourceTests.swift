import Dispatch
import Postgres
import SyncModel
import TestKit
import Testing

@Suite(.postgres) struct `A PostgreSQL source` {
    static let schema = """
        CREATE TABLE accounts (id int PRIMARY KEY, name text, "Full ""Name" text);
        INSERT INTO accounts VALUES (2, 'B', 'x'), (1, 'Ä€😀', NULL);
        CREATE SCHEMA "Sales"; CREATE TABLE "Sales"."user" (id int); INSERT INTO "Sales"."user" VALUES (7);
        CREATE SEQUENCE numbers;
        """

    @Test func `gives the wanted columns of a query in the wanted order`() async throws {
        try await withSource(Self.schema) { (source) throws in
            let model = query("SELECT * FROM accounts ORDER BY id")
            #expect(try source.columns(of: model) == ["id", "name", "Full \"Name"])
            #expect(try source.rows(model, ["Full \"Name", "name", "id"]) == [[nil, "Ä€😀", "1"], ["x", "B", "2"]])
            #expect(try source.rows(model, ["id", "id"]) == [["1", "1"], ["2", "2"]])
        }
    }

    @Test func `gives the columns of a table, named as SQL names it`() async throws {
        try await withSource(Self.schema) { (source) throws in
            for name in ["accounts", "Accounts", "public.accounts", "PUBLIC.\"accounts\""] {
                #expect(try source.columns(of: table(name)) == ["id", "name", "Full \"Name"])
            }
            #expect(try source.rows(table("\"Sales\".user"), ["id"]) == [["7"]])
        }
    }

    @Test func `takes semicolons and comments around a query`() async throws {
        try await withSource { (source) throws in
            for sql in [
                "SELECT 1 AS id;", "SELECT 1 AS id; -- all; really", "SELECT 1 AS id -- all",
                "SELECT 1 AS id; /* ; /* ; */ ; */\n",
                "-- first;\nSELECT 1 AS id", "WITH t AS (SELECT 1 AS id) SELECT * FROM t;", "VALUES (1)",
                "(SELECT 1 AS id)",
                "SELECT 1 AS id WHERE ';' <> E'\\';' AND $$;$$ <> $a$ $b$ ; $a$;",
                "SELECT 1 AS id, 'it''s;' AS \"a;\"\"b\";",
                "SELECT 1 AS id, 2 AS a$b, 'x' AS e;",
            ] {
                let name = try #require(source.columns(of: query(sql)).first)
                #expect(try source.rows(query(sql), [name]) == [["1"]], "\(sql)")
            }
        }
    }

    static let values: [(String, String?)] = [
        ("1::int2", "1"), ("(-9223372036854775808)::int8", "-9223372036854775808"), ("NULL", nil), ("''::text", nil),
        ("' '::text", " "),
        ("1.50::numeric(10,2)", "1.50"), ("1e20::numeric", "100000000000000000000"), ("1e-10::numeric", "0.0000000001"),
        ("'NaN'::numeric", "NaN"), ("0.1::float8", "0.1"), ("1::float8", "1"),
        ("1e21::float8", "1000000000000000000000"),
        ("1.5e-7::float8", "0.00000015"), ("-1e-5::float4", "-0.00001"), ("'Infinity'::float8", "Infinity"),
        ("'-1e15'::float8", "-1000000000000000"),
        ("true", "t"), ("false", "f"), ("date '2024-02-29'", "2024-02-29"),
        ("timestamptz '2024-07-01 12:00:00.5+02'", "2024-07-01 10:00:00.5+00"),
        ("timestamp '2024-07-01 12:00:00'", "2024-07-01 12:00:00"),
        ("time '12:30'", "12:30:00"), ("interval '1 day 2 hours'", "P1DT2H"), ("'\\x00ff'::bytea", "\\x00ff"),
        ("E'tab\\tline\\nreturn\\rback\\\\slash'", "tab\tline\nreturn\rback\\slash"),
        ("E'\\b\\f\\x0b'", "\u{8}\u{C}\u{B}"),
        ("E'\\\\N'", "\\N"), ("'Ä€😀'", "Ä€😀"), ("repeat('ab\\', 20)", String(repeating: "ab\\", count: 20)),
        ("'{\"a\": 1}'::jsonb", "{\"a\": 1}"), ("ARRAY['a', 'b c']", "{a,\"b c\"}"), ("E'\\x01\\x7f'", "\u{1}\u{7F}"),
        ("'b81d4fae-7dec-11d0-a765-00a0c91e6bf6'::uuid", "b81d4fae-7dec-11d0-a765-00a0c91e6bf6"),
        ("12.5::money", "$12.50"),
    ]

    @Test func `gives a value as the server's plain text`() async throws {
        try await withSource("ALTER DATABASE postgres SET DateStyle = 'SQL, DMY'") { (source) throws in
            for (expression, text) in Self.values {
                #expect(
                    try source.rows(
                        query("SELECT 'x' AS before, \(expression) AS v, 'y' AS after"),
                        ["before", "v", "after"]
                    )
                        == [["x", text, "y"]],
                    "\(expression)"
                )
                #expect(try source.rows(query("SELECT \(expression) AS v"), ["v"]) == [[text]], "\(expression) alone")
            }
        }
    }

    @Test func `gives any text back as it was, by chance`() async throws {
        var chance = SeededGenerator(seed: 5)
        let alphabet = [
            "a", "b", "\t", "\n", "\r", "\\", "\\N", "\\t", ",", "\"", " ", "ä", "€", "😀", "'", "\u{8}", "12345678",
        ]
        let texts = (0..<400).map { _ in
            (0..<Int.random(in: 1...30, using: &chance)).map { _ in alphabet.randomElement(using: &chance) ?? "" }
                .joined()
        }
        let values = texts.enumerated().map {
            "(\($0), '\($1.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''"))')"
        }
        try await withSource { (source) throws in
            let model = query("SELECT * FROM (VALUES \(values.joined(separator: ", "))) AS v (id, a) ORDER BY id")
            #expect(try source.rows(model, ["a"], batchBytes: 500).map { $0[0] } == texts.map(Optional.some))
        }
    }

    @Test func `fills batches up to their size and takes another in exchange`() async throws {
        try await withSource { (source) throws in
            var sizes: [Int] = []
            var total = 0
            var spare = RowBatch(columnCount: 2)
            let model = query("SELECT id, 'name of ' || id AS name FROM generate_series(0, 4999) AS id")
            try source.read(model, columns: ["name", "id"], batchBytes: 4_096) { batch in
                sizes.append(batch.footprint)
                #expect(batch.text(row: 0, column: 1) == "\(total)")
                total += batch.rowCount
                swap(&batch, &spare)
                batch.removeAll()
            }
            #expect(total == 5_000)
            #expect(sizes.count > 20)
            #expect(sizes.dropLast().allSatisfy { (4_096..<4_160).contains($0) })
        }
    }

    @Test func `has no batch when it has no rows`() async throws {
        try await withSource(Self.schema) { (source) throws in
            try source.read(query("SELECT * FROM accounts WHERE false"), columns: ["id"]) { _ in
                Issue.record("a batch came")
            }
        }
    }

    @Test func `sees one state of the database in a transaction, which cannot write`() async throws {
        let server = try PostgresServer.current
        try await server.withDatabase(Self.schema) { database in
            let parameters = server.parameters(database: database)
            let (beginnings, begun) = AsyncStream.makeStream(of: Void.self)
            let changed = DispatchSemaphore(value: 0)
            async let reading: Void = onOwnThread {
                let source = try PostgresSource(parameters, name: "warehouse")
                try source.begin()
                begun.yield()
                changed.wait()
                #expect(try source.rows(table("accounts"), ["id"]).count == 2)
                let error = try #require(throws: PostgresError.self) {
                    try source.rows(query("SELECT nextval('numbers') AS id"), ["id"])
                }
                #expect(error.sqlState == "25006")
                #expect(try source.rows(table("accounts"), ["id"]).count == 2)
                try source.end()
                #expect(try source.rows(table("accounts"), ["id"]).count == 1)
                try source.end()
            }
            for await _ in beginnings { break }
            // Signalled whatever comes: the reading waits for it.
            defer { changed.signal() }
            try await server.execute("DELETE FROM accounts WHERE id = 2", database: database)
            changed.signal()
            try await reading
        }
    }
}
