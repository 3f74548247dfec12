/// Reads calendar events: shorthands, weekdays, a date, a time, a zone (systemd.time(7), CALENDAR EVENTS).
///
/// What is taken and what is refused was compared with systemd 252.
struct CalendarParser {
    struct Parts {
        var pattern = WallClockPattern()
        var zone: String?
        var zoneOffset: Int?
        var dateOffset = 0
        var secondsOffset = 0
        var hasTime = false
        var weekdayFits = true
        var normalized = ""
        var notes: [CalendarNote] = []
    }

    static let noun = "calendar"

    let text: String
    let bytes: [UInt8]
    var position = 0
    /// The end of what is not the zone.
    var end: Int
    var parts = Parts()
    var form = CalendarForm()

    init(_ text: String) {
        self.text = text
        bytes = Array(text.utf8)
        end = bytes.count
    }

    mutating func parse() throws(CalendarFault) -> Parts {
        guard !bytes.isEmpty else { throw fault("it is empty", at: 0, hint: Self.example) }
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        if words.count == 5, words.allSatisfy({ !$0.isEmpty && !$0.contains(":") }) {
            throw fault("five fields are a cron line, not a calendar event", at: 0, hint: "write it under cron:")
        }
        if let odd = bytes.firstIndex(where: { $0 < 0x20 || $0 > 0x7E }) {
            throw fault("only plain characters belong here", at: odd)
        }
        guard bytes.first != UInt8(ascii: " ") else { throw fault("a blank stands before it", at: 0) }
        takeZone()
        guard end > 0 else { throw fault("a zone alone names no time", at: 0, hint: Self.example) }
        if let shorthand = CalendarShorthand(word: word(0..<end)) {
            form = shorthand.form
            parts.hasTime = true
            position = end
        } else {
            try parseWeekdays()
            parts.dateOffset = position
            try parseDate()
            try parseTime()
        }
        try form.validate(self)
        parts.pattern = form.pattern
        parts.zone = form.isUTC ? "UTC" : parts.zone
        parts.normalized = form.text(zone: parts.zone)
        if form.weekdays != WallClockPattern.allWeekdays {
            var anyDay = parts.pattern
            anyDay.weekdays = WallClockPattern.allWeekdays
            parts.weekdayFits = anyDay.next(from: WallTime(microseconds: 0)) == nil
        }
        return parts
    }

    // MARK: - Implementation

    static let example = "for example: Mon..Fri 02:30 Europe/London"

    var current: UInt8? { position < end ? bytes[position] : nil }

    func fault(
        _ message: String,
        at offset: Int,
        hint: String? = nil,
        code: CalendarFault.Code = .syntax
    ) -> CalendarFault {
        CalendarFault(code: code, noun: Self.noun, text: text, message: message, offset: offset, hint: hint)
    }

