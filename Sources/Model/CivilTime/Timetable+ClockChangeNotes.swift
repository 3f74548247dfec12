extension Timetable {
    /// All that its author should know at a moment: its texts, whether it still elapses, clock changes of the next year.
    package func notes(at now: Timestamp) -> [CalendarNote] {
        var all = notes
        if next(after: now) == nil {
            all.append(CalendarNote(code: .noMoreElapses, "every time that it names has passed: it elapses no more"))
        }
        return all + clockChangeNotes(after: now, through: now + .seconds(366 * 86_400))
    }

    /// What clock changes do to elapses within a time, one note a change and rule, at most 20.
    package func clockChangeNotes(after start: Timestamp, through end: Timestamp) -> [CalendarNote] {
        guard case .rules(let rules) = source else { return [] }
        var notes: [CalendarNote] = []
        for rule in rules {
            var instant = start
            while notes.count < 20, let change = rule.zone.transition(after: instant), change.instant <= end {
                instant = change.instant
                if let text = note(on: change, of: rule) { notes.append(CalendarNote(code: .clockChange, text)) }
            }
        }
        return notes
    }

    // MARK: - Implementation

    private func note(on change: TimeZoneRules.Transition, of rule: Rule) -> String? {
        let (from, to) = change.isGap ? (change.wallBefore, change.wallAfter) : (change.wallAfter, change.wallBefore)
        var found = rule.pattern.next(from: from)
        while let time = found, time < to, let onward = skip(time, in: rule.zone) {
            found = rule.pattern.next(from: onward)
        }
        guard let first = found, first < to else { return nil }
        let day = "\(from)".prefix { $0 != "T" }
        func clock(_ time: WallTime) -> Substring { "\(time)".drop { $0 != "T" }.dropFirst().prefix(5) }
        let span =
            "\(day) \(rule.zone.name): the clock \(change.isGap ? "skips" : "repeats") \(clock(from)) to \(clock(to))"
        if change.isGap {
            switch clockChanges.gap {
            case .next:
                return "\(span); what was due from \(clock(first)) on elapses once, at \(clock(change.wallAfter))"
            case .skip: return "\(span); what was due from \(clock(first)) on is left out"
            }
        }
        let repeats: Bool
        switch clockChanges.fold {
        case .auto: repeats = rule.pattern.isEveryHour(first.hour)
        case .first: repeats = false
        case .both: repeats = true
        }
        return repeats ? "\(span); it elapses in both" : "\(span); \(clock(first)) elapses in the first only"
    }
}
