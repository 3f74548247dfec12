import DelimitedText
import Testing

@Suite struct `A parser of delimited text` {
    static let good: [(text: String, records: [[String]])] = [
        ("a,b\n1,2\n", [["a", "b"], ["1", "2"]]),
        ("a,b\n1,2", [["a", "b"], ["1", "2"]]),
        ("a,b\r\n1,2\r\n", [["a", "b"], ["1", "2"]]),
        ("a,b\r\n1,2\r", [["a", "b"], ["1", "2"]]),
        ("\u{FEFF}a,b\n", [["a", "b"]]),
        ("\u{FEFF}\"a\",b\n", [["a", "b"]]),
        ("", []),
        ("\u{FEFF}", []),
        ("a", [["a"]]),
        ("a,", [["a", ""]]),
        (",", [["", ""]]),
        (",\n,\n", [["", ""], ["", ""]]),
        ("\n\na\n\n\nb\n\n", [["a"], ["b"]]),
        ("\r\n\r\na\r\n", [["a"]]),
        ("\"\"\n", [[""]]),
        ("\"\"", [[""]]),
        ("\"a\"\"b\"", [["a\"b"]]),
        ("\"\"\"\"", [["\""]]),
        ("\"\"\"a\"\"\",\"\"\"\"\"\"\n", [["\"a\"", "\"\""]]),
        ("\"a\nb\",\"c\r\nd\",\"e\rf\"\n", [["a\nb", "c\r\nd", "e\rf"]]),
        ("\"a,b\",c\n", [["a,b", "c"]]),
        (" a , b \n", [[" a ", " b "]]),
        ("ä,€,😀,\"ö\"\"ü\"\n", [["ä", "€", "😀", "ö\"ü"]]),
        ("a;b\tc|d\n", [["a;b\tc|d"]]),
        ("nul\0byte,b\n", [["nul\0byte", "b"]]),
        ("\"" + String(repeating: "x\"\",\n", count: 50) + "\",y\n", [[String(repeating: "x\",\n", count: 50), "y"]]),
        (
            String(repeating: "wide,", count: 300) + "end\n1,2\n",
            [Array(repeating: "wide", count: 300) + ["end"], ["1", "2"]]
        ),
    ]

    @Test(arguments: good.indices)
    func `takes text apart as RFC 4180 says`(_ index: Int) throws {
        #expect(try records(of: Self.good[index].text) == Self.good[index].records)
    }

    @Test(arguments: good.indices)
    func `gives the same records wherever the text is cut`(_ index: Int) throws {
        let (text, wanted) = Self.good[index]
        let bytes = Array(text.utf8)
        for cut in 0...bytes.count {
            #expect(try records(of: bytes, cutAt: [cut]) == wanted, "cut at \(cut)")
        }
        #expect(try records(of: bytes, cutAt: Array(0..<bytes.count)) == wanted, "byte by byte")
        guard bytes.count < 40 else { return }
        for first in 0...bytes.count {
            for second in first...bytes.count {
                #expect(try records(of: bytes, cutAt: [first, second]) == wanted, "cut at \(first) and \(second)")
            }
        }
    }

