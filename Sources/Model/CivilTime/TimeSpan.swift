extension Duration {
    /// Reads a time span as systemd writes it: `15min`, `1h 30min`, `2d`, `500ms`; a number alone is seconds.
    ///
    /// - Throws: what is wrong and where. `1h30`, which systemd takes for one hour and 30 seconds, is refused.
    package init(span text: String) throws(CalendarFault) {
        var reader = SpanReader(text)
        self = .microseconds(try reader.read())
    }

    /// As systemd writes it: `1h 30min`, `1w 2d`, `500ms`, `0`.
    package var spanText: String {
        var rest = wholeMicroseconds
        guard rest != 0 else { return "0" }
        let sign = rest < 0 ? "-" : ""
        rest = abs(rest)
        var parts: [String] = []
        for unit in SpanUnit.shown where rest >= unit.microseconds {
            if unit.name == "s", rest % unit.microseconds != 0 {
                parts.append("\(rest / unit.microseconds).\(padded(Int(rest % unit.microseconds), 6))s")
                rest = 0
            } else {
                parts.append("\(rest / unit.microseconds)\(unit.name)")
                rest %= unit.microseconds
            }
        }
        return sign + parts.joined(separator: " ")
    }

    /// For people: the two largest units, `3h 12min`, `2d 4h`, `45s`; less than a second in `850ms`, nothing or less in `0s`.
    package var roughText: String {
        let milliseconds = max(0, wholeMicroseconds / 1_000)
        if (1..<1_000).contains(milliseconds) { return "\(milliseconds)ms" }
        let seconds = milliseconds / 1_000
        let units: [(Int64, String)] = [(86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")]
        guard let first = units.firstIndex(where: { seconds >= $0.0 }) else { return "0s" }
        let (size, name) = units[first]
        var text = "\(seconds / size)\(name)"
        if first + 1 < units.count, seconds % size / units[first + 1].0 > 0 {
            text += " \(seconds % size / units[first + 1].0)\(units[first + 1].1)"
        }
        return text
    }
}

private struct SpanUnit {
    var names: [String]
    var microseconds: Int64

    var name: String { names[0] }

    private static let second: Int64 = 1_000_000

    /// The first name of each is the one that is printed.
    ///
    /// A month is 30.4375 days and a year 365.25, as in systemd.
    static let all: [SpanUnit] = [
        SpanUnit(names: ["y", "year", "years"], microseconds: 31_557_600 * second),
        SpanUnit(names: ["month", "months", "M"], microseconds: 2_629_800 * second),
        SpanUnit(names: ["w", "week", "weeks"], microseconds: 604_800 * second),
        SpanUnit(names: ["d", "day", "days"], microseconds: 86_400 * second),
        SpanUnit(names: ["h", "hr", "hour", "hours"], microseconds: 3_600 * second),
        SpanUnit(names: ["min", "m", "minute", "minutes"], microseconds: 60 * second),
        SpanUnit(names: ["s", "sec", "second", "seconds"], microseconds: second),
        SpanUnit(names: ["ms", "msec"], microseconds: 1_000),
        SpanUnit(names: ["us", "usec", "\u{B5}s", "\u{3BC}s"], microseconds: 1),
    ]

    static let shown = all
}

private struct SpanReader {
    /// 10,000 years: a moment and a span can then always be added.
    static let longest: Int64 = 10_000 * 31_557_600 * 1_000_000

    let text: String
    let bytes: [UInt8]
    var position = 0

    init(_ text: String) {
        self.text = text
        bytes = Array(text.utf8)
    }

    mutating func read() throws(CalendarFault) -> Int64 {
        var total: Int64 = 0
        var parts = 0
        skipBlanks()
        guard position < bytes.count else { throw fault("it is empty", at: 0, hint: "for example: 15min, 1h 30min") }
        while position < bytes.count {
            let start = position
            let value = try number()
            skipBlanks()
            let unit = try unit(isOnly: parts == 0, from: start)
            let (whole, overflows) = value.whole.multipliedReportingOverflow(by: unit)
            guard !overflows else { throw fault("the span is too long", at: start, code: .outOfRange) }
            // At most a year: the error stays far below a microsecond.
            let part = Int64((Double(value.fraction) * Double(unit) / Double(value.scale)).rounded())
            let (sum, tooLong) = total.addingReportingOverflow(whole)
            let (all, muchTooLong) = sum.addingReportingOverflow(part)
            guard !tooLong, !muchTooLong, all <= Self.longest else {
                throw fault("the span is too long", at: start, code: .outOfRange)
            }
            total = all
            parts += 1
            skipBlanks()
        }
        return total
    }

    // MARK: - Implementation

    private func fault(
        _ message: String,
        at offset: Int,
        hint: String? = nil,
        code: CalendarFault.Code = .syntax
    ) -> CalendarFault {
        CalendarFault(code: code, noun: "time span", text: text, message: message, offset: offset, hint: hint)
    }

    private mutating func skipBlanks() {
        while position < bytes.count, bytes[position] == 0x20 || bytes[position] == 0x09 { position += 1 }
    }

    private mutating func number() throws(CalendarFault) -> (whole: Int64, fraction: Int64, scale: Int64) {
        let start = position
        guard bytes[position] != UInt8(ascii: "-") else { throw fault("a span cannot be negative", at: position) }
        var whole: Int64 = 0
        while position < bytes.count, Weekday.isDigit(bytes[position]) {
            whole = whole * 10 + Int64(bytes[position] - 0x30)
            guard whole < 1_000_000_000_000_000 else {
                throw fault("the number is too large", at: start, code: .outOfRange)
            }
            position += 1
        }
        let hasWhole = position > start
        var fraction: Int64 = 0
        var scale: Int64 = 1
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            position += 1
            let first = position
            while position < bytes.count, Weekday.isDigit(bytes[position]) {
                if scale < 1_000_000_000 {
                    fraction = fraction * 10 + Int64(bytes[position] - 0x30)
                    scale *= 10
                }
                position += 1
            }
            guard position > first else { throw fault("digits are missing after the point", at: position) }
        } else if !hasWhole {
            let hint = text.lowercased().contains("infinity") ? nil : "for example: 15min, 1h 30min"
            throw fault("expected a number", at: position, hint: hint)
        }
        return (whole, fraction, scale)
    }

    private mutating func unit(isOnly: Bool, from start: Int) throws(CalendarFault) -> Int64 {
        let place = position
        while position < bytes.count, Weekday.isLetter(bytes[position]) || bytes[position] >= 0x80 { position += 1 }
        guard position > place else {
            guard position == bytes.count else {
                throw fault("unexpected `\(Character(UnicodeScalar(bytes[position])))`", at: position)
            }
            guard isOnly else {
                throw fault("the last number has no unit", at: start, hint: "write \(text)min or \(text)s")
            }
            return 1_000_000
        }
        let name = String(decoding: bytes[place..<position], as: UTF8.self)
        if let unit = SpanUnit.all.first(where: { $0.names.contains(name) }) { return unit.microseconds }
        throw fault("unknown unit \"\(name)\"", at: place, hint: "units are us ms s min h d w month y")
    }
}
