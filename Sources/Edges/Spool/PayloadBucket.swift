/// Some rows of payload spools, to be written in another order.
///
/// An ordinary bucket lies in memory. Of one that is much larger, as a parent of a million rows makes it, only the places do.
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
    private var bytes: [UInt8] = []
    private let isInMemory: Bool

    /// `pieces` are where its rows lie in the file; no row lies in two of them.
    init(_ file: ScratchFile, _ pieces: [Range<Int>], recordLength: Int, bytesInMemory: Int) throws {
        self.file = file
        self.recordLength = recordLength
        let count = pieces.reduce(0) { $0 + $1.count }
        isInMemory = count <= bytesInMemory
        if isInMemory { bytes.reserveCapacity(count) }
        var piece: [UInt8] = []
        for range in pieces {
            piece.resize(to: range.count)
            try piece.withUnsafeMutableBytes { try file.read(into: $0, at: range.lowerBound) }
            note(piece, from: isInMemory ? bytes.count : range.lowerBound)
            if isInMemory { bytes.append(contentsOf: piece) }
        }
    }

    /// Writes some of the rows in this order.
    package func write(_ order: some Sequence<Int>, to writer: PayloadSpoolWriter) throws {
        var one: [UInt8] = []
        for index in order {
            let row = rows[index]
            if isInMemory {
                try bytes.withUnsafeBytes { try write(row, UnsafeRawBufferPointer(rebasing: $0[row.place...]), writer) }
            } else {
                one.resize(to: Self.length(recordLength, row.length, row.texts))
                try one.withUnsafeMutableBytes { try file.read(into: $0, at: row.place) }
                try one.withUnsafeBytes { try write(row, $0, writer) }
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

    private mutating func note(_ piece: [UInt8], from start: Int) {
        piece.withUnsafeBytes { piece in
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
