import SyncModel
import Testing

@testable import Shaping

/// The text that a form writes, or nil where it refuses.
private func text(_ form: ValueForm, _ input: String) -> String? {
    var output: [UInt8] = []
    var scratch: [UInt8] = []
    let fault = Array(input.utf8).withUnsafeBytes { form.append($0, scratch: &scratch, to: &output) }
    return fault == nil ? String(decoding: output, as: UTF8.self) : nil
}

private func fault(_ form: ValueForm, _ input: [UInt8]) -> ValueFault? {
    var output: [UInt8] = []
    var scratch: [UInt8] = []
    return input.withUnsafeBytes { form.append($0, scratch: &scratch, to: &output) }
}

@Suite struct `A number` {
    static let cases: [(String, String?)] = [
        ("0", "0"), ("-0", "0"), ("-0.00", "0"), ("1", "1"), ("1.0", "1"), ("1.00", "1"), ("+1", "1"),
        ("001.50", "1.5"),
        (".5", "0.5"), ("5.", "5"), ("-.5", "-0.5"), ("0.005", "0.01"), ("0.0049999", "0"), ("-0.005", "-0.01"),
        ("-0.004", "0"), ("1.005", "1.01"), ("9.995", "10"), ("99.994", "99.99"), ("9999.99", "9999.99"),
        ("9999.994", "9999.99"), ("9999.995", nil), ("10000", nil), ("-10000", nil), ("1e3", "1000"), ("1E3", "1000"),
        ("1.25e+2", "125"), ("12345e-2", "123.45"), ("5e-3", "0.01"), ("4e-3", "0"), ("1e-400", "0"), ("1e4", nil),
        ("1e999999999999", nil), ("0e999999999999", "0"), ("100", "100"), ("1000.10", "1000.1"),
        ("", nil), (".", nil), ("-", nil), ("e5", nil), ("1e", nil), ("1e+", nil), ("1,5", nil), ("1 000", nil),
        ("1.2.3", nil), ("0x10", nil), ("NaN", nil), ("Infinity", nil), ("--1", nil), ("1-", nil), ("١", nil),
    ]

    @Test(arguments: cases) func `has one plain text, rounded half away from zero on its digits`(
        _ input: String,
        _ wanted: String?
    ) {
        let form = ValueForm.number(DecimalForm(scale: 2, bounds: .integerDigits(4)))
        #expect(text(form, input) == wanted)
    }

    @Test func `keeps every digit where describe bounds none`() {
        let form = ValueForm.number(DecimalForm(scale: nil, bounds: .integerDigits(DecimalForm.widest)))
        #expect(
            text(form, "12345678901234567890.123456789012345678901") == "12345678901234567890.123456789012345678901"
        )
        #expect(text(form, "1e20") == "100000000000000000000")
        #expect(text(form, "1e309") == nil)
        #expect(text(form, "1e-5") == "0.00001")
    }

    @Test(
        arguments: [
            ("2147483647", "2147483647"), ("2147483648", nil), ("-2147483648", "-2147483648"), ("-2147483649", nil),
            ("2147483647.4", "2147483647"), ("2147483647.5", nil), ("12.5", "13"), ("-12.5", "-13"),
            ("12345678901", nil), ("1e2", "100"),
        ] as [(String, String?)]
    ) func `stays within 32 bits`(_ input: String, _ wanted: String?) {
        #expect(text(.number(DecimalForm(scale: 0, bounds: .int32)), input) == wanted)
    }

    @Test(
        arguments: [
            ("9223372036854775807", "9223372036854775807"), ("9223372036854775808", nil),
            ("-9223372036854775808", "-9223372036854775808"), ("-9223372036854775809", nil),
            ("99999999999999999999", nil),
        ] as [(String, String?)]
    ) func `stays within 64 bits`(_ input: String, _ wanted: String?) {
        #expect(text(.number(DecimalForm(scale: 0, bounds: .int64)), input) == wanted)
    }
}

