package import Fingerprinting

/// What a diff has to say to the snapshot before anything is pushed.
package struct SpooledRefresh: Sendable, Equatable {
    package enum Kind: UInt8, Sendable {
        /// Refused while it was read.
        case owed
        /// Not in the model any more.
        case absent
        /// In the model again, as it was delivered.
        case present
        /// Never delivered, and not in the model any more.
        case forgotten
    }

    package var kind: Kind
    package var key: Hash128
    /// Of an owed row.
    package var keyText: String

    package init(kind: Kind, key: Hash128, keyText: String = "") {
        self.kind = kind
        self.key = key
        self.keyText = keyText
    }
}

/// Writes refreshes.
package final class RefreshSpoolWriter {
    private let records: RecordSpoolWriter
    private var record: [UInt8] = []

    package init(path: String) throws {
        records = try RecordSpoolWriter(path: path)
    }

    package func append(_ refresh: SpooledRefresh) throws {
        record.removeAll(keepingCapacity: true)
        record.append(refresh.kind.rawValue)
        record.put(refresh.key)
        record.append(contentsOf: refresh.keyText.utf8)
        try records.append(record)
    }

    /// Makes the spool whole and durable; returns how many it holds.
    package func finish() throws -> Int {
        try records.finish()
        return records.count
    }
}

/// Reads refreshes.
package final class RefreshSpoolReader {
    private let records: RecordSpoolReader

    /// - Throws: `SpoolError`: not whole, damaged, not there.
    package init(path: String) throws {
        records = try RecordSpoolReader(path: path)
    }

    package func next() throws -> SpooledRefresh? {
        try records.next { bytes in
            var reader = SpoolByteReader(bytes)
            guard let code = reader.number(UInt8.self), let kind = SpooledRefresh.Kind(rawValue: code),
                let key = reader.key(),
                let text = reader.slice(bytes.count - reader.offset)
            else { return nil }
            return SpooledRefresh(kind: kind, key: key, keyText: String(decoding: text, as: UTF8.self))
        }
    }
}
