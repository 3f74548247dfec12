import CivilTime

/// What is wrong with a calendar event, for the check of definitions.
enum CalendarCheck {
    /// Nil: nothing.
    static func fault(_ text: String) -> String? {
        nil
    }
}
