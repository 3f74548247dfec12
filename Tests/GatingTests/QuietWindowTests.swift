import CivilTime
import Gating
import SyncModel
import Testing

let zoneDatabase = TimeZoneDatabase()
let installedZones: ZoneLookup = { name throws(TimeZoneFault) in try zoneDatabase.rules(named: name) }

func time(_ text: String) throws -> Timestamp { try #require(Timestamp(rfc3339: text)) }

func quiet(
    _ calendars: [String],
    _ duration: String,
    zone: String? = "UTC",
    objects: [String]? = ["Contact"],
    orgZone: TimeZoneRules? = nil,
    change: (inout QuietWindowDefinition) -> Void = { _ in }
) throws -> QuietWindow {
    var definition = QuietWindowDefinition(
        name: "scoring",
        destination: "production",
        objects: objects,
        calendars: calendars,
        duration: try Duration(span: duration)
    )
    definition.timezone = zone
    change(&definition)
    return try QuietWindow(definition, orgZone: orgZone, defaultZone: nil, zones: installedZones)
}

@Suite struct `A quiet window` {
    struct Example: Sendable, CustomTestStringConvertible {
        var calendar: String
        var duration: String
        var zone: String
        var from: String
        var through: String
        /// Closed from and until, in order.
        var stretches: [(String, String)]
        var testDescription: String { "\(calendar) for \(duration) in \(zone) from \(from)" }
    }

    static let examples = [
        Example(
            calendar: "02:00",
            duration: "45min",
            zone: "UTC",
            from: "2026-07-01T00:00:00Z",
            through: "2026-07-02T12:00:00Z",
            stretches: [
                ("2026-07-01T02:00:00Z", "2026-07-01T02:45:00Z"), ("2026-07-02T02:00:00Z", "2026-07-02T02:45:00Z"),
            ]
        ),
        // Friday's night goes on into Saturday; there is none into Friday.
        Example(
            calendar: "Fri 22:00",
            duration: "6h",
            zone: "UTC",
            from: "2026-07-02T12:00:00Z",
            through: "2026-07-06T00:00:00Z",
            stretches: [("2026-07-03T22:00:00Z", "2026-07-04T04:00:00Z")]
        ),
        // Begun on the last day of a month, and in a shorter month on its last day.
        Example(
            calendar: "*-*~1 22:00",
            duration: "6h",
            zone: "UTC",
            from: "2026-01-31T00:00:00Z",
            through: "2026-03-05T00:00:00Z",
            stretches: [
                ("2026-01-31T22:00:00Z", "2026-02-01T04:00:00Z"), ("2026-02-28T22:00:00Z", "2026-03-01T04:00:00Z"),
            ]
        ),
        // What follows without a break is one.
        Example(
            calendar: "22,23:00",
            duration: "1h",
            zone: "UTC",
            from: "2026-07-01T12:00:00Z",
            through: "2026-07-02T12:00:00Z",
            stretches: [("2026-07-01T22:00:00Z", "2026-07-02T00:00:00Z")]
        ),
        // London skips 01:00 to 02:00 on 29 March 2026: what remains of the window is before it …
        Example(
            calendar: "00:30",
            duration: "1h",
            zone: "Europe/London",
            from: "2026-03-28T12:00:00Z",
            through: "2026-03-29T12:00:00Z",
            stretches: [("2026-03-29T00:30:00Z", "2026-03-29T01:00:00Z")]
        ),
        // … or after it …
        Example(
            calendar: "01:30",
            duration: "1h",
            zone: "Europe/London",
            from: "2026-03-28T12:00:00Z",
            through: "2026-03-29T12:00:00Z",
            stretches: [("2026-03-29T01:00:00Z", "2026-03-29T01:30:00Z")]
        ),
        // … and if nothing remains, all of it comes after.
        Example(
            calendar: "01:10",
            duration: "45min",
            zone: "Europe/London",
            from: "2026-03-28T12:00:00Z",
            through: "2026-03-29T12:00:00Z",
            stretches: [("2026-03-29T01:00:00Z", "2026-03-29T01:45:00Z")]
        ),
        Example(
            calendar: "01:00",
            duration: "1h",
            zone: "Europe/London",
            from: "2026-03-28T12:00:00Z",
            through: "2026-03-29T12:00:00Z",
            stretches: [("2026-03-29T01:00:00Z", "2026-03-29T02:00:00Z")]
        ),
        // London repeats 01:00 to 02:00 on 25 October 2026: closed in both passes.
        Example(
            calendar: "01:15",
            duration: "30min",
            zone: "Europe/London",
            from: "2026-10-24T12:00:00Z",
            through: "2026-10-25T12:00:00Z",
            stretches: [
                ("2026-10-25T00:15:00Z", "2026-10-25T00:45:00Z"), ("2026-10-25T01:15:00Z", "2026-10-25T01:45:00Z"),
            ]
        ),
        Example(
            calendar: "01:30",
            duration: "1h",
            zone: "Europe/London",
            from: "2026-10-24T12:00:00Z",
            through: "2026-10-25T12:00:00Z",
            stretches: [
                ("2026-10-25T00:30:00Z", "2026-10-25T01:00:00Z"), ("2026-10-25T01:30:00Z", "2026-10-25T02:30:00Z"),
            ]
        ),
        Example(
            calendar: "00:30",
            duration: "1h",
            zone: "Europe/London",
            from: "2026-10-24T12:00:00Z",
            through: "2026-10-25T12:00:00Z",
            stretches: [
                ("2026-10-24T23:30:00Z", "2026-10-25T00:30:00Z"), ("2026-10-25T01:00:00Z", "2026-10-25T01:30:00Z"),
            ]
        ),
        // All night long, the night is an hour longer.
        Example(
            calendar: "22:00",
            duration: "8h",
            zone: "Europe/London",
            from: "2026-10-24T12:00:00Z",
            through: "2026-10-25T12:00:00Z",
            stretches: [("2026-10-24T21:00:00Z", "2026-10-25T06:00:00Z")]
        ),
    ]

    @Test(arguments: examples) func `is closed from its elapse for its duration, on the wall clock`(
        example: Example
    ) throws {
        let window = try quiet([example.calendar], example.duration, zone: example.zone)
        var moment = try time(example.from)
        let limit = try time(example.through)
        for (from, until) in example.stretches {
            let stretch = try #require(window.stretch(from: moment, through: limit))
            #expect(stretch.from.rfc3339 == from)
            #expect(stretch.until.rfc3339 == until)
            // Closed from its first microsecond on, open from its last.
            #expect(window.closedUntil(at: stretch.from) == stretch.until)
            #expect(window.closedUntil(at: stretch.until - .microseconds(1)) == stretch.until)
            #expect(window.closedUntil(at: stretch.until) == nil)
            moment = stretch.until
        }
        #expect(window.stretch(from: moment, through: limit) == nil)
    }

    @Test func `that never opens names a time to look again`() throws {
        for (calendar, duration) in [("00:00", "24h"), ("*:*", "1min"), ("*:0/10", "3h")] {
            let window = try quiet([calendar], duration)
            let now = try time("2026-07-01T12:00:30Z")
            let until = try #require(window.closedUntil(at: now))
            #expect(until > now + .seconds(3_600))
            #expect(window.closedUntil(at: until) != nil)
        }
    }

    @Test func `has exceptions, of whole days or of times`() throws {
        let window = try quiet(["22:00"], "4h") { $0.except = ["*-12-24", "2026-12-26 22:00"] }
        #expect(try window.closedUntil(at: time("2026-12-24T23:00:00Z")) == nil)
        // The night that began on the 23rd is the 23rd's.
        #expect(try window.closedUntil(at: time("2026-12-24T01:00:00Z")) == time("2026-12-24T02:00:00Z"))
        #expect(try window.closedUntil(at: time("2026-12-25T01:00:00Z")) == nil)
        #expect(try window.closedUntil(at: time("2026-12-25T23:00:00Z")) == time("2026-12-26T02:00:00Z"))
        #expect(try window.closedUntil(at: time("2026-12-26T23:00:00Z")) == nil)
        #expect(
            try window.nextClosing(after: time("2026-12-25T23:00:00Z"), through: time("2026-12-31T00:00:00Z"))
                == time("2026-12-27T22:00:00Z")
        )
    }

    @Test func `closes earlier for who would begin`() throws {
        let window = try quiet(["02:00"], "45min")
        let lead = Duration.seconds(600)
        #expect(try window.closedUntil(at: time("2026-07-01T01:49:59Z"), lead: lead) == nil)
        #expect(try window.closedUntil(at: time("2026-07-01T01:50:00Z"), lead: lead) == time("2026-07-01T02:45:00Z"))
        #expect(try window.closedUntil(at: time("2026-07-01T01:50:00Z"), lead: .zero) == nil)
        #expect(try window.closedUntil(at: time("2026-07-01T02:45:00Z"), lead: lead) == nil)
        // With a lead as long as the time between, it is closed on and on, until the lead fits again.
        let often = try quiet(["10..11:0/20"], "10min")
        #expect(try often.closedUntil(at: time("2026-07-01T10:05:00Z"), lead: lead) == time("2026-07-01T11:50:00Z"))
    }

    @Test func `may be in the org's own zone`() throws {
        let tokyo = try zoneDatabase.rules(named: "Asia/Tokyo")
        let org = try quiet(["02:00"], "45min", zone: "org", orgZone: tokyo)
        #expect(try org.closedUntil(at: time("2026-06-30T17:10:00Z")) == time("2026-06-30T17:45:00Z"))
        #expect(org.notes.isEmpty)
        let unknown = try quiet(["02:00"], "45min", zone: "org")
        #expect(try unknown.closedUntil(at: time("2026-07-01T02:10:00Z")) == time("2026-07-01T02:45:00Z"))
        #expect(unknown.notes.map(\.code) == [.noZone])
        // A zone in the expression holds over it.
        let own = try quiet(["02:00 Europe/London"], "45min", zone: "org", orgZone: tokyo)
        #expect(try own.closedUntil(at: time("2026-07-01T01:10:00Z")) == time("2026-07-01T01:45:00Z"))
    }

    @Test func `that cannot be is refused by name`() throws {
        let cases: [(calendars: [String], duration: String, zone: String?, part: String)] = [
            (["*-02-30 10:00"], "1h", nil, "never elapses"), (["*:*:0/30"], "1h", nil, "once a minute"),
            (["09:00..17:00"], "1h", nil, "not two times of day"), (["10:00"], "0", nil, "duration"),
            (["10:00"], "1h", "Mars/Base", "no such zone"), (["10:00 Mars/Base"], "1h", nil, "no such zone"),
        ]
        for example in cases {
            let fault = #expect(throws: GateFault.self) {
                try quiet(example.calendars, example.duration, zone: example.zone)
            }
            let text = fault?.description ?? ""
            #expect(text.hasPrefix("cannot use window scoring: "))
            #expect(text.contains(example.part), "\(text)")
        }
    }

    /// A window with the same rule said twice: as a calendar, and as a test of a wall-clock minute.
    struct Twin: Sendable, CustomTestStringConvertible {
        var calendar: String
        var except: [String] = []
        var minutes: Int
        /// Day of the week with Monday 0, day, minute of the day.
        var elapses: @Sendable (_ weekday: Int, _ date: CivilDate, _ minute: Int) -> Bool
        var testDescription: String { "\(calendar) for \(minutes)min" }
    }

    static let twins = [
        Twin(calendar: "01:30", minutes: 45) { _, _, minute in minute == 90 },
        Twin(calendar: "Fri,Sat 22:00", minutes: 420) { weekday, _, minute in
            (weekday == 4 || weekday == 5) && minute == 1_320
        },
        Twin(calendar: "*:0/20", minutes: 5) { _, _, minute in minute % 20 == 0 },
        Twin(calendar: "02:10", minutes: 20) { _, _, minute in minute == 130 },
        Twin(calendar: "00:05", minutes: 50) { _, _, minute in minute == 5 },
        Twin(calendar: "00:00", except: ["Sat,Sun"], minutes: 1_440) { weekday, _, minute in weekday < 5 && minute == 0
        },
        Twin(calendar: "1..3:15", minutes: 60) { _, _, minute in minute % 60 == 15 && (1...3).contains(minute / 60) },
        Twin(calendar: "*-*-5,25,28 23:40", minutes: 150) { _, date, minute in
            [5, 25, 28].contains(date.day) && minute == 1_420
        },
    ]

    static let zones = [
        "America/New_York", "Europe/London", "Australia/Lord_Howe", "Africa/Cairo", "America/Santiago", "Asia/Kolkata",
    ]

    /// Two whole years, every minute of them.
    @Test(arguments: zones) func `agrees with a count of every minute of two years`(zoneName: String) throws {
        let zone = try zoneDatabase.rules(named: zoneName)
        let minutes = MinuteCount(of: zone, from: try time("2026-01-01T00:00:00Z"), days: 730)
        for twin in Self.twins {
            let window = try quiet([twin.calendar], "\(twin.minutes)min", zone: zoneName) { $0.except = twin.except }
            var found: [Range<Int>] = []
            var moment = minutes.begin
            while moment < minutes.end, let stretch = window.stretch(from: moment, through: minutes.end) {
                let from = minutes.place(of: stretch.from)
                let until = min(minutes.count, minutes.place(of: stretch.until))
                if from < until { found.append(from..<until) }
                moment = stretch.until
            }
            let counted = minutes.closed(twin)
            let first = zip(found, counted).first { $0 != $1 }
            #expect(
                found == counted,
                "\(twin.calendar) in \(zoneName): \(first.map { "\(minutes.words($0.0)), counted \(minutes.words($0.1))" } ?? "one has more")"
            )
        }
    }
}

