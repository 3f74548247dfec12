/// The end of the scratch space, which several writers share.
final class ScratchEnd {
    private let space: any ScratchSpace
    private var end = 0

    init(_ space: any ScratchSpace) {
        self.space = space
    }

    func append(_ bytes: UnsafeRawBufferPointer) throws -> Range<Int> {
        try space.write(bytes, at: end)
        defer { end += bytes.count }
        return end..<end + bytes.count
    }

    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws {
        try space.read(into: buffer, at: offset)
    }
}

/// Records of any length in partitions: each is gathered in a buffer of its own and written in pieces, one after the other.
///
/// A record begins with its length in 4 bytes, which its writer fills in, and is padded to 8.
final class ScratchRecords {
    private let scratch: ScratchEnd
    private let room: Int
    private let buffers: UnsafeMutableRawPointer
    /// Bytes in each buffer; a plain pointer, since it is looked at for every record.
    private let fill: UnsafeMutablePointer<Int>
    private var pieces: [[Range<Int>]]
    /// A record that is longer than a buffer, until the next one is begun.
    private var large: (partition: Int, bytes: UnsafeMutableRawBufferPointer)?
    private let partitions: Int

    init(_ scratch: ScratchEnd, partitions: Int, room: Int) {
        self.scratch = scratch
        self.room = room
        buffers = .allocate(byteCount: partitions * room, alignment: 64)
        fill = .allocate(capacity: partitions)
        fill.initialize(repeating: 0, count: partitions)
        self.partitions = partitions
        pieces = [[Range<Int>]](repeating: [], count: partitions)
    }

    deinit {
        buffers.deallocate()
        fill.deallocate()
        large?.bytes.deallocate()
    }

    static func padded(_ length: Int) -> Int { (length + 7) & ~7 }

    /// Room for a record of this padded length, with the length filled in; to be written before the next one is begun.
    func begin(_ partition: Int, length: Int) throws -> UnsafeMutableRawPointer {
        let filled = fill[partition]
        if filled + length > room { return try beginNextPiece(partition, length: length) }
        fill[partition] = filled + length
        let place = buffers + partition * room + filled
        place.storeBytes(of: UInt32(length), as: UInt32.self)
        return place
    }

    /// Copies a record of another one of these.
    func append(_ partition: Int, _ record: UnsafeRawBufferPointer) throws {
        try begin(partition, length: record.count).copyMemory(
            from: record.baseAddress ?? UnsafeRawPointer(buffers),
            byteCount: record.count
        )
    }

    /// Calls `body` with every record of a partition, in the order in which they were written.
    func forEach(_ partition: Int, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        try flushLarge()
        try flush(partition)
        var buffer: [UInt8] = []
        for piece in pieces[partition] {
            if buffer.count < piece.count {
                buffer.append(contentsOf: repeatElement(0, count: piece.count - buffer.count))
            }
            try buffer.withUnsafeMutableBytes { bytes in
                let bytes = UnsafeMutableRawBufferPointer(rebasing: bytes[..<piece.count])
                try scratch.read(into: bytes, at: piece.lowerBound)
                var offset = 0
                while offset < bytes.count {
                    let length = Int(bytes.load(fromByteOffset: offset, as: UInt32.self))
                    try body(UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + length]))
                    offset += length
                }
            }
        }
    }

    var isEmpty: Bool { (0..<partitions).allSatisfy(isEmpty) }

    func isEmpty(_ partition: Int) -> Bool {
        pieces[partition].isEmpty && fill[partition] == 0 && large?.partition != partition
    }

    // MARK: - Implementation

    private func beginNextPiece(_ partition: Int, length: Int) throws -> UnsafeMutableRawPointer {
        try flushLarge()
        try flush(partition)
        guard length <= room else { return beginLarge(partition, length) }
        fill[partition] = length
        let place = buffers + partition * room
        place.storeBytes(of: UInt32(length), as: UInt32.self)
        return place
    }

    private func flush(_ partition: Int) throws {
        guard fill[partition] > 0 else { return }
        let bytes = UnsafeRawBufferPointer(start: buffers + partition * room, count: fill[partition])
        pieces[partition].append(try scratch.append(bytes))
        fill[partition] = 0
    }

    private func beginLarge(_ partition: Int, _ length: Int) -> UnsafeMutableRawPointer {
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: length, alignment: 8)
        large = (partition, bytes)
        bytes.storeBytes(of: UInt32(length), as: UInt32.self)
        return bytes.baseAddress ?? buffers
    }

    private func flushLarge() throws {
        guard let (partition, bytes) = large else { return }
        large = nil
        defer { bytes.deallocate() }
        pieces[partition].append(try scratch.append(UnsafeRawBufferPointer(bytes)))
    }
}