    func word(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    func isAt(_ string: StaticString, _ offset: Int? = nil) -> Bool {
        let start = offset ?? position
        let wanted = string.withUTF8Buffer { Array($0) }
        return start + wanted.count <= end && bytes[start..<start + wanted.count].elementsEqual(wanted)
    }

    mutating func skipBlanks() {
        while current == UInt8(ascii: " ") { position += 1 }
    }

    /// The last word is a zone when it begins with a letter and something stands before it.
    private mutating func takeZone() {
        guard let blank = bytes.lastIndex(of: UInt8(ascii: " ")), blank + 1 < bytes.count else { return }
        let name = word(blank + 1..<bytes.count)
        guard TimeZoneRules.isName(name), Weekday(prefixOf: bytes[(blank + 1)...]) == nil,
            CalendarShorthand(word: name) == nil
        else { return }
        end = blank
        parts.zoneOffset = blank + 1
        parts.zone = name.lowercased() == "utc" ? "UTC" : name
    }

    private mutating func parseWeekdays() throws(CalendarFault) {
        guard let letter = current, Weekday.isLetter(letter) else { return }
        form.weekdays = 0
        var rangeStart: (day: Int, at: Int)?
        while true {
            let start = position
            guard let found = Weekday(prefixOf: bytes[position..<end]) else { throw unknownWord() }
            position += found.length
            if let next = current,
                ![UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: ","), UInt8(ascii: " ")].contains(next)
            {
                throw unknownWord(at: start)
            }
            let first = rangeStart?.day ?? found.day
            guard first <= found.day else {
                throw fault(
                    "weekdays cannot wrap around the end of the week",
                    at: rangeStart?.at ?? start,
                    hint:
                        "write \(Weekday.names[first])..Sun,\(found.day == 0 ? "Mon" : "Mon..\(Weekday.names[found.day])")",
                    code: .wrappingWeekdays
                )
            }
            for day in first...found.day { form.weekdays |= 1 << UInt8(day) }
            let inRange = rangeStart != nil
            rangeStart = nil
            guard let next = current else { return }
            if next == UInt8(ascii: " ") { return skipBlanks() }
            if isAt("..") || next == UInt8(ascii: "-") {
                guard !inRange else { throw fault("a range has two ends", at: position) }
                rangeStart = (found.day, start)
                position += next == UInt8(ascii: "-") ? 1 : 2
                guard let letter = current, letter != UInt8(ascii: " ") else {
                    throw fault("the range of weekdays has no end", at: position)
                }
            } else if next == UInt8(ascii: ",") {
                position += 1
                guard let letter = current else { return }
                if letter == UInt8(ascii: " ") { return skipBlanks() }
            } else {
                throw fault("expected `..`, `,` or a blank after the weekday", at: position)
            }
        }
    }

    private func unknownWord(at offset: Int? = nil) -> CalendarFault {
        let start = offset ?? position
        let stop = bytes[start..<end].firstIndex { !Weekday.isLetter($0) } ?? end
        let found = word(start..<stop)
        if let blank = bytes.firstIndex(of: UInt8(ascii: " ")), start == 0,
            CalendarShorthand(word: word(0..<blank)) != nil
        {
            return fault(
                "\(found) stands alone, or with a zone",
                at: blank + 1,
                hint: "weekdays, date and time can say the same"
            )
        }
        let near = Weekday.names.first { found.lowercased().hasPrefix($0.lowercased()) }
        let hint =
            near.map { "write \($0)" }
            ?? (start == 0 ? "weekdays are Mon to Sun; shorthands hourly, daily, weekly, monthly …" : nil)
        return fault(found.isEmpty ? "a weekday is missing" : "unknown word \"\(found)\"", at: start, hint: hint)
    }

    private mutating func parseDate() throws(CalendarFault) {
        guard let first = current else { return }
        if first == UInt8(ascii: "@") { return try parseInstant() }
        let start = position
        _ = try parseChain(.unknown)
        guard let separator = current, separator != UInt8(ascii: ":") else {
            guard current != nil else {
                throw fault(
                    "a number alone is neither a date nor a time",
                    at: start,
                    hint: "a time is 05:00, a day *-*-05"
                )
            }
            position = start
            return
        }
        let two = try parseDatePart(after: "the month")
        if current == nil || current == UInt8(ascii: " ") {
            form.place(.month, try chain(.value, at: start), at: start)
            form.place(.day, two.items, at: two.offset)
            return skipBlanks()
        }
        guard !form.fromEnd else { throw fault("after `~` comes the day, and then a blank", at: position) }
        let three = try parseDatePart(after: "the month")
        guard current == nil || current == UInt8(ascii: " ") else {
            let hint =
                current.map { $0 | 0x20 == UInt8(ascii: "t") } == true ? "a blank stands between date and time" : nil
            throw fault("expected a blank after the date", at: position, hint: hint)
        }
        form.place(.year, try chain(.year, at: start), at: start)
        form.place(.month, two.items, at: two.offset)
        form.place(.day, three.items, at: three.offset)
        skipBlanks()
    }

    /// What stands at an offset, now that it is known what it is.
    private mutating func chain(_ unit: Unit, at offset: Int) throws(CalendarFault) -> [CalendarItem]? {
        let behind = position
        position = offset
        defer { position = behind }
        return try parseChain(unit)
    }

