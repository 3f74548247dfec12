/// What a clock on the wall reads: microseconds since 1970-01-01T00:00:00 of that wall, whatever its zone.
package struct WallTime: Hashable, Comparable, Sendable {
    package var microseconds: Int64

    package init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    /// `timeOfDay` in microseconds after midnight.
    package init(date: CivilDate, timeOfDay: Int64) {
        microseconds = Int64(date.daysSinceEpoch) * Self.day + timeOfDay
    }

    package var date: CivilDate { CivilDate(daysSinceEpoch: days) }

    /// Days after 1970-01-01.
    package var days: Int {
        Int(microseconds >= 0 ? microseconds / Self.day : (microseconds - Self.day + 1) / Self.day)
    }

    /// Microseconds after midnight.
    package var timeOfDay: Int64 { microseconds - Int64(days) * Self.day }

    package var hour: Int { Int(timeOfDay / 3_600_000_000) }

    package static func < (left: WallTime, right: WallTime) -> Bool {
        left.microseconds < right.microseconds
    }

    package static func + (left: WallTime, right: Duration) -> WallTime {
        WallTime(microseconds: left.microseconds + right.wholeMicroseconds)
    }

    package static func - (left: WallTime, right: Duration) -> WallTime {
        WallTime(microseconds: left.microseconds - right.wholeMicroseconds)
    }

    static let day: Int64 = 86_400_000_000
}

extension WallTime: CustomStringConvertible {
    /// `2026-10-25T01:30:00`, with microseconds only where there are any.
    package var description: String {
        let date = date
        let microsecond = timeOfDay
        let second = Int(microsecond / 1_000_000)
        let rest = Int(microsecond % 1_000_000)
        let fraction = rest == 0 ? "" : "." + padded(rest, 6)
        let day = "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))"
        return "\(day)T\(padded(second / 3_600, 2)):\(padded(second / 60 % 60, 2)):\(padded(second % 60, 2))\(fraction)"
    }
}

extension CivilDate {
    /// Monday is 0.
    package var weekday: Int { Self.weekday(daysSinceEpoch: daysSinceEpoch) }

    static func weekday(daysSinceEpoch days: Int) -> Int {
        // 1970-01-01 was a Thursday.
        let rest = (days + 3) % 7
        return rest < 0 ? rest + 7 : rest
    }

    static func isLeap(_ year: Int) -> Bool {
        year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    }

    static func daysInMonth(_ month: Int, of year: Int) -> Int {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

func padded(_ value: Int, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
}
