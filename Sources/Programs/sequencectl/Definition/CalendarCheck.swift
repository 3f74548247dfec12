import CivilTime

/// What is wrong with a calendar event, for the check of definitions.
struct CalendarCheck {
    private let zones = TimeZoneDatabase()

    /// What is wrong with the text of a calendar event and where; nil: nothing.
    func fault(_ text: String) -> String? {
        do {
            let expression = try CalendarExpression(parsing: text)
            try expression.checkFrequency()
            _ = try expression.zoneRules(else: .utc, { name throws(TimeZoneFault) in try zones.rules(named: name) })
            return nil
        } catch {
            return "\(error.message) (at character \(error.column))" + (error.hint.map { "; \($0)" } ?? "")
        }
    }
}
