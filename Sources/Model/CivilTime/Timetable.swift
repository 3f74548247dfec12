/// Finds a zone's rules by name; `TimeZoneDatabase.rules(named:)` is one.
package typealias ZoneLookup = @Sendable (String) throws(TimeZoneFault) -> TimeZoneRules

/// When something is due: a union of calendar events, a cron line or a span of elapsed time, less what `except` takes away.
package struct Timetable: Sendable {
    /// One calendar event or cron line in its zone.
    package struct Rule: Sendable {
        package var pattern: WallClockPattern
        package var zone: TimeZoneRules
    }

    /// Takes elapses away.
    ///
    /// One without a time (`*-12-25`) takes whole days.
    package struct Exception: Sendable {
        var pattern: WallClockPattern
        var zone: TimeZoneRules
        var takesDays: Bool
    }

    package enum Source: Sendable {
        case rules([Rule])
        /// Multiples of a span since 1970-01-01T00:00:00Z, whatever clocks do.
        case every(Duration)
    }

    package let source: Source
    package let exceptions: [Exception]
    package let clockChanges: ClockChangeRule
    /// The zone of what names none.
    package let zone: TimeZoneRules
    package private(set) var notes: [CalendarNote] = []

    /// A union of calendar events.
    ///
    /// - Throws: what is wrong with the first text that cannot be used; its `text` says which. An unknown zone, more than
    ///   one elapse a minute, and an `except` that leaves nothing are faults too.
    package init(
        calendars: [String],
        except: [String] = [],
        zone: TimeZoneRules,
        clockChanges: ClockChangeRule = ClockChangeRule(),
        zones: ZoneLookup
    ) throws(CalendarFault) {
        var rules: [Rule] = []
        for text in calendars {
            let expression = try CalendarExpression(parsing: text)
            try expression.checkFrequency()
            notes += expression.notes
            rules.append(Rule(pattern: expression.pattern, zone: try expression.zoneRules(else: zone, zones)))
        }
        source = .rules(rules)
        exceptions = try Self.exceptions(except, zone: zone, zones)
        self.zone = zone
        self.clockChanges = clockChanges
        try check(calendars.joined(separator: ", "))
    }

    /// A cron line.
    ///
    /// - Throws: as for calendar events.
    package init(
        cron: String,
        except: [String] = [],
        zone: TimeZoneRules,
        clockChanges: ClockChangeRule = ClockChangeRule(),
        zones: ZoneLookup
    ) throws(CalendarFault) {
        source = .rules([Rule(pattern: try CronExpression(parsing: cron).pattern, zone: zone)])
        exceptions = try Self.exceptions(except, zone: zone, zones)
        self.zone = zone
        self.clockChanges = clockChanges
        try check(cron)
    }

    /// Elapsed time: every multiple of the span.
    ///
    /// - Throws: when the span is shorter than a minute, or `except` is wrong.
    package init(
        every span: Duration,
        except: [String] = [],
        zone: TimeZoneRules,
        zones: ZoneLookup
    ) throws(CalendarFault) {
        guard span >= .seconds(60) else {
            let message = "it elapses more often than once a minute"
            throw CalendarFault(code: .tooOften, noun: "time span", text: span.spanText, message: message, offset: 0)
        }
        source = .every(span)
        exceptions = try Self.exceptions(except, zone: zone, zones)
        self.zone = zone
        clockChanges = ClockChangeRule()
        try check(span.spanText)
    }

    /// The first elapse after an instant; nil when there is none any more.
    package func next(after instant: Timestamp) -> CalendarElapse? {
        switch source {
        case .rules(let rules): rules.compactMap { next(of: $0, after: instant) }.min()
        case .every(let span): nextMultiple(of: span, after: instant)
        }
    }

    /// Of a wall-clock time that an exception takes away, the later one at which to go on; nil: it stands.
    package func skip(_ wall: WallTime, in zone: TimeZoneRules) -> WallTime? {
        for exception in exceptions {
            let isSame = exception.zone.name == zone.name
            let shown = isSame ? wall : exception.zone.wallTime(at: Self.instant(of: wall, in: zone))
            if exception.takesDays {
                guard exception.pattern.holdsDay(shown.date) else { continue }
                // Across zones the day's end may be hours off by a clock change; what is left is asked for again.
                let slack: Int64 = isSame ? 0 : 3 * 3_600_000_000
                let rest = WallTime.day - shown.timeOfDay - slack
                return WallTime(microseconds: wall.microseconds + max(rest, 1))
            }
            if exception.pattern.contains(shown) { return WallTime(microseconds: wall.microseconds + 1) }
        }
        return nil
    }

    // MARK: - Implementation

    private func next(of rule: Rule, after instant: Timestamp) -> CalendarElapse? {
        if exceptions.isEmpty { return rule.pattern.nextElapse(after: instant, in: rule.zone, rule: clockChanges) }
        return rule.pattern.nextElapse(after: instant, in: rule.zone, rule: clockChanges) { skip($0, in: rule.zone) }
    }

    private func nextMultiple(of span: Duration, after instant: Timestamp) -> CalendarElapse? {
        let step = span.wholeMicroseconds
        var count = instant.microseconds / step
        if count * step > instant.microseconds { count -= 1 }
        for _ in 0..<1_000_000 {
            let (next, overflows) = (count + 1).multipliedReportingOverflow(by: step)
            guard !overflows else { return nil }
            count += 1
            let found = Timestamp(microseconds: next)
            let wall = TimeZoneRules.utc.wallTime(at: found)
            guard let onward = skip(wall, in: .utc) else {
                return CalendarElapse(at: found, in: zone)
            }
            count = max(count, (onward.microseconds - 1) / step)
        }
        return nil
    }

    private static func instant(of wall: WallTime, in zone: TimeZoneRules) -> Timestamp {
        switch zone.reading(of: wall) {
        case .unique(let instant), .fold(let instant, _): instant
        case .gap(let gap): gap.instant
        }
    }

    private static func exceptions(
        _ texts: [String],
        zone: TimeZoneRules,
        _ zones: ZoneLookup
    ) throws(CalendarFault) -> [Exception] {
        var exceptions: [Exception] = []
        for text in texts {
            let expression = try CalendarExpression(parsing: text)
            let rules = try expression.zoneRules(else: zone, zones)
            exceptions.append(Exception(pattern: expression.pattern, zone: rules, takesDays: !expression.hasTime))
        }
        return exceptions
    }

    private func check(_ text: String) throws(CalendarFault) {
        let epoch = Timestamp(microseconds: -1)
        guard let first = next(after: epoch) else {
            let message = "it never elapses: `except` takes every elapse away"
            throw CalendarFault(code: .neverElapses, noun: "calendar", text: text, message: message, offset: 0)
        }
        guard case .rules(let rules) = source, rules.count > 1,
            rules.contains(where: { $0.pattern.seconds != rules[0].pattern.seconds })
        else { return }
        // Each rule keeps to one second of the minute, so only a union can come too close; it shows early or never.
        var last = first
        for _ in 0..<2_000 {
            guard let next = next(after: last.instant) else { return }
            guard next.instant - last.instant >= .seconds(60) else {
                let message =
                    "together they elapse more often than once a minute (\(last.localTime), \(next.localTime))"
                throw CalendarFault(code: .tooOften, noun: "calendar", text: text, message: message, offset: 0)
            }
            last = next
        }
    }
}

extension CalendarExpression {
    /// The rules of the zone behind the expression, else the caller's.
    ///
    /// - Throws: a fault that points at the zone's name, when there is no such zone.
    package func zoneRules(else other: TimeZoneRules, _ zones: ZoneLookup) throws(CalendarFault) -> TimeZoneRules {
        guard let zone else { return other }
        do {
            return try zones(zone)
        } catch {
            throw CalendarFault(
                code: .unknownZone,
                noun: CalendarParser.noun,
                text: text,
                message: "time zone \"\(zone)\": \(error.reason)",
                offset: zoneOffset ?? 0
            )
        }
    }
}
