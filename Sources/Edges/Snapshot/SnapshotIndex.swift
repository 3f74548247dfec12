internal import Fingerprinting

/// The end of a base file: where each block lies, and the checksums of its three sections.
struct SnapshotIndex: Sendable {
    static let blockSize = 4_096
    static let tailLength = 40
    private static let tailMagic: UInt64 = 0x444E_4550_414E_5331
    private static let entryLength = 72

    struct Block: Sendable {
        var offset: UInt64
        var count: UInt32
        /// Keys, raws, flags.
        var front: UInt32
        /// Shaped, fields.
        var back: UInt32
        /// Ends and bytes of texts.
        var text: UInt32
        var frontHash: UInt64
        var backHash: UInt64
        var textHash: UInt64
        var firstKey: Hash128
    }

    var blocks: [Block] = []
    var entryCount = 0

    /// Where the next block goes, behind all others.
    func end(startingAt start: Int) -> Int {
        guard let last = blocks.last else { return start }
        return Int(last.offset) + Int(last.front) + Int(last.back) + Int(last.text)
    }

    /// Index and tail, as they are written at `offset`.
    func encoded(at offset: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        for block in blocks {
            bytes.put(block.offset)
            for number in [block.count, block.front, block.back, block.text] { bytes.put(number) }
            for number in [block.frontHash, block.backHash, block.textHash] { bytes.put(number) }
            bytes.put(block.firstKey)
            bytes.put(UInt64(0))
        }
        for number in [UInt64(offset), UInt64(blocks.count), UInt64(entryCount)] { bytes.put(number) }
        bytes.put(bytes.withUnsafeBytes { Fingerprint.hash64($0) })
        bytes.put(Self.tailMagic)
        return bytes
    }

    static func read(_ file: SnapshotDescriptor, headerLength: Int) throws -> SnapshotIndex {
        let path = file.path
        func damaged(_ reason: String) -> SnapshotError { SnapshotError(.damaged, path: path, reason: reason) }
        let size = try file.size()
        guard size >= headerLength + tailLength else { throw damaged("it is cut off") }
        var tail = [UInt8](repeating: 0, count: tailLength)
        try tail.withUnsafeMutableBytes { try file.read(into: $0, at: size - tailLength) }
        let numbers = tail.withUnsafeBytes { tail in
            (0..<5).map { tail.loadUnaligned(fromByteOffset: 8 * $0, as: UInt64.self) }
        }
        guard numbers[4] == tailMagic else { throw damaged("it is cut off") }
        let (offset, blockCount) = (numbers[0], numbers[1])
        guard blockCount <= UInt64(size), offset >= UInt64(headerLength), offset <= UInt64(size),
            Int(offset) + Int(blockCount) * entryLength + tailLength == size
        else { throw damaged("its index has a wrong length") }
        // With the three numbers of the tail: the checksum is of them too.
        var bytes = [UInt8](repeating: 0, count: Int(blockCount) * entryLength + 24)
        try bytes.withUnsafeMutableBytes { try file.read(into: $0, at: Int(offset)) }
        return try bytes.withUnsafeBytes { all in
            guard Fingerprint.hash64(all) == numbers[3] else { throw damaged("the checksum of its index is wrong") }
            var index = SnapshotIndex(blocks: [], entryCount: Int(numbers[2]))
            index.blocks.reserveCapacity(Int(blockCount))
            for position in 0..<Int(blockCount) {
                let at = position * entryLength
                func word(_ offset: Int) -> UInt64 { all.loadUnaligned(fromByteOffset: at + offset, as: UInt64.self) }
                func half(_ offset: Int) -> UInt32 { all.loadUnaligned(fromByteOffset: at + offset, as: UInt32.self) }
                index.blocks.append(
                    Block(
                        offset: word(0),
                        count: half(8),
                        front: half(12),
                        back: half(16),
                        text: half(20),
                        frontHash: word(24),
                        backHash: word(32),
                        textHash: word(40),
                        firstKey: Hash128(high: word(48), low: word(56))
                    )
                )
            }
            return index
        }
    }
}
