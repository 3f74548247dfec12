internal import CivilTime

/// Dates, datetimes and times: `2026-03-01`, `2026-03-01T10:15:30.000Z`, `10:15:30.000Z` (reference 02-rest, 3.5).
enum CalendarForm {
    /// A date is taken as written; a time behind it is read and left out, and shifts nothing.
    static func appendDate(_ input: UnsafeRawBufferPointer, to output: inout [UInt8]) -> ValueFault? {
        var cursor = ByteCursor(input)
        guard let date = date(&cursor) else { return .notADate }
        if !cursor.isAtEnd {
            guard separator(&cursor), time(&cursor) != nil, offset(&cursor) != .bad, cursor.isAtEnd else {
                return .notADate
            }
        }
        append(date, to: &output)
        return nil
    }

    /// A datetime in UTC, to the millisecond, what is finer cut off.
    ///
    /// A date alone is its first instant in the zone.
    static func appendDateTime(
        _ input: UnsafeRawBufferPointer,
        zone: LocalZone?,
        to output: inout [UInt8]
    ) -> ValueFault? {
        var cursor = ByteCursor(input)
        guard let date = date(&cursor) else { return .notADateTime }
        var timeOfDay = TimeOfDay()
        var offset = Offset.none
        if !cursor.isAtEnd {
            guard separator(&cursor), let read = time(&cursor) else { return .notADateTime }
            timeOfDay = read
            offset = self.offset(&cursor)
            guard cursor.isAtEnd else { return .notADateTime }
        }
        let local = Int64(date.daysSinceEpoch) * 86_400 + Int64(timeOfDay.seconds)
        let utc: Int64
        switch offset {
        case .bad: return .notADateTime
        case .seconds(let east): utc = local - Int64(east)
        case .none:
            guard let zone else { return .noZone }
            utc = local - Int64(zone.offset(local))
        }
        let second = Int(utc - (utc >= 0 ? utc / 86_400 : (utc - 86_399) / 86_400) * 86_400)
        let day = CivilDate(daysSinceEpoch: Int((utc - Int64(second)) / 86_400))
        guard (1...9_999).contains(day.year) else { return .notADateTime }
        append(day, to: &output)
        output.append(UInt8(ascii: "T"))
        append(TimeOfDay(seconds: second, milliseconds: timeOfDay.milliseconds), to: &output)
        return nil
    }

    /// A time of day has no zone; an offset of zero is let pass.
    static func appendTime(_ input: UnsafeRawBufferPointer, to output: inout [UInt8]) -> ValueFault? {
        var cursor = ByteCursor(input)
        guard let read = time(&cursor) else { return .notATime }
        switch offset(&cursor) {
        case .none, .seconds(0): break
        case .seconds, .bad: return .notATime
        }
        guard cursor.isAtEnd else { return .notATime }
        append(read, to: &output)
        return nil
    }

    // MARK: - Implementation

    private struct TimeOfDay {
        var seconds = 0
        var milliseconds = 0
    }

    private enum Offset: Equatable {
        case none
        case seconds(Int)
        case bad
    }

    /// `2026-03-01`, or `20260301`.
    private static func date(_ cursor: inout ByteCursor) -> CivilDate? {
        guard let year = cursor.digits(4), year > 0 else { return nil }
        let extended = cursor.take(UInt8(ascii: "-"))
        guard let month = cursor.digits(2), !extended || cursor.take(UInt8(ascii: "-")), let day = cursor.digits(2),
            (1...12).contains(month), day >= 1, day <= length(ofMonth: month, year: year)
        else { return nil }
        return CivilDate(year: year, month: month, day: day)
    }

    private static func length(ofMonth month: Int, year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private static func separator(_ cursor: inout ByteCursor) -> Bool {
        cursor.take(UInt8(ascii: "T")) || cursor.take(UInt8(ascii: " ")) || cursor.take(UInt8(ascii: "t"))
    }

    /// `10:15`, `10:15:30`, `10:15:30.123456`.
    private static func time(_ cursor: inout ByteCursor) -> TimeOfDay? {
        guard let hour = cursor.digits(2), hour < 24, cursor.take(UInt8(ascii: ":")), let minute = cursor.digits(2),
            minute < 60
        else { return nil }
        var time = TimeOfDay(seconds: hour * 3_600 + minute * 60)
        guard cursor.take(UInt8(ascii: ":")) else { return time }
        guard let second = cursor.digits(2), second < 60 else { return nil }
        time.seconds += second
        guard cursor.take(UInt8(ascii: ".")) || cursor.take(UInt8(ascii: ",")) else { return time }
        var unit = 100
        guard let first = cursor.peek, first &- 0x30 < 10 else { return nil }
        while let byte = cursor.peek, byte &- 0x30 < 10 {
            time.milliseconds += Int(byte &- 0x30) * unit
            unit /= 10
            cursor.position += 1
        }
        return time
    }

    /// `Z`, `+01`, `+0130`, `+01:30`, `+00:19:32`, a blank before it or not.
    private static func offset(_ cursor: inout ByteCursor) -> Offset {
        if cursor.isAtEnd { return .none }
        _ = cursor.take(UInt8(ascii: " "))
        if cursor.take(UInt8(ascii: "Z")) || cursor.take(UInt8(ascii: "z")) { return .seconds(0) }
        let sign: Int
        if cursor.take(UInt8(ascii: "+")) {
            sign = 1
        } else if cursor.take(UInt8(ascii: "-")) {
            sign = -1
        } else {
            return .bad
        }
        guard let hours = cursor.digits(2), hours < 24 else { return .bad }
        var seconds = hours * 3_600
        if !cursor.isAtEnd {
            _ = cursor.take(UInt8(ascii: ":"))
            guard let minutes = cursor.digits(2), minutes < 60 else { return .bad }
            seconds += minutes * 60
        }
        if cursor.take(UInt8(ascii: ":")) {
            guard let rest = cursor.digits(2), rest < 60 else { return .bad }
            seconds += rest
        }
        return .seconds(sign * seconds)
    }

    private static func append(_ date: CivilDate, to output: inout [UInt8]) {
        output.appendDigits(date.year, width: 4)
        output.append(UInt8(ascii: "-"))
        output.appendDigits(date.month, width: 2)
        output.append(UInt8(ascii: "-"))
        output.appendDigits(date.day, width: 2)
    }

    private static func append(_ time: TimeOfDay, to output: inout [UInt8]) {
        output.appendDigits(time.seconds / 3_600, width: 2)
        output.append(UInt8(ascii: ":"))
        output.appendDigits(time.seconds / 60 % 60, width: 2)
        output.append(UInt8(ascii: ":"))
        output.appendDigits(time.seconds % 60, width: 2)
        output.append(UInt8(ascii: "."))
        output.appendDigits(time.milliseconds, width: 3)
        output.append(UInt8(ascii: "Z"))
    }
}
