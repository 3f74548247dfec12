/// Gzip with fixed codes and a short memory: quick, and small enough for answers of text (RFC 1951, 1952).
func gzipped(_ bytes: [UInt8]) -> [UInt8] {
    var writer = DeflateWriter(capacity: bytes.count / 3 + 64)
    writer.out = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]
    writer.put(1, 1)
    writer.put(1, 2)
    var heads = [Int32](repeating: -1, count: 1 << 15)
    bytes.withUnsafeBufferPointer { input in
        var position = 0
        while position < input.count {
            var length = 0
            var distance = 0
            if position + 4 <= input.count {
                let word =
                    UInt32(input[position]) | UInt32(input[position + 1]) << 8 | UInt32(input[position + 2]) << 16
                    | UInt32(input[position + 3]) << 24
                let slot = Int((word &* 0x9E37_79B1) >> 17)
                let candidate = Int(heads[slot])
                heads[slot] = Int32(position)
                if candidate >= 0, position - candidate <= 32_768 {
                    let most = min(258, input.count - position)
                    while length < most, input[candidate + length] == input[position + length] { length += 1 }
                    distance = position - candidate
                }
            }
            if length >= 4 {
                writer.match(length, distance)
                position += length
            } else {
                writer.literal(Int(input[position]))
                position += 1
            }
        }
    }
    writer.literal(256)
    writer.flush()
    var out = writer.out
    let sum = crc32(bytes)
    for shift in stride(from: UInt32(0), to: 32, by: 8) { out.append(UInt8(truncatingIfNeeded: sum >> shift)) }
    let size = UInt32(truncatingIfNeeded: bytes.count)
    for shift in stride(from: UInt32(0), to: 32, by: 8) { out.append(UInt8(truncatingIfNeeded: size >> shift)) }
    return out
}

private struct DeflateWriter {
    var out: [UInt8] = []
    private var bits: UInt64 = 0
    private var count = 0

    init(capacity: Int) { out.reserveCapacity(capacity) }

    mutating func put(_ value: Int, _ width: Int) {
        bits |= UInt64(value) << UInt64(count)
        count += width
        while count >= 8 {
            out.append(UInt8(truncatingIfNeeded: bits))
            bits >>= 8
            count -= 8
        }
    }

    mutating func flush() {
        if count > 0 { out.append(UInt8(truncatingIfNeeded: bits)) }
        bits = 0
        count = 0
    }

    mutating func literal(_ symbol: Int) {
        switch symbol {
        case 0..<144: code(0x30 + symbol, 8)
        case 144..<256: code(0x190 + symbol - 144, 9)
        case 256..<280: code(symbol - 256, 7)
        default: code(0xC0 + symbol - 280, 8)
        }
    }

    mutating func match(_ length: Int, _ distance: Int) {
        let lengthCode = lengthCodes[length]
        literal(257 + lengthCode)
        put(length - deflateLengths[lengthCode].base, deflateLengths[lengthCode].bits)
        var low = 0
        var high = 29
        while low < high {
            let middle = (low + high + 1) / 2
            if deflateDistances[middle].base <= distance { low = middle } else { high = middle - 1 }
        }
        code(low, 5)
        put(distance - deflateDistances[low].base, deflateDistances[low].bits)
    }

    /// Huffman codes go out with their most significant bit first.
    private mutating func code(_ code: Int, _ width: Int) {
        var reversed = 0
        for bit in 0..<width where code >> bit & 1 == 1 { reversed |= 1 << (width - 1 - bit) }
        put(reversed, width)
    }
}

private let lengthCodes: [Int] = (0...258).map { length in
    deflateLengths.lastIndex { $0.base <= length } ?? 0
}

private let crcTable: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { sum, _ in sum & 1 == 1 ? 0xEDB8_8320 ^ (sum >> 1) : sum >> 1 }
}

func crc32(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(~0) { sum, byte in crcTable[Int((sum ^ UInt32(byte)) & 255)] ^ (sum >> 8) }
}
