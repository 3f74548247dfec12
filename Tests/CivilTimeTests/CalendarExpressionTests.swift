import CivilTime
import Foundation
import Testing

@Suite struct `A calendar expression` {
    /// The examples of systemd.time(7), with their normal forms.
    @Test(
        arguments: [
            ("Sat,Thu,Mon..Wed,Sat..Sun", "Mon..Thu,Sat,Sun *-*-* 00:00:00"),
            ("Mon,Sun 12-*-* 2,1:23", "Mon,Sun 2012-*-* 01,02:23:00"),
            ("Wed *-1", "Wed *-*-01 00:00:00"),
            ("Wed..Wed,Wed *-1", "Wed *-*-01 00:00:00"),
            ("Wed, 17:48", "Wed *-*-* 17:48:00"),
            ("Wed..Sat,Tue 12-10-15 1:2:3", nil),
            ("*-*-7 0:0:0", "*-*-07 00:00:00"),
            ("10-15", "*-10-15 00:00:00"),
            ("monday *-12-* 17:00", "Mon *-12-* 17:00:00"),
            ("Mon,Fri *-*-3,1,2 *:30:45", "Mon,Fri *-*-01,02,03 *:30:45"),
            ("12,14,13,12:20,10,30", "*-*-* 12,13,14:10,20,30:00"),
            ("12..14:10,20,30", "*-*-* 12..14:10,20,30:00"),
            ("mon,fri *-1/2-1,3 *:30:45", "Mon,Fri *-01/2-01,03 *:30:45"),
            ("03-05 08:05:40", "*-03-05 08:05:40"),
            ("08:05:40", "*-*-* 08:05:40"),
            ("05:40", "*-*-* 05:40:00"),
            ("Sat,Sun 12-05 08:05:40", "Sat,Sun *-12-05 08:05:40"),
            ("Sat,Sun 08:05:40", "Sat,Sun *-*-* 08:05:40"),
            ("2003-03-05 05:40", "2003-03-05 05:40:00"),
            ("05:40:23.4200004/3.1700005", "*-*-* 05:40:23.420000/3.170001"),
            ("2003-02..04-05", "2003-02..04-05 00:00:00"),
            ("2003-03-05 05:40 UTC", "2003-03-05 05:40:00 UTC"),
            ("2003-03-05", "2003-03-05 00:00:00"),
            ("daily UTC", "*-*-* 00:00:00 UTC"),
            ("weekly Pacific/Auckland", "Mon *-*-* 00:00:00 Pacific/Auckland"),
            ("annually", "*-01-01 00:00:00"),
            ("*:2/3", "*-*-* *:02/3:00"),
            ("*-02~03", "*-02~03 00:00:00"),
            ("Mon *-05~07/1", "Mon *-05~07/1 00:00:00"),
            ("Thu,Fri 2012-*-1,5 11:12:13", "Thu,Fri 2012-*-01,05 11:12:13"),
            ("@1800000000", "2027-01-15 08:00:00 UTC"),
            ("10:00 utc", "*-*-* 10:00:00 UTC"),
            ("1..23/1:00", "*-*-* 01..23:00:00"),
            ("*:0..30/7", "*-*-* *:00..28/7:00"),
            ("Mon..Sun 1:1", "*-*-* 01:01:00"),
            ("Mon-Fri", "Mon..Fri *-*-* 00:00:00"),
            ("*-*~*", "*-*-* 00:00:00"),
            ("70..69-*-*", "1970..2069-*-* 00:00:00"),
            ("99..30/2-1-1", "1999..2029/2-01-01 00:00:00"),
            ("1,70..69-*-*", "1970..2069,2001-*-* 00:00:00"),
            ("8..10-5 09:00", "*-08..10-05 09:00:00"),
        ] as [(String, String?)]
    )
    func `has systemd's normal form`(text: String, normalized: String?) throws {
        guard let normalized else {
            // 15 October 2012 was a Monday: systemd prints it and says "never", which is refused here.
            #expect(throws: CalendarFault.self) { try CalendarExpression(parsing: text) }
            return
        }
        #expect(try CalendarExpression(parsing: text).normalized == normalized)
    }

