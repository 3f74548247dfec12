import SQLiteSource
import SyncModel
import TestKit
import Testing

@Suite(.scratchFolder) struct `A SQLite source` {
    @Test func `gives the wanted columns of a query in the wanted order`() throws {
        let fixture = try SQLiteFixture(
            "CREATE TABLE a (id, name, city); INSERT INTO a VALUES (2, 'B', 'x'), (1, 'Ä€😀', NULL)"
        )
        let source = try fixture.source()
        let model = SQLiteFixture.query("SELECT id, name AS \"full name\", city FROM a ORDER BY id")
        #expect(try source.columns(of: model) == ["id", "full name", "city"])
        #expect(try source.rows(model, ["full name", "id"]) == [["Ä€😀", "1"], ["B", "2"]])
        #expect(try source.rows(model, ["city", "id", "city"]) == [[nil, "1", nil], ["x", "2", "x"]])
    }

    @Test(arguments: ["a", "A", "main.a", "\"a\"", "\"main\".\"a\""])
    func `gives the columns of a table`(_ name: String) throws {
        let fixture = try SQLiteFixture("CREATE TABLE a (id, \"or\"\"der\", v); INSERT INTO a VALUES (1, 'x', 'y')")
        let source = try fixture.source()
        #expect(try source.columns(of: SQLiteFixture.table(name)) == ["id", "or\"der", "v"])
        #expect(try source.rows(SQLiteFixture.table(name), ["or\"der", "id"]) == [["x", "1"]])
    }

    @Test(arguments: [
        "SELECT 1 AS id;", "SELECT 1 AS id; -- all", "SELECT 1 AS id -- all", "SELECT 1 AS id; /* all */ ;\n",
        "-- all\nSELECT 1 AS id",
        "WITH t AS (SELECT 1 AS id) SELECT * FROM t", "VALUES (1)", "SELECT 1 AS id /* not closed",
    ])
    func `takes semicolons and comments around a query`(_ sql: String) throws {
        let source = try SQLiteFixture("CREATE TABLE a (id)").source()
        let name = try #require(source.columns(of: SQLiteFixture.query(sql)).first)
        #expect(try source.rows(SQLiteFixture.query(sql), [name]) == [["1"]])
    }

    @Test(
        arguments: [
            ("1", "1"), ("-9223372036854775808", "-9223372036854775808"),
            ("9223372036854775807", "9223372036854775807"), ("0", "0"),
            ("NULL", nil), ("''", nil), ("' '", " "), ("'a' || char(9, 10, 13) || 'b'", "a\t\n\rb"), ("1 = 1", "1"),
            ("0.1", "0.1"), ("1.0", "1"), ("-1.5", "-1.5"), ("-0.0", "0"), ("0.1 + 0.2", "0.30000000000000004"),
            ("1e15", "1000000000000000"),
            ("1e21", "1000000000000000000000"), ("1.5e-7", "0.00000015"), ("-1e-5", "-0.00001"),
            ("123456789.123456789", "123456789.12345679"),
            ("1e300 / 1e300", "1"), ("0.0001", "0.0001"), ("0.00012", "0.00012"),
            ("99999999999.9999", "99999999999.9999"),
            ("1.7976931348623157e308", "17976931348623157" + String(repeating: "0", count: 292)),
            ("5e-324", "0." + String(repeating: "0", count: 323) + "5"), ("1.25e20", "125000000000000000000"),
            ("9e999", "Infinity"),
            ("-9e999", "-Infinity"), ("date('2024-02-29')", "2024-02-29"), ("2147483648.5", "2147483648.5"),
            ("1.1e16", "11000000000000000"),
        ] as [(String, String?)]
    )
    func `gives a value as plain text`(_ expression: String, _ text: String?) throws {
        let source = try SQLiteFixture("CREATE TABLE a (id)").source()
        #expect(try source.rows(SQLiteFixture.query("SELECT \(expression) AS v, 1 AS id"), ["v"]) == [[text]])
    }

    @Test func `gives reals that read back as the same number, by chance`() throws {
        var chance = SeededGenerator(seed: 3)
        let numbers = (0..<3_000).map { _ -> Double in
            let bits = Double(bitPattern: chance.next())
            let scaled =
                Double(Int64.random(in: -1_000_000_000...1_000_000_000, using: &chance))
                / [1, 10, 100, 1_000, 1e4, 1e5][Int.random(in: 0...5, using: &chance)]
            return Bool.random(using: &chance) && bits.isFinite ? bits : scaled
        }
        var batch = RowBatch(columnCount: 1)
        for number in numbers {
            batch.append(real: number)
            batch.endRow()
        }
        for (row, number) in numbers.enumerated() {
            let text = try #require(batch.text(row: row, column: 0))
            #expect(Double(text) == number)
            #expect(!text.lowercased().contains("e"))
            let shortest = number.description.lowercased().split(separator: "e")[0].filter(\.isNumber).drop {
                $0 == "0"
            }
            let digits = text.filter(\.isNumber).drop { $0 == "0" }
            #expect(digits.count <= shortest.count || text.allSatisfy { $0 != "." }, "\(text) for \(number)")
        }
    }

    @Test func `fills batches up to their size and takes another in exchange`() throws {
        let source = try SQLiteFixture("CREATE TABLE a (id)").source()
        let model = SQLiteFixture.query(
            "WITH RECURSIVE n(id) AS (VALUES (0) UNION ALL SELECT id + 1 FROM n WHERE id < 4999) SELECT id, 'name of ' || id AS name FROM n"
        )
        var sizes: [Int] = []
        var total = 0
        var spare = RowBatch(columnCount: 2)
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

    @Test func `sees one state of the database in a transaction`() throws {
        let fixture = try SQLiteFixture("PRAGMA journal_mode = WAL; CREATE TABLE a (id); INSERT INTO a VALUES (1)")
        let source = try fixture.source()
        let model = SQLiteFixture.table("a")
        try source.begin()
        try fixture.execute("INSERT INTO a VALUES (2)")
        #expect(try source.rows(model, ["id"]) == [["1"]])
        try fixture.execute("INSERT INTO a VALUES (3)")
        #expect(try source.rows(model, ["id"]) == [["1"]])
        try source.end()
        #expect(try source.rows(model, ["id"]) == [["1"], ["2"], ["3"]])
        try source.end()
    }

    @Test func `goes on in its transaction after an error`() throws {
        let fixture = try SQLiteFixture("CREATE TABLE a (id); INSERT INTO a VALUES (1)")
        let source = try fixture.source()
        try source.begin()
        #expect(throws: SQLiteSourceError.self) { try source.columns(of: SQLiteFixture.query("SELEC 1")) }
        #expect(try source.rows(SQLiteFixture.table("a"), ["id"]) == [["1"]])
        try source.end()
    }

    @Test func `belongs to a definition`() throws {
        let fixture = try SQLiteFixture("CREATE TABLE a (id); INSERT INTO a VALUES (1)")
        let source = try SQLiteSource(SourceDefinition(name: "local", kind: .sqlite(path: fixture.path)))
        #expect(source.name == "local")
        #expect(try source.rows(SQLiteFixture.table("a"), ["id"]) == [["1"]])
        let other = SourceDefinition(name: "x", kind: .csv(folder: "/", delimiter: UInt8(ascii: ",")))
        #expect(throws: SQLiteSourceError.self) { try SQLiteSource(other) }
    }
}
