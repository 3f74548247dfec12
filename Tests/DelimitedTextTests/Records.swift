import DelimitedText

/// All records of a text fed in the chunks that the cuts make.
func records(of text: [UInt8], cutAt cuts: [Int] = [], delimiter: UInt8 = UInt8(ascii: ",")) throws -> [[String]] {
    var parser = DelimitedParser(delimiter: delimiter)
    var found: [[String]] = []
    func take(_ record: borrowing DelimitedRecord) {
        var cells: [String] = []
        for index in 0..<record.count {
            cells.append(record.text(index))
        }
        found.append(cells)
    }
    var start = 0
    for end in cuts + [text.count] {
        // A copy, so that no byte outside the chunk can be seen.
        let chunk = Array(text[start..<end])
        try chunk.withUnsafeBytes { try parser.feed($0, take) }
        start = end
    }
    try parser.finish(take)
    return found
}

func records(of text: String, delimiter: UInt8 = UInt8(ascii: ",")) throws -> [[String]] {
    try records(of: Array(text.utf8), delimiter: delimiter)
}
