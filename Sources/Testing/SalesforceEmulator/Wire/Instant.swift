/// A moment, in milliseconds since 1970, UTC.
struct Instant: Sendable, Hashable, Comparable {
    var milliseconds: Int64

    static func < (left: Instant, right: Instant) -> Bool { left.milliseconds < right.milliseconds }

    func advanced(byMilliseconds more: Int64) -> Instant { Instant(milliseconds: milliseconds + more) }

    /// The day this moment falls on, counted from 1970-01-01.
    var day: Int { Int(floorDivide(milliseconds, 86_400_000)) }

    /// `2026-03-01T10:15:30.000+0000`, as REST's JSON writes it; with `Z` as XML and CSV do.
    func text(zone: String = "+0000") -> String {
        let rest = milliseconds - Int64(day) * 86_400_000
        return "\(CivilDay(day))T\(clockText(Int(rest)))\(zone)"
    }
}

/// A calendar day of the Gregorian calendar, carried through to the years before it was in use.
struct CivilDay: Sendable, Equatable, CustomStringConvertible {
    var year: Int
    var month: Int
    var day: Int

    init(year: Int, month: Int, day: Int) {
        self.year = year
        self.month = month
        self.day = day
    }

    init(_ days: Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// Days since 1970-01-01.
    var number: Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    var isReal: Bool { (1...12).contains(month) && day >= 1 && day <= 31 && CivilDay(number) == self }

    var description: String { "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))" }
}

func floorDivide(_ dividend: Int64, _ divisor: Int64) -> Int64 {
    let quotient = dividend / divisor
    return dividend % divisor < 0 ? quotient - 1 : quotient
}

func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return digits.utf8.count >= width ? digits : String(repeating: "0", count: width - digits.utf8.count) + digits
}

/// `10:15:30.000` of milliseconds after midnight.
func clockText(_ milliseconds: Int) -> String {
    let seconds = milliseconds / 1000
    return "\(padded(seconds / 3600, 2)):\(padded(seconds / 60 % 60, 2)):\(padded(seconds % 60, 2))"
        + ".\(padded(milliseconds % 1000, 3))"
}
