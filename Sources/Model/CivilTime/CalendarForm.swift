/// A calendar event's components as they were written, in normal form.
struct CalendarForm {
    enum Component: Int, CaseIterable {
        case year, month, day, hour, minute, second
    }

    var weekdays = WallClockPattern.allWeekdays
    var fromEnd = false
    /// Set by `@seconds`, which is UTC whatever zone follows.
    var isUTC = false
    /// nil is `*`.
    private var items: [[CalendarItem]?] = Array(repeating: nil, count: Component.allCases.count)
    private var offsets: [Int] = Array(repeating: 0, count: Component.allCases.count)

    /// 2199-12-31T23:59:59Z.
    static let lastInstant: Int64 = 7_258_118_399

    var hour: [CalendarItem]? { self[.hour] }

    subscript(_ component: Component) -> [CalendarItem]? { items[component.rawValue] }

    mutating func place(_ component: Component, _ chain: [CalendarItem]?, at offset: Int) {
        offsets[component.rawValue] = offset
        items[component.rawValue] = chain.map(Self.normal)
        // Every day is every day from either end.
        if component == .day, chain == nil { fromEnd = false }
    }

    mutating func place(_ time: WallTime) {
        let date = time.date
        let second = Int(time.timeOfDay / 1_000_000)
        isUTC = true
        let values = [date.year, date.month, date.day, second / 3_600, second / 60 % 60, second % 60 * 1_000_000]
        items = values.map { [CalendarItem($0)] }
    }

    mutating func midnight() {
        for component in [Component.hour, .minute, .second] { items[component.rawValue] = [CalendarItem(0)] }
    }

    /// Refuses values that a component does not take, and repetitions that never come to repeat.
    func validate(_ parser: CalendarParser) throws(CalendarFault) {
        for component in Component.allCases {
            let bounds = bounds(of: component)
            let offset = offsets[component.rawValue]
            let unit = component == .second ? 1_000_000 : 1
            for item in self[component] ?? [] {
                for value in [item.start, item.stop].compactMap(\.self) where !bounds.contains(value) {
                    let range = "\(bounds.lowerBound / unit) to \(bounds.upperBound / unit)"
                    let hint = component == .hour && value == 24 ? "midnight is 00:00 of the next day" : nil
                    throw parser.fault(
                        "\(name(of: component)) \(value / unit) is not in \(range)",
                        at: offset,
                        hint: hint,
                        code: .outOfRange
                    )
                }
                guard let step = item.step, item.stop == nil else { continue }
                let room =
                    fromEnd && component == .day ? item.start - bounds.lowerBound : bounds.upperBound - item.start
                guard step <= room else {
                    let shown = CalendarForm.text(of: item, in: component)
                    throw parser.fault(
                        "\(shown) never comes to repeat",
                        at: offset,
                        hint: "leave the `/` out",
                        code: .outOfRange
                    )
                }
            }
        }
    }

    var pattern: WallClockPattern {
        var pattern = WallClockPattern()
        pattern.weekdays = weekdays
        pattern.years = self[.year]
        if let months = self[.month] { pattern.months = UInt16(truncatingIfNeeded: months.bits(limit: 12)) }
        if let days = self[.day] {
            pattern.days = fromEnd ? .fromEnd(days) : .ofMonth(UInt32(truncatingIfNeeded: days.bits(limit: 31)))
        }
        if let hours = self[.hour] {
            pattern.hours = UInt32(truncatingIfNeeded: hours.bits(limit: 23))
            let rules = hours.filter { $0.step == 1 }
            pattern.everyHour =
                pattern.hours == WallClockPattern.allHours
                ? pattern.hours : UInt32(truncatingIfNeeded: rules.bits(limit: 23))
        }
        if let minutes = self[.minute] { pattern.minutes = minutes.bits(limit: 59) }
        let seconds = self[.second]
        // Nearly all are of this kind: one array serves them.
        pattern.seconds = seconds == WallClockPattern.onTheMinute ? WallClockPattern.onTheMinute : seconds
        return pattern
    }

