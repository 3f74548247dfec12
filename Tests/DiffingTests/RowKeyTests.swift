import Diffing
import Fingerprinting
import Testing

@Suite struct `A primary key` {
    private func cells(_ texts: [String]) -> [[UInt8]] { texts.map { Array($0.utf8) } }

    @Test func `of one column is its cell`() {
        #expect(RowKey.text(of: cells(["a\"b"])) == "a\"b")
        #expect(RowKey.hash(of: cells(["a\"b"])) == Fingerprint.hash128("a\"b"))
        #expect(RowKey.hash(ofText: "a\"b", columns: 1) == RowKey.hash(of: cells(["a\"b"])))
    }

    @Test func `of several columns does not run its cells together`() {
        #expect(RowKey.hash(of: cells(["a", "bc"])) != RowKey.hash(of: cells(["ab", "c"])))
        #expect(RowKey.hash(of: cells(["a", "bc"])) != RowKey.hash(of: cells(["bc", "a"])))
    }

    @Test(arguments: [["a", "b"], ["1", "x\"y\\z"], ["line\nbreak\u{1}", "é,[]"], ["a", "b", "c"]])
    func `of several columns is read back from its text`(texts: [String]) {
        let text = RowKey.text(of: cells(texts))
        #expect(RowKey.hash(ofText: text, columns: texts.count) == RowKey.hash(of: cells(texts)))
    }

    @Test func `is written as a JSON array`() {
        #expect(RowKey.text(of: cells(["a", "", "q\"\n"])) == #"["a",null,"q\"\u000a"]"#)
    }

    @Test(arguments: [
        "", "[", "a", "[\"a\"]", "[\"a\",\"b\",\"c\"]", "[\"a\",\"b\"", "[\"a\",\"b\"]x", "[\"a\",\"\\u12\"]",
        "[\"a\",\"\"]",
    ])
    func `is refused when its text is no array of two texts`(text: String) {
        #expect(RowKey.hash(ofText: text, columns: 2) == nil)
    }
}
