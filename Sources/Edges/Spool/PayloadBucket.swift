/// Some rows of payload spools, to be written in another order.
///
/// An ordinary bucket lies in memory, of a size that the processor's cache holds. Of one that is much larger, as a parent of
/// a million rows makes it, only the places do. It is of use until the next one is made.
package struct PayloadBucket {
    /// A row as far as ordering needs to know it.
    package struct Row {
        package var parent: UInt64
        /// Bytes of the payload.
        package var length: Int
        fileprivate var texts: Int
        /// Where it begins, in the bytes in memory or in the file.
        fileprivate var place: Int
    }

    /// In the order in which they came.
    package private(set) var rows: [Row] = []
    private let recordLength: Int
    private let file: ScratchFile
    private let hold: BucketHold
    private let isInMemory: Bool

    /// `pieces` are where its rows lie in the file; no row lies in two of them.
    init(
        _ file: ScratchFile,
        _ pieces: [Range<Int>],
        recordLength: Int,
        bytesInMemory: Int,
        _ hold: BucketHold
    ) throws {
        self.file = file
        self.recordLength = recordLength
        self.hold = hold
        let count = pieces.reduce(0) { $0 + $1.count }
        isInMemory = count <= bytesInMemory
        if isInMemory { hold.makeRoom(count) }
        var end = 0
        for range in pieces {
            if !isInMemory {
                end = 0
                hold.makeRoom(range.count)
            }
            let piece = hold.bytes(from: end, count: range.count)
            try file.read(into: piece, at: range.lowerBound)
            note(UnsafeRawBufferPointer(piece), from: isInMemory ? end : range.lowerBound)
            end += range.count
        }
    }

    /// Writes some of the rows in this order.
    package func write(_ order: [UInt32], to writer: PayloadSpoolWriter) throws {
        for index in order {
            let row = rows[Int(index)]
            let length = Self.length(recordLength, row.length, row.texts)
            if isInMemory {
                try write(row, UnsafeRawBufferPointer(hold.bytes(from: row.place, count: length)), writer)
            } else {
                hold.makeRoom(length)
                let one = hold.bytes(from: 0, count: length)
                try file.read(into: one, at: row.place)
                try write(row, UnsafeRawBufferPointer(one), writer)
            }
        }
    }

    // MARK: - Implementation

    /// How long a row is as it lies in a bucket: lengths of payload and texts, 4 bytes each, then record, payload, texts.
    static func length(_ record: Int, _ payload: Int, _ texts: Int) -> Int { 8 + record + payload + texts }

    static func lay(
        _ record: UnsafeRawBufferPointer,
        _ payload: UnsafeRawBufferPointer,
        _ text: UnsafeRawBufferPointer,
        _ otherText: UnsafeRawBufferPointer,
        at place: UnsafeMutableRawPointer
    ) {
        place.storeBytes(of: UInt32(payload.count), as: UInt32.self)
        place.storeBytes(of: UInt32(text.count + otherText.count), toByteOffset: 4, as: UInt32.self)
        let first = place + 8
        let second = first + record.count
        copy(record, to: first)
        copy(payload, to: second)
        let third = second + payload.count
        copy(text, to: third)
        copy(otherText, to: third + text.count)
    }

    private static func copy(_ bytes: UnsafeRawBufferPointer, to place: UnsafeMutableRawPointer) {
        if let base = bytes.baseAddress { place.copyMemory(from: base, byteCount: bytes.count) }
    }

    private mutating func note(_ piece: UnsafeRawBufferPointer, from start: Int) {
        var place = 0
        while place < piece.count {
            let payload = Int(piece.loadUnaligned(fromByteOffset: place, as: UInt32.self))
            let texts = Int(piece.loadUnaligned(fromByteOffset: place + 4, as: UInt32.self))
            let parent = piece.loadUnaligned(
                fromByteOffset: place + 8 + PayloadIndexLayout.parentPlace,
                as: UInt64.self
            )
            rows.append(
                Row(parent: UInt64(littleEndian: parent), length: payload, texts: texts, place: start + place)
            )
            place += Self.length(recordLength, payload, texts)
        }
    }

    private func write(_ row: Row, _ bytes: UnsafeRawBufferPointer, _ writer: PayloadSpoolWriter) throws {
        let payload = 8 + recordLength
        let texts = payload + row.length
        try writer.append(
            record: UnsafeRawBufferPointer(rebasing: bytes[8..<payload]),
            payload: UnsafeRawBufferPointer(rebasing: bytes[payload..<texts]),
            texts: UnsafeRawBufferPointer(rebasing: bytes[texts..<texts + row.texts])
        )
    }
}

/// Memory for one bucket after the other: as long as the longest, and touched anew by none.
final class BucketHold {
    private var room = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 64)

    deinit {
        room.deallocate()
    }

    /// What was in it is lost when it has to grow.
    func makeRoom(_ count: Int) {
        guard room.count < count else { return }
        room.deallocate()
        room = .allocate(byteCount: count + count / 4, alignment: 64)
    }

    func bytes(from start: Int, count: Int) -> UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(rebasing: room[start..<start + count])
    }
}

extension [UInt8] {
    /// Makes it as long as this; what is added is 0.
    mutating func resize(to length: Int) {
        if count < length {
            append(contentsOf: repeatElement(0, count: length - count))
        } else {
            removeLast(count - length)
        }
    }
}
