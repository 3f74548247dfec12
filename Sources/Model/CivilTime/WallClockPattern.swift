/// Which wall-clock times an expression names, taken apart so that the next one is found by components.
package struct WallClockPattern: Sendable, Hashable {
    enum Days: Sendable, Hashable {
        /// Bit 1 is the first of the month.
        case ofMonth(UInt32)
        /// 1 is the last day of the month, 2 the one before it.
        case fromEnd([CalendarItem])
    }

    /// How day of month and day of week go together.
    enum DayRule: Sendable, Hashable {
        case both
        /// cron's, where both fields say something.
        case either
    }

    /// nil: every year from 1970 to 2199.
    var years: [CalendarItem]?
    /// Bit 1 is January.
    var months: UInt16 = Self.allMonths
    var days: Days = .ofMonth(Self.allDays)
    /// Bit 0 is Monday.
    var weekdays: UInt8 = Self.allWeekdays
    var dayRule: DayRule = .both
    var hours: UInt32 = Self.allHours
    var minutes: UInt64 = Self.allMinutes
    /// Microseconds within the minute; nil: every second.
    var seconds: [CalendarItem]?
    /// Hours that the expression names by an every-hour rule (`*`, `0..5`, `9/1`) and not one by one.
    var everyHour: UInt32 = Self.allHours

    /// The seconds of what elapses once, at the beginning of a minute.
    static let onTheMinute = [CalendarItem(0)]
    static let allMonths: UInt16 = 0b1_1111_1111_1110
    static let allDays: UInt32 = 0xFFFF_FFFE
    static let allWeekdays: UInt8 = 0x7F
    static let allHours: UInt32 = 0xFF_FFFF
    static let allMinutes: UInt64 = 0xFFF_FFFF_FFFF_FFFF
    /// systemd's bounds.
    static let firstYear = 1970
    static let lastYear = 2199

    /// The earliest time of the pattern that is not before `time`.
    package func next(from time: WallTime) -> WallTime? {
        var date = time.date
        guard date.year >= Self.firstYear else {
            return next(from: WallTime(date: CivilDate(year: Self.firstYear, month: 1, day: 1), timeOfDay: 0))
        }
        if holdsDay(date), let found = nextTimeOfDay(from: time.timeOfDay) {
            return WallTime(date: date, timeOfDay: found)
        }
        date.day += 1
        guard let day = nextDay(from: date), let first = nextTimeOfDay(from: 0) else { return nil }
        return WallTime(date: day, timeOfDay: first)
    }

    /// The earliest time of the pattern after `time`.
    package func next(after time: WallTime) -> WallTime? {
        next(from: WallTime(microseconds: time.microseconds + 1))
    }

    /// The latest time of the pattern that is not after `time`.
    package func previous(from time: WallTime) -> WallTime? {
        var date = time.date
        guard date.year <= Self.lastYear else {
            let end = CivilDate(year: Self.lastYear, month: 12, day: 31)
            return previous(from: WallTime(date: end, timeOfDay: WallTime.day - 1))
        }
        if holdsDay(date), let found = previousTimeOfDay(from: time.timeOfDay) {
            return WallTime(date: date, timeOfDay: found)
        }
        date.day -= 1
        guard let day = previousDay(from: date), let last = previousTimeOfDay(from: WallTime.day - 1) else {
            return nil
        }
        return WallTime(date: day, timeOfDay: last)
    }

    package func contains(_ time: WallTime) -> Bool {
        previous(from: time) == time
    }

    /// Whether some time of this day belongs to it, as far as the date goes.
    package func holdsDay(_ date: CivilDate) -> Bool {
        guard (Self.firstYear...Self.lastYear).contains(date.year), holdsYear(date.year),
            months & (1 << UInt16(date.month)) != 0
        else { return false }
        return dayBits(month: date.month, year: date.year) & (1 << UInt32(date.day)) != 0
    }

    /// Whether `hour` is named by an every-hour rule.
    package func isEveryHour(_ hour: Int) -> Bool { everyHour & (1 << UInt32(hour)) != 0 }

    /// How many times it elapses within a minute that it names.
    var elapsesInMinute: Int {
        guard let seconds else { return 60 }
        var count = 0
        var second = seconds.next(from: 0, limit: Self.lastMicrosecond)
        while let found = second, count < 60 {
            count += 1
            second = seconds.next(from: found + 1, limit: Self.lastMicrosecond)
        }
        return count
    }

    // MARK: - Implementation

    private static let lastMicrosecond = 59_999_999

    private func holdsYear(_ year: Int) -> Bool {
        guard let years else { return true }
        return years.next(from: year, limit: Self.lastYear) == year
    }

    /// The days of a month that match, bit 1 for the first.
    private func dayBits(month: Int, year: Int) -> UInt32 {
        let length = CivilDate.daysInMonth(month, of: year)
        let present = (UInt32(2) << UInt32(length)) &- 2
        let byDate: UInt32 =
            switch days {
            case .ofMonth(let bits): bits & present
            case .fromEnd(let items): Self.bits(items, fromEndOf: length)
            }
        guard weekdays != Self.allWeekdays else { return dayRule == .both ? byDate : present }
        let first = CivilDate.weekday(daysSinceEpoch: CivilDate(year: year, month: month, day: 1).daysSinceEpoch)
        // Five weeks of the weekday bits, shifted so that bit 1 is the weekday of the first.
        let week = UInt64(weekdays)
        let weeks = week | week << 7 | week << 14 | week << 21 | week << 28 | week << 35
        let byWeekday = UInt32(truncatingIfNeeded: (weeks >> UInt64(first)) << 1) & present
        switch dayRule {
        case .both: return byDate & byWeekday
        case .either: return byDate | byWeekday
        }
    }

    /// A range or repetition runs forward from the day that it names to the end of the month.
    private static func bits(_ items: [CalendarItem], fromEndOf length: Int) -> UInt32 {
        var bits: UInt32 = 0
        for item in items {
            let far = length + 1 - (item.stop ?? item.start)
            let near = item.stop == nil ? (item.step == nil ? far : length) : length + 1 - item.start
            for day in stride(from: far, through: near, by: item.step ?? 1) where day >= 1 { bits |= 1 << UInt32(day) }
        }
        return bits
    }

    /// `date.day` may be one past its month.
    private func nextDay(from date: CivilDate) -> CivilDate? {
        var (year, month, day) = (date.year, date.month, date.day)
        while year <= Self.lastYear {
            if !holdsYear(year) {
                guard let years, let found = years.next(from: year, limit: Self.lastYear) else { return nil }
                (year, month, day) = (found, 1, 1)
            }
            while month <= 12 {
                if months & (1 << UInt16(month)) != 0 {
                    let rest = day > 31 ? 0 : (dayBits(month: month, year: year) >> UInt32(day)) << UInt32(day)
                    if rest != 0 { return CivilDate(year: year, month: month, day: rest.trailingZeroBitCount) }
                }
                month += 1
                day = 1
            }
            (year, month, day) = (year + 1, 1, 1)
        }
        return nil
    }

    /// `date.day` may be 0.
    private func previousDay(from date: CivilDate) -> CivilDate? {
        var (year, month, day) = (date.year, date.month, date.day)
        while year >= Self.firstYear {
            if !holdsYear(year) {
                guard let years, let found = years.previous(from: year) else { return nil }
                (year, month, day) = (found, 12, 31)
            }
            while month >= 1 {
                if months & (1 << UInt16(month)) != 0 {
                    let rest = dayBits(month: month, year: year) & (((UInt32(1) << UInt32(day)) << 1) &- 1)
                    if rest != 0 { return CivilDate(year: year, month: month, day: 31 - rest.leadingZeroBitCount) }
                }
                month -= 1
                day = 31
            }
            (year, month, day) = (year - 1, 12, 31)
        }
        return nil
    }

    private func nextTimeOfDay(from time: Int64) -> Int64? {
        let (hour, minute, second) = Self.parts(time)
        if hours & (1 << UInt32(hour)) != 0 {
            if minutes & (1 << UInt64(minute)) != 0, let found = nextSecond(from: second) {
                return Self.time(hour, minute, found)
            }
            if let later = Self.bit(of: minutes, from: minute + 1), let first = nextSecond(from: 0) {
                return Self.time(hour, later, first)
            }
        }
        guard let later = Self.bit(of: UInt64(hours), from: hour + 1), let minute = Self.bit(of: minutes, from: 0),
            let first = nextSecond(from: 0)
        else { return nil }
        return Self.time(later, minute, first)
    }

    private func previousTimeOfDay(from time: Int64) -> Int64? {
        let (hour, minute, second) = Self.parts(time)
        if hours & (1 << UInt32(hour)) != 0 {
            if minutes & (1 << UInt64(minute)) != 0, let found = previousSecond(from: second) {
                return Self.time(hour, minute, found)
            }
            if let earlier = Self.bit(of: minutes, before: minute),
                let last = previousSecond(from: Self.lastMicrosecond)
            {
                return Self.time(hour, earlier, last)
            }
        }
        guard let earlier = Self.bit(of: UInt64(hours), before: hour), let minute = Self.bit(of: minutes, before: 60),
            let last = previousSecond(from: Self.lastMicrosecond)
        else { return nil }
        return Self.time(earlier, minute, last)
    }

    private func nextSecond(from microsecond: Int) -> Int? {
        guard let seconds else {
            let found = (microsecond + 999_999) / 1_000_000 * 1_000_000
            return found <= Self.lastMicrosecond ? found : nil
        }
        return seconds.next(from: microsecond, limit: Self.lastMicrosecond)
    }

    private func previousSecond(from microsecond: Int) -> Int? {
        guard let seconds else { return microsecond / 1_000_000 * 1_000_000 }
        return seconds.previous(from: microsecond)
    }

    private static func parts(_ time: Int64) -> (hour: Int, minute: Int, microsecond: Int) {
        (Int(time / 3_600_000_000), Int(time / 60_000_000 % 60), Int(time % 60_000_000))
    }

    private static func time(_ hour: Int, _ minute: Int, _ microsecond: Int) -> Int64 {
        Int64(hour * 60 + minute) * 60_000_000 + Int64(microsecond)
    }

    private static func bit(of bits: UInt64, from position: Int) -> Int? {
        let rest = position > 63 ? 0 : (bits >> UInt64(position)) << UInt64(position)
        return rest == 0 ? nil : rest.trailingZeroBitCount
    }

    private static func bit(of bits: UInt64, before position: Int) -> Int? {
        let rest = bits & ((UInt64(1) << UInt64(position)) &- 1)
        return rest == 0 ? nil : 63 - rest.leadingZeroBitCount
    }
}
