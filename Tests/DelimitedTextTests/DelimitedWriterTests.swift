import DelimitedText
import TestKit
import Testing

@Suite struct `A writer of delimited text` {
    func text(_ rows: [[String]], _ writer: DelimitedWriter = DelimitedWriter()) -> String {
        var writer = writer
        var bytes: [UInt8] = []
        for row in rows {
            for cell in row {
                writer.append(cell, to: &bytes)
            }
            writer.endRow(to: &bytes)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test(arguments: [
        ("plain", "plain"), ("", ""), ("a,b", "\"a,b\""), ("a\"b", "\"a\"\"b\""), ("\"", "\"\"\"\""),
        ("a\nb", "\"a\nb\""),
        ("a\rb", "\"a\rb\""), (" a", "\" a\""), ("a ", "\"a \""), ("\ta", "\"\ta\""), ("a b", "a b"), ("a;b", "a;b"),
        ("ä€😀", "ä€😀"),
    ])
    func `quotes a cell only when it must`(_ cell: String, _ written: String) {
        #expect(text([[cell, "z"]]) == "\(written),z\n")
    }

    @Test func `quotes every cell when told to`() {
        #expect(text([["a", "", "b\"c"]], DelimitedWriter(quoting: .always)) == "\"a\",\"\",\"b\"\"c\"\n")
    }

    @Test func `ends lines with CRLF when told to`() {
        #expect(text([["a", "b"], ["c", "d"]], DelimitedWriter(lineEnding: .crlf)) == "a,b\r\nc,d\r\n")
    }

    @Test func `takes another delimiter`() {
        #expect(text([["a;b", "c,d"]], DelimitedWriter(delimiter: UInt8(ascii: ";"))) == "\"a;b\";c,d\n")
    }

    @Test func `does not write a row as an empty line`() {
        #expect(text([["a"], [""], ["b"]]) == "a\n\"\"\nb\n")
    }

    @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8])
    func `writes what the parser reads back, by chance`(_ seed: UInt64) throws {
        var chance = SeededGenerator(seed: seed)
        let alphabet = [
            "a", "b", ",", "\"", "\n", "\r", "\r\n", " ", "\t", ";", "ä", "€", "😀", "\u{301}", "\0", "#N/A",
            "0123456789",
        ]
        for round in 0..<150 {
            let columns = Int.random(in: 1...7, using: &chance)
            let rows = (0..<Int.random(in: 1...12, using: &chance)).map { _ in
                (0..<columns).map { _ in
                    (0..<Int.random(in: 0...6, using: &chance)).map { _ in alphabet.randomElement(using: &chance) ?? ""
                    }.joined()
                }
            }
            let delimiter: UInt8 = Array(",;\t".utf8).randomElement(using: &chance) ?? 0
            let writer = DelimitedWriter(
                delimiter: delimiter,
                quoting: Bool.random(using: &chance) ? .always : .whenNeeded,
                lineEnding: Bool.random(using: &chance) ? .lf : .crlf
            )
            let bytes = Array(text(rows, writer).utf8)
            let cuts = (0..<Int.random(in: 0...8, using: &chance)).map { _ in
                Int.random(in: 0...bytes.count, using: &chance)
            }
            #expect(
                try records(of: bytes, cutAt: cuts.sorted(), delimiter: delimiter) == rows,
                "seed \(seed), round \(round)"
            )
        }
    }

    @Test(arguments: [11, 12, 13])
    func `and any bytes at all are records or an error, the same however they are cut`(_ seed: UInt64) {
        var chance = SeededGenerator(seed: seed)
        let alphabet: [UInt8] = [0x2C, 0x22, 0x0A, 0x0D, 0x61, 0x62, 0xC3, 0xA4, 0xEF, 0xBB, 0xBF, 0xFF, 0x00]
        for _ in 0..<2_000 {
            let bytes: [UInt8] = (0..<Int.random(in: 0...90, using: &chance)).map { _ in
                alphabet.randomElement(using: &chance) ?? 0
            }
            let cut = Int.random(in: 0...bytes.count, using: &chance)
            let whole = Result { try records(of: bytes) }
            let parts = Result { try records(of: bytes, cutAt: [cut]) }
            let single = Result { try records(of: bytes, cutAt: Array(0..<bytes.count)) }
            for other in [parts, single] {
                switch (whole, other) {
                case (.success(let left), .success(let right)): #expect(left == right)
                case (.failure(let left), .failure(let right)):
                    #expect(left as? DelimitedTextError == right as? DelimitedTextError)
                case (.success, .failure), (.failure, .success):
                    Issue.record("\(bytes) cut at \(cut): \(whole), \(other)")
                }
            }
        }
    }
}
