/// Writes cells as delimited text (RFC 4180): quoted where they must be, quotes doubled.
package struct DelimitedWriter: Sendable {
    package enum Quoting: Sendable {
        /// Cells with the delimiter, a quote, a line end, or a blank at either end; and a lone empty cell, which would be an empty line.
        case whenNeeded
        case always
    }

    package enum LineEnding: Sendable {
        case lf
        case crlf
    }

    package let delimiter: UInt8
    package let quoting: Quoting
    package let lineEnding: LineEnding
    private var cellsInRow = 0
    private var rowStart = 0

    package init(delimiter: UInt8 = UInt8(ascii: ","), quoting: Quoting = .whenNeeded, lineEnding: LineEnding = .lf) {
        self.delimiter = delimiter
        self.quoting = quoting
        self.lineEnding = lineEnding
    }

    /// Adds the next cell of the row to the end of `text`.
    package mutating func append(_ cell: UnsafeRawBufferPointer, to text: inout [UInt8]) {
        if cellsInRow > 0 {
            text.append(delimiter)
        } else {
            rowStart = text.count
        }
        cellsInRow += 1
        guard quoting == .always || mustQuote(cell) else {
            text.append(contentsOf: cell)
            return
        }
        text.append(.quote)
        var rest = cell[...]
        while let quote = rest.firstIndex(of: .quote) {
            text.append(contentsOf: rest[...quote])
            text.append(.quote)
            rest = rest[(quote + 1)...]
        }
        text.append(contentsOf: rest)
        text.append(.quote)
    }

    /// Adds the next cell of the row: for headers and tests.
    package mutating func append(_ cell: String, to text: inout [UInt8]) {
        var cell = cell
        cell.withUTF8 { append(UnsafeRawBufferPointer($0), to: &text) }
    }

    /// Ends the row.
    package mutating func endRow(to text: inout [UInt8]) {
        if cellsInRow == 1, text.count == rowStart {
            text.append(.quote)
            text.append(.quote)
        }
        if lineEnding == .crlf {
            text.append(.carriageReturn)
        }
        text.append(.lineFeed)
        cellsInRow = 0
    }

    // MARK: - Implementation

    private func mustQuote(_ cell: UnsafeRawBufferPointer) -> Bool {
        guard let first = cell.first, let last = cell.last else { return false }
        // At the very beginning of a text, a cell of that beginning would be taken for a byte order mark.
        if first == 0xEF, cell.starts(with: [0xEF, 0xBB, 0xBF]) { return true }
        // No early end, so that the compiler compares many bytes at a time.
        var found = isBlank(first) || isBlank(last)
        for byte in cell {
            found = found || byte == delimiter || byte == .quote || byte == .lineFeed || byte == .carriageReturn
        }
        return found
    }

    private func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
    }
}