    private mutating func parseDatePart(after: String) throws(CalendarFault) -> (items: [CalendarItem]?, offset: Int) {
        switch current {
        case UInt8(ascii: "~"): form.fromEnd = true
        case UInt8(ascii: "-"): break
        default: throw fault("expected `-` in a date or `:` in a time", at: position)
        }
        position += 1
        let offset = position
        return (try parseChain(.value), offset)
    }

    private mutating func parseInstant() throws(CalendarFault) {
        let start = position
        position += 1
        let digits = bytes[position..<end].prefix { Weekday.isDigit($0) }
        position += digits.count
        guard current == nil, let seconds = Int64(word(digits.startIndex..<digits.endIndex)) else {
            throw fault(
                "after `@` come whole seconds since 1970 and nothing else",
                at: current == nil ? start : position
            )
        }
        guard seconds <= CalendarForm.lastInstant else {
            throw fault("that instant lies after the year 2199", at: start, code: .outOfRange)
        }
        form.place(WallTime(microseconds: seconds * 1_000_000))
        parts.hasTime = true
    }

    private mutating func parseTime() throws(CalendarFault) {
        guard current != nil else { return form.isUTC ? () : form.midnight() }
        parts.hasTime = true
        let start = position
        form.place(.hour, try parseChain(.value), at: start)
        guard current == UInt8(ascii: ":") else {
            throw fault(
                "expected `:` and minutes",
                at: position,
                hint: current == nil ? "an hour is written 05:00" : nil
            )
        }
        position += 1
        let minuteOffset = position
        let minutes = try parseChain(.value)
        form.place(.minute, minutes, at: minuteOffset)
        // One range alone; a list with a range in it is taken for what it says.
        let rangeEnd = minutes.flatMap { $0.count == 1 ? $0[0].stop : nil }
        if current == nil {
            form.place(.second, [CalendarItem(0)], at: minuteOffset)
            if let rangeEnd, form.hour != nil, rangeEnd <= 24 { noteMinuteRange(start) }
            parts.secondsOffset = minuteOffset
            return
        }
        guard current == UInt8(ascii: ":") else {
            throw fault("expected `:`, a blank or the end after the minutes", at: position, hint: timeRangeHint(start))
        }
        position += 1
        parts.secondsOffset = position
        let secondOffset = position
        form.place(.second, try parseChain(.second), at: secondOffset)
        guard current == nil else {
            throw fault("nothing may follow the time but a zone", at: position, hint: timeRangeHint(start))
        }
        if let rangeEnd, form.hour != nil, rangeEnd <= 24, minutes?.first?.step == 1 {
            throw fault(
                "`..` joins the minutes before it and the hour after it, not two times of day",
                at: start,
                hint: timeRangeHint(start),
                code: .ambiguousRange
            )
        }
    }

    /// For `09:00..17:00` and `09:00-17:00`.
    private func timeRangeHint(_ start: Int) -> String? {
        let time = word(start..<end)
        if let blank = time.firstIndex(of: " "),
            time[blank...].dropFirst().first.map({ "+-0123456789".contains($0) }) == true
        {
            return "a zone is named like Europe/London or UTC"
        }
        let separator = time.contains("..") ? ".." : "-"
        let ends = time.split(separator: separator, maxSplits: 1).map { $0.prefix { $0 != ":" } }
        guard ends.count == 2, let first = Int(ends[0]), let last = Int(ends[1]), first < last, last <= 24 else {
            return nil
        }
        return "every hour from \(first) to \(min(last, 23)) is \(padded(first, 2))..\(padded(min(last, 23), 2)):00"
    }

    private mutating func noteMinuteRange(_ start: Int) {
        let note = "\(word(start..<end)) is every minute of that range, not a range of hours"
        parts.notes.append(CalendarNote(code: .minuteRange, note + (timeRangeHint(start).map { "; \($0)" } ?? "")))
    }
}