    @Test func `takes another delimiter`() throws {
        #expect(
            try records(of: "a\tb,c\n\"d\te\"\tf\n", delimiter: UInt8(ascii: "\t")) == [["a", "b,c"], ["d\te", "f"]]
        )
        #expect(try records(of: "a;b\n;\n", delimiter: UInt8(ascii: ";")) == [["a", "b"], ["", ""]])
    }

    struct Fault: CustomTestStringConvertible, Sendable {
        var bytes: [UInt8]
        var code: DelimitedTextError.Code
        var line: Int
        var testDescription: String { "\(String(decoding: bytes, as: UTF8.self).debugDescription.prefix(40)) \(code)" }

        init(_ text: String, _ code: DelimitedTextError.Code, line: Int) {
            self.init(bytes: Array(text.utf8), code, line: line)
        }

        init(bytes: [UInt8], _ code: DelimitedTextError.Code, line: Int) {
            self.bytes = bytes
            self.code = code
            self.line = line
        }
    }

    @Test(arguments: [
        Fault("a,b\n1,\"2\n3,4\n", .unclosedQuote, line: 2),
        Fault("\"", .unclosedQuote, line: 1),
        Fault("\"\"\"", .unclosedQuote, line: 1),
        Fault("a\n\"x\ny\"\n\"z\n\n\n", .unclosedQuote, line: 4),
        Fault("a,b\n1,x\"y\n", .quoteInsideCell, line: 2),
        Fault("a \"b\"\n", .quoteInsideCell, line: 1),
        Fault("a\n\"x\"y\n", .textAfterQuote, line: 2),
        Fault("a\n\"x\" ,y\n", .textAfterQuote, line: 2),
        Fault("\"x\"y", .textAfterQuote, line: 1),
        Fault("a\n\"x\ny\"z,\n", .textAfterQuote, line: 3),
        Fault("a\rb\rc\r", .bareCarriageReturn, line: 1),
        Fault("a\nb\rc", .bareCarriageReturn, line: 2),
        Fault("\"a\"\rb", .bareCarriageReturn, line: 1),
        Fault(bytes: [0x61, 0x0A, 0x62, 0xFF, 0x0A], .invalidUTF8, line: 2),
        Fault(bytes: [0x61, 0x0A, 0xC3, 0x0A], .invalidUTF8, line: 2),
        Fault(bytes: [0x61, 0x0A, 0xC3], .invalidUTF8, line: 2),
        Fault(bytes: [0xC0, 0x80], .invalidUTF8, line: 1),
        Fault(bytes: [0xED, 0xA0, 0x80, 0x0A], .invalidUTF8, line: 1),
        Fault(bytes: [0x22, 0x61, 0x0A, 0x0A, 0x80, 0x22], .invalidUTF8, line: 3),
        Fault(bytes: [0xFF, 0xFE, 0x61, 0x00], .invalidUTF8, line: 1),
        Fault(bytes: [0xFE, 0xFF, 0x00, 0x61], .invalidUTF8, line: 1),
        Fault(bytes: Array(repeating: 0x61, count: 200) + [0x2C, 0xE2, 0x82, 0x2C, 0xAC, 0x0A], .invalidUTF8, line: 1),
    ])
    func `refuses a fault with its line, wherever the text is cut`(_ fault: Fault) throws {
        for cut in 0...fault.bytes.count {
            let error = try #require(throws: DelimitedTextError.self) { try records(of: fault.bytes, cutAt: [cut]) }
            #expect(error.code == fault.code, "cut at \(cut)")
            #expect(error.line == fault.line, "cut at \(cut)")
        }
        let error = try #require(throws: DelimitedTextError.self) {
            try records(of: fault.bytes, cutAt: Array(0..<fault.bytes.count))
        }
        #expect(error.code == fault.code)
        #expect(error.line == fault.line)
        #expect("\(error)".hasPrefix("cannot read delimited text, line \(fault.line): "))
    }

    @Test func `tells the line on which a record began`() throws {
        let text = Array("a\n\n\"b\n\n\"\nc\r\nd".utf8)
        for size in [1, 2, 3, 100] {
            var lines: [Int] = []
            var parser = DelimitedParser()
            for start in stride(from: 0, to: text.count, by: size) {
                try Array(text[start..<min(start + size, text.count)]).withUnsafeBytes {
                    try parser.feed($0) { lines.append($0.line) }
                }
            }
            try parser.finish { lines.append($0.line) }
            #expect(lines == [1, 3, 6, 7])
        }
    }

    @Test func `stops a quote that is never closed before memory is full`() throws {
        var parser = DelimitedParser()
        let chunk = Array(repeating: UInt8(ascii: "x"), count: 8 << 20)
        let error = try #require(throws: DelimitedTextError.self) {
            try Array("a,b\n1,\"".utf8).withUnsafeBytes { try parser.feed($0) { _ in } }
            for _ in 0..<20 {
                try chunk.withUnsafeBytes { try parser.feed($0) { _ in } }
            }
        }
        #expect(error.code == .unclosedQuote)
        #expect(error.line == 2)
    }

    @Test func `lets its caller stop`() throws {
        struct Stop: Error {}
        var seen = 0
        var parser = DelimitedParser()
        #expect(throws: Stop.self) {
            try Array("a\nb\nc\n".utf8).withUnsafeBytes {
                try parser.feed($0) { _ in
                    seen += 1
                    if seen == 2 { throw Stop() }
                }
            }
        }
        #expect(seen == 2)
    }
}
