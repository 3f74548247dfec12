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
        let v0 = bytes.loadUnaligned(as: SIMD16<UInt8>.self)
        let v1 = bytes.loadUnaligned(fromByteOffset: 16, as: SIMD16<UInt8>.self)
        let v2 = bytes.loadUnaligned(fromByteOffset: 32, as: SIMD16<UInt8>.self)
        let v3 = bytes.loadUnaligned(fromByteOffset: 48, as: SIMD16<UInt8>.self)
        bits = marks(v0) | marks(v1) &<< 16 | marks(v2) &<< 32 | marks(v3) &<< 48
        let all = unsafeBitCast(v0 | v1 | v2 | v3, to: SIMD2<UInt64>.self)
        blockHasHighBytes = (all[0] | all[1]) & 0x8080_8080_8080_8080 != 0
        nextBlock = block &+ 64
    }

    /// Sixteen bits, one a byte.
    @inline(__always)
    private func marks(_ bytes: SIMD16<UInt8>) -> UInt64 {
        let quotes = bytes .== SIMD16(repeating: .quote)
        let delimiters = bytes .== SIMD16(repeating: delimiter)
        let feeds = bytes .== SIMD16(repeating: .lineFeed)
        let returns = bytes .== SIMD16(repeating: .carriageReturn)
        let hits = unsafeBitCast((quotes .| delimiters) .| (feeds .| returns), to: SIMD2<UInt64>.self)
        return gathered(hits[0]) | gathered(hits[1]) &<< 8
    }

    /// Of eight bytes that are each 0 or 255, one bit each: each byte keeps a bit of its own, and the product's top byte is their sum.
    @inline(__always)
    private func gathered(_ bytes: UInt64) -> UInt64 {
        ((bytes & 0x8040_2010_0804_0201) &* 0x0101_0101_0101_0101) &>> 56
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
