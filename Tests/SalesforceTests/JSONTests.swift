import Testing

@testable import Salesforce

@Suite struct `JSON` {
    @Test(arguments: [
        ("null", JSONValue.null), (" true ", .bool(true)), ("-1.50e+3", .number("-1.50e+3")),
        (#""a\"\\\/\n\u00e9\ud83d\ude00""#, .string("a\"\\/\n\u{e9}\u{1F600}")),
        (#""\ud83dx""#, .string("\u{FFFD}x")), ("[]", .array([])),
        ("[1,[2]]", .array([.number("1"), .array([.number("2")])])),
        (
            #"{"a":1,"a":2}"#,
            .object(
                JSONObject(members: [.init(name: "a", value: .number("1")), .init(name: "a", value: .number("2"))])
            )
        ),
        ("\u{FEFF}{}", .object(JSONObject())),
    ])
    func `is read as it stands`(text: String, value: JSONValue) throws {
        #expect(try JSONValue.parsed(Array(text.utf8)) == value)
    }

    @Test(arguments: [
        "", " ", "{", "[", "\"", "tru", "nul", "01x", "-", "1.", "1e", "[1,]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}",
        "{a:1}", "[1 2]", "\"\u{01}\"", #""\x""#,
        #""\u12"#, #""\u+123""#, "{} {}", "<html>", "\u{FEFF}", "[1]]",
    ])
    func `that is broken is a fault with its place`(text: String) {
        #expect(throws: JSONFault.self) { try JSONValue.parsed(Array(text.utf8)) }
    }

    @Test func `that is too deep is a fault`() {
        let deep = String(repeating: "[", count: 100_000)
        #expect(throws: JSONFault.self) { try JSONValue.parsed(Array(deep.utf8)) }
    }

    @Test func `cut or bent at any byte never traps`() {
        let whole = Array(#"[{"a":"b\u00e9\n","c":[1.5e3,true,null,{"d":-2}]},"x"]"#.utf8)
        for end in 0..<whole.count {
            #expect(throws: JSONFault.self) { try JSONValue.parsed(Array(whole[..<end])) }
        }
        for position in whole.indices {
            for byte in [UInt8(0), 0x22, 0x5C, 0x7B, 0x5D, 0xFF] {
                var bent = whole
                bent[position] = byte
                _ = try? JSONValue.parsed(bent)  // either way, as long as it comes back
            }
        }
    }

    @Test func `is written as it was read`() throws {
        let text = #"{"a":"q\"\\\n\u0001é","b":[1.10,false,null]}"#
        #expect(try JSONValue.parsed(Array(text.utf8)).text == text)
    }
}
