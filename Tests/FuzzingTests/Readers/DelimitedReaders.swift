import DelimitedText

extension Reader {
    static let delimitedReaders = [Reader("delimited") { try readDelimited($0) }]

    /// The first byte says the delimiter, the second how long the pieces are in which the text comes.
    private static func readDelimited(_ bytes: [UInt8]) throws {
        guard bytes.count > 2 else { return }
        let delimiters: [UInt8] = [0x2C, 0x3B, 0x09, 0x7C, 0x5E]
        let delimiter = delimiters[Int(bytes[0]) % delimiters.count]
        let text = Array(bytes[2...])
        let whole = records(of: text, piece: text.count, delimiter)
        let pieces = records(of: text, piece: 1 + Int(bytes[1]) % 80, delimiter)
        try Surprise.unless(whole == pieces, "how a text is cut changes it: \(whole), \(pieces)")
        guard case .success(let rows) = whole else { return }
        var writer = DelimitedWriter(delimiter: delimiter)
        var written: [UInt8] = []
        for row in rows {
            for cell in row { cell.withUnsafeBytes { writer.append($0, to: &written) } }
            writer.endRow(to: &written)
        }
        let again = records(of: written, piece: max(1, written.count), delimiter)
        try Surprise.unless(again == whole, "what was written reads otherwise: \(whole), \(again)")
    }

    private static func records(
        of text: [UInt8],
        piece: Int,
        _ delimiter: UInt8
    ) -> Result<[[[UInt8]]], Words> {
        var parser = DelimitedParser(delimiter: delimiter)
        var rows: [[[UInt8]]] = []
        func take(_ record: borrowing DelimitedRecord) {
            var cells: [[UInt8]] = []
            for index in 0..<record.count { cells.append(Array(record[index])) }
            rows.append(cells)
        }
        do {
            for start in stride(from: 0, to: text.count, by: piece) {
                // A copy, so that nothing outside the piece can be looked at unseen.
                let chunk = Array(text[start..<min(start + piece, text.count)])
                try chunk.withUnsafeBytes { try parser.feed($0, take) }
            }
            try parser.finish(take)
            return .success(rows)
        } catch {
            return .failure(Words(text: "\(error)"))
        }
    }

    private struct Words: Error, Equatable {
        var text: String
    }
}
