import CivilTime
import Testing

@Suite struct `A timetable` {
    private static let database = TimeZoneDatabase()
    private static let zones: ZoneLookup = { name throws(TimeZoneFault) in try database.rules(named: name) }

    private func elapses(_ timetable: Timetable, after: String, count: Int) throws -> [String] {
        var instant = try #require(Timestamp(rfc3339: after))
        var found: [String] = []
        while found.count < count, let next = timetable.next(after: instant) {
            found.append(next.instant.rfc3339)
            instant = next.instant
        }
        return found
    }

    @Test func `of several calendars is their union, each elapse once`() throws {
        let timetable = try Timetable(
            calendars: ["Mon..Fri 02:30", "Fri 02:30", "Sat 10:00 America/New_York"],
            zone: .utc,
            zones: Self.zones
        )
        #expect(
            try elapses(timetable, after: "2026-07-02T03:00:00Z", count: 3)
                == ["2026-07-03T02:30:00Z", "2026-07-04T14:00:00Z", "2026-07-06T02:30:00Z"]
        )
    }

    @Test func `leaves out what except takes away`() throws {
        let exact = try Timetable(calendars: ["*:00"], except: ["02:00", "03..23:*"], zone: .utc, zones: Self.zones)
        #expect(
            try elapses(exact, after: "2026-07-01T23:30:00Z", count: 3)
                == ["2026-07-02T00:00:00Z", "2026-07-02T01:00:00Z", "2026-07-03T00:00:00Z"]
        )
        // Without a time, all of a day.
        let days = try Timetable(calendars: ["12/6:30"], except: ["*-12-25", "Sat,Sun"], zone: .utc, zones: Self.zones)
        #expect(
            try elapses(days, after: "2026-12-24T13:00:00Z", count: 3)
                == ["2026-12-24T18:30:00Z", "2026-12-28T12:30:00Z", "2026-12-28T18:30:00Z"]
        )
    }

    @Test func `compares except in the zone of the exception`() throws {
        let newYork = try Self.database.rules(named: "America/New_York")
        let timetable = try Timetable(calendars: ["22:00"], except: ["*-12-25 UTC"], zone: newYork, zones: Self.zones)
        // 22:00 on the 24th in New York is 03:00Z on the 25th.
        #expect(
            try elapses(timetable, after: "2026-12-24T04:00:00Z", count: 2)
                == ["2026-12-26T03:00:00Z", "2026-12-27T03:00:00Z"]
        )
    }

    @Test func `takes an elapse in a gap away by the time that was written`() throws {
        let newYork = try Self.database.rules(named: "America/New_York")
        let timetable = try Timetable(
            calendars: ["02:30"],
            except: ["2026-03-08 02:30"],
            zone: newYork,
            zones: Self.zones
        )
        #expect(try elapses(timetable, after: "2026-03-08T00:00:00Z", count: 1) == ["2026-03-09T06:30:00Z"])
    }

    @Test(arguments: [
        (["daily"], ["daily"], CalendarFault.Code.neverElapses), (["*:*"], ["*-*-*"], .neverElapses),
        (["Mon 10:00"], ["Mon"], .neverElapses), (["*:00", "*:00:30"], [], .tooOften),
        (["10:00:50", "10:01:20"], [], .tooOften),
        (["*:*:*"], [], .tooOften), (["10:00 Mars/Base"], [], .unknownZone),
        (["10:00"], ["Sat..Mon"], .wrappingWeekdays),
    ])
    func `that cannot be is refused`(calendars: [String], except: [String], code: CalendarFault.Code) throws {
        let fault = #expect(throws: CalendarFault.self) {
            try Timetable(calendars: calendars, except: except, zone: .utc, zones: Self.zones)
        }
        #expect(fault?.code == code)
    }

    @Test func `takes an exception of many years in its stride`() throws {
        let timetable = try Timetable(calendars: ["*:*"], except: ["1970..2025-*-*"], zone: .utc, zones: Self.zones)
        #expect(try elapses(timetable, after: "1970-01-01T00:00:00Z", count: 1) == ["2026-01-01T00:00:00Z"])
    }

    @Test func `of elapsed time is aligned and knows no clock change`() throws {
        let newYork = try Self.database.rules(named: "America/New_York")
        let timetable = try Timetable(every: .seconds(1_800), zone: newYork, zones: Self.zones)
        #expect(
            try elapses(timetable, after: "2026-11-01T05:10:00Z", count: 4)
                == ["2026-11-01T05:30:00Z", "2026-11-01T06:00:00Z", "2026-11-01T06:30:00Z", "2026-11-01T07:00:00Z"]
        )
        #expect(try elapses(timetable, after: "2026-11-01T05:30:00Z", count: 1) == ["2026-11-01T06:00:00Z"])
        let night = try Timetable(every: .seconds(3_600), except: ["*-11-01"], zone: newYork, zones: Self.zones)
        #expect(try elapses(night, after: "2026-11-01T03:30:00Z", count: 1) == ["2026-11-02T05:00:00Z"])
        let fault = #expect(throws: CalendarFault.self) {
            try Timetable(every: .seconds(59), zone: newYork, zones: Self.zones)
        }
        #expect(fault?.code == .tooOften)
    }

    @Test(arguments: [
        ("30 2 * * 1-5", "2026-07-03T12:00:00Z", ["2026-07-06T02:30:00Z", "2026-07-07T02:30:00Z"]),
        (
            "*/20 * * * *", "2026-07-03T12:01:00Z",
            ["2026-07-03T12:20:00Z", "2026-07-03T12:40:00Z", "2026-07-03T13:00:00Z"]
        ),
        // Either day field is enough where both say something: the 13th, and Fridays.
        (
            "0 0 13 * 5", "2026-07-09T12:00:00Z",
            ["2026-07-10T00:00:00Z", "2026-07-13T00:00:00Z", "2026-07-17T00:00:00Z"]
        ),
        // A star, also a stepped one, says nothing: then both hold.
        (
            "0 0 */2 * 5", "2026-07-02T12:00:00Z",
            ["2026-07-03T00:00:00Z", "2026-07-17T00:00:00Z", "2026-07-31T00:00:00Z"]
        ),
        ("0 12 * jan,JUL sun", "2026-07-09T12:00:00Z", ["2026-07-12T12:00:00Z", "2026-07-19T12:00:00Z"]),
        ("0 12 * * 7", "2026-07-09T12:00:00Z", ["2026-07-12T12:00:00Z"]),
        ("0 12 * * 0", "2026-07-09T12:00:00Z", ["2026-07-12T12:00:00Z"]),
        (
            "0 12 * * fri-sun", "2026-07-09T12:00:00Z",
            ["2026-07-10T12:00:00Z", "2026-07-11T12:00:00Z", "2026-07-12T12:00:00Z"]
        ),
        ("5-10/5 0 29 2 *", "2026-07-09T12:00:00Z", ["2028-02-29T00:05:00Z", "2028-02-29T00:10:00Z"]),
    ])
    func `of a cron line elapses as cron does`(line: String, after: String, expected: [String]) throws {
        let timetable = try Timetable(cron: line, zone: .utc, zones: Self.zones)
        #expect(try elapses(timetable, after: after, count: expected.count) == expected)
    }

    @Test func `of a cron line keeps our rules for clock changes`() throws {
        let newYork = try Self.database.rules(named: "America/New_York")
        let daily = try Timetable(cron: "30 2 * * *", zone: newYork, zones: Self.zones)
        #expect(try elapses(daily, after: "2026-03-08T00:00:00Z", count: 1) == ["2026-03-08T07:00:00Z"])
        let hourly = try Timetable(cron: "30 * * * *", zone: newYork, zones: Self.zones)
        #expect(
            try elapses(hourly, after: "2026-11-01T05:00:00Z", count: 3)
                == ["2026-11-01T05:30:00Z", "2026-11-01T06:30:00Z", "2026-11-01T07:30:00Z"]
        )
    }

    @Test(arguments: [
        ("", 0), ("* * * *", 7), ("* * * * * *", 10), ("60 * * * *", 0), ("* 24 * * *", 2), ("0 0 0 * *", 4),
        ("0 0 * 13 *", 6),
        ("0 0 * * 8", 8), ("@daily", 0), ("0 0 L * *", 4), ("0 0 ? * *", 4), ("0 0 * * 5#2", 9), ("0 0 30 2 *", 4),
        ("*/0 * * * *", 2),
        ("*/60 * * * *", 2), ("5-1 * * * *", 0), ("a b c d e", 0), ("0 0 * foo *", 6), ("1,,2 * * * *", 2),
        ("99999999 * * * *", 0),
    ])
    func `of a cron line that is none is refused with its place`(line: String, offset: Int) {
        let fault = #expect(throws: CalendarFault.self) { try CronExpression(parsing: line) }
        #expect(fault?.offset == offset, "\(String(describing: fault))")
    }

    @Test func `tells what clock changes do to it`() throws {
        let london = try Self.database.rules(named: "Europe/London")
        let from = try #require(Timestamp(rfc3339: "2026-01-01T00:00:00Z"))
        let to = try #require(Timestamp(rfc3339: "2026-12-31T00:00:00Z"))
        let daily = try Timetable(calendars: ["01:30"], zone: london, zones: Self.zones)
        let notes = daily.clockChangeNotes(after: from, through: to).map(\.description)
        #expect(
            notes == [
                "2026-03-29 Europe/London: the clock skips 01:00 to 02:00; what was due from 01:30 on elapses once, at 02:00",
                "2026-10-25 Europe/London: the clock repeats 01:00 to 02:00; 01:30 elapses in the first only",
            ]
        )
        #expect(daily.notes(at: from).map(\.code) == [.clockChange, .clockChange])
        let past = try Timetable(calendars: ["2003-03-05 09:00..17"], zone: london, zones: Self.zones)
        #expect(past.notes(at: from).map(\.code) == [.minuteRange, .noMoreElapses])
        let noon = try Timetable(calendars: ["12:00"], zone: london, zones: Self.zones)
        #expect(noon.clockChangeNotes(after: from, through: to).isEmpty)
    }
}
