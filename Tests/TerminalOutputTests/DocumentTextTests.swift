import TerminalOutput
import Testing

@Suite struct `A JSON document` {
    @Test(arguments: [
        ("{}", "{}\n"), ("[]", "[]\n"), ("null", "null\n"), ("[1,2.50,-3e5]", "- 1\n- 2.50\n- -3e5\n"),
        (#"{"b":1,"a":[],"c":{}}"#, "b: 1\na: []\nc: {}\n"),
        (
            #"{"runs":[{"id":"r1","steps":[{"sync":"a"},{"sync":"b"}]}]}"#,
            "runs:\n  - id: r1\n    steps:\n      - sync: a\n      - sync: b\n"
        ),
        (#"[[1,2],[3]]"#, "- - 1\n  - 2\n- - 3\n"),
        (#"{"a":{"b":{"c":null}}}"#, "a:\n  b:\n    c: null\n"),
    ])
    func `is YAML, keys in their order, numbers as they were`(json: String, yaml: String) throws {
        #expect(try JSONText(Array(json.utf8)).yaml == yaml)
    }

    @Test(arguments: [
        ("plain text", "plain text"), ("yes", "\"yes\""), ("Null", "\"Null\""), ("", "\"\""), ("1", "\"1\""),
        ("-x", "\"-x\""), ("a: b", "\"a: b\""),
        ("2026-03-01T00:00:00Z", "\"2026-03-01T00:00:00Z\""), ("a#b", "\"a#b\""), ("trailing ", "\"trailing \""),
        ("ü", "\"ü\""),
        ("a\nb\t\u{7}\u{85}", "\"a\\nb\\t\\u0007\\u0085\""), ("\"\\", "\"\\\"\\\\\""),
        ("/etc/sequenced", "/etc/sequenced"), (".5", "\".5\""),
        ("inf", "inf"), ("~", "\"~\""), ("y", "\"y\""),
    ])
    func `has texts that stay texts`(text: String, yaml: String) {
        #expect(JSONText.string(text).yaml == yaml + "\n")
    }

    @Test(arguments: [
        #"{"a":"é😀\u00e9\ud83d\ude00\"\\\/\b\f\n\r\t"}"#, " [ 1 , { \"x\" : [ ] } ] ", "\"\"", "-0.5E-7", "true",
    ])
    func `is read as it is written`(json: String) throws {
        let document = try JSONText(Array(json.utf8))
        #expect(try JSONText(Array(document.prettyJSON.utf8)) == document)
    }

    @Test(arguments: [
        ("", 0), ("{", 1), ("[1,]", 3), ("{\"a\"}", 4), ("{\"a\":1,}", 7), ("nul", 0), ("1 2", 2), ("\"\\x\"", 3),
        ("\"\u{1}\"", 1), ("+1", 0), ("1e", 0),
        ("\"abc", 4), ("{a:1}", 1), ("\"\\ud800\"", 7), ("[1", 2),
    ])
    func `that is none is refused where it stops being one`(json: String, offset: Int) {
        let error = #expect(throws: JSONTextError.self) { try JSONText(Array(json.utf8)) }
        #expect(error?.offset == offset)
    }

    @Test func `that is bottomless is refused`() {
        #expect(throws: JSONTextError.self) { try JSONText(Array(String(repeating: "[", count: 100_000).utf8)) }
    }

    @Test func `is pretty with two blanks a level`() throws {
        #expect(
            try JSONText(Array(#"{"a":[1,{"b":null}],"c":[]}"#.utf8)).prettyJSON
                == "{\n  \"a\": [\n    1,\n    {\n      \"b\": null\n    }\n  ],\n  \"c\": []\n}\n"
        )
    }
}