    @Test(arguments: [
        ("", 0, "empty"), (" 10:00", 0, "blank"), ("*", 0, "number alone"), ("5", 0, "number alone"),
        ("24:00", 0, "hour 24"), ("25:00", 0, "hour 25"), ("*:60", 2, "minute 60"), ("10:00:60", 6, "second 60"),
        ("*-13-01", 2, "month 13"), ("2026-13-1", 5, "month 13"), ("*-*-00", 4, "day 0"), ("*-*-32", 4, "day 32"),
        ("2200-1-1", 0, "year 2200"), ("1969-1-1", 0, "year 1969"), ("*-*~29", 4, "day from the end of the month 29"),
        ("*:0/0", 4, "repetition of 0"), ("*:0/60", 2, "never comes to repeat"), ("*:59/1", 2, "never comes to repeat"),
        ("*/3:00", 1, "`*` stands alone"), ("1..3..5:00", 4, "unexpected"), ("5,*:00", 2, "`*` stands alone"),
        ("10..8:00", 0, "backwards"), ("2..072-04-2", 0, "backwards"), ("2030..72-1-1", 0, "backwards"),
        ("10..8-1", 0, "backwards"), ("Sun..Mon", 0, "wrap"), ("Sat..Mon 10:00", 0, "wrap"), ("Fri-Mon", 0, "wrap"),
        ("Tues", 0, "unknown word"), ("Mon,Funday", 4, "unknown word"), ("Fri.. 10:00", 5, "no end"),
        ("Mon,,Fri", 4, "weekday is missing"), ("Mon..Tue..Wed", 8, "two ends"), ("now", 0, "unknown word"),
        ("0 2 * * *", 0, "cron line"), ("daily 10:00", 6, "stands alone"), ("Mon daily", 4, "not \"daily\""),
        ("2026-W30-1", 5, "expected a number"),
        ("2026-01-01T10:00", 10, "unexpected `T`"),
        ("10:00 UTC+2x!", 5, "nothing may follow|expected"), ("09:00..17:00", 0, "not two times of day"),
        ("Mon..Fri 09:00..17:30", 9, "not two times of day"), ("09:00:00..17:00:00", 12, "nothing may follow"),
        ("*-02-30", 0, "never elapses"), ("Mon *-02-30 10:00", 4, "never elapses"), ("*-04,06-31", 0, "never elapses"),
        ("Mon 2026-03-03", 4, "never elapses"), ("2027-02-29", 0, "never elapses"), ("UTC", 0, "unknown word"),
        ("hourly/2", 0, "unknown word"), ("1e1:00", 1, "unexpected"), ("10:00:0.", 8, "number is missing"),
        ("1.5:00", 1, "only seconds"), ("99999999-1-1", 0, "too large"), ("@99999999999", 0, "2199"),
        ("@1x", 2, "whole seconds"),
        ("10:00é", 5, "plain characters"), ("10:00\n", 5, "plain characters"), ("2026~1~1", 6, "after `~`"),
    ])
    func `is refused with its place`(text: String, offset: Int, message: String) throws {
        do {
            let expression = try CalendarExpression(parsing: text)
            Issue.record("\(text) was taken as \(expression)")
        } catch {
            #expect(error.offset == offset, "\(error)")
            #expect(message.split(separator: "|").contains { error.message.contains($0) }, "\(error)")
            #expect(error.description.contains("cannot use calendar \"\(text)\""))
        }
    }

    @Test func `says what to write instead`() throws {
        let hints = [
            "Sat..Mon": "Sat..Sun,Mon", "Fri..Tue": "Fri..Sun,Mon..Tue", "09:00..17:00": "09..17:00", "Tues": "Tue",
            "*/3:00": "0/3", "24:00": "00:00", "2026-01-01T10:00": "a blank",
            "Mon 09:00-17:00": "09..17:00", "10:00 +01:00": "a zone is named", "0 2 * * *": "cron:",
            "Mon daily": "alone",
        ]
        for (text, hint) in hints {
            let fault = #expect(throws: CalendarFault.self) { try CalendarExpression(parsing: text) }
            #expect(fault?.hint?.contains(hint) == true, "\(String(describing: fault))")
        }
    }