/// What a zone's clock reads at every minute of some days, and which of them a rule closes, told minute by minute.
private struct MinuteCount {
    let begin: Timestamp
    /// Minutes since 1970 on the wall clock.
    private let walls: [Int]
    private let first: Int
    /// Of every day from that of `first`: weekday and date.
    private let days: [(weekday: Int, date: CivilDate)]
    private let gaps: [TimeZoneRules.Transition]

    init(of zone: TimeZoneRules, from begin: Timestamp, days count: Int) {
        self.begin = begin
        var walls: [Int] = []
        walls.reserveCapacity(count * 1_440)
        for minute in 0..<count * 1_440 {
            // Clocks change at quarters of an hour.
            if minute % 15 == 0 {
                walls.append(Int(zone.wallTime(at: begin + .seconds(minute * 60)).microseconds / 60_000_000))
            } else {
                walls.append(walls[minute - 1] + 1)
            }
        }
        self.walls = walls
        // A day and a half before, for what began then.
        first = ((walls.first ?? 0) / 1_440 - 2) * 1_440
        let last = (walls.last ?? 0) / 1_440 + 1
        days = (first / 1_440...last).map { day in
            let date = WallTime(microseconds: Int64(day) * 86_400_000_000).date
            return (date.weekday, date)
        }
        var gaps: [TimeZoneRules.Transition] = []
        var cursor = begin - .seconds(2 * 86_400)
        while let change = zone.transition(after: cursor), change.instant < begin + .seconds(count * 86_400) {
            if change.isGap { gaps.append(change) }
            cursor = change.instant
        }
        self.gaps = gaps
    }

