/// Faults and notices of one file, as they are found.
struct Findings {
    let file: String
    var faults: [DefinitionFault] = []
    var notices: [DefinitionNotice] = []

    mutating func fault(_ place: Place, _ key: String?, _ message: String, suggestion: String? = nil) {
        faults.append(
            DefinitionFault(
                file: file,
                line: place.line,
                column: place.column,
                key: key,
                message: message,
                suggestion: suggestion
            )
        )
    }

    mutating func notice(_ place: Place, _ key: String?, _ message: String, suggestion: String? = nil) {
        notices.append(
            DefinitionNotice(
                file: file,
                line: place.line,
                column: place.column,
                key: key,
                message: message,
                suggestion: suggestion
            )
        )
    }

    /// What somebody wrote, fit for a message: one line, not too long.
    static func quoted(_ text: String) -> String {
        let flat = text.unicodeScalars.map { $0.value < 0x20 ? " " : String($0) }
        return "`" + (flat.count > 60 ? flat.prefix(57).joined() + "…" : flat.joined()) + "`"
    }
}
