/// The places of delimiters, quotes, line feeds and carriage returns, found 64 bytes at a time.
struct DelimitedMarks {
    /// A byte above ASCII lies in what was looked at since the last `forgetHighBytes()`, or in the same 64 bytes.
    var hasHighBytes = false

    private let base: UnsafePointer<UInt8>
    private let end: Int
    private let delimiter: UInt8
    /// The block's first byte, and one bit for each of its marks not yet given out.
    private var block: Int
    private var bits: UInt64 = 0
    /// Where the block behind begins.
    private var nextBlock: Int
    private var blockHasHighBytes = false

    init(in base: UnsafePointer<UInt8>, from start: Int, to end: Int, delimiter: UInt8) {
        self.base = base
        self.end = end
        self.delimiter = delimiter
        block = start
        nextBlock = start
    }

    @inline(__always)
    mutating func next() -> Int? {
        while bits == 0 {
            if nextBlock >= end { return nil }
            block = nextBlock
            if end &- block >= 64 {
                loadBlock()
            } else {
                loadTail()
            }
            hasHighBytes = hasHighBytes || blockHasHighBytes
        }
        let position = block &+ bits.trailingZeroBitCount
        bits &= bits &- 1
        return position
    }

    @inline(__always)
    mutating func forgetHighBytes() {
        hasHighBytes = blockHasHighBytes
    }

    // MARK: - Implementation

    @inline(__always)
    private mutating func loadBlock() {
        let bytes = UnsafeRawPointer(base + block)
        var found: UInt64 = 0
        var all: UInt64 = 0
        for index in 0..<8 {
            let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index &* 8, as: UInt64.self))
            all |= word
            found |= marks(word) &<< UInt64(index &* 8)
        }
        bits = found
        blockHasHighBytes = all & Self.highBits != 0
        nextBlock = block &+ 64
    }

    private static let highBits: UInt64 = 0x8080_8080_8080_8080

    /// Of eight bytes, a bit for each that is a mark, the first byte's lowest.
    @inline(__always)
    private func marks(_ word: UInt64) -> UInt64 {
        let others =
            differs(word, everywhere(.quote)) & differs(word, everywhere(.lineFeed))
            & differs(word, everywhere(.carriageReturn)) & differs(word, everywhere(delimiter))
        let hits = (~others & Self.highBits) &>> 7
        // Each byte holds 0 or 1; the product has byte k's at bit 56 + k.
        return (hits &* 0x0102_0408_1020_4080) &>> 56
    }

    /// The top bit of each byte is set where the two differ; the other bits mean nothing.
    ///
    /// No byte's sum reaches the next.
    @inline(__always)
    private func differs(_ word: UInt64, _ other: UInt64) -> UInt64 {
        let difference = word ^ other
        return ((difference & ~Self.highBits) &+ ~Self.highBits) | difference
    }

    @inline(__always)
    private func everywhere(_ byte: UInt8) -> UInt64 {
        UInt64(byte) &* 0x0101_0101_0101_0101
    }

    private mutating func loadTail() {
        var high: UInt8 = 0
        for offset in 0..<(end - block) {
            let byte = base[block + offset]
            high |= byte
            if byte == delimiter || byte == .quote || byte == .lineFeed || byte == .carriageReturn {
                bits |= 1 &<< UInt64(offset)
            }
        }
        blockHasHighBytes = high >= 0x80
        nextBlock = end
    }
}