    @Test func `notes that a range behind the colon means minutes`() throws {
        let expression = try CalendarExpression(parsing: "09:00..17")
        #expect(expression.notes.map(\.code) == [.minuteRange])
        #expect(expression.notes.first?.description.contains("09..17:00") == true)
        #expect(expression.normalized == "*-*-* 09:00..17:00")
        #expect(try CalendarExpression(parsing: "09..17:00").notes.isEmpty)
        #expect(try CalendarExpression(parsing: "*:00..17").notes.isEmpty)
        #expect(try CalendarExpression(parsing: "10:00..45:00").normalized == "*-*-* 10:00..45:00")
    }

    @Test(arguments: ["*:*:*", "10:00:00,30", "*:*:0/30", "0:0:0..5", "10:00:0/0.5"])
    func `is too often when it elapses twice within a minute`(text: String) throws {
        let expression = try CalendarExpression(parsing: text)
        let fault = #expect(throws: CalendarFault.self) { try expression.checkFrequency() }
        #expect(fault?.code == .tooOften)
        #expect((fault?.offset ?? 0) > 0)
    }

    @Test(arguments: ["minutely", "*:*:30", "10:00", "*:0/1"])
    func `may elapse once a minute`(text: String) throws {
        try CalendarExpression(parsing: text).checkFrequency()
    }

    @Test func `knows where its zone stands, and asks the database for it`() throws {
        let database = TimeZoneDatabase()
        let expression = try CalendarExpression(parsing: "Mon 10:00 Europe/Londn")
        #expect(expression.zone == "Europe/Londn")
        let fault = #expect(throws: CalendarFault.self) {
            _ = try expression.zoneRules(else: .utc) { name throws(TimeZoneFault) in try database.rules(named: name) }
        }
        #expect(fault?.code == .unknownZone)
        #expect(fault?.offset == 10)
    }

    @Test func `is never brought down by what people type`() {
        // Every prefix, and every text with one character changed, is read or refused.
        let seeds = [
            "Mon..Fri,Sun 2026..2030/2-01,03/2~05..7/2 09..17/3:00/15:30.25 America/Argentina/Buenos_Aires",
            "@1800000000",
        ]
        var refused = 0
        for seed in seeds {
            let characters = Array(seed)
            for index in characters.indices {
                for replacement in [
                    "", "*", "/", ".", "..", ",", "-", "~", ":", " ", "9", "99999999999999999999", "Z", "é", "\0",
                ] {
                    let text = String(characters[..<index]) + replacement + String(characters[(index + 1)...])
                    do { _ = try CalendarExpression(parsing: text) } catch {
                        refused += 1
                        #expect(error.offset <= text.utf8.count)
                        #expect(error.column >= 1)
                    }
                }
                // What is cut off must not trap; whether it is taken does not matter here.
                _ = try? CalendarExpression(parsing: String(characters[..<index]))
            }
        }
        #expect(refused > 100)
    }

    @Test func `of the users' page is taken or refused as the page says`() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../..")
        let page = try String(contentsOf: root.appending(path: "docs/schedules.md"), encoding: .utf8)
        /// The texts in the first column of the table with this heading.
        func texts(under heading: String) throws -> [String] {
            let table = try #require(page.range(of: heading)).upperBound
            let rows = page[table...].split(separator: "\n", omittingEmptySubsequences: false).dropFirst(2)
            return rows.prefix { $0.hasPrefix("|") }.flatMap { row in
                let cell = row.dropFirst().prefix { $0 != "|" }
                return cell.split(separator: "`").map(String.init).filter {
                    $0.contains { $0.isNumber || $0.isLetter || $0 == "*" }
                }
            }
        }
        let taken = try texts(under: "| example | elapses |")
        #expect(taken.count >= 7)
        for text in taken { try CalendarExpression(parsing: text).checkFrequency() }
        let refused = try texts(under: "| text | why |")
        #expect(refused.count >= 8)
        for text in refused {
            #expect(throws: CalendarFault.self, "\(text)") { try CalendarExpression(parsing: text).checkFrequency() }
        }
    }
}
