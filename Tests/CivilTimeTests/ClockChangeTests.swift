import CivilTime
import Testing

/// Elapses across clock changes, worked out by hand from the zones' rules.
@Suite struct `At a clock change` {
    struct Case: Sendable, CustomTestStringConvertible {
        var text: String
        var zone: String
        var after: String
        var rule = ClockChangeRule()
        /// Instant, and the wall clock with its pass.
        var elapses: [(String, String)]

        init(
            _ text: String,
            _ zone: String,
            after: String,
            gap: ClockChangeRule.Gap = .next,
            fold: ClockChangeRule.Fold = .auto,
            _ elapses: [(String, String)]
        ) {
            self.text = text
            self.zone = zone
            self.after = after
            rule = ClockChangeRule(gap: gap, fold: fold)
            self.elapses = elapses
        }

        var testDescription: String { "\(text) \(zone) \(rule.gap) \(rule.fold) after \(after)" }
    }

    private static let newYork = "America/New_York"
    private static let london = "Europe/London"

    static let gaps: [Case] = [
        // New York skips 02:00 to 03:00 on 8 March 2026; 03:00 EDT is 07:00Z.
        Case(
            "02:30",
            newYork,
            after: "2026-03-07T08:00:00Z",
            [
                ("2026-03-08T07:00:00Z", "2026-03-08T03:00:00"), ("2026-03-09T06:30:00Z", "2026-03-09T02:30:00"),
            ]
        ),
        Case(
            "02:30",
            newYork,
            after: "2026-03-07T08:00:00Z",
            gap: .skip,
            [
                ("2026-03-09T06:30:00Z", "2026-03-09T02:30:00"), ("2026-03-10T06:30:00Z", "2026-03-10T02:30:00"),
            ]
        ),
        // Four missed times are one elapse, and no second one at the same instant for 03:00.
        Case(
            "02..03:0/15",
            newYork,
            after: "2026-03-08T06:00:00Z",
            [
                ("2026-03-08T07:00:00Z", "2026-03-08T03:00:00"), ("2026-03-08T07:15:00Z", "2026-03-08T03:15:00"),
            ]
        ),
        Case(
            "02:0/15",
            newYork,
            after: "2026-03-08T06:00:00Z",
            [
                ("2026-03-08T07:00:00Z", "2026-03-08T03:00:00"), ("2026-03-09T06:00:00Z", "2026-03-09T02:00:00"),
            ]
        ),
        Case(
            "hourly",
            newYork,
            after: "2026-03-08T05:30:00Z",
            [
                ("2026-03-08T06:00:00Z", "2026-03-08T01:00:00"), ("2026-03-08T07:00:00Z", "2026-03-08T03:00:00"),
                ("2026-03-08T08:00:00Z", "2026-03-08T04:00:00"),
            ]
        ),
        // London skips 01:00 to 02:00 on 29 March 2026.
        Case(
            "Sun *-03~07/1 01:30",
            london,
            after: "2026-03-01T00:00:00Z",
            [
                ("2026-03-29T01:00:00Z", "2026-03-29T02:00:00"), ("2027-03-28T01:00:00Z", "2027-03-28T02:00:00"),
            ]
        ),
        // Cairo skips midnight to 01:00 on 24 April 2026, Santiago on 6 September 2026.
        Case(
            "daily",
            "Africa/Cairo",
            after: "2026-04-23T00:00:00Z",
            [
                ("2026-04-23T22:00:00Z", "2026-04-24T01:00:00"), ("2026-04-24T21:00:00Z", "2026-04-25T00:00:00"),
            ]
        ),
        Case(
            "daily",
            "America/Santiago",
            after: "2026-09-05T12:00:00Z",
            [
                ("2026-09-06T04:00:00Z", "2026-09-06T01:00:00"), ("2026-09-07T03:00:00Z", "2026-09-07T00:00:00"),
            ]
        ),
        Case(
            "daily",
            "America/Santiago",
            after: "2026-09-05T12:00:00Z",
            gap: .skip,
            [
                ("2026-09-07T03:00:00Z", "2026-09-07T00:00:00")
            ]
        ),
        // Lord Howe skips 02:00 to 02:30 on 4 October 2026: half an hour.
        Case(
            "02:15",
            "Australia/Lord_Howe",
            after: "2026-10-03T00:00:00Z",
            [
                ("2026-10-03T15:30:00Z", "2026-10-04T02:30:00"), ("2026-10-04T15:15:00Z", "2026-10-05T02:15:00"),
            ]
        ),
        // Samoa skipped all of 30 December 2011.
        Case(
            "2011-12-30 12:00",
            "Pacific/Apia",
            after: "2011-12-29T00:00:00Z",
            [
                ("2011-12-30T10:00:00Z", "2011-12-31T00:00:00")
            ]
        ),
        // A weekday is that of the day the time belongs to, not of the moment it is made up for.
        Case(
            "Fri 00:30",
            "Africa/Cairo",
            after: "2026-04-20T00:00:00Z",
            [
                ("2026-04-23T22:00:00Z", "2026-04-24T01:00:00"), ("2026-04-30T21:30:00Z", "2026-05-01T00:30:00"),
            ]
        ),
    ]

