package import CivilTime
package import SyncModel

/// What must outlive the daemon for one sequence's schedule; written with whatever an action leads to.
package struct ScheduleMemory: Sendable, Equatable, Codable {
    package struct Pause: Sendable, Equatable, Codable {
        /// nil: until it is resumed.
        package var until: Timestamp?
        package var reason: String?

        package init(until: Timestamp?, reason: String?) {
            self.until = until
            self.reason = reason
        }
    }

    /// The schedule's words when this was written.
    package var words: String
    /// No elapse up to here is owed: each has started a run, is recorded as missed or skipped, or never counted.
    package var settled: Timestamp
    /// The last elapse that was acted on.
    package var last: Occurrence?
    package var pause: Pause?

    package init(words: String, settled: Timestamp, last: Occurrence? = nil, pause: Pause? = nil) {
        self.words = words
        self.settled = settled
        self.last = last
        self.pause = pause
    }
}

/// The timetable of one sequence: says what to do at a moment, and when to ask again.
///
/// It is asked at the time it named, and whenever the clock was set or the host woke up. It copes with any `now`.
package struct ScheduleMachine: Sendable {
    /// What is to be done now.
    ///
    /// After anything but `wait`, store `memory` with it and ask again.
    package enum Action: Sendable, Equatable {
        /// Nothing is due before `until`; nil: nothing ever.
        case wait(until: Timestamp?)
        /// A run starts.
        ///
        /// `madeUpFor` more elapses were missed before this one (counted up to 999).
        case start(Occurrence, RunTrigger, madeUpFor: Int)
        /// A run is recorded as missed, and announced; `count` elapses in all (counted up to 1,000).
        case missed(Occurrence, count: Int, reason: String)
        /// A run is recorded as skipped because the sequence is paused; `count` elapses in all.
        case skipped(Occurrence, count: Int, reason: String)
        /// The pause ended by itself.
        case pauseEnded
    }

    package private(set) var memory: ScheduleMemory
    package private(set) var schedule: Schedule

    /// The next elapse, not yet due when last asked.
    private var armed: Occurrence?
    /// Acted on in this life of the daemon, for the day on which the clock is put back.
    private var acted: [Occurrence] = []
    /// Whether nothing has been asked since the daemon began: what is past due was missed while it was off.
    private var isFresh = true

    /// Beyond this a start is late.
    private let slack: Duration
    private static let remembered = 256

    /// Begins with what was remembered.
    ///
    /// A sequence that is new, or whose schedule is another one, owes nothing from before `now`. A start is late `slack` after
    /// its time.
    package init(
        _ schedule: Schedule,
        memory remembered: ScheduleMemory?,
        now: Timestamp,
        slack: Duration = .seconds(60)
    ) {
        self.schedule = schedule
        self.slack = slack
        memory = remembered ?? ScheduleMemory(words: schedule.words, settled: now)
        if memory.words != schedule.words {
            memory.words = schedule.words
            memory.settled = now
        }
        if let last = memory.last { acted = [last] }
        arm()
    }

    /// When to ask next, if the clock is not set meanwhile; nil: never.
    package var nextDue: Timestamp? {
        let pauseEnd = memory.pause?.until
        let due = armed.map { schedule.due($0) }
        return [pauseEnd, due].compactMap(\.self).min()
    }

    /// When it starts its sequence next; nil: never, or nobody knows when its pause ends.
    package var nextStart: Timestamp? {
        let due = armed.map { schedule.due($0) }
        guard let pause = memory.pause else { return due }
        guard let until = pause.until else { return nil }
        // What falls into the pause is skipped, its end included.
        if let due, due > until { return due }
        return schedule.next(after: until - schedule.delay).map { schedule.due($0) }
    }

    package var isPaused: Bool { memory.pause != nil }

    /// What is to be done at a moment.
    package mutating func advance(to now: Timestamp) -> Action {
        if now < memory.settled {
            // The clock was put back. What was acted on stays so; the rest comes again in its time.
            memory.settled = now
            arm()
        }
        if let until = memory.pause?.until, until <= now, armed.map({ schedule.due($0) > until }) ?? true {
            memory.pause = nil
            return .pauseEnded
        }
        // What fell into a pause that is over by now is settled first.
        let bound = memory.pause?.until.map { min($0, now) } ?? now
        guard let armed, schedule.due(armed) <= bound else {
            isFresh = false
            return .wait(until: nextDue)
        }
        let found = latest(from: armed, dueAt: bound)
        settle(found.occurrence)
        if let pause = memory.pause {
            return .skipped(
                found.occurrence,
                count: found.count,
                reason: pause.reason.map { "paused: \($0)" } ?? "paused"
            )
        }
        return action(for: found.occurrence, count: found.count, at: now)
    }

    /// Stops the schedule until it is resumed, or until a time.
    package mutating func pause(until: Timestamp?, reason: String?) {
        memory.pause = ScheduleMemory.Pause(until: until, reason: reason)
    }

    /// Takes the schedule up again; nothing from before `now` is owed.
    ///
    /// - Returns: false when it was not paused.
    package mutating func resume(at now: Timestamp) -> Bool {
        guard memory.pause != nil else { return false }
        memory.pause = nil
        memory.settled = max(memory.settled, now)
        arm()
        return true
    }

    /// Goes on with the schedule that a reload brought, or the same one on newer zone data.
    ///
    /// Under other words nothing from before `now` is owed.
    package mutating func replace(_ schedule: Schedule, at now: Timestamp) {
        self.schedule = schedule
        if memory.words != schedule.words {
            memory.words = schedule.words
            memory.settled = max(memory.settled, now)
        }
        arm()
    }

    // MARK: - Implementation

    private func action(for occurrence: Occurrence, count: Int, at now: Timestamp) -> Action {
        let lateness = now - schedule.due(occurrence)
        guard isFresh || lateness > slack else { return .start(occurrence, .schedule, madeUpFor: count - 1) }
        switch schedule.catchUp {
        case .none: return .missed(occurrence, count: count, reason: "late, and catch_up is none")
        case .once:
            let deadline = deadline(for: occurrence)
            guard deadline.map({ lateness <= $0 }) ?? true else {
                let reason = "late by \(lateness.roughText), and catch_up_deadline is \(deadline?.roughText ?? "none")"
                return .missed(occurrence, count: count, reason: reason)
            }
            return .start(occurrence, .catchUp, madeUpFor: count - 1)
        }
    }

    /// The default is half the time between the missed elapse and the one after it; nil: there is none after it.
    private func deadline(for occurrence: Occurrence) -> Duration? {
        if let written = schedule.catchUpDeadline { return written }
        return schedule.next(after: occurrence.instant).map { ($0.instant - occurrence.instant) / 2 }
    }

    /// From the armed elapse to the last one that is due, those acted on before not counted.
    private func latest(from armed: Occurrence, dueAt now: Timestamp) -> (occurrence: Occurrence, count: Int) {
        var (latest, count, cursor) = (armed, 1, armed)
        for _ in 0..<1_000 {
            guard let following = schedule.next(after: cursor.instant), schedule.due(following) <= now else {
                return (latest, count)
            }
            cursor = following
            if !wasActedOn(following) { (latest, count) = (following, count + 1) }
        }
        if let last = schedule.last(after: cursor.instant, dueAt: now), !wasActedOn(last) { latest = last }
        return (latest, min(count, 1_000))
    }

    private func wasActedOn(_ occurrence: Occurrence) -> Bool {
        acted.contains { $0.localTime == occurrence.localTime || $0.instant == occurrence.instant }
    }

    private mutating func settle(_ occurrence: Occurrence) {
        memory.settled = occurrence.instant
        memory.last = occurrence
        acted.append(occurrence)
        if acted.count > Self.remembered { acted.removeFirst(acted.count - Self.remembered) }
        arm()
    }

    /// Finds the next elapse that was not acted on: by local time and fold, and by instant.
    private mutating func arm() {
        armed = schedule.next(after: memory.settled)
        while let next = armed, wasActedOn(next) { armed = schedule.next(after: next.instant) }
    }
}
