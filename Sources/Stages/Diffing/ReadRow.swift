internal import Fingerprinting

/// A row that was not settled while it was read, as it lies in a record of its key's partition: length 4, fault 1, outside 1,
/// pad 2, key 16, raw 8, lengths of key text 4 and cells 4, ends of cells, key text, cells.
struct ReadRow {
    let fault: UInt8
    /// Not among the keys that the diff is about.
    let isOutside: Bool
    let key: Hash128
    let raw: UInt64
    let keyText: UnsafeRawBufferPointer
    let cellEnds: UnsafeBufferPointer<UInt32>
    let cells: UnsafeRawBufferPointer

    static let fixed = 40

    init(_ record: UnsafeRawBufferPointer, columns: Int) {
        fault = record[4]
        isOutside = record[5] != 0
        key = record.load(fromByteOffset: 8, as: Hash128.self)
        raw = record.load(fromByteOffset: 24, as: UInt64.self)
        let textLength = Int(record.load(fromByteOffset: 32, as: UInt32.self))
        let cellsLength = Int(record.load(fromByteOffset: 36, as: UInt32.self))
        let text = Self.fixed + 4 * columns
        cellEnds = UnsafeRawBufferPointer(rebasing: record[Self.fixed..<text]).assumingMemoryBound(to: UInt32.self)
        keyText = UnsafeRawBufferPointer(rebasing: record[text..<text + textLength])
        cells = UnsafeRawBufferPointer(rebasing: record[text + textLength..<text + textLength + cellsLength])
    }

    /// Only the key: what the first look at a partition needs.
    static func key(_ record: UnsafeRawBufferPointer) -> Hash128 {
        record.load(fromByteOffset: 8, as: Hash128.self)
    }

    static func length(columns: Int, keyText: Int, cells: Int) -> Int {
        ScratchRecords.padded(fixed + 4 * columns + keyText + cells)
    }

    /// `ends` are offsets in the batch; the row's cells begin at `start`.
    static func write(
        key: Hash128,
        raw: UInt64,
        fault: UInt8,
        isOutside: Bool,
        keyText: UnsafeRawBufferPointer,
        ends: UnsafeBufferPointer<UInt32>,
        start: Int,
        cells: UnsafeRawBufferPointer,
        at place: UnsafeMutableRawPointer
    ) {
        place.storeBytes(of: fault, toByteOffset: 4, as: UInt8.self)
        place.storeBytes(of: isOutside ? 1 : 0, toByteOffset: 5, as: UInt8.self)
        place.storeBytes(of: key, toByteOffset: 8, as: Hash128.self)
        place.storeBytes(of: raw, toByteOffset: 24, as: UInt64.self)
        place.storeBytes(of: UInt32(keyText.count), toByteOffset: 32, as: UInt32.self)
        place.storeBytes(of: UInt32(cells.count), toByteOffset: 36, as: UInt32.self)
        for (column, end) in ends.enumerated() {
            place.storeBytes(
                of: end &- UInt32(truncatingIfNeeded: start),
                toByteOffset: fixed + 4 * column,
                as: UInt32.self
            )
        }
        let text = place + fixed + 4 * ends.count
        text.copy(keyText)
        (text + keyText.count).copy(cells)
    }
}
