/// A time zone: its offsets from UTC and the instants at which they change.
package struct TimeZoneRules: Sendable, Equatable {
    /// One change of the offset.
    ///
    /// Both are seconds east of UTC, and never equal.
    package struct Transition: Sendable, Equatable {
        package var instant: Timestamp
        package var before: Int
        package var after: Int

        package init(instant: Timestamp, before: Int, after: Int) {
            self.instant = instant
            self.before = before
            self.after = after
        }

        /// The clock is put forward: the wall times from `wallBefore` to `wallAfter` do not occur.
        package var isGap: Bool { after > before }
        /// What the clock would have read without the change.
        package var wallBefore: WallTime { WallTime(microseconds: instant.microseconds + Int64(before) * 1_000_000) }
        /// What the clock reads after it.
        package var wallAfter: WallTime { WallTime(microseconds: instant.microseconds + Int64(after) * 1_000_000) }
    }

    /// The instants at which a wall clock reads a time.
    package enum Reading: Sendable, Equatable {
        case unique(Timestamp)
        /// The clock skips that time.
        case gap(Transition)
        /// The clock reads that time twice.
        case fold(first: Timestamp, second: Timestamp)
    }

    package let name: String
    /// In order of time, up to the end of the year 2200.
    package let transitions: [Transition]
    /// Seconds east of UTC before the first transition.
    package let firstOffset: Int

    package static let utc = TimeZoneRules(name: "UTC", firstOffset: 0, transitions: [])

    /// A zone from its transitions, in whatever order; those that change nothing are left out.
    init(name: String, firstOffset: Int, transitions changes: [(at: Int64, offset: Int)]) {
        self.name = name
        self.firstOffset = firstOffset
        var kept: [Transition] = []
        for change in changes {
            let instant = Timestamp(seconds: change.at)
            // An all-year rule ends and begins anew at one instant.
            if kept.last?.instant == instant { kept.removeLast() }
            let before = kept.last?.after ?? firstOffset
            if before != change.offset {
                kept.append(Transition(instant: instant, before: before, after: change.offset))
            }
        }
        transitions = kept
    }

    /// Seconds east of UTC.
    package func offset(at instant: Timestamp) -> Int { offset(ofSegment: segment(at: instant)) }

    /// What the zone's clocks read at an instant.
    package func wallTime(at instant: Timestamp) -> WallTime {
        WallTime(microseconds: instant.microseconds + Int64(offset(at: instant)) * 1_000_000)
    }

    /// When the zone's clocks read a time.
    package func reading(of wall: WallTime) -> Reading {
        let guess = Timestamp(microseconds: wall.microseconds)
        // No offset is larger than 26 hours.
        var index = segment(at: guess - .seconds(26 * 3_600))
        let last = segment(at: guess + .seconds(26 * 3_600))
        var found: Timestamp?
        while index <= last {
            let candidate = guess - .seconds(offset(ofSegment: index))
            if segmentHolds(index, candidate) {
                if let first = found { return .fold(first: first, second: candidate) }
                found = candidate
            } else if found == nil, index < transitions.count {
                let transition = transitions[index]
                if transition.isGap, transition.wallBefore <= wall, wall < transition.wallAfter {
                    return .gap(transition)
                }
            }
            index += 1
        }
        return .unique(found ?? guess - .seconds(offset(ofSegment: last)))
    }

    /// The next change after an instant.
    package func transition(after instant: Timestamp) -> Transition? {
        let index = segment(at: instant)
        return index < transitions.count ? transitions[index] : nil
    }

    /// The change with which the offset at an instant began.
    package func transition(before instant: Timestamp) -> Transition? {
        let index = segment(at: instant)
        return index > 0 ? transitions[index - 1] : nil
    }

    /// Whether the clock has read this instant's time once before, in the first pass of a repeated hour.
    package func isSecondPass(_ instant: Timestamp) -> Bool {
        guard let change = transition(before: instant), !change.isGap else { return false }
        return wallTime(at: instant) < change.wallBefore
    }

    /// Whether a word can be the name of a zone; names of files elsewhere cannot.
    package static func isName(_ name: String) -> Bool {
        guard let first = name.utf8.first, Weekday.isLetter(first), name.utf8.count <= 64, name.utf8.last != 0x2F else {
            return false
        }
        return !name.contains("//")
            && name.utf8.allSatisfy { Weekday.isLetter($0) || Weekday.isDigit($0) || "_+-/".utf8.contains($0) }
    }

    // MARK: - Implementation

    /// The number of transitions that are not after the instant.
    private func segment(at instant: Timestamp) -> Int {
        var low = 0
        var high = transitions.count
        while low < high {
            let middle = (low + high) / 2
            if transitions[middle].instant <= instant { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private func offset(ofSegment index: Int) -> Int {
        index == 0 ? firstOffset : transitions[index - 1].after
    }

    private func segmentHolds(_ index: Int, _ instant: Timestamp) -> Bool {
        (index == 0 || transitions[index - 1].instant <= instant)
            && (index == transitions.count || instant < transitions[index].instant)
    }
}
