/// Where one cell of a row stands in the text, without its quotes.
struct CSVCell {
    var start: Int
    var end: Int
    /// Quotes are doubled inside and must be halved.
    var hasDoubledQuotes = false
    var isQuoted = false
}

/// Why a text is not CSV.
struct CSVFault: Error, Equatable {
    var message: String
}

/// Reads rows of comma-separated text, one at a time, without copying them.
struct CSVReader {
    let bytes: UnsafeBufferPointer<UInt8>
    let delimiter: UInt8
    var position: Int
    let end: Int

    init(bytes: UnsafeBufferPointer<UInt8>, delimiter: UInt8, range: Range<Int>) {
        self.bytes = bytes
        self.delimiter = delimiter
        position = range.lowerBound
        end = range.upperBound
    }

    /// Reads the next row into `cells`; false when there is none.
    ///
    /// Empty lines are passed over.
    mutating func next(into cells: inout [CSVCell]) throws(CSVFault) -> Bool {
        cells.removeAll(keepingCapacity: true)
        while position < end, bytes[position] == 0x0A || bytes[position] == 0x0D { position += 1 }
        guard position < end else { return false }
        while true {
            if position < end, bytes[position] == 0x22 {
                try cells.append(quotedCell())
            } else {
                let start = position
                while position < end, case let byte = bytes[position], byte != delimiter, byte != 0x0A, byte != 0x0D {
                    if byte == 0x22 {
                        throw CSVFault(
                            message: "Failed to parse CSV. Found unescaped quote. A value with quote should be within "
                                + "a quote"
                        )
                    }
                    position += 1
                }
                cells.append(CSVCell(start: start, end: position))
            }
            guard position < end else { return true }
            if bytes[position] == delimiter {
                position += 1
                continue
            }
            if bytes[position] == 0x0D { position += 1 }
            if position < end, bytes[position] == 0x0A { position += 1 }
            return true
        }
    }

    private mutating func quotedCell() throws(CSVFault) -> CSVCell {
        position += 1
        var cell = CSVCell(start: position, end: position, isQuoted: true)
        while true {
            guard position < end else {
                throw CSVFault(message: "Failed to parse CSV. EOF reached before closing an opened quote")
            }
            guard bytes[position] == 0x22 else {
                position += 1
                continue
            }
            if position + 1 < end, bytes[position + 1] == 0x22 {
                cell.hasDoubledQuotes = true
                position += 2
                continue
            }
            cell.end = position
            position += 1
            guard position == end || bytes[position] == delimiter || bytes[position] == 0x0A || bytes[position] == 0x0D
            else {
                throw CSVFault(
                    message: "Failed to parse CSV. Found unescaped quote. A value with quote should be within a quote"
                )
            }
            return cell
        }
    }
}

extension CSVReader {
    func text(of cell: CSVCell) -> String {
        let slice = UnsafeBufferPointer(rebasing: bytes[cell.start..<cell.end])
        guard cell.hasDoubledQuotes else { return String(decoding: slice, as: UTF8.self) }
        var halved: [UInt8] = []
        halved.reserveCapacity(slice.count)
        var skip = false
        for byte in slice {
            if byte == 0x22, skip {
                skip = false
                continue
            }
            skip = byte == 0x22
            halved.append(byte)
        }
        return String(decoding: halved, as: UTF8.self)
    }
}

/// Appends a cell in quotes, doubling those inside.
func appendQuoted(_ text: String, to out: inout [UInt8]) {
    out.append(0x22)
    for byte in text.utf8 {
        if byte == 0x22 { out.append(0x22) }
        out.append(byte)
    }
    out.append(0x22)
}
