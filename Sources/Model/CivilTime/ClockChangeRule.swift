/// What becomes of elapses at clock changes.
package struct ClockChangeRule: Sendable, Hashable {
    /// A time that the clock skips.
    package enum Gap: String, Sendable, CaseIterable {
        /// It elapses once, at the first instant after the gap.
        case next
        /// It does not elapse.
        case skip
    }

    /// A time that the clock reads twice.
    package enum Fold: String, Sendable, CaseIterable {
        /// A fixed time elapses in the first pass, an every-hour or finer one in both.
        case auto
        case first
        case both
    }

    package var gap: Gap
    package var fold: Fold

    package init(gap: Gap = .next, fold: Fold = .auto) {
        self.gap = gap
        self.fold = fold
    }
}

/// One elapse: the instant, and what the zone's clock reads at it.
package struct CalendarElapse: Sendable, Hashable, Comparable {
    package var instant: Timestamp
    package var wallTime: WallTime
    /// Whether the clock reads this time for the second time.
    package var isSecondPass: Bool

    package init(instant: Timestamp, wallTime: WallTime, isSecondPass: Bool) {
        self.instant = instant
        self.wallTime = wallTime
        self.isSecondPass = isSecondPass
    }

    /// The elapse at an instant in a zone.
    package init(at instant: Timestamp, in zone: TimeZoneRules) {
        self.instant = instant
        wallTime = zone.wallTime(at: instant)
        isSecondPass = zone.isSecondPass(instant)
    }

    /// `2026-10-25T01:30:00`, with `+1` behind it in the second pass of a repeated hour.
    package var localTime: String { wallTime.description + (isSecondPass ? "+1" : "") }

    package static func < (left: CalendarElapse, right: CalendarElapse) -> Bool { left.instant < right.instant }
}