@Suite struct `A boolean` {
    @Test(
        arguments: [
            ("true", "true"), ("TRUE", "true"), ("t", "true"), ("1", "true"), ("yes", "true"), ("Yes", "true"),
            ("false", "false"), ("f", "false"), ("0", "false"), ("no", "false"),
            ("", nil), ("2", nil), ("tru", nil), ("truee", nil), ("on", nil), ("-1", nil), ("null", nil), ("1.0", nil),
        ] as [(String, String?)]
    ) func `is true or false`(_ input: String, _ wanted: String?) {
        #expect(text(.boolean, input) == wanted)
    }
}

@Suite struct `A date` {
    @Test(
        arguments: [
            ("2026-03-01", "2026-03-01"), ("20260301", "2026-03-01"), ("2024-02-29", "2024-02-29"),
            ("2000-02-29", "2000-02-29"),
            ("2026-03-01T23:59:59-11:00", "2026-03-01"), ("2026-03-01 00:00:00+14", "2026-03-01"),
            ("2026-03-01 10:15:30.123+00", "2026-03-01"),
            ("0001-01-01", "0001-01-01"), ("9999-12-31", "9999-12-31"),
            ("2026-02-29", nil), ("1900-02-29", nil), ("2026-13-01", nil), ("2026-00-01", nil), ("2026-04-31", nil),
            ("2026-03-00", nil),
            ("0000-01-01", nil), ("26-03-01", nil), ("2026-3-1", nil), ("2026/03/01", nil), ("01.03.2026", nil),
            ("2026-03-01x", nil),
            ("2026-03-01T", nil), ("2026-03-01 25:00", nil), ("infinity", nil), ("2026-03-01 BC", nil),
            ("2026-0301", nil), ("12026-03-01", nil),
        ] as [(String, String?)]
    ) func `is taken as written and never shifted`(_ input: String, _ wanted: String?) {
        #expect(text(.date, input) == wanted)
    }
}

@Suite struct `A datetime` {
    @Test(
        arguments: [
            ("2026-03-01T10:15:30Z", "2026-03-01T10:15:30.000Z"),
            ("2026-03-01 10:15:30.123+00", "2026-03-01T10:15:30.123Z"),
            ("2026-03-01 10:15:30.123999+00", "2026-03-01T10:15:30.123Z"),
            ("2026-03-01T10:15:30+01:00", "2026-03-01T09:15:30.000Z"),
            ("2026-03-01T00:15:30+0100", "2026-02-28T23:15:30.000Z"),
            ("2026-12-31 23:30:00-05", "2027-01-01T04:30:00.000Z"),
            ("2026-03-01T10:15+05:30", "2026-03-01T04:45:00.000Z"),
            ("1900-01-01 00:00:00+00:19:32", "1899-12-31T23:40:28.000Z"),
            ("2026-03-01T10:15:30.1Z", "2026-03-01T10:15:30.100Z"),
            ("2026-03-01 10:15:30 +00:00", "2026-03-01T10:15:30.000Z"),
            ("1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"),
            ("2026-03-01t10:15:30z", "2026-03-01T10:15:30.000Z"),
            ("2026-03-01T10:15:30", nil), ("2026-03-01", nil), ("2026-03-01T24:00:00Z", nil),
            ("2026-03-01T10:60:00Z", nil),
            ("2026-03-01T10:15:60Z", nil), ("2026-03-01T10:15:30+24:00", nil), ("2026-03-01T10:15:30+01:60", nil),
            ("2026-03-01T10:15:30.Z", nil),
            ("2026-03-01T10Z", nil), ("2026-03-01T10:15:30Zz", nil), ("2026-03-01T10:15:30 UTC", nil),
            ("0001-01-01T00:00:00+01:00", nil),
            ("9999-12-31T23:59:59-01:00", nil), ("-infinity", nil),
        ] as [(String, String?)]
    ) func `with an offset is written in UTC`(_ input: String, _ wanted: String?) {
        #expect(text(.datetime(nil), input) == wanted)
    }

