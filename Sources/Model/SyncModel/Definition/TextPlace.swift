/// A place in a text a person wrote: line and column from 1, columns counted in Unicode scalars.
package struct TextPlace: Sendable, Equatable, CustomStringConvertible {
    package var line: Int
    package var column: Int

    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    /// The place of the scalar that begins at or behind this byte of the text's UTF-8.
    package init(utf8Offset: Int, in text: String) {
        let end =
            text.utf8.index(text.startIndex, offsetBy: max(utf8Offset, 0), limitedBy: text.endIndex) ?? text.endIndex
        self.init(behind: text.unicodeScalars[..<end])
    }

    /// The place of the scalar with this number, from 0.
    package init(scalarOffset: Int, in text: String) {
        self.init(behind: text.unicodeScalars.prefix(max(scalarOffset, 0)))
    }

    package var description: String { "line \(line), column \(column)" }

    private init(behind scalars: Substring.UnicodeScalarView) {
        line = 1
        column = 1
        for scalar in scalars {
            if scalar == "\n" {
                line += 1
                column = 1
            } else {
                column += 1
            }
        }
    }
}
