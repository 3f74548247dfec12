/// A proleptic Gregorian day.
package struct CivilDate: Hashable, Comparable, Sendable {
    package var year: Int
    package var month: Int
    package var day: Int

    package init(year: Int, month: Int, day: Int) {
        self.year = year
        self.month = month
        self.day = day
    }

    /// The day that lies `days` after 1970-01-01.
    package init(daysSinceEpoch days: Int) {
        // Eras of 400 years that begin on 1 March make the leap day the last of its year.
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// Days after 1970-01-01.
    package var daysSinceEpoch: Int {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    package static func < (left: CivilDate, right: CivilDate) -> Bool {
        (left.year, left.month, left.day) < (right.year, right.month, right.day)
    }
}

extension Timestamp {
    /// `2026-03-01T10:15:30Z`, with milliseconds only where there are any.
    package var rfc3339: String {
        let date = CivilDate(daysSinceEpoch: Int((seconds - Self.modulo(seconds, 86_400)) / 86_400))
        let second = Int(Self.modulo(seconds, 86_400))
        let milliseconds = Int(Self.modulo(microseconds, 1_000_000) / 1_000)
        let fraction = milliseconds == 0 ? "" : "." + Self.padded(milliseconds, 3)
        let day = "\(Self.padded(date.year, 4))-\(Self.padded(date.month, 2))-\(Self.padded(date.day, 2))"
        let time =
            "\(Self.padded(second / 3_600, 2)):\(Self.padded(second / 60 % 60, 2)):\(Self.padded(second % 60, 2))"
        return "\(day)T\(time)\(fraction)Z"
    }

    /// Reads RFC 3339: a date, `T` or a blank, a time with or without a fraction, and `Z` or an offset.
    ///
    /// Returns nil for anything else, impossible days and times among it.
    package init?(rfc3339 text: some StringProtocol) {
        var bytes = Substring(text).utf8[...]
        func number(_ digits: Int) -> Int? {
            guard bytes.count >= digits else { return nil }
            var value = 0
            for _ in 0..<digits {
                guard let byte = bytes.popFirst(), (0x30...0x39).contains(byte) else { return nil }
                value = value * 10 + Int(byte - 0x30)
            }
            return value
        }
        func next(_ allowed: String) -> Bool {
            guard let byte = bytes.popFirst() else { return false }
            return allowed.utf8.contains(byte)
        }
        guard let year = number(4), next("-"), let month = number(2), next("-"), let day = number(2), next("Tt "),
            let hour = number(2), next(":"), let minute = number(2), next(":"), let second = number(2),
            (1...12).contains(month), day >= 1, hour < 24, minute < 60, second < 60
        else { return nil }
        let date = CivilDate(year: year, month: month, day: day)
        guard CivilDate(daysSinceEpoch: date.daysSinceEpoch) == date else { return nil }
        var fraction: Int64 = 0
        if bytes.first == UInt8(ascii: ".") {
            bytes.removeFirst()
            var unit: Int64 = 100_000
            guard let first = bytes.first, (0x30...0x39).contains(first) else { return nil }
            while let byte = bytes.first, (0x30...0x39).contains(byte) {
                fraction += Int64(byte - 0x30) * unit
                unit /= 10
                bytes.removeFirst()
            }
        }
        var offset = 0
        if let sign = bytes.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") {
            bytes.removeFirst()
            guard let hours = number(2), next(":"), let minutes = number(2), hours < 24, minutes < 60 else {
                return nil
            }
            offset = (hours * 3_600 + minutes * 60) * (sign == UInt8(ascii: "-") ? -1 : 1)
        } else {
            guard next("Zz") else { return nil }
        }
        guard bytes.isEmpty else { return nil }
        let total = Int64(date.daysSinceEpoch) * 86_400 + Int64(hour * 3_600 + minute * 60 + second - offset)
        self.init(microseconds: total * 1_000_000 + fraction)
    }

    // MARK: - Implementation

    private static func modulo(_ value: Int64, _ divisor: Int64) -> Int64 {
        let rest = value % divisor
        return rest < 0 ? rest + divisor : rest
    }

    private static func padded(_ value: Int, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
