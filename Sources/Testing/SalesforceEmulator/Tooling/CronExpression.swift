/// A Quartz expression as Salesforce schedules by: seconds, minutes, hours, day of month, month, day of week, year.
struct CronExpression {
    private let seconds: [Int]
    private let minutes: [Int]
    private let hours: [Int]
    private let days: Set<Int>?
    private let lastDay: Bool
    private let months: Set<Int>
    /// Sunday is 1.
    private let weekdays: Set<Int>?
    private let years: Set<Int>?

    init?(_ text: String) {
        let parts = text.uppercased().split(separator: " ").map(String.init)
        guard parts.count == 6 || parts.count == 7 else { return nil }
        let monthNames = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
        let dayNames = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
        guard let seconds = Self.numbers(parts[0], 0...59), let minutes = Self.numbers(parts[1], 0...59),
            let hours = Self.numbers(parts[2], 0...23), let months = Self.numbers(parts[4], 1...12, names: monthNames)
        else { return nil }
        self.seconds = seconds.sorted()
        self.minutes = minutes.sorted()
        self.hours = hours.sorted()
        self.months = months
        lastDay = parts[3] == "L"
        if parts[3] == "?" || parts[3] == "*" || lastDay {
            days = nil
        } else {
            guard let numbers = Self.numbers(parts[3], 1...31) else { return nil }
            days = numbers
        }
        if parts[5] == "?" || parts[5] == "*" {
            weekdays = nil
        } else {
            guard let numbers = Self.numbers(parts[5], 1...7, names: dayNames) else { return nil }
            weekdays = numbers
        }
        years = parts.count == 7 && parts[6] != "*" ? Self.numbers(parts[6], 1970...2099) : nil
    }

    /// The next moment after this one, within five years.
    func next(after moment: Instant) -> Instant? {
        let start = moment.advanced(byMilliseconds: 1_000).milliseconds / 1_000
        let firstDay = Int(floorDivide(start, 86_400))
        for day in firstDay..<firstDay + 1_830 where fits(day) {
            let earliest = day == firstDay ? Int(start - Int64(day) * 86_400) : 0
            for hour in hours where hour * 3_600 + 3_599 >= earliest {
                for minute in minutes where hour * 3_600 + minute * 60 + 59 >= earliest {
                    for second in seconds where hour * 3_600 + minute * 60 + second >= earliest {
                        return Instant(
                            milliseconds: (Int64(day) * 86_400 + Int64(hour * 3_600 + minute * 60 + second)) * 1_000
                        )
                    }
                }
            }
        }
        return nil
    }

    private func fits(_ day: Int) -> Bool {
        let civil = CivilDay(day)
        if let years, !years.contains(civil.year) { return false }
        guard months.contains(civil.month) else { return false }
        if lastDay, CivilDay(day + 1).day != 1 { return false }
        if let days, !days.contains(civil.day) { return false }
        let weekday = ((day + 4) % 7 + 7) % 7 + 1
        return weekdays?.contains(weekday) ?? true
    }

    private static func numbers(_ text: String, _ range: ClosedRange<Int>, names: [String] = []) -> Set<Int>? {
        var numbers: Set<Int> = []
        for part in text.split(separator: ",") {
            let halves = part.split(separator: "/")
            let step = halves.count == 2 ? Int(halves[1]) ?? 0 : 1
            guard step > 0, let span = halves.first else { return nil }
            let ends = span.split(separator: "-").map { end in
                names.firstIndex(of: String(end)).map { $0 + range.lowerBound } ?? Int(end)
            }
            let low: Int
            let high: Int
            if span == "*" {
                (low, high) = (range.lowerBound, range.upperBound)
            } else if ends.count == 2, let first = ends[0], let last = ends[1] {
                (low, high) = (first, last)
            } else if ends.count == 1, let only = ends[0] {
                (low, high) = (only, halves.count == 2 ? range.upperBound : only)
            } else {
                return nil
            }
            guard range.contains(low), range.contains(high), low <= high else { return nil }
            for number in stride(from: low, through: high, by: step) { numbers.insert(number) }
        }
        return numbers.isEmpty ? nil : numbers
    }
}
