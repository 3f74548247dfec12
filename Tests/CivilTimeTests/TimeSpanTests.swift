import CivilTime
import Testing

@Suite struct `A time span` {
    /// Answers of `systemd-analyze timespan` 252.
    @Test(arguments: [
        ("1500ms", 1_500_000, "1.500000s"), ("36h", 129_600_000_000, "1d 12h"), ("7d", 604_800_000_000, "1w"),
        ("31d", 2_678_400_000_000, "1month 13h 30min"), ("366d", 31_622_400_000_000, "1y 18h"),
        ("90s", 90_000_000, "1min 30s"), ("1h 30min", 5_400_000_000, "1h 30min"),
        ("1h30min", 5_400_000_000, "1h 30min"),
        ("0", 0, "0"), ("5", 5_000_000, "5s"), ("1.5h", 5_400_000_000, "1h 30min"), ("100us", 100, "100us"),
        ("1s500us", 1_000_500, "1.000500s"), (".5s", 500_000, "500ms"), ("5 m", 300_000_000, "5min"),
        ("5 M", 13_149_000_000_000, "5month"), ("1w2d", 777_600_000_000, "1w 2d"), (" 5s ", 5_000_000, "5s"),
        ("61.5s", 61_500_000, "1min 1.500000s"), ("1y12month", 63_115_200_000_000, "2y"),
        ("15 minutes", 900_000_000, "15min"),
        ("2 hours 3 seconds", 7_203_000_000, "2h 3s"), ("10\u{B5}s", 10, "10us"), ("10\u{3BC}s", 10, "10us"),
        ("1msec", 1_000, "1ms"), ("1.000001s", 1_000_001, "1.000001s"),
    ])
    func `reads and prints as systemd does`(text: String, microseconds: Int64, printed: String) throws {
        let span = try Duration(span: text)
        #expect(span.wholeMicroseconds == microseconds)
        #expect(span.spanText == printed)
        #expect(try Duration(span: printed) == span)
    }

    @Test(arguments: [
        ("", 0), ("1h30", 2), ("1h 30", 3), ("1h-5min", 2), ("-5min", 0), ("1.h", 2), ("1h,2min", 2), ("1e3s", 1),
        ("min", 0),
        ("5 fortnights", 2), ("infinity", 0), ("99999999999999999999s", 0), ("900000000000y", 0), ("20000y", 0),
        ("9000y 9000y", 6), ("1H", 1), ("5 %", 2),
    ])
    func `is refused with its place`(text: String, offset: Int) {
        let fault = #expect(throws: CalendarFault.self) { try Duration(span: text) }
        #expect(fault?.offset == offset, "\(String(describing: fault))")
    }

    @Test func `with a number and no unit behind others says what was meant`() {
        let fault = #expect(throws: CalendarFault.self) { try Duration(span: "1h30") }
        #expect(fault?.hint == "write 1h30min or 1h30s")
    }

    @Test(arguments: [
        (11_520, "3h 12min"), (0, "0s"), (59, "59s"), (60, "1min"), (61, "1min 1s"), (3_600, "1h"), (3_659, "1h"),
        (187_200, "2d 4h"), (86_400, "1d"), (-5, "0s"),
    ])
    func `is told to people in two units`(seconds: Int, text: String) {
        #expect(Duration.seconds(seconds).roughText == text)
    }

    @Test func `shorter than a second is told in milliseconds`() {
        #expect(Duration.milliseconds(850).roughText == "850ms")
        #expect(Duration.milliseconds(1_999).roughText == "1s")
        #expect(Duration.microseconds(900).roughText == "0s")
    }
}
