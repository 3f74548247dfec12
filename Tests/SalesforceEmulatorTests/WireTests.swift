import Testing

@testable import SalesforceEmulator

@Suite struct `On the wire` {
    @Test(arguments: [("0034S000005YJYw", "QAO"), ("750P0000006HoSQ", "IA0"), ("012000000000000", "AAA")])
    func `an id's suffix must fit`(_ short: String, _ suffix: String) {
        #expect(RecordID.read(short + suffix) == .foreign(KeyPrefix(short)))
        #expect(RecordID.read(short + "ZZZ") == .malformed)
        #expect(RecordID.read(String(short.dropLast())) == .malformed)
        #expect(RecordID.read("001!g0000000001") == .malformed)
    }

    @Test(arguments: [1, 61, 62, 3_843, 238_328, 916_132_831]) func `an id comes back as it went`(_ number: Int) {
        let id = RecordID(prefix: KeyPrefix("a0z"), number: number)
        #expect(RecordID.read(id.long) == .id(id))
        #expect(RecordID.read(id.short) == .id(id))
        #expect(id.number == number)
        #expect(id.long.count == 18)
    }

    @Test(arguments: [0, 1, 3, 100, 5_000, 300_000]) func `gzip comes back as it went`(_ count: Int) {
        var random = SeededRandom(seed: 5)
        let text = (0..<count).map { _ in UInt8(97 + random.next() % 4) }
        let noise = (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        for bytes in [text, noise] { #expect(inflated(gzipped(bytes), limit: 1 << 20) == bytes) }
    }

    @Test func `broken gzip is refused, and a bomb is not unpacked`() {
        let good = gzipped(Array(repeating: 65, count: 100_000))
        #expect(inflated(good, limit: 1_000) == nil)
        for cut in stride(from: 0, to: good.count - 9, by: 7) {
            #expect(inflated(Array(good[..<cut]), limit: 1 << 20) == nil)
        }
        var random = SeededRandom(seed: 9)
        for _ in 0..<500 {
            var spoiled = good
            spoiled[Int(random.next() % UInt64(good.count))] ^= UInt8(1 + random.next() % 255)
            _ = inflated(spoiled, limit: 1 << 20)
        }
    }

    @Test func `sha-256 gives the published digests`() {
        func hex(_ bytes: [UInt8]) -> String { bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }
        #expect(hex(SHA256.hash([])) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(
            hex(SHA256.hash(Array("abc".utf8))) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        )
        #expect(
            hex(SHA256.authenticate(Array("what do ya want for nothing?".utf8), key: Array("Jefe".utf8)))
                == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        )
    }

    @Test(arguments: [
        (0.0, "0.0"), (300, "300.0"), (-4.5, "-4.5"), (9_999_999, "9999999.0"), (10_000_000, "1.0E7"),
        (123_456_789, "1.23456789E8"), (0.0005, "5.0E-4"), (1e20, "1.0E20"),
    ])
    func `doubles are written as Java writes them`(_ number: Double, _ text: String) {
        #expect(numberText(number, whole: false) == text)
        #expect(Double(text) == number)
    }

    @Test(arguments: [
        ("2026-03-01T10:15:30Z", "2026-03-01T10:15:30.000Z"),
        ("2026-03-01T10:15:30.5+01:00", "2026-03-01T09:15:30.500Z"), ("2024-02-29", "2024-02-29T00:00:00.000Z"),
        ("1969-12-31T23:59:59-0800", "1970-01-01T07:59:59.000Z"),
    ])
    func `moments are read in all their forms`(_ text: String, _ same: String) {
        #expect(readInstant(text)?.text(zone: "Z") == same)
    }

    @Test(arguments: [
        "2026-02-29", "2026-13-01", "2026-1-1", "26-01-01", "2026-01-01T25:00:00Z", "2026-01-01T10:00:00+1", "", "T",
        "2026-01-01T10",
    ])
    func `what is no moment is not read`(_ text: String) {
        #expect(readInstant(text) == nil)
    }

    @Test(arguments: [
        ("0 0 2 * * ?", "2026-03-01T02:00:00.000Z"), ("0 30 1 ? * MON-FRI", "2026-03-02T01:30:00.000Z"),
        ("0 0 0 L * ?", "2026-03-31T00:00:00.000Z"),
        ("15 0/20 * * * ?", "2026-02-28T22:20:15.000Z"), ("0 0 5 29 FEB ? 2028", "2028-02-29T05:00:00.000Z"),
    ])
    func `a schedule's next time is found`(_ expression: String, _ next: String) throws {
        let now = try #require(readInstant("2026-02-28T22:05:00Z"))
        #expect(CronExpression(expression)?.next(after: now)?.text(zone: "Z") == next)
    }

    @Test(arguments: ["", "* * *", "0 0 25 * * ?", "0 0 x * * ?", "0 0 0 ? * MOO"])
    func `what is no schedule is not read`(_ text: String) {
        #expect(CronExpression(text) == nil)
    }

    @Test(arguments: ["<a><b></a></b>", "<a", "<a>&bad;</a>", "<!DOCTYPE a><a/>", "<a/><b/>", "text", ""])
    func `what is no XML is refused`(_ text: String) {
        #expect(throws: XMLFault.self) { _ = try XMLReader.read(Array(text.utf8)) }
    }

    @Test(arguments: [
        ("a%", "abc", true), ("%c", "abc", true), ("a_c", "aBc", true), ("a_c", "ac", false), (#"10\%"#, "100", false),
        (#"10\%"#, "10%", true), ("%", "", true), ("%b%b%", "abab", true),
    ])
    func `like matches runs and single characters`(_ pattern: String, _ text: String, _ matches: Bool) {
        #expect(LikePattern(pattern).matches(text) == matches)
    }
}
