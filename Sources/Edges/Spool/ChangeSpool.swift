package import Fingerprinting
package import SyncModel

/// Writes the rows that a diff found to travel.
package final class ChangeSpoolWriter {
    private let records: RecordSpoolWriter
    private var record: [UInt8] = []

    package init(path: String) throws {
        records = try RecordSpoolWriter(path: path)
    }

    /// Adds a row.
    ///
    /// `known` is what the snapshot had, its fields apart; `cellEnds` are offsets in `cells`.
    package func append(
        _ changeClass: ChangeClass,
        key: Hash128,
        raw: UInt64,
        keyText: UnsafeRawBufferPointer,
        matchText: UnsafeRawBufferPointer,
        known: (raw: UInt64, shaped: UInt64, flags: SnapshotEntry.Flags)?,
        knownFields: UnsafeBufferPointer<UInt16>,
        cellEnds: UnsafeBufferPointer<UInt32>,
        cells: UnsafeRawBufferPointer
    ) throws {
        record.removeAll(keepingCapacity: true)
        record.append(changeClass.rawValue)
        record.append(known?.flags.rawValue ?? 0)
        record.append(known == nil ? 0 : 1)
        record.put(key)
        record.put(raw)
        if let known {
            record.put(known.raw)
            record.put(known.shaped)
            record.put(UInt32(knownFields.count))
            record.append(contentsOf: UnsafeRawBufferPointer(knownFields))
        }
        for text in [keyText, matchText] {
            record.put(UInt32(text.count))
            record.append(contentsOf: text)
        }
        record.put(UInt32(cellEnds.count))
        record.append(contentsOf: UnsafeRawBufferPointer(cellEnds))
        record.append(contentsOf: cells)
        try records.append(record)
    }

    /// The same, from a value.
    package func append(_ change: Change) throws {
        var (keyText, matchText) = (change.keyText, change.matchText)
        let cells = change.cells.flatMap(\.self)
        var end: UInt32 = 0
        let ends = change.cells.map { cell in
            end += UInt32(cell.count)
            return end
        }
        try keyText.withUTF8 { keyText in
            try matchText.withUTF8 { matchText in
                try (change.known?.fields ?? []).withUnsafeBufferPointer { fields in
                    try ends.withUnsafeBufferPointer { ends in
                        try cells.withUnsafeBytes { cells in
                            try append(
                                change.changeClass,
                                key: change.key,
                                raw: change.raw,
                                keyText: UnsafeRawBufferPointer(keyText),
                                matchText: UnsafeRawBufferPointer(matchText),
                                known: change.known.map { ($0.raw, $0.shaped, $0.flags) },
                                knownFields: fields,
                                cellEnds: ends,
                                cells: cells
                            )
                        }
                    }
                }
            }
        }
    }

    /// Makes the spool whole and durable; returns how many rows it holds.
    package func finish() throws -> Int {
        try records.finish()
        return records.count
    }
}

/// Reads the rows that a diff found to travel, in the order in which they were written.
package final class ChangeSpoolReader {
    private let records: RecordSpoolReader

    /// - Throws: `SpoolError`: not whole, damaged, not there.
    package init(path: String) throws {
        records = try RecordSpoolReader(path: path)
    }

    package static func isWhole(path: String) -> Bool { SpoolFile.isWhole(path) }

    package var count: Int { records.count }

    /// The next row; nil behind the last.
    package func next() throws -> Change? {
        try records.next { Self.decode($0) }
    }

    private static func decode(_ bytes: UnsafeRawBufferPointer) -> Change? {
        var reader = SpoolByteReader(bytes)
        guard let code = reader.number(UInt8.self), let changeClass = ChangeClass(rawValue: code),
            let flags = reader.number(UInt8.self),
            let isKnown = reader.number(UInt8.self), let key = reader.key(), let raw = reader.number(UInt64.self)
        else { return nil }
        var known: SnapshotEntry?
        if isKnown == 1 {
            guard let raw = reader.number(UInt64.self), let shaped = reader.number(UInt64.self),
                let count = reader.number(UInt32.self),
                let fields = reader.numbers(Int(count))
            else { return nil }
            known = SnapshotEntry(
                key: key,
                raw: raw,
                shaped: shaped,
                flags: SnapshotEntry.Flags(rawValue: flags),
                fields: fields
            )
        }
        guard let keyLength = reader.number(UInt32.self), let keyText = reader.slice(Int(keyLength)),
            let matchLength = reader.number(UInt32.self), let matchText = reader.slice(Int(matchLength)),
            let cellCount = reader.number(UInt32.self), let ends = reader.slice(4 * Int(cellCount)),
            let cells = reader.slice(bytes.count - reader.offset)
        else { return nil }
        var change = Change(
            changeClass: changeClass,
            key: key,
            keyText: String(decoding: keyText, as: UTF8.self),
            raw: raw,
            known: known,
            cells: []
        )
        change.matchText = String(decoding: matchText, as: UTF8.self)
        change.cells.reserveCapacity(Int(cellCount))
        var start = 0
        for cell in 0..<Int(cellCount) {
            let end = Int(ends.loadUnaligned(fromByteOffset: 4 * cell, as: UInt32.self))
            guard end >= start, end <= cells.count else { return nil }
            change.cells.append(Array(cells[start..<end]))
            start = end
        }
        return change
    }
}
