/// One item of a component of a calendar event: `5`, `1..5`, `0/15`, `1..23/2`.
///
/// Seconds are in microseconds.
struct CalendarItem: Hashable, Sendable {
    var start: Int
    /// The last value of a range; nil: no range.
    var stop: Int?
    /// The distance between values, of which a range always has one; nil: `start` alone.
    var step: Int?

    init(_ start: Int, through stop: Int? = nil, by step: Int? = nil) {
        self.start = start
        self.stop = stop
        self.step = step
    }

    /// The smallest value that is at least `value` and at most `limit`.
    func next(from value: Int, limit: Int) -> Int? {
        let last = min(stop ?? limit, limit)
        if start >= value { return start <= limit ? start : nil }
        guard let step else { return nil }
        let steps = (value - start + step - 1) / step
        let found = start + steps * step
        return found <= last ? found : nil
    }

    /// The greatest value that is at most `value`.
    func previous(from value: Int) -> Int? {
        guard value >= start else { return nil }
        guard let step else { return start }
        let last = min(stop ?? value, value)
        return start + (last - start) / step * step
    }

    /// The values up to `limit` as bits.
    func bits(limit: Int) -> UInt64 {
        var bits: UInt64 = 0
        var value: Int? = start
        while let present = value, present <= limit {
            bits |= 1 << UInt64(present)
            value = step.flatMap { present + $0 <= (stop ?? limit) ? present + $0 : nil }
        }
        return bits
    }
}

extension [CalendarItem] {
    func next(from value: Int, limit: Int) -> Int? {
        var best: Int?
        for item in self {
            if let found = item.next(from: value, limit: limit), found < best ?? .max { best = found }
        }
        return best
    }

    func previous(from value: Int) -> Int? {
        var best: Int?
        for item in self {
            if let found = item.previous(from: value), found > best ?? .min { best = found }
        }
        return best
    }

    func bits(limit: Int) -> UInt64 {
        reduce(0) { $0 | $1.bits(limit: limit) }
    }
}
