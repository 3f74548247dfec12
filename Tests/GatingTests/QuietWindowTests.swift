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

    /// 15 days before and after each clock change of 2026, minute by minute.
    @Test(arguments: zones) func `agrees with a count of every minute`(zoneName: String) throws {
        let zone = try zoneDatabase.rules(named: zoneName)
        var centres: [Timestamp] = []
        var cursor = try time("2026-01-16T00:00:00Z")
        let end = try time("2026-12-16T00:00:00Z")
        while let change = zone.transition(after: cursor), change.instant < end {
            centres.append(change.instant)
            cursor = change.instant
        }
        if centres.isEmpty { centres = [try time("2026-03-29T00:00:00Z"), try time("2026-10-25T00:00:00Z")] }
        for centre in centres {
            let begin = centre - .seconds(15 * 86_400)
            let walls = (0..<(30 * 1_440)).map { minute in
                Int(zone.wallTime(at: begin + .seconds(minute * 60)).microseconds / 60_000_000)
            }
            for twin in Self.twins {
                let counted = Self.count(twin, walls, around: zone.transition(after: centre - .seconds(1)), begin)
                let window = try quiet([twin.calendar], "\(twin.minutes)min", zone: zoneName) {
                    $0.except = twin.except
                }
                let limit = begin + .seconds(30 * 86_400)
                func minutes(_ instant: Timestamp) -> Int { Int((instant - begin).wholeMicroseconds / 60_000_000) }
                var found: [Range<Int>] = []
                var moment = begin
                while moment < limit, let stretch = window.stretch(from: moment, through: limit) {
                    let from = minutes(stretch.from)
                    let until = min(walls.count, minutes(stretch.until))
                    if from < until { found.append(from..<until) }
                    moment = stretch.until
                }
                #expect(found == counted, "\(twin.calendar) in \(zoneName) around \(centre.rfc3339)")
            }
        }
    }

    // MARK: - Implementation

    /// The closed minutes as ranges, told minute by minute.
    private static func count(
        _ twin: Twin,
        _ walls: [Int],
        around change: TimeZoneRules.Transition?,
        _ begin: Timestamp
    ) -> [Range<Int>] {
        let first = (walls.min() ?? 0) - 1_440
        let last = (walls.max() ?? 0) + 1
        var isClosed = [Bool](repeating: false, count: last - first + twin.minutes + 1)
        func elapses(_ wall: Int) -> Bool {
            let time = WallTime(microseconds: Int64(wall) * 60_000_000)
            return twin.elapses(time.date.weekday, time.date, wall % 1_440)
        }
        for wall in first...last where elapses(wall) {
            for minute in wall..<wall + twin.minutes { isClosed[minute - first] = true }
        }
        var closed = walls.map { isClosed[$0 - first] }
        if let change, change.isGap {
            let from = Int(change.wallBefore.microseconds / 60_000_000)
            let until = Int(change.wallAfter.microseconds / 60_000_000)
            let fits = from <= until - twin.minutes && (from...(until - twin.minutes)).contains(where: elapses)
            let start = Int((change.instant - begin).wholeMicroseconds / 60_000_000)
            if fits { for minute in start..<min(start + twin.minutes, closed.count) { closed[minute] = true } }
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
