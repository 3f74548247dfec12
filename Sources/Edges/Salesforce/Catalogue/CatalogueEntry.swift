/// What an error code means and what is done about it: the words of `rejected`, `explain` and the documentation.
package struct CatalogueEntry: Sendable, Equatable {
    /// What becomes of an error (reference 08, A2).
    package enum Class: String, Sendable, CaseIterable {
        /// Passes by itself: tried again.
        case transient = "T"
        /// A limit's window is used up: waited for.
        case window = "W"
        /// The session: renewed once.
        case authentication = "A"
        /// May pass in another shape: smaller, in another order, without doubles.
        case shape = "S"
        /// The row is refused until it changes.
        case data = "D"
        /// The org is set up so: refused until a person changes it.
        case configuration = "C"
        /// The request was built wrongly.
        case defect = "B"
        /// Follows another row's or request's error.
        case consequence = "F"
        /// No error at all.
        case none = "–"
    }

    package var code: String
    /// What the message holds, where the code alone does not tell.
    package var mark: String?
    /// The first one says what is done first.
    package var classes: [Class]
    package var explanation: String
    package var remedy: String
    /// What sequenced itself does about it; empty where that is nothing.
    package var ownAction: String

    init(
        _ code: String,
        _ classes: [Class],
        when mark: String? = nil,
        _ explanation: String,
        _ remedy: String,
        own ownAction: String = ""
    ) {
        self.code = code
        self.classes = classes
        self.mark = mark
        self.explanation = explanation
        self.remedy = remedy
        self.ownAction = ownAction
    }
}
