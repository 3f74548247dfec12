/// The rule for the years after a zone's table: a POSIX `TZ` text, with the hours beyond 24 that RFC 9636 allows.
///
/// `EST5EDT,M3.2.0,M11.1.0`, `<+03>-3`. Here offsets are seconds east of UTC.
struct TimeZoneFooter: Equatable {
    enum Day: Equatable {
        /// 1 to 365; 29 February is never counted.
        case julian(Int)
        /// 0 to 365; 29 February is counted.
        case ofYear(Int)
        /// Week 5 is the last; weekday 0 is Sunday.
        case month(Int, week: Int, weekday: Int)
    }

    struct Change: Equatable {
        var day: Day
        /// Seconds after midnight; may be negative or beyond a day.
        var time: Int
    }

    struct Saving: Equatable {
        var offset: Int
        var start: Change
        var end: Change
    }

    var standard: Int
    var saving: Saving?

    /// nil: not such a text.
    init?(_ text: String) {
        var reader = Reader(text)
        guard reader.name(), let standard = reader.offset() else { return nil }
        self.standard = -standard
        if reader.isAtEnd { return }
        guard reader.name() else { return nil }
        let hasOffset = !reader.isAt(",")
        guard let offset = hasOffset ? reader.offset() : standard - 3_600 else { return nil }
        guard reader.take(","), let start = reader.change(), reader.take(","), let end = reader.change(), reader.isAtEnd
        else { return nil }
        saving = Saving(offset: -offset, start: start, end: end)
    }

    /// The instants at which the offset changes, in order.
    func changes(from first: Int, through last: Int) -> [(at: Int64, offset: Int)] {
        guard let saving else { return [] }
        var changes: [(at: Int64, offset: Int, isStart: Bool)] = []
        for year in first...last {
            let start = Self.wall(saving.start, of: year) - Int64(standard)
            let end = Self.wall(saving.end, of: year) - Int64(saving.offset)
            changes.append((start, saving.offset, true))
            changes.append((end, standard, false))
        }
        // What ends stands before what begins at the same instant.
        return changes.sorted { ($0.at, $0.isStart ? 1 : 0) < ($1.at, $1.isStart ? 1 : 0) }.map { ($0.at, $0.offset) }
    }

    // MARK: - Implementation

    /// Seconds since 1970 of the wall clock.
    private static func wall(_ change: Change, of year: Int) -> Int64 {
        let newYear = CivilDate(year: year, month: 1, day: 1).daysSinceEpoch
        let day: Int
        switch change.day {
        case .julian(let number): day = newYear + number - 1 + (CivilDate.isLeap(year) && number >= 60 ? 1 : 0)
        case .ofYear(let number): day = newYear + number
        case .month(let month, let week, let weekday):
            let first = CivilDate(year: year, month: month, day: 1).daysSinceEpoch
            // Sunday is 0 there and 6 here.
            let ahead = (weekday + 6 - CivilDate.weekday(daysSinceEpoch: first) + 7) % 7
            let found = ahead + (week - 1) * 7
            day = first + (found >= CivilDate.daysInMonth(month, of: year) ? found - 7 : found)
        }
        return Int64(day) * 86_400 + Int64(change.time)
    }

    private struct Reader {
        var rest: ArraySlice<UInt8>

        init(_ text: String) {
            rest = ArraySlice(Array(text.utf8))
        }

        var isAtEnd: Bool { rest.isEmpty }

        func isAt(_ character: Unicode.Scalar) -> Bool { rest.first == UInt8(ascii: character) }

        mutating func take(_ character: Unicode.Scalar) -> Bool {
            guard isAt(character) else { return false }
            rest.removeFirst()
            return true
        }

        /// Letters, or anything between `<` and `>`.
        mutating func name() -> Bool {
            if take("<") {
                guard let end = rest.firstIndex(of: UInt8(ascii: ">")) else { return false }
                rest = rest[(end + 1)...]
                return true
            }
            let letters = rest.prefix { Weekday.isLetter($0) }
            rest = rest.dropFirst(letters.count)
            return letters.count >= 3
        }

        mutating func number(_ bounds: ClosedRange<Int>) -> Int? {
            let digits = rest.prefix { Weekday.isDigit($0) }
            guard !digits.isEmpty, digits.count <= 4 else { return nil }
            rest = rest.dropFirst(digits.count)
            let value = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
            return bounds.contains(value) ? value : nil
        }

        /// `[+-]hh[:mm[:ss]]` in seconds.
        mutating func offset() -> Int? {
            let sign = take("-") ? -1 : 1
            if sign == 1 { _ = take("+") }
            guard let hours = number(0...167) else { return nil }
            var value = hours * 3_600
            if take(":") {
                guard let minutes = number(0...59) else { return nil }
                value += minutes * 60
                if take(":") {
                    guard let seconds = number(0...59) else { return nil }
                    value += seconds
                }
            }
            return sign * value
        }

        mutating func change() -> Change? {
            guard let day = day() else { return nil }
            guard take("/") else { return Change(day: day, time: 7_200) }
            return offset().map { Change(day: day, time: $0) }
        }

        private mutating func day() -> Day? {
            if take("J") { return number(1...365).map { .julian($0) } }
            guard take("M") else { return number(0...365).map { .ofYear($0) } }
            guard let month = number(1...12), take("."), let week = number(1...5), take("."),
                let weekday = number(0...6)
            else { return nil }
            return .month(month, week: week, weekday: weekday)
        }
    }
}
