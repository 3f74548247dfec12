extension WallClockPattern {
    /// The first elapse after an instant, by a zone's clock.
    ///
    /// `skipping` answers, of a time that is taken away, with the later time at which to go on, and with nil of one that
    /// stands. It is asked for times as the expression names them: in a gap, for the time that the clock skips.
    ///
    /// - Returns: nil when it elapses no more, or when more than a million elapses in a row are taken away.
    package func nextElapse(
        after instant: Timestamp,
        in zone: TimeZoneRules,
        rule: ClockChangeRule = ClockChangeRule(),
        skipping: (WallTime) -> WallTime? = { _ in nil }
    ) -> CalendarElapse? {
        var search = Search(pattern: self, zone: zone, rule: rule)
        return search.run(after: instant, skipping: skipping)
    }

    // MARK: - Implementation

    private struct Search {
        let pattern: WallClockPattern
        let zone: TimeZoneRules
        let rule: ClockChangeRule
        var patience = 1_000_000

        mutating func run(after instant: Timestamp, skipping: (WallTime) -> WallTime?) -> CalendarElapse? {
            let now = zone.wallTime(at: instant)
            let change = zone.transition(after: instant)
            var wall = pattern.next(after: now)
            // The rest of the time for which the present offset holds; its beginning may be a second pass.
            let repeated = zone.transition(before: instant).flatMap { $0.isGap ? nil : $0.wallBefore }
            while let time = wall, change.map({ time < $0.wallBefore }) ?? true {
                let isSecond = repeated.map { time < $0 } ?? false
                if isSecond, let repeated, !mayRepeat {
                    wall = pattern.next(from: repeated)
                    continue
                }
                let onward = skipping(time)
                if !isSecond || repeats(time), onward == nil {
                    return CalendarElapse(instant: instant + (time - now), wallTime: time, isSecondPass: isSecond)
                }
                guard spend() else { return nil }
                wall = onward.map(pattern.next(from:)) ?? pattern.next(after: time)
            }
            if let change, !change.isGap, mayRepeat, let found = secondPass(of: change, skipping: skipping) {
                return found
            }
            return later(wall, skipping: skipping)
        }

        /// The elapses of a repeated hour that lies ahead.
        private mutating func secondPass(
            of change: TimeZoneRules.Transition,
            skipping: (WallTime) -> WallTime?
        ) -> CalendarElapse? {
            let end =
                zone.transition(after: change.instant).map { min($0.wallBefore, change.wallBefore) }
                ?? change.wallBefore
            var wall = pattern.next(from: change.wallAfter)
            while let time = wall, time < end {
                let onward = skipping(time)
                if repeats(time), onward == nil {
                    return CalendarElapse(
                        instant: change.instant + (time - change.wallAfter),
                        wallTime: time,
                        isSecondPass: true
                    )
                }
                guard spend() else { return nil }
                wall = onward.map(pattern.next(from:)) ?? pattern.next(after: time)
            }
            return nil
        }

        /// Beyond the next change: no clock has read these times yet.
        private mutating func later(_ start: WallTime?, skipping: (WallTime) -> WallTime?) -> CalendarElapse? {
            var wall = start
            while let time = wall {
                let reading = zone.reading(of: time)
                if case .gap(let gap) = reading, rule.gap == .skip {
                    wall = pattern.next(from: gap.wallAfter)
                    continue
                }
                if let onward = skipping(time) {
                    guard spend() else { return nil }
                    wall = pattern.next(from: onward)
                    continue
                }
                switch reading {
                case .unique(let instant), .fold(let instant, _):
                    return CalendarElapse(instant: instant, wallTime: time, isSecondPass: false)
                case .gap(let gap):
                    return CalendarElapse(instant: gap.instant, wallTime: gap.wallAfter, isSecondPass: false)
                }
            }
            return nil
        }

        private var mayRepeat: Bool {
            switch rule.fold {
            case .auto: pattern.everyHour != 0
            case .first: false
            case .both: true
            }
        }

        private func repeats(_ time: WallTime) -> Bool {
            switch rule.fold {
            case .auto: pattern.isEveryHour(time.hour)
            case .first: false
            case .both: true
            }
        }

        private mutating func spend() -> Bool {
            patience -= 1
            return patience > 0
        }
    }
}

extension WallTime {
    package static func - (left: WallTime, right: WallTime) -> Duration {
        .microseconds(left.microseconds - right.microseconds)
    }
}

extension CalendarExpression {
    /// The first elapse after an instant; the zone is the one named behind the expression or the caller's.
    package func nextElapse(
        after instant: Timestamp,
        zone: TimeZoneRules,
        rule: ClockChangeRule = ClockChangeRule()
    ) -> CalendarElapse? {
        pattern.nextElapse(after: instant, in: zone, rule: rule)
    }
}