    /// The form that `systemd-analyze calendar` prints.
    func text(zone: String?) -> String {
        let days = weekdays == WallClockPattern.allWeekdays ? "" : weekdayText + " "
        let date = "\(chain(.year))-\(chain(.month))\(fromEnd ? "~" : "-")\(chain(.day))"
        let time = "\(chain(.hour)):\(chain(.minute)):\(chain(.second))"
        return "\(days)\(date) \(time)" + (zone.map { " \($0)" } ?? "")
    }

    // MARK: - Implementation

    private func bounds(of component: Component) -> ClosedRange<Int> {
        switch component {
        case .year: WallClockPattern.firstYear...WallClockPattern.lastYear
        case .month: 1...12
        // systemd takes no day that is more than 28 from the end.
        case .day: fromEnd ? 1...28 : 1...31
        case .hour: 0...23
        case .minute: 0...59
        case .second: 0...59_999_999
        }
    }

    private func name(of component: Component) -> String {
        switch component {
        case .year: "year"
        case .month: "month"
        case .day: fromEnd ? "day from the end of the month" : "day"
        case .hour: "hour"
        case .minute: "minute"
        case .second: "second"
        }
    }

    private static func normal(_ items: [CalendarItem]) -> [CalendarItem] {
        let sorted = items.sorted { ($0.start, $0.stop ?? -1, $0.step ?? 0) < ($1.start, $1.stop ?? -1, $1.step ?? 0) }
        return sorted.indices.filter { $0 == 0 || sorted[$0] != sorted[$0 - 1] }.map { sorted[$0] }
    }

    private var weekdayText: String {
        var parts: [String] = []
        var day = 0
        while day < 7 {
            guard weekdays & (1 << UInt8(day)) != 0 else {
                day += 1
                continue
            }
            var last = day
            while last < 6, weekdays & (1 << UInt8(last + 1)) != 0 { last += 1 }
            // Two in a row are a list, three a range.
            if last - day >= 2 {
                parts.append("\(Weekday.names[day])..\(Weekday.names[last])")
            } else {
                parts += (day...last).map { Weekday.names[$0] }
            }
            day = last + 1
        }
        return parts.joined(separator: ",")
    }

    private func chain(_ component: Component) -> String {
        self[component].map { $0.map { Self.text(of: $0, in: component) }.joined(separator: ",") } ?? "*"
    }

    private static func text(of item: CalendarItem, in component: Component) -> String {
        func number(_ value: Int, _ width: Int) -> String {
            guard component == .second else { return padded(value, width) }
            let fraction = value % 1_000_000
            return padded(value / 1_000_000, width) + (fraction == 0 ? "" : "." + padded(fraction, 6))
        }
        let width = component == .year ? 4 : 2
        let one = component == .second ? 1_000_000 : 1
        var text = number(item.start, width)
        if let stop = item.stop { text += ".." + number(stop, width) }
        if let step = item.step, !(item.stop != nil && step == one) { text += "/" + number(step, 1) }
        return text
    }
}

/// `daily` and its like.
struct CalendarShorthand {
    var form: CalendarForm

    init?(word: String) {
        form = CalendarForm()
        var months: [Int]?
        var day: Int?
        switch word.lowercased() {
        case "minutely":
            form.place(.second, [CalendarItem(0)], at: 0)
            return
        case "hourly":
            form.place(.minute, [CalendarItem(0)], at: 0)
            form.place(.second, [CalendarItem(0)], at: 0)
            return
        case "daily": break
        case "weekly": form.weekdays = 1
        case "monthly": day = 1
        case "quarterly": (months, day) = ([1, 4, 7, 10], 1)
        case "semiannually", "semi-annually", "biannually", "bi-annually": (months, day) = ([1, 7], 1)
        case "yearly", "annually", "anually": (months, day) = ([1], 1)
        default: return nil
        }
        form.midnight()
        if let months { form.place(.month, months.map { CalendarItem($0) }, at: 0) }
        if let day { form.place(.day, [CalendarItem(day)], at: 0) }
    }
}
