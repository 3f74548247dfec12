/// The name of a table as a model writes it: `accounts`, `public.accounts`, `"Sales"."Order Lines"`.
package struct TableName: Sendable, Equatable {
    package struct Part: Sendable, Equatable {
        package var text: String
        /// Written in quotes: taken letter by letter.
        package var isQuoted: Bool

        package init(text: String, isQuoted: Bool) {
            self.text = text
            self.isQuoted = isQuoted
        }
    }

    package var parts: [Part]

    /// Nil for an empty name or part, and for a quote that is not closed.
    package init?(_ name: String) {
        parts = []
        var rest = Substring(name)
        while true {
            if rest.first == "\"" {
                var text = ""
                rest.removeFirst()
                while let character = rest.popFirst() {
                    if character == "\"" {
                        guard rest.first == "\"" else { break }
                        rest.removeFirst()
                    }
                    text.append(character)
                    if rest.isEmpty { return nil }
                }
                guard !text.isEmpty else { return nil }
                parts.append(Part(text: text, isQuoted: true))
            } else {
                let text = rest.prefix { $0 != "." && $0 != "\"" }
                rest = rest[text.endIndex...]
                guard !text.isEmpty else { return nil }
                parts.append(Part(text: String(text), isQuoted: false))
            }
            if rest.isEmpty { return }
            guard rest.popFirst() == "." else { return nil }
        }
    }

    /// The text as a quoted SQL identifier.
    package static func quoted(_ text: String) -> String {
        var quoted = "\""
        for character in text {
            quoted.append(character)
            if character == "\"" { quoted.append(character) }
        }
        return quoted + "\""
    }
}
