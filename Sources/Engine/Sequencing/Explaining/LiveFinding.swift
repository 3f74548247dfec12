/// Something that a live check has found out about a definition.
package struct LiveFinding: Sendable, Equatable {
    /// Relative to the folder of definitions.
    package var file: String
    package var key: String?
    /// What is wrong is the key's value, and not that the key is there.
    package var isOfValue: Bool
    package var message: String
    package var suggestion: String?
    package var remedy: String?
    /// It keeps the sync from running; else it should be known.
    package var isFault: Bool

    package init(
        file: String,
        key: String?,
        isOfValue: Bool = false,
        message: String,
        suggestion: String? = nil,
        remedy: String? = nil,
        isFault: Bool = true
    ) {
        self.file = file
        self.key = key
        self.isOfValue = isOfValue
        self.message = message
        self.suggestion = suggestion
        self.remedy = remedy
        self.isFault = isFault
    }
}
