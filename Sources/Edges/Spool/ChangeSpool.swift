package import Fingerprinting
package import SyncModel

/// Writes the rows that a diff found to travel.
package final class ChangeSpoolWriter {
    private let records: RecordSpoolWriter
    /// Room for the record in hand.
    private var room = UnsafeMutableRawBufferPointer.allocate(byteCount: 4 << 10, alignment: 8)

    package init(path: String) throws {
        records = try RecordSpoolWriter(path: path)
    }

    deinit {
        room.deallocate()
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
        let knownLength = known == nil ? 0 : 20 + 2 * knownFields.count
        let length = 27 + knownLength + 12 + keyText.count + matchText.count + 4 * cellEnds.count + cells.count
        if room.count < length {
            room.deallocate()
            room = .allocate(byteCount: 2 * length, alignment: 8)
        }
        var place = Place(bytes: room)
        place.put(changeClass.rawValue)
        place.put(known?.flags.rawValue ?? 0)
        place.put(known == nil ? 0 : 1 as UInt8)
        place.put(key.high)
        place.put(key.low)
        place.put(raw)
        if let known {
            place.put(known.raw)
            place.put(known.shaped)
            place.put(UInt32(knownFields.count))
            place.put(UnsafeRawBufferPointer(knownFields))
        }
        place.put(UInt32(keyText.count))
        place.put(keyText)
        place.put(UInt32(matchText.count))
        place.put(matchText)
        place.put(UInt32(cellEnds.count))
        place.put(UnsafeRawBufferPointer(cellEnds))
        place.put(cells)
        try records.append(UnsafeRawBufferPointer(rebasing: room[..<length]))
    }

    /// The same, from a value.
    package func append(_ change: Change) throws {
        var (keyText, matchText) = (change.keyText, change.matchText)
        try keyText.withUTF8 { keyText in
            try matchText.withUTF8 { matchText in
                try (change.known?.fields ?? []).withUnsafeBufferPointer { fields in
                    try change.cells.withAll { ends, cells in
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

    /// Makes the spool whole and durable; returns how many rows it holds.
    package func finish() throws -> Int {
        try records.finish()
        return records.count
    }
}

/// Where the next part of a record goes.
private struct Place {
    let bytes: UnsafeMutableRawBufferPointer
    private var offset = 0

    init(bytes: UnsafeMutableRawBufferPointer) {
        self.bytes = bytes
    }

    @inline(__always)
    mutating func put<Number: FixedWidthInteger>(_ number: Number) {
        bytes.storeBytes(of: number.littleEndian, toByteOffset: offset, as: Number.self)
        offset += MemoryLayout<Number>.size
    }

    @inline(__always)
    mutating func put(_ part: UnsafeRawBufferPointer) {
        UnsafeMutableRawBufferPointer(rebasing: bytes[offset...]).copyMemory(from: part)
        offset += part.count
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
    package var byteCount: Int { records.byteCount }

    /// The next row; nil behind the last.
    package func next() throws -> Change? {
        var change = Change.blank
        return try next(into: &change) ? change : nil
    }

    /// Fills in the next row, in the room of the one before; false behind the last.
    package func next(into change: inout Change) throws -> Bool {
        try records.next { Self.decode($0, &change) ? true : nil } ?? false
    }

    // MARK: - Implementation

    /// Whether the bytes make a row.
    private static func decode(_ bytes: UnsafeRawBufferPointer, _ change: inout Change) -> Bool {
        var reader = SpoolByteReader(bytes)
        guard let code = reader.number(UInt8.self), let changeClass = ChangeClass(rawValue: code),
            let flags = reader.number(UInt8.self),
            let isKnown = reader.number(UInt8.self), let key = reader.key(), let raw = reader.number(UInt64.self)
        else { return false }
        change.changeClass = changeClass
        change.key = key
        change.raw = raw
        change.known = nil
        if isKnown == 1 {
            guard let raw = reader.number(UInt64.self), let shaped = reader.number(UInt64.self),
                let count = reader.number(UInt32.self),
                let fields = reader.numbers(Int(count))
            else { return false }
            change.known = SnapshotEntry(
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
        else { return false }
        change.keyText = String(decoding: keyText, as: UTF8.self)
        change.matchText = matchText.isEmpty ? "" : String(decoding: matchText, as: UTF8.self)
        return change.cells.replace(ends: ends, bytes: cells)
    }
}

extension Change {
    /// Room for a row to be read into.
    package static var blank: Change {
        Change(changeClass: .unchanged, key: Hash128(high: 0, low: 0), keyText: "", raw: 0, known: nil, cells: [])
    }
}
