/// The error of a row in either Bulk API: `CODE:message:fields --` (reference 03-bulk-v1, 3.4).
package struct RowFault: Sendable, Equatable {
    package var code: String
    package var message: String
    /// API names.
    package var fields: [String]

    package init(code: String, message: String, fields: [String] = []) {
        self.code = code
        self.message = message
        self.fields = fields
    }

    /// Takes the text apart.
    ///
    /// The message may hold colons and line feeds itself; a text of another form is all message.
    package init(parsing text: String) {
        let characters = text.unicodeScalars
        guard let colon = characters.firstIndex(of: ":"), Self.isCode(characters[..<colon]) else {
            self.init(code: "UNKNOWN_EXCEPTION", message: text)
            return
        }
        let code = String(characters[..<colon])
        var rest = characters[characters.index(after: colon)...]
        guard rest.suffix(2).elementsEqual("--".unicodeScalars) else {
            self.init(code: code, message: String(rest))
            return
        }
        rest.removeLast(2)
        if rest.last == " " { rest.removeLast() }
        guard let last = rest.lastIndex(of: ":") else {
            self.init(code: code, message: String(rest))
            return
        }
        let names = String(rest[rest.index(after: last)...]).split(separator: ",").map { name in
            String(name.drop { $0 == " " })
        }
        self.init(code: code, message: String(rest[..<last]), fields: names)
    }

    private static func isCode(_ text: Substring.UnicodeScalarView) -> Bool {
        !text.isEmpty && text.allSatisfy { ("A"..."Z").contains($0) || ("0"..."9").contains($0) || $0 == "_" }
    }
}

/// `Code : message`, as `errorMessage` of a failed job and `stateMessage` of a failed batch have it.
package struct JobFault: Sendable, Equatable {
    package var code: String
    package var message: String

    package init(parsing text: String) {
        guard let range = text.firstRange(of: " : ") else {
            code = "Unknown"
            message = text
            return
        }
        code = String(text[..<range.lowerBound])
        message = String(text[range.upperBound...])
    }
}