    @Test func `without an offset needs the model's zone`() {
        let zone = LocalZone(name: "Somewhere") { local in local < 1_774_000_000 ? 3_600 : 7_200 }
        #expect(text(.datetime(zone), "2026-03-01 10:15:30") == "2026-03-01T09:15:30.000Z")
        #expect(text(.datetime(zone), "2026-07-01 10:15:30") == "2026-07-01T08:15:30.000Z")
        #expect(text(.datetime(zone), "2026-07-01") == "2026-06-30T22:00:00.000Z")
        #expect(text(.datetime(zone), "2026-03-01 10:15:30+00") == "2026-03-01T10:15:30.000Z")
        #expect(fault(.datetime(nil), Array("2026-03-01 10:15:30".utf8)) == .noZone)
    }
}

@Suite struct `A time` {
    @Test(
        arguments: [
            ("10:15:30", "10:15:30.000Z"), ("10:15", "10:15:00.000Z"), ("10:15:30.5", "10:15:30.500Z"),
            ("10:15:30.000Z", "10:15:30.000Z"),
            ("10:15:30+00", "10:15:30.000Z"), ("10:15:30+01", nil), ("24:00:00", nil), ("9:15", nil),
            ("10:15:30x", nil), ("", nil),
        ] as [(String, String?)]
    ) func `has no zone`(_ input: String, _ wanted: String?) {
        #expect(text(.time, input) == wanted)
    }
}

@Suite struct `A text` {
    @Test func `is measured in UTF-16 units`() {
        let form = ValueForm.text(TextForm(length: 4, truncates: false))
        #expect(text(form, "abcd") == "abcd")
        #expect(text(form, "äöüß") == "äöüß")
        #expect(text(form, "日本語字") == "日本語字")
        #expect(text(form, "😀😀") == "😀😀")
        #expect(fault(form, Array("abcde".utf8)) == .tooLong(limit: 4))
        #expect(fault(form, Array("😀😀a".utf8)) == .tooLong(limit: 4))
    }

    @Test(arguments: [
        ("abcdef", "abcd"), ("abc def", "abc"), ("ab😀c", "ab😀"), ("abc😀", "abc"), ("äöüßx", "äöüß"), ("ab", "ab"),
    ]) func `is cut at a whole character`(_ input: String, _ wanted: String) {
        #expect(text(.text(TextForm(length: 4, truncates: true)), input) == wanted)
    }

    @Test(
        arguments: [
            [0xFF], [0x80], [0xC3], [0xC0, 0xAF], [0xE0, 0x80, 0xAF], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80],
            [0xF0, 0x9F, 0x98],
            [0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0xE4],
        ] as [[UInt8]]
    ) func `that is not UTF-8 is refused`(_ bytes: [UInt8]) {
        #expect(fault(.text(TextForm(length: 255, truncates: true)), bytes) == .notUTF8)
    }
}

@Suite struct `An e-mail address` {
    @Test(
        arguments: [
            ("Chloe.Myers@Example.COM", "chloe.myers@example.com"), ("a+b@x.io", "a+b@x.io"),
            ("o'hara@x.co.uk", "o'hara@x.co.uk"),
            ("badone", nil), ("@x.io", nil), ("a@", nil), ("a@b", nil), ("a@b@c.d", nil), ("a b@c.d", nil),
            ("a@.d", nil), ("a@b..d", nil), ("a@b.", nil),
        ] as [(String, String?)]
    ) func `is lowered and looked over`(_ input: String, _ wanted: String?) {
        #expect(text(.email(EmailForm(text: TextForm(length: 80, truncates: false)), checked: true), input) == wanted)
    }
}

