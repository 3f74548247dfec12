import CivilTime
import Scheduling
import SyncModel
import Testing

let zoneDatabase = TimeZoneDatabase()
let installedZones: ZoneLookup = { name throws(TimeZoneFault) in try zoneDatabase.rules(named: name) }

func sequence(
    _ schedule: ScheduleDefinition,
    change: (inout SequenceDefinition) -> Void = { _ in }
) -> SequenceDefinition {
    let step = StepDefinition(syncs: ["accounts"], after: [])
    var definition = SequenceDefinition(name: "crm", steps: [step], schedule: schedule)
    change(&definition)
    return definition
}

func schedule(
    _ definition: ScheduleDefinition,
    zone: String? = "UTC",
    change: (inout SequenceDefinition) -> Void = { _ in }
) throws -> Schedule {
    try Schedule(sequence(definition, change: change), defaultZone: zone, host: "host", zones: installedZones)
}

func time(_ text: String) throws -> Timestamp { try #require(Timestamp(rfc3339: text)) }

@Suite struct `A schedule` {
    @Test func `names an elapse by its local time and pass`() throws {
        let hourly = try schedule(ScheduleDefinition(kind: .calendar(["hourly"]), timezone: "Europe/London"))
        let first = try #require(try hourly.next(after: time("2026-10-25T00:30:00Z")))
        #expect(first == Occurrence(instant: try time("2026-10-25T01:00:00Z"), localTime: "2026-10-25T01:00:00+1"))
    }

    @Test func `takes the zone of the text, then its own, then the daemon's, then UTC with a notice`() throws {
        let after = try time("2026-07-01T00:00:00Z")
        func first(_ text: String, own: String?, daemon: String?) throws -> (String?, Int) {
            let made = try schedule(ScheduleDefinition(kind: .calendar([text]), timezone: own), zone: daemon)
            return (made.next(after: after)?.instant.rfc3339, made.notes.filter { $0.code == .noZone }.count)
        }
        #expect(
            try first("12:00 Asia/Tokyo", own: "Europe/London", daemon: "America/New_York") == (
                "2026-07-01T03:00:00Z", 0
            )
        )
        #expect(try first("12:00", own: "Europe/London", daemon: "America/New_York") == ("2026-07-01T11:00:00Z", 0))
        #expect(try first("12:00", own: nil, daemon: "America/New_York") == ("2026-07-01T16:00:00Z", 0))
        #expect(try first("12:00", own: nil, daemon: nil) == ("2026-07-01T12:00:00Z", 1))
        #expect(try first("12:00 Asia/Tokyo", own: nil, daemon: nil) == ("2026-07-01T03:00:00Z", 0))
    }

    @Test func `keeps the definition's rules for clock changes`() throws {
        let skipping = ScheduleDefinition(
            kind: .cron("30 2 * * *"),
            timezone: "America/New_York",
            gap: .skip,
            fold: .both
        )
        let made = try schedule(skipping)
        #expect(try made.next(after: time("2026-03-08T00:00:00Z"))?.instant == time("2026-03-09T06:30:00Z"))
        let twice = ScheduleDefinition(kind: .cron("30 1 * * *"), timezone: "America/New_York", fold: .both)
        #expect(try schedule(twice).next(after: time("2026-11-01T05:30:00Z"))?.localTime == "2026-11-01T01:30:00+1")
    }

    @Test func `of elapsed time is named by its instant`() throws {
        let made = try schedule(ScheduleDefinition(kind: .every(.seconds(900)), timezone: "Europe/London"))
        let next = try #require(try made.next(after: time("2026-10-25T00:50:00Z")))
        #expect(next.localTime == "2026-10-25T01:00:00Z")
        #expect(next.instant.rfc3339 == "2026-10-25T01:00:00Z")
    }

    @Test func `that is manual is never due`() throws {
        let made = try schedule(ScheduleDefinition(kind: .manual))
        #expect(made.isManual)
        #expect(try made.next(after: time("2026-10-25T00:50:00Z")) == nil)
    }

    @Test func `spreads sequences within the delay, always alike`() throws {
        var delays: [Duration] = []
        for name in 0..<200 {
            let definition = sequence(ScheduleDefinition(kind: .calendar(["daily"]))) {
                $0.name = "sequence-\(name)"
                $0.randomizedDelay = .seconds(300)
            }
            let made = try Schedule(definition, defaultZone: nil, host: "host", zones: installedZones)
            let again = try Schedule(definition, defaultZone: nil, host: "host", zones: installedZones)
            let elsewhere = try Schedule(definition, defaultZone: nil, host: "other", zones: installedZones)
            #expect(made.delay == again.delay)
            #expect(made.delay >= .zero && made.delay < .seconds(300))
            delays.append(made.delay)
            if name == 0 { #expect(made.delay != elsewhere.delay) }
            let occurrence = Occurrence(instant: Timestamp(seconds: 0), localTime: "")
            #expect(made.due(occurrence) == Timestamp(seconds: 0) + made.delay)
        }
        #expect(Set(delays).count > 100)
        let halves = delays.filter { $0 < .seconds(150) }.count
        #expect((60...140).contains(halves))
    }

    @Test func `that cannot be used names its sequence`() {
        let bad = sequence(ScheduleDefinition(kind: .calendar(["09:00..17:00"])))
        let fault = #expect(throws: ScheduleFault.self) {
            try Schedule(bad, defaultZone: nil, host: "host", zones: installedZones)
        }
        #expect(fault?.description.hasPrefix("cannot schedule crm: cannot use calendar \"09:00..17:00\"") == true)
        let nowhere = sequence(ScheduleDefinition(kind: .every(.seconds(60)), timezone: "Mars/Base"))
        #expect(throws: ScheduleFault.self) {
            try Schedule(nowhere, defaultZone: nil, host: "host", zones: installedZones)
        }
    }

    @Test func `finds the last elapse of a long time without walking through it`() throws {
        let minutely = try schedule(ScheduleDefinition(kind: .calendar(["minutely"])))
        let last = minutely.last(after: try time("1990-01-01T00:00:00Z"), dueAt: try time("2026-07-01T12:34:56Z"))
        #expect(last?.localTime == "2026-07-01T12:34:00")
        let yearly = try schedule(ScheduleDefinition(kind: .calendar(["yearly"])))
        #expect(
            yearly.last(after: try time("1990-01-01T00:00:00Z"), dueAt: try time("2026-07-01T12:34:56Z"))?.localTime
                == "2026-01-01T00:00:00"
        )
        #expect(yearly.last(after: try time("2026-02-01T00:00:00Z"), dueAt: try time("2026-07-01T12:34:56Z")) == nil)
    }
}
