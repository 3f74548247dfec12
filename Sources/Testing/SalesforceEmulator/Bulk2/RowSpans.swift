/// Finds the header and the rows of a CSV text; when `strict`, line ends must be as announced.
func rowSpans(
    of data: [UInt8],
    delimiter: UInt8,
    isCRLF: Bool,
    strict: Bool = true
) throws(CSVFault) -> (header: Range<Int>, rows: [RowSpan]) {
    let result = data.withUnsafeBufferPointer { bytes -> Result<[RowSpan], CSVFault> in
        var spans: [RowSpan] = []
        var position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        // The original API takes the mark for the first letters of the first name (reference 03 §4).
        if !strict, position == 3, bytes.count > 3, bytes[3] == 0x22 {
            return .failure(unescapedQuote)
        }
        spans.reserveCapacity(bytes.count / 64)
        while position < bytes.count {
            let start = position
            var isQuoted = false
            while position < bytes.count {
                let byte = bytes[position]
                if byte == 0x22 {
                    // A quote opens a value at its first letter, and ends it before a delimiter or the line's end.
                    let before = position > start ? bytes[position - 1] : delimiter
                    let behind = position + 1 < bytes.count ? bytes[position + 1] : 0x0A
                    guard
                        isQuoted
                            ? isClosing(behind, delimiter) : before == delimiter || before == 0x22 && position > start
                    else {
                        return .failure(unescapedQuote)
                    }
                    isQuoted.toggle()
                } else if byte == 0x0A, !isQuoted {
                    break
                }
                position += 1
            }
            if isQuoted {
                return .failure(
                    CSVFault(message: "InvalidBatch : Failed to parse CSV. EOF reached before closing an opened quote")
                )
            }
            var end = position
            let hasReturn = end > start && bytes[end - 1] == 0x0D
            if strict, position < bytes.count, hasReturn != isCRLF, end > start + (hasReturn ? 1 : 0) {
                return .failure(
                    CSVFault(
                        message: "ClientInputError : LineEnding is invalid on user data. Current LineEnding setting is "
                            + (isCRLF ? "CRLF" : "LF")
                    )
                )
            }
            if hasReturn { end -= 1 }
            if end > start { spans.append(RowSpan(start: Int32(start), end: Int32(end))) }
            position += 1
        }
        return .success(spans)
    }
    var spans = try result.get()
    guard let first = spans.first else {
        throw CSVFault(message: "InvalidBatch : Failed to parse CSV header. EOF reached")
    }
    spans.removeFirst()
    return (Int(first.start)..<Int(first.end), spans)
}

/// The header's line, also of a text whose rows can't be read: what results repeat.
func headerSpan(of data: [UInt8]) -> Range<Int> {
    let start = data.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    var end = data[start...].firstIndex(of: 0x0A) ?? data.count
    if end > start, data[end - 1] == 0x0D { end -= 1 }
    return start..<end
}

private let unescapedQuote = CSVFault(
    message: "InvalidBatch : Failed to parse CSV. Found unescaped quote. A value with quote should be within a quote"
)

private func isClosing(_ behind: UInt8, _ delimiter: UInt8) -> Bool {
    behind == 0x22 || behind == delimiter || behind == 0x0A || behind == 0x0D
}
