/// A calendar event in the grammar of systemd.time(7).
///
/// `Mon..Fri 02:30 Europe/London`. Equal when they name the same times in the same words' normal form.
package struct CalendarExpression: Sendable {
    /// As it was written.
    package let text: String
    /// The zone behind it, if any; `UTC` however it was written.
    package let zone: String?
    /// As `systemd-analyze calendar` writes it.
    package let normalized: String
    /// What its author should know.
    package let notes: [CalendarNote]
    package let pattern: WallClockPattern
    /// Whether a time was written; `*-12-25` has none, and then midnight is meant.
    package let hasTime: Bool
    /// Bytes of `text` before the zone.
    package let zoneOffset: Int?
    let secondsOffset: Int

    /// Reads an expression.
    ///
    /// - Throws: what is wrong and where: bad syntax, values out of range, `09:00..17:00`, wrapping weekdays, and an
    ///   expression that never elapses (`*-02-30`). Whether its zone exists is for `TimeZoneDatabase` to say.
    package init(parsing text: String) throws(CalendarFault) {
        var parser = CalendarParser(text)
        let parts = try parser.parse()
        self.text = text
        zone = parts.zone
        zoneOffset = parts.zoneOffset
        secondsOffset = parts.secondsOffset
        hasTime = parts.hasTime
        pattern = parts.pattern
        normalized = parts.normalized
        notes = parts.notes
        guard pattern.next(from: WallTime(microseconds: 0)) != nil else {
            throw CalendarFault(
                code: .neverElapses,
                noun: CalendarParser.noun,
                text: text,
                message: "it never elapses: no such day is in any year from 1970 to 2199",
                offset: parts.dateOffset,
                hint: parts.weekdayFits ? "the month does not have that day" : "that date is another day of the week"
            )
        }
    }

    /// Refuses what elapses more often than once a minute; schedules and windows must not.
    ///
    /// - Throws: a fault that points at the seconds.
    package func checkFrequency() throws(CalendarFault) {
        guard pattern.elapsesInMinute > 1 else { return }
        throw CalendarFault(
            code: .tooOften,
            noun: CalendarParser.noun,
            text: text,
            message: "it elapses more often than once a minute",
            offset: secondsOffset,
            hint: "leave the seconds out, or name one second"
        )
    }
}

extension CalendarExpression: Equatable {
    package static func == (left: CalendarExpression, right: CalendarExpression) -> Bool {
        left.normalized == right.normalized && left.hasTime == right.hasTime
    }
}

extension CalendarExpression: CustomStringConvertible {
    package var description: String { normalized }
}
