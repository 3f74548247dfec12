internal import DelimitedText

/// The cells of one row of CSV, by their columns.
enum DelimitedCells {
    /// - Throws: `DelimitedTextError` when the bytes are no row.
    static func read(_ payload: [UInt8], _ columns: [String]) throws -> [String: String] {
        var values: [String: String] = [:]
        var parser = DelimitedParser()
        try payload.withUnsafeBytes { bytes in
            try parser.feed(bytes) { record in
                for (index, name) in columns.enumerated() where index < record.count {
                    values[name] = record.text(index)
                }
            }
        }
        return values
    }
}
