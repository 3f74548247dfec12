package import CivilTime
package import SyncModel

/// When one sequence is due: its definition's schedule, made ready to be asked.
package struct Schedule: Sendable {
    package let sequence: String
    /// The sequence's share of its `randomized_delay` on this host; the same after every restart.
    package let delay: Duration
    package let catchUp: SequenceDefinition.CatchUp
    package let catchUpDeadline: Duration?
    package let overlap: SequenceDefinition.Overlap
    /// What its author should know, clock changes not among it.
    package let notes: [CalendarNote]
    /// Tells schedules apart: under other words, nothing that the old ones owed is owed.
    package let words: String

    private let timetable: Timetable?

    /// Makes a sequence's schedule.
    ///
    /// `defaultZone` is that of the daemon's settings, and nil stands for UTC. `host` identifies the machine; with the
    /// sequence's name it decides the delay.
    ///
    /// - Throws: when the schedule cannot be used: a text, a zone, `except`.
    package init(
        _ definition: SequenceDefinition,
        defaultZone: String?,
        host: String,
        zones: ZoneLookup
    ) throws(ScheduleFault) {
        sequence = definition.name
        catchUp = definition.catchUp
        catchUpDeadline = definition.catchUpDeadline
        overlap = definition.overlap
        delay = StableDelay.share(of: definition.randomizedDelay, host: host, sequence: definition.name)
        words = Self.words(of: definition.schedule, defaultZone: defaultZone)
        do {
            timetable = try Self.timetable(of: definition.schedule, defaultZone: defaultZone, zones)
        } catch {
            throw ScheduleFault(sequence: definition.name, cause: error)
        }
        notes = (timetable?.notes ?? []) + Self.zoneNotes(definition.schedule, defaultZone: defaultZone)
    }

    /// Whether it never starts by itself.
    package var isManual: Bool { timetable == nil }

    /// The first elapse after an instant, the delay not added.
    package func next(after instant: Timestamp) -> Occurrence? {
        guard let timetable, let elapse = timetable.next(after: instant) else { return nil }
        switch timetable.source {
        case .rules: return Occurrence(instant: elapse.instant, localTime: elapse.localTime)
        // Elapsed time has no wall clock; its name is the instant.
        case .every: return Occurrence(instant: elapse.instant, localTime: elapse.instant.rfc3339)
        }
    }

    /// When an elapse starts its run.
    package func due(_ occurrence: Occurrence) -> Timestamp { occurrence.instant + delay }

    /// The last elapse after `start` that is due at `now`, however many there are.
    package func last(after start: Timestamp, dueAt now: Timestamp) -> Occurrence? {
        let bound = now - delay
        // Looks back from the end in ever longer strides.
        var stride = Duration.seconds(60)
        var latest: Occurrence?
        while latest == nil {
            let from = max(start, bound - stride)
            if let found = next(after: from), found.instant <= bound { latest = found }
            if from == start { break }
            stride *= 2
        }
        while let found = latest, let following = next(after: found.instant), following.instant <= bound {
            latest = following
        }
        return latest
    }

    /// What clock changes do to it within a time.
    package func clockChangeNotes(after start: Timestamp, through end: Timestamp) -> [CalendarNote] {
        timetable?.clockChangeNotes(after: start, through: end) ?? []
    }

    // MARK: - Implementation

    private static func timetable(
        of schedule: ScheduleDefinition,
        defaultZone: String?,
        _ zones: ZoneLookup
    ) throws(CalendarFault) -> Timetable? {
        let rule = ClockChangeRule(gap: ClockChangeRule.Gap(schedule.gap), fold: ClockChangeRule.Fold(schedule.fold))
        let name = schedule.timezone ?? defaultZone ?? "UTC"
        let zone: TimeZoneRules
        do {
            zone = try zones(name)
        } catch {
            throw CalendarFault(code: .unknownZone, noun: "time zone", text: name, message: error.reason, offset: 0)
        }
        switch schedule.kind {
        case .manual: return nil
        case .calendar(let texts):
            return try Timetable(
                calendars: texts,
                except: schedule.except,
                zone: zone,
                clockChanges: rule,
                zones: zones
            )
        case .cron(let line):
            return try Timetable(cron: line, except: schedule.except, zone: zone, clockChanges: rule, zones: zones)
        case .every(let span): return try Timetable(every: span, except: schedule.except, zone: zone, zones: zones)
        }
    }

    private static func zoneNotes(_ schedule: ScheduleDefinition, defaultZone: String?) -> [CalendarNote] {
        guard schedule.timezone == nil, defaultZone == nil else { return [] }
        let needsZone: Bool
        switch schedule.kind {
        case .manual, .every: needsZone = false
        case .cron: needsZone = true
        // A text that cannot be read has no notes; it is refused before this.
        case .calendar(let texts): needsZone = texts.contains { (try? CalendarExpression(parsing: $0))?.zone == nil }
        }
        return needsZone ? [CalendarNote(code: .noZone, "no time zone is given anywhere: UTC is meant")] : []
    }

    private static func words(of schedule: ScheduleDefinition, defaultZone: String?) -> String {
        let kind: String
        switch schedule.kind {
        case .manual: return "manual"
        case .calendar(let texts): kind = "calendar: \(texts.joined(separator: " | "))"
        case .every(let span): kind = "every: \(span.spanText)"
        case .cron(let line): kind = "cron: \(line)"
        }
        let zone = schedule.timezone ?? defaultZone ?? "UTC"
        let except = schedule.except.joined(separator: " | ")
        return
            "\(kind); zone: \(zone); except: \(except); gap: \(schedule.gap.rawValue); fold: \(schedule.fold.rawValue)"
    }
}

/// Why a sequence's schedule cannot be used.
package struct ScheduleFault: Error, Sendable, CustomStringConvertible {
    package var sequence: String
    package var cause: CalendarFault

    package var description: String { "cannot schedule \(sequence): \(cause)" }
}

extension ClockChangeRule.Gap {
    init(_ gap: ScheduleDefinition.Gap) {
        switch gap {
        case .next: self = .next
        case .skip: self = .skip
        }
    }
}

extension ClockChangeRule.Fold {
    init(_ fold: ScheduleDefinition.Fold) {
        switch fold {
        case .auto: self = .auto
        case .first: self = .first
        case .both: self = .both
        }
    }
}

/// Spreads sequences over their `randomized_delay`, each always to the same place.
enum StableDelay {
    /// Whole seconds from 0 up to, and without, the given delay.
    static func share(of delay: Duration, host: String, sequence: String) -> Duration {
        let seconds = UInt64(max(0, delay.wholeMicroseconds / 1_000_000))
        guard seconds > 0 else { return .zero }
        // FNV-1a, then the finish of MurmurHash3, for names that differ in their last letter only.
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in Array(host.utf8) + [0] + Array(sequence.utf8) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        hash = (hash ^ (hash >> 33)) &* 0xFF51_AFD7_ED55_8CCD
        hash = (hash ^ (hash >> 33)) &* 0xC4CE_B9FE_1A85_EC53
        hash ^= hash >> 33
        return .seconds(Int64(hash % seconds))
    }
}
