import DelimitedText
import SyncModel
import TestKit
import Testing

@Suite(.scratchFolder) struct `A model's file` {
    func file(_ text: String, delimiter: UInt8 = UInt8(ascii: ",")) throws -> DelimitedFile {
        let path = try ScratchFolder.current.write("accounts.csv", text)
        return DelimitedFile(path: path, delimiter: delimiter, source: "exports", model: "accounts")
    }

    func rows(_ file: DelimitedFile, _ columns: [String], batchBytes: Int = 1 << 20) throws -> [[String?]] {
        var rows: [[String?]] = []
        try file.read(columns: columns, batchBytes: batchBytes) { batch in
            for row in 0..<batch.rowCount {
                rows.append((0..<batch.columnCount).map { batch.text(row: row, column: $0) })
            }
        }
        return rows
    }

    @Test func `names its columns`() throws {
        #expect(try file("\u{FEFF}id,\"full name\",e\r\n").columns() == ["id", "full name", "e"])
        #expect(try file("id").columns() == ["id"])
        #expect(try file("\n\nid\n1\n").columns() == ["id"])
    }

    @Test func `gives the wanted columns in the wanted order, an empty cell as a null`() throws {
        let file = try file("id,name,city\n1,\"A\"\"B\",\n2,,\"x\ny\"\n")
        #expect(try rows(file, ["city", "id"]) == [[nil, "1"], ["x\ny", "2"]])
        #expect(try rows(file, ["name", "name"]) == [["A\"B", "A\"B"], [nil, nil]])
    }

    @Test func `has no rows when it has a header only`() throws {
        #expect(try rows(file("id,name\n"), ["id"]) == [])
    }

    @Test func `fills batches up to their size and takes another in exchange`() throws {
        let text = "id,name\n" + (0..<5_000).map { "\($0),name of \($0)\n" }.joined()
        let file = try file(text)
        var sizes: [Int] = []
        var total = 0
        var spare = RowBatch(columnCount: 2)
        try file.read(columns: ["name", "id"], batchBytes: 4_096) { batch in
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

    @Test func `does not gather rows of nulls without end`() throws {
        let file = try file("id,name\n" + String(repeating: ",\n", count: 10_000))
        var batches = 0
        try file.read(columns: ["id", "name"], batchBytes: 1_024) { _ in batches += 1 }
        #expect(batches > 50)
    }

    @Test func `is cut into chunks wherever they fall`() throws {
        var chance = SeededGenerator(seed: 7)
        let wanted = (0..<60_000).map { index in
            [Optional("\(index)"), String(repeating: "é,\"\n", count: Int.random(in: 1...12, using: &chance)), "x"]
        }
        var writer = DelimitedWriter()
        var bytes: [UInt8] = []
        for row in [["id", "text", "last"]] + wanted.map({ $0.map { $0 ?? "" } }) {
            for cell in row { writer.append(cell, to: &bytes) }
            writer.endRow(to: &bytes)
        }
        #expect(bytes.count > 2 << 20)
        let path = try ScratchFolder.current.write("big.csv", bytes)
        let file = DelimitedFile(path: path, source: "exports", model: "big")
        #expect(try rows(file, ["id", "text", "last"]) == wanted)
    }

    @Test(arguments: [
        ("id,name\n1,a\n2\n", "line 3: the row has 1 cell where the header names 2"),
        ("id,name\n1,a,b\n", "line 2: the row has 3 cells where the header names 2"),
        ("id,name\n\"1\n\",a\n\n1,a,b\n", "line 5: the row has 3 cells"),
        ("id,name,id\n1,a,2\n", "line 1: columns 1 and 3 are both named `id`"),
        ("", "line 1: the file is empty"),
        ("\n\n", "line 1: the file is empty"),
        ("ident,name\n1,a\n", "line 1: the header has no column `id`; did you mean `ident`?"),
        ("x,y\n1,a\n", "line 1: the header has no column `id`; the columns are `x`, `y`"),
        ("id,name\n1,\"a\n", "line 2: the quoted cell that begins here is never closed"),
        ("id,name\n1,\"a\"b\n", "line 2: text behind a cell's closing quote"),
    ])
    func `says what is wrong, and where`(_ text: String, _ words: String) throws {
        let file = try file(text)
        let error = try #require(throws: DelimitedTextError.self) { try rows(file, ["id", "name"]) }
        #expect(
            "\(error)".hasPrefix("cannot read model accounts from exports, file \(file.path), \(words)"),
            "\(error)"
        )
        #expect(!error.isWorthRetrying)
    }

    @Test func `delivers nothing when a column is missing`() throws {
        let file = try file("id,name\n1,a\n")
        #expect(throws: DelimitedTextError.self) {
            try file.read(columns: ["id", "nam"], batchBytes: 1) { _ in Issue.record("a batch was delivered") }
        }
    }

    @Test func `says so when it cannot be opened`() throws {
        let folder = try ScratchFolder.current
        for path in [folder.path("absent.csv"), folder.path] {
            let file = DelimitedFile(path: path, source: "exports", model: "accounts")
            let error = try #require(throws: DelimitedTextError.self) { try file.columns() }
            #expect(error.code == .unreadable)
            #expect("\(error)".contains(path))
        }
    }

    @Test func `refuses to have been written to meanwhile`() throws {
        let file = try file("id,name\n" + String(repeating: "1,a\n", count: 2_000))
        let error = try #require(throws: DelimitedTextError.self) {
            try file.read(columns: ["id"], batchBytes: 512) { _ in
                try ScratchFolder.current.append("accounts.csv", "2,b\n")
            }
        }
        #expect(error.code == .changedWhileRead)
        #expect(error.isWorthRetrying)
    }

    @Test func `lets its reader stop`() throws {
        struct Stop: Error {}
        let file = try file("id,name\n" + String(repeating: "1,a\n", count: 2_000))
        var batches = 0
        #expect(throws: Stop.self) {
            try file.read(columns: ["id"], batchBytes: 64) { _ in
                batches += 1
                if batches == 3 { throw Stop() }
            }
        }
        #expect(batches == 3)
    }

    @Test func `lies in the folder of its source`() throws {
        let source = SourceDefinition(name: "exports", kind: .csv(folder: "/srv/exports", delimiter: UInt8(ascii: ";")))
        let model = ModelDefinition(name: "accounts", source: "exports", reading: .file("a.csv"), primaryKey: ["id"])
        let file = try DelimitedFile(model, in: source)
        #expect(file.path == "/srv/exports/a.csv")
        #expect(file.delimiter == UInt8(ascii: ";"))
        let query = ModelDefinition(name: "accounts", source: "exports", reading: .sql("SELECT 1"), primaryKey: ["id"])
        let error = try #require(throws: DelimitedTextError.self) { try DelimitedFile(query, in: source) }
        #expect("\(error)".contains("accounts"))
    }
}