    static let folds: [Case] = [
        // New York repeats 01:00 to 02:00 on 1 November 2026: 05:00Z to 06:00Z and 06:00Z to 07:00Z.
        Case(
            "01:30",
            newYork,
            after: "2026-10-31T12:00:00Z",
            [
                ("2026-11-01T05:30:00Z", "2026-11-01T01:30:00"), ("2026-11-02T06:30:00Z", "2026-11-02T01:30:00"),
            ]
        ),
        // Asked within the second pass, as after a restart: not again.
        Case("01:30", newYork, after: "2026-11-01T06:01:00Z", [("2026-11-02T06:30:00Z", "2026-11-02T01:30:00")]),
        Case(
            "01:30",
            newYork,
            after: "2026-10-31T12:00:00Z",
            fold: .both,
            [
                ("2026-11-01T05:30:00Z", "2026-11-01T01:30:00"), ("2026-11-01T06:30:00Z", "2026-11-01T01:30:00+1"),
                ("2026-11-02T06:30:00Z", "2026-11-02T01:30:00"),
            ]
        ),
        Case(
            "hourly",
            newYork,
            after: "2026-11-01T04:30:00Z",
            [
                ("2026-11-01T05:00:00Z", "2026-11-01T01:00:00"), ("2026-11-01T06:00:00Z", "2026-11-01T01:00:00+1"),
                ("2026-11-01T07:00:00Z", "2026-11-01T02:00:00"),
            ]
        ),
        Case(
            "hourly",
            newYork,
            after: "2026-11-01T04:30:00Z",
            fold: .first,
            [
                ("2026-11-01T05:00:00Z", "2026-11-01T01:00:00"), ("2026-11-01T07:00:00Z", "2026-11-01T02:00:00"),
            ]
        ),
        Case(
            "*:0/30",
            newYork,
            after: "2026-11-01T05:15:00Z",
            [
                ("2026-11-01T05:30:00Z", "2026-11-01T01:30:00"), ("2026-11-01T06:00:00Z", "2026-11-01T01:00:00+1"),
                ("2026-11-01T06:30:00Z", "2026-11-01T01:30:00+1"), ("2026-11-01T07:00:00Z", "2026-11-01T02:00:00"),
            ]
        ),
        // A range of hours is an every-hour rule; a list of hours names fixed times.
        Case(
            "00..05:00",
            newYork,
            after: "2026-11-01T04:30:00Z",
            [
                ("2026-11-01T05:00:00Z", "2026-11-01T01:00:00"), ("2026-11-01T06:00:00Z", "2026-11-01T01:00:00+1"),
            ]
        ),
        Case(
            "00,01,02:00",
            newYork,
            after: "2026-11-01T04:30:00Z",
            [
                ("2026-11-01T05:00:00Z", "2026-11-01T01:00:00"), ("2026-11-01T07:00:00Z", "2026-11-01T02:00:00"),
            ]
        ),
        Case(
            "01:0/30",
            newYork,
            after: "2026-11-01T04:30:00Z",
            [
                ("2026-11-01T05:00:00Z", "2026-11-01T01:00:00"), ("2026-11-01T05:30:00Z", "2026-11-01T01:30:00"),
                ("2026-11-02T06:00:00Z", "2026-11-02T01:00:00"),
            ]
        ),
        Case(
            "*-*-* *:30 Europe/London",
            london,
            after: "2026-10-25T00:00:00Z",
            [
                ("2026-10-25T00:30:00Z", "2026-10-25T01:30:00"), ("2026-10-25T01:30:00Z", "2026-10-25T01:30:00+1"),
                ("2026-10-25T02:30:00Z", "2026-10-25T02:30:00"),
            ]
        ),
        // Lord Howe repeats 01:30 to 02:00 on 5 April 2026: 14:30Z to 15:00Z and 15:00Z to 15:30Z.
        Case(
            "01:45",
            "Australia/Lord_Howe",
            after: "2026-04-04T00:00:00Z",
            [
                ("2026-04-04T14:45:00Z", "2026-04-05T01:45:00"), ("2026-04-05T15:15:00Z", "2026-04-06T01:45:00"),
            ]
        ),
        Case(
            "*:15/30",
            "Australia/Lord_Howe",
            after: "2026-04-04T14:20:00Z",
            [
                ("2026-04-04T14:45:00Z", "2026-04-05T01:45:00"), ("2026-04-04T15:15:00Z", "2026-04-05T01:45:00+1"),
                ("2026-04-04T15:45:00Z", "2026-04-05T02:15:00"),
            ]
        ),
        // Santiago repeats 23:00 to midnight on 4 April 2026; what follows is the day after, once.
        Case(
            "daily",
            "America/Santiago",
            after: "2026-04-04T12:00:00Z",
            [
                ("2026-04-05T04:00:00Z", "2026-04-05T00:00:00"), ("2026-04-06T04:00:00Z", "2026-04-06T00:00:00"),
            ]
        ),
        Case(
            "23:59",
            "America/Santiago",
            after: "2026-04-04T12:00:00Z",
            [
                ("2026-04-05T02:59:00Z", "2026-04-04T23:59:00"), ("2026-04-06T03:59:00Z", "2026-04-05T23:59:00"),
            ]
        ),
    ]

