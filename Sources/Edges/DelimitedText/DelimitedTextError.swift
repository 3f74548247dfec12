/// Why delimited text cannot be read: the line, what is wrong there, and what to do about it.
///
/// Every fault in the text's structure ends the reading of the whole file: behind it nothing tells where a row begins.
package struct DelimitedTextError: Error, Sendable, Equatable {
    package enum Code: String, Sendable {
        case unreadable
        case changedWhileRead = "changed-while-read"
        case unfitModel = "unfit-model"
        case empty
        case invalidUTF8 = "invalid-utf8"
        case unclosedQuote = "unclosed-quote"
        case quoteInsideCell = "quote-inside-cell"
        case textAfterQuote = "text-after-quote"
        case bareCarriageReturn = "bare-carriage-return"
        case rowTooLong = "row-too-long"
        case wrongCellCount = "wrong-cell-count"
        case duplicateColumn = "duplicate-column"
        case missingColumn = "missing-column"
    }

    package var code: Code
    /// What is wrong, and the remedy.
    package var detail: String
    /// From 1.
    package var line: Int?
    package var model: String?
    package var source: String?
    package var path: String?

    package init(_ code: Code, _ detail: String, line: Int? = nil) {
        self.code = code
        self.detail = detail
        self.line = line
    }

    /// The same reading may succeed later, with nothing repaired by hand.
    package var isWorthRetrying: Bool { code == .changedWhileRead }
}

extension DelimitedTextError: CustomStringConvertible {
    package var description: String {
        var text = "cannot read "
        text += model.map { "model \($0)" } ?? "delimited text"
        if let source { text += " from \(source)" }
        if let path { text += ", file \(path)" }
        if let line { text += ", line \(line)" }
        return text + ": " + detail
    }
}
