package import CivilTime
package import SyncModel

/// One window of a file, made ready to be asked.
///
/// It is closed whenever the clock of its zone reads a time in [t, t + duration), t an elapse of its calendar, both on the
/// wall clock: in both passes of a repeated hour, and of a skipped hour for what remains. If all of it falls into a skipped
/// hour, it is closed for its duration from the first instant after.
package struct QuietWindow: Sendable {
    /// From when to when it is closed without a break.
    package struct Stretch: Sendable, Equatable {
        package var from: Timestamp
        package var until: Timestamp

        package init(from: Timestamp, until: Timestamp) {
            self.from = from
            self.until = until
        }
    }

    package let definition: QuietWindowDefinition
    /// Asked for at every turn, so it is kept beside.
    package let duration: Duration
    package let notes: [CalendarNote]

    package var name: String { definition.name }
    package var destination: String { definition.destination }
    /// nil: the whole org.
    package var objects: [String]? { definition.objects }
    package var lead: QuietWindowDefinition.Lead { definition.lead }
    package var running: WindowBehaviour { definition.running }
    package var grace: Duration { definition.grace }
    package var reason: String? { definition.reason }

    private let timetable: Timetable
    private let rules: [Timetable.Rule]

    /// Makes a window.
    ///
    /// `orgZone` is the destination's own, for `timezone: org`; nil: not known yet, and UTC stands in. `defaultZone` is that
    /// of the daemon's settings, and nil stands for UTC.
    ///
    /// - Throws: when a calendar, an `except`, the zone or the duration cannot be used.
    package init(
        _ definition: QuietWindowDefinition,
        orgZone: TimeZoneRules?,
        defaultZone: String?,
        zones: ZoneLookup
    ) throws(GateFault) {
        self.definition = definition
        duration = definition.duration
        do {
            let zone = try Self.zone(of: definition, orgZone: orgZone, defaultZone: defaultZone, zones)
            timetable = try Timetable(
                calendars: definition.calendars,
                except: definition.except,
                zone: zone,
                zones: zones
            )
        } catch {
            throw GateFault(window: definition.name, cause: error)
        }
        guard duration > .zero else {
            let text = duration.spanText
            let message = "a window lasts longer than that"
            let cause = CalendarFault(code: .outOfRange, noun: "duration", text: text, message: message, offset: 0)
            throw GateFault(window: definition.name, cause: cause)
        }
        switch timetable.source {
        case .rules(let rules): self.rules = rules
        case .every: rules = []
        }
        let guesses = definition.timezone == "org" && orgZone == nil
        let note = CalendarNote(code: .noZone, "the org's time zone is not known yet: UTC stands in")
        notes = timetable.notes + (guesses ? [note] : [])
    }

    /// When it ends, if it is closed at an instant; looks ahead over windows that follow without a break.
    package func closedUntil(at instant: Timestamp) -> Timestamp? {
        guard var end = end(at: instant) else { return nil }
        for _ in 0..<Self.patience {
            guard let later = self.end(at: end) else { break }
            end = later
        }
        return end
    }

    /// The same for who would begin now: closed from `lead` before it closes.
    package func closedUntil(at instant: Timestamp, lead: Duration) -> Timestamp? {
        var end: Timestamp?
        for _ in 0..<Self.patience {
            let from = end ?? instant
            if let later = closedUntil(at: from) {
                end = later
            } else if lead > .zero, let start = nextClosing(after: from, through: from + lead),
                let later = closedUntil(at: start)
            {
                end = later
            } else {
                break
            }
        }
        return end
    }

    /// When it closes next, at the latest at `limit`; of one that is closed, when it closes anew.
    package func nextClosing(after instant: Timestamp, through limit: Timestamp) -> Timestamp? {
        var best: Timestamp?
        for rule in rules {
            if let found = nextClosing(of: rule, after: instant, through: min(limit, best ?? limit)) { best = found }
        }
        return best
    }

    /// The stretch that holds an instant or comes after it, at the latest at `limit`; `from` is `instant` if it holds it.
    package func stretch(from instant: Timestamp, through limit: Timestamp) -> Stretch? {
        if let until = closedUntil(at: instant) { return Stretch(from: instant, until: until) }
        guard let from = nextClosing(after: instant, through: limit), let until = closedUntil(at: from) else {
            return nil
        }
        return Stretch(from: from, until: until)
    }

    // MARK: - Implementation

    /// Windows that follow without a break are joined up to so many; then `until` is a time to look again.
    private static let patience = 1_000

    private static func zone(
        of definition: QuietWindowDefinition,
        orgZone: TimeZoneRules?,
        defaultZone: String?,
        _ zones: ZoneLookup
    ) throws(CalendarFault) -> TimeZoneRules {
        if definition.timezone == "org" { return orgZone ?? .utc }
        let name = definition.timezone ?? defaultZone ?? "UTC"
        do {
            return try zones(name)
        } catch {
            throw CalendarFault(code: .unknownZone, noun: "time zone", text: name, message: error.reason, offset: 0)
        }
    }

    /// An instant up to which it is surely closed, if it is closed; the offset may change there.
    private func end(at instant: Timestamp) -> Timestamp? {
        rules.compactMap { end(of: $0, at: instant) }.max()
    }

    private func end(of rule: Timetable.Rule, at instant: Timestamp) -> Timestamp? {
        let now = rule.zone.wallTime(at: instant)
        var found: Timestamp?
        if let start = start(of: rule, from: now - duration, through: now) {
            let end = instant + (start + duration - now)
            found = rule.zone.transition(after: instant).map { min(end, $0.instant) } ?? end
        }
        if let gap = rule.zone.transition(before: instant), gap.isGap, instant < gap.instant + duration,
            fitsIntoGap(gap, rule)
        {
            found = max(found ?? instant, gap.instant + duration)
        }
        return found
    }

    /// The last elapse after `from` and not after `last`.
    private func start(of rule: Timetable.Rule, from: WallTime, through last: WallTime) -> WallTime? {
        var found = rule.pattern.previous(from: last)
        while let start = found, start > from {
            if timetable.skip(start, in: rule.zone) == nil { return start }
            found = rule.pattern.previous(from: WallTime(microseconds: start.microseconds - 1))
        }
        return nil
    }

    /// Whether all of a window falls into the hour that the clock skips.
    private func fitsIntoGap(_ gap: TimeZoneRules.Transition, _ rule: Timetable.Rule) -> Bool {
        let last = gap.wallAfter - duration
        guard last >= gap.wallBefore else { return false }
        let before = WallTime(microseconds: gap.wallBefore.microseconds - 1)
        return start(of: rule, from: before, through: last) != nil
    }

    private func nextClosing(of rule: Timetable.Rule, after instant: Timestamp, through limit: Timestamp) -> Timestamp?
    {
        var cursor = instant
        while cursor <= limit {
            let now = rule.zone.wallTime(at: cursor)
            let change = rule.zone.transition(after: cursor)
            let end =
                change.map { min($0.wallBefore, now + (limit - cursor) + .microseconds(1)) }
                ?? now + (limit - cursor) + .microseconds(1)
            if let start = firstStart(of: rule, after: now, before: end) { return cursor + (start - now) }
            guard let change, change.instant <= limit else { return nil }
            if self.end(of: rule, at: change.instant) != nil { return change.instant }
            cursor = change.instant
        }
        return nil
    }

    private func firstStart(of rule: Timetable.Rule, after wall: WallTime, before end: WallTime) -> WallTime? {
        var found = rule.pattern.next(after: wall)
        while let start = found, start < end {
            guard let onward = timetable.skip(start, in: rule.zone) else { return start }
            found = rule.pattern.next(from: onward)
        }
        return nil
    }
}

/// Why a window cannot be used.
package struct GateFault: Error, Sendable, CustomStringConvertible {
    package var window: String
    package var cause: CalendarFault

    package var description: String { "cannot use window \(window): \(cause)" }
}

/// Whether something about `objects` (nil: the whole org) is about one of `names`.
func isAbout(_ names: [String], _ objects: [String]?) -> Bool {
    guard let objects else { return true }
    return names.contains { name in objects.contains { $0 == name || $0.lowercased() == name.lowercased() } }
}