@Suite struct `A picklist value` {
    static let field = FieldDescription(
        name: "Tier__c",
        type: .picklist,
        length: 12,
        isRestrictedPicklist: true,
        picklistValues: [
            .init(value: "Gold", label: "The best", isActive: true),
            .init(value: "Silver", label: "Silver", isActive: true),
            .init(value: "Bronze", label: "Bronze", isActive: false),
            .init(value: "Übrig", label: "Übrig", isActive: true),
        ]
    )

    @Test(
        arguments: [
            ("Gold", "Gold"), ("gold", "Gold"), ("GOLD", "Gold"), ("übrig", "Übrig"), ("Bronze", nil),
            ("The best", nil), ("Goldx", nil),
        ] as [(String, String?)]
    ) func `is an active one of a restricted list, as Salesforce spells it`(_ input: String, _ wanted: String?) {
        #expect(text(.picklist(PicklistForm(Self.field, isChecked: true)), input) == wanted)
    }

    @Test func `is any text where the list is open, or where Salesforce is to decide`() {
        var open = Self.field
        open.isRestrictedPicklist = false
        #expect(text(.picklist(PicklistForm(open, isChecked: true)), "gold") == "gold")
        #expect(text(.picklist(PicklistForm(Self.field, isChecked: false)), "Bronze") == "Bronze")
    }

    @Test(
        arguments: [
            ("Silver;Gold", "Gold;Silver"), ("gold; silver ;", "Gold;Silver"), ("Gold;gold", "Gold"), (";", ""),
            ("Gold;Bronze", nil), ("Gold,Silver", nil),
            ("Gold;Silver;Übrig", nil),
        ] as [(String, String?)]
    ) func `of many is a set`(_ input: String, _ wanted: String?) {
        #expect(text(.multipicklist(PicklistForm(Self.field, isChecked: true)), input) == wanted)
    }
}

@Suite struct `A record's Id` {
    @Test(
        arguments: [
            ("0034S000005YJYw", "0034S000005YJYwQAO"), ("0034S000005YJYwQAO", "0034S000005YJYwQAO"),
            ("003000000000000", "003000000000000AAA"),
            ("0034S000005YJYwQAA", nil), ("0034s000005yjywQAO", nil), ("0014S000005YJYw", nil), ("0034S000005YJY", nil),
            ("0034S000005YJYwQ", nil),
            ("0034S000005YJ-w", nil), ("", nil), ("0034S000005YJYé", nil),
        ] as [(String, String?)]
    ) func `has 18 characters, the right suffix and the right prefix`(_ input: String, _ wanted: String?) {
        #expect(text(.recordID(RecordIDForm(prefixes: [Array("003".utf8)])), input) == wanted)
    }

    @Test(arguments: [("750P0000006HoSQ", "750P0000006HoSQIA0"), ("012000000000000", "012000000000000AAA")])
    func `may begin with anything where describe does not say`(_ input: String, _ wanted: String) {
        #expect(text(.recordID(RecordIDForm(prefixes: [])), input) == wanted)
    }
}

@Suite struct `A record type` {
    @Test func `is known by its developer name`() {
        let form = ValueForm.recordType(
            RecordTypeForm(["Partner": "0124S000000000AAAQ", "Customer": "0124S000000000BAAQ"])
        )
        #expect(text(form, "partner") == "0124S000000000AAAQ")
        #expect(fault(form, Array("Partnr".utf8)) == .unknownRecordType(nearest: "Partner"))
    }
}

@Suite struct `A binary value` {
    @Test(
        arguments: [
            ("aGVsbG8=", "aGVsbG8="), ("aGVs\nbG8=", "aGVsbG8="), ("\\x68656c6c6f", "aGVsbG8="),
            ("\\x68656c6c", "aGVsbA=="), ("\\x68656C", "aGVs"),
            ("\\x", ""), ("aGVsbG8", nil), ("aGV=bG8=", nil), ("a===", nil), ("\\x6", nil), ("\\xzz", nil),
            ("a*==", nil),
        ] as [(String, String?)]
    ) func `is base64`(_ input: String, _ wanted: String?) {
        #expect(text(.base64, input) == wanted)
    }
}
