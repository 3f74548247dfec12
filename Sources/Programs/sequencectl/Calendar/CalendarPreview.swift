import CivilTime
import ControlProtocol

/// What `calendar` answers: the normal form, the next elapses, and what its author should know.
struct CalendarPreview {
    let answer: CalendarAnswer
    /// What the clocks of the expression's zone read at each elapse, `02:30`; none without a zone.
    let readings: [String]

    /// - Throws: `CalendarFault` for an expression that cannot be used.
    init(_ text: String, after base: Timestamp, iterations: Int) throws {
        let database = TimeZoneDatabase()
        let lookUp: ZoneLookup = { name throws(TimeZoneFault) in try database.rules(named: name) }
        let expression = try CalendarExpression(parsing: text)
        let zone = try expression.zoneRules(else: .utc, lookUp)
        var notes = expression.notes.map(\.description)
        if expression.zone == nil {
            notes.append(
                "no time zone is named; here it is taken as UTC, in a sequence by `timezone` of sequenced.yaml"
            )
        }

        var elapses: [Timestamp] = []
        while elapses.count < iterations, let next = expression.nextElapse(after: elapses.last ?? base, zone: zone) {
            elapses.append(next.instant)
        }
        if elapses.isEmpty { notes.append("it elapses no more: every time lies before the base time") }
        do {
            let timetable = try Timetable(calendars: [text], zone: .utc, zones: lookUp)
            if let last = elapses.last {
                notes += timetable.clockChangeNotes(after: base, through: last).map(\.description)
            }
        } catch {
            notes.append("a schedule may not use it: \(error.message)")
        }
        readings =
            expression.zone.map { name in
                elapses.map { "\(zone.wallTime(at: $0).description.dropFirst(11).prefix(5)) \(name)" }
            } ?? []
        answer = CalendarAnswer(
            normalized: expression.normalized,
            elapses: elapses.map(\.rfc3339),
            notes: Self.unique(notes)
        )
    }

    private static func unique(_ notes: [String]) -> [String] {
        var seen: Set<String> = []
        return notes.filter { seen.insert($0).inserted }
    }
}