    var count: Int { walls.count }
    var end: Timestamp { begin + .seconds(count * 60) }
    func place(of instant: Timestamp) -> Int { Int((instant - begin).wholeMicroseconds / 60_000_000) }
    func words(_ range: Range<Int>) -> String {
        "\((begin + .seconds(range.lowerBound * 60)).rfc3339) to \((begin + .seconds(range.upperBound * 60)).rfc3339)"
    }

    /// The closed minutes as ranges.
    func closed(_ twin: `A quiet window`.Twin) -> [Range<Int>] {
        var isClosed = [Bool](repeating: false, count: days.count * 1_440 + twin.minutes)
        var elapses = [Bool](repeating: false, count: days.count * 1_440)
        for (number, day) in days.enumerated() {
            for minute in 0..<1_440 where twin.elapses(day.weekday, day.date, minute) {
                let wall = number * 1_440 + minute
                elapses[wall] = true
                for closed in wall..<wall + twin.minutes { isClosed[closed] = true }
            }
        }
        var closed = walls.map { isClosed[$0 - first] }
        for gap in gaps {
            // All of it falls into the skipped hour: its duration, from the first instant after.
            let from = Int(gap.wallBefore.microseconds / 60_000_000) - first
            let until = Int(gap.wallAfter.microseconds / 60_000_000) - first
            guard from <= until - twin.minutes, (from...until - twin.minutes).contains(where: { elapses[$0] }) else {
                continue
            }
            let start = place(of: gap.instant)
            for minute in start..<start + twin.minutes where closed.indices.contains(minute) { closed[minute] = true }
        }
        var ranges: [Range<Int>] = []
        var start: Int?
        for (minute, isClosed) in (closed + [false]).enumerated() {
            if isClosed, start == nil { start = minute }
            if !isClosed, let from = start {
                ranges.append(from..<minute)
                start = nil
            }
        }
        return ranges
    }
}
