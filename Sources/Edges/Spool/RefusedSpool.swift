package import Fingerprinting

/// A row that was refused while it was read.
package struct RefusedRow: Sendable, Equatable {
    /// Ours: `NULL_KEY`, `DOUBLED_KEY`, `NULL_MATCH_VALUE`, `DUPLICATE_VALUE`.
    package var code: String
    /// Nil when the row has no key.
    package var key: Hash128?
    package var keyText: String
    package var message: String
    /// It was owed already when it was read.
    package var wasOwed: Bool

    package init(code: String, key: Hash128?, keyText: String, message: String, wasOwed: Bool = false) {
        self.code = code
        self.key = key
        self.keyText = keyText
        self.message = message
        self.wasOwed = wasOwed
    }
}

/// Writes the rows that were refused while they were read.
package final class RefusedSpoolWriter {
    private let records: RecordSpoolWriter
    private var record: [UInt8] = []

    package init(path: String) throws {
        records = try RecordSpoolWriter(path: path)
    }

    package func append(_ row: RefusedRow) throws {
        record.removeAll(keepingCapacity: true)
        record.append((row.key == nil ? 0 : 1) | (row.wasOwed ? 2 : 0))
        record.put(row.key ?? Hash128(high: 0, low: 0))
        for text in [row.code, row.keyText, row.message] {
            record.put(UInt32(text.utf8.count))
            record.append(contentsOf: text.utf8)
        }
        try records.append(record)
    }

    /// Makes the spool whole and durable; returns how many rows it holds.
    package func finish() throws -> Int {
        try records.finish()
        return records.count
    }
}

/// Reads the rows that were refused while they were read.
package final class RefusedSpoolReader {
    private let records: RecordSpoolReader

    /// - Throws: `SpoolError`: not whole, damaged, not there.
    package init(path: String) throws {
        records = try RecordSpoolReader(path: path)
    }

    package var count: Int { records.count }

    /// The next row; nil behind the last.
    package func next() throws -> RefusedRow? {
        try records.next { bytes in
            var reader = SpoolByteReader(bytes)
            guard let marks = reader.number(UInt8.self), let key = reader.key() else { return nil }
            var texts: [String] = []
            for _ in 0..<3 {
                guard let length = reader.number(UInt32.self), let text = reader.slice(Int(length)) else { return nil }
                texts.append(String(decoding: text, as: UTF8.self))
            }
            return RefusedRow(
                code: texts[0],
                key: marks & 1 == 0 ? nil : key,
                keyText: texts[1],
                message: texts[2],
                wasOwed: marks & 2 != 0
            )
        }
    }
}