    @Test(arguments: gaps) func `a skipped time elapses once, at the first instant after`(example: Case) throws {
        try Self.check(example)
    }

    @Test(arguments: folds) func `a repeated time elapses as often as its kind says`(example: Case) throws {
        try Self.check(example)
    }

    @Test func `asking at any moment of a repeated hour neither doubles nor loses an elapse`() throws {
        let zone = try TimeZoneDatabase().rules(named: Self.newYork)
        let start = try #require(Timestamp(rfc3339: "2026-11-01T03:59:00Z"))
        for text in ["01:30", "*:0/15", "hourly", "00:00", "02:00", "1..2:10"] {
            let expression = try CalendarExpression(parsing: text)
            var all: [CalendarElapse] = []
            var cursor = start
            while let next = expression.nextElapse(after: cursor, zone: zone),
                next.instant < start + .seconds(6 * 3_600)
            {
                all.append(next)
                cursor = next.instant
            }
            #expect(!all.isEmpty)
            for minute in 0..<360 {
                let moment = start + .seconds(minute * 60)
                let next = expression.nextElapse(after: moment, zone: zone)
                if let expected = all.first(where: { $0.instant > moment }) {
                    #expect(next == expected, "\(text) at \(moment.rfc3339)")
                }
            }
        }
    }

    // MARK: - Implementation

    private static func check(_ example: Case) throws {
        let zone = try TimeZoneDatabase().rules(named: example.zone)
        let expression = try CalendarExpression(parsing: example.text)
        var instant = try #require(Timestamp(rfc3339: example.after))
        for (expected, local) in example.elapses {
            let elapse = try #require(expression.nextElapse(after: instant, zone: zone, rule: example.rule))
            #expect(elapse.instant.rfc3339 == expected)
            #expect(elapse.localTime == local)
            instant = elapse.instant
        }
    }
}
