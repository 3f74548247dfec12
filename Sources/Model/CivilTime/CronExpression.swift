/// A cron line of five fields: minute, hour, day of month, month, day of week.
///
/// Where both day fields say something, either is enough, as in every cron since the first.
package struct CronExpression: Sendable, Equatable {
    package let text: String
    package let pattern: WallClockPattern

    /// Reads a line.
    ///
    /// - Throws: what is wrong and where, a line that never elapses (`0 0 30 2 *`) among it.
    package init(parsing text: String) throws(CalendarFault) {
        var parser = CronParser(text)
        pattern = try parser.parse()
        self.text = text
        guard pattern.next(from: WallTime(microseconds: 0)) != nil else {
            let message = "it never elapses: the month does not have that day"
            throw CalendarFault(
                code: .neverElapses,
                noun: "cron",
                text: text,
                message: message,
                offset: parser.dayOffset
            )
        }
    }
}

private struct CronParser {
    struct Field {
        var name: String
        var bounds: ClosedRange<Int>
        /// Values by name, from the lower bound on.
        var names: [String] = []
    }

    static let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
    static let weekdays = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]

    static let fields = [
        Field(name: "minute", bounds: 0...59),
        Field(name: "hour", bounds: 0...23),
        Field(name: "day of month", bounds: 1...31),
        Field(name: "month", bounds: 1...12, names: months),
        Field(name: "day of week", bounds: 0...7, names: weekdays),
    ]

    let text: String
    let bytes: [UInt8]
    var position = 0
    var dayOffset = 0

    init(_ text: String) {
        self.text = text
        bytes = Array(text.utf8)
    }

    mutating func parse() throws(CalendarFault) -> WallClockPattern {
        skipBlanks()
        if position < bytes.count, bytes[position] == UInt8(ascii: "@") {
            throw fault(
                "cron's names are not taken",
                at: position,
                hint: "calendar: has hourly, daily, weekly, monthly"
            )
        }
        var chains: [[CalendarItem]] = []
        var stars: [Bool] = []
        for field in Self.fields {
            skipBlanks()
            guard position < bytes.count else {
                throw fault(
                    "the \(field.name) is missing",
                    at: position,
                    hint: "five fields: minute hour day month weekday"
                )
            }
            if chains.count == 2 { dayOffset = position }
            stars.append(bytes[position] == UInt8(ascii: "*"))
            chains.append(try chain(field))
        }
        skipBlanks()
        guard position == bytes.count else {
            throw fault(
                "more than five fields",
                at: position,
                hint: "a zone belongs to timezone:, seconds are not taken"
            )
        }
        var pattern = WallClockPattern()
        pattern.minutes = chains[0].bits(limit: 59)
        pattern.hours = UInt32(truncatingIfNeeded: chains[1].bits(limit: 23))
        let rules = chains[1].filter { $0.step == 1 }
        pattern.everyHour =
            pattern.hours == WallClockPattern.allHours
            ? pattern.hours : UInt32(truncatingIfNeeded: rules.bits(limit: 23))
        pattern.days = .ofMonth(UInt32(truncatingIfNeeded: chains[2].bits(limit: 31)))
        pattern.months = UInt16(truncatingIfNeeded: chains[3].bits(limit: 12))
        let sundayFirst = chains[4].bits(limit: 7)
        // cron's Sunday is 0 and 7; ours is the last of the week.
        pattern.weekdays = UInt8(
            truncatingIfNeeded: sundayFirst >> 1 & 0x3F | ((sundayFirst | sundayFirst >> 7) & 1) << 6
        )
        pattern.seconds = [CalendarItem(0)]
        // The rule of cron: a field that begins with `*` does not count as saying something.
        pattern.dayRule = stars[2] || stars[4] ? .both : .either
        return pattern
    }

    // MARK: - Implementation

    private func fault(
        _ message: String,
        at offset: Int,
        hint: String? = nil,
        code: CalendarFault.Code = .syntax
    ) -> CalendarFault {
        CalendarFault(code: code, noun: "cron", text: text, message: message, offset: offset, hint: hint)
    }

    private mutating func skipBlanks() {
        while position < bytes.count, bytes[position] == 0x20 || bytes[position] == 0x09 { position += 1 }
    }

    private func isAt(_ character: Unicode.Scalar) -> Bool {
        position < bytes.count && bytes[position] == UInt8(ascii: character)
    }

    private mutating func chain(_ field: Field) throws(CalendarFault) -> [CalendarItem] {
        var items: [CalendarItem] = []
        while true {
            items.append(try item(field))
            guard isAt(",") else { break }
            position += 1
        }
        if position < bytes.count, bytes[position] != 0x20, bytes[position] != 0x09 {
            let rest = String(decoding: bytes[position...].prefix(8), as: UTF8.self)
            let hint =
                "?#LW".contains(rest.prefix(1).uppercased())
                ? "`L`, `W`, `#` and `?` are not cron's; calendar: has `~` for the end of a month" : nil
            throw fault("unexpected `\(rest.prefix(1))` in the \(field.name)", at: position, hint: hint)
        }
        return items
    }

    private mutating func item(_ field: Field) throws(CalendarFault) -> CalendarItem {
        let start = position
        var first = field.bounds.lowerBound
        var last: Int? = field.bounds.upperBound == 7 ? 6 : field.bounds.upperBound
        if isAt("*") {
            position += 1
        } else {
            first = try value(field)
            last = nil
            if isAt("-") {
                position += 1
                var end = try value(field)
                if end == 0, field.bounds.upperBound == 7, first > 0 { end = 7 }
                guard first <= end else {
                    throw fault("the range runs backwards", at: start, hint: "write it as two, joined by a comma")
                }
                last = end
            }
        }
        guard isAt("/") else {
            return last.map { $0 == first ? CalendarItem(first) : CalendarItem(first, through: $0, by: 1) }
                ?? CalendarItem(first)
        }
        position += 1
        let place = position
        let step = try number(field)
        let end = last ?? field.bounds.upperBound
        guard step > 0, step <= end - first else {
            throw fault("a step of \(step) never comes to repeat", at: place, code: .outOfRange)
        }
        return CalendarItem(first, through: end, by: step)
    }

    private mutating func value(_ field: Field) throws(CalendarFault) -> Int {
        let start = position
        let letters = bytes[position...].prefix { Weekday.isLetter($0) }
        if !letters.isEmpty {
            let name = String(decoding: letters, as: UTF8.self)
            guard let index = field.names.firstIndex(of: name.lowercased()) else {
                throw fault("unknown word \"\(name)\" in the \(field.name)", at: start)
            }
            position += letters.count
            return field.bounds.lowerBound + index
        }
        let value = try number(field)
        guard field.bounds.contains(value) else {
            let range = "\(field.bounds.lowerBound) to \(field.bounds.upperBound)"
            throw fault("\(field.name) \(value) is not in \(range)", at: start, code: .outOfRange)
        }
        return value
    }

    private mutating func number(_ field: Field) throws(CalendarFault) -> Int {
        let digits = bytes[position...].prefix { Weekday.isDigit($0) }
        guard !digits.isEmpty else { throw fault("expected a number in the \(field.name)", at: position) }
        guard digits.count <= 6 else { throw fault("the number is too large", at: position, code: .outOfRange) }
        position += digits.count
        return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }
}
