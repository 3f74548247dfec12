/// Undoes gzip or zlib framing and deflate (RFC 1950–1952); nil when the data is not sound or larger than `limit`.
func inflated(_ bytes: [UInt8], limit: Int) -> [UInt8]? {
    var start = 0
    if bytes.starts(with: [0x1F, 0x8B, 8]) {
        guard bytes.count >= 18 else { return nil }
        let flags = bytes[3]
        start = 10
        if flags & 4 != 0 {
            start += 2 + Int(bytes[10]) + Int(bytes[11]) << 8
        }
        for flag in [UInt8(8), 16] where flags & flag != 0 {
            guard start < bytes.count, let end = bytes[start...].firstIndex(of: 0) else { return nil }
            start = end + 1
        }
        if flags & 2 != 0 { start += 2 }
    } else if bytes.count > 2, bytes[0] & 15 == 8, (Int(bytes[0]) << 8 + Int(bytes[1])) % 31 == 0 {
        start = 2
    }
    guard start < bytes.count else { return nil }
    return inflatedBlocks(bytes[start...], limit: limit)
}

/// Undoes deflate without any framing.
func inflatedBlocks(_ bytes: ArraySlice<UInt8>, limit: Int) -> [UInt8]? {
    bytes.withUnsafeBufferPointer { buffer in
        var inflater = Inflater(bytes: buffer, limit: limit)
        return inflater.run()
    }
}

/// Reads deflate's blocks.
private struct Inflater {
    private let bytes: UnsafeBufferPointer<UInt8>
    private let limit: Int
    private var position = 0
    private var bits: UInt64 = 0
    private var count = 0
    private var out: [UInt8] = []

    init(bytes: UnsafeBufferPointer<UInt8>, limit: Int) {
        self.bytes = bytes
        self.limit = limit
        out.reserveCapacity(min(bytes.count * 4, limit))
    }

    mutating func run() -> [UInt8]? {
        while true {
            guard let last = take(1), let kind = take(2) else { return nil }
            let isSound: Bool
            switch kind {
            case 0: isSound = stored()
            case 1: isSound = coded(Self.fixedLiterals, Self.fixedDistances)
            case 2: isSound = dynamic()
            default: isSound = false
            }
            guard isSound else { return nil }
            if last == 1 { return out }
        }
    }

    private mutating func fill() {
        while count <= 48, position < bytes.count {
            bits |= UInt64(bytes[position]) << UInt64(count)
            position += 1
            count += 8
        }
    }

    private mutating func take(_ wanted: Int) -> Int? {
        if count < wanted { fill() }
        guard count >= wanted else { return nil }
        let value = Int(bits & (1 << UInt64(wanted) - 1))
        bits >>= UInt64(wanted)
        count -= wanted
        return value
    }

    private mutating func stored() -> Bool {
        _ = take(count & 7)
        guard let length = take(16), let complement = take(16), length == ~complement & 0xFFFF,
            out.count + length <= limit
        else { return false }
        for _ in 0..<length {
            guard let byte = take(8) else { return false }
            out.append(UInt8(byte))
        }
        return true
    }

    private mutating func dynamic() -> Bool {
        guard let literals = take(5), let distances = take(5), let codes = take(4) else { return false }
        let places = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
        var lengths = [UInt8](repeating: 0, count: 19)
        for index in 0..<codes + 4 {
            guard let length = take(3) else { return false }
            lengths[places[index]] = UInt8(length)
        }
        guard let meta = HuffmanTable(lengths) else { return false }
        var all: [UInt8] = []
        let total = literals + 257 + distances + 1
        while all.count < total {
            guard let symbol = symbol(meta) else { return false }
            switch symbol {
            case 0..<16: all.append(UInt8(symbol))
            case 16:
                guard let last = all.last, let more = take(2) else { return false }
                all += repeatElement(last, count: more + 3)
            default:
                guard let more = take(symbol == 17 ? 3 : 7) else { return false }
                all += repeatElement(0, count: more + (symbol == 17 ? 3 : 11))
            }
        }
        guard all.count == total, let first = HuffmanTable(Array(all[..<(literals + 257)])),
            let second = HuffmanTable(Array(all[(literals + 257)...]))
        else { return false }
        return coded(first, second)
    }

    private mutating func symbol(_ table: HuffmanTable) -> Int? {
        if count < 15 { fill() }
        let entry = table.entries[Int(bits & 0x7FFF)]
        let length = Int(entry & 15)
        guard length > 0, length <= count else { return nil }
        bits >>= UInt64(length)
        count -= length
        return Int(entry >> 4)
    }

    private mutating func coded(_ literals: HuffmanTable, _ distances: HuffmanTable) -> Bool {
        while true {
            guard let symbol = symbol(literals) else { return false }
            if symbol < 256 {
                guard out.count < limit else { return false }
                out.append(UInt8(symbol))
                continue
            }
            if symbol == 256 { return true }
            guard symbol < 286, let more = take(Int(deflateLengths[symbol - 257].bits)) else { return false }
            let length = deflateLengths[symbol - 257].base + more
            guard let code = self.symbol(distances), code < 30, let far = take(deflateDistances[code].bits) else {
                return false
            }
            let distance = deflateDistances[code].base + far
            guard distance <= out.count, out.count + length <= limit else { return false }
            let from = out.count - distance
            for offset in 0..<length { out.append(out[from + offset]) }
        }
    }

    private static let fixedLiterals =
        HuffmanTable(
            (0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 }
        ) ?? HuffmanTable.empty
    private static let fixedDistances = HuffmanTable(Array(repeating: 5, count: 30)) ?? HuffmanTable.empty
}

/// Symbol and length of every code, by the next 15 bits.
private struct HuffmanTable {
    /// Symbol in the upper bits, length in the lower four; 0 where no code is.
    let entries: [UInt16]

    static let empty = HuffmanTable(entries: [UInt16](repeating: 0, count: 1 << 15))

    private init(entries: [UInt16]) { self.entries = entries }

    init?(_ lengths: [UInt8]) {
        var entries = [UInt16](repeating: 0, count: 1 << 15)
        var next = [Int](repeating: 0, count: 17)
        var counts = [Int](repeating: 0, count: 17)
        for length in lengths where length > 0 { counts[Int(length)] += 1 }
        var code = 0
        for length in 1...15 {
            code = (code + counts[length - 1]) << 1
            next[length] = code
            guard code + counts[length] <= 1 << length else { return nil }
        }
        for (symbol, length) in lengths.enumerated() where length > 0 {
            var reversed = 0
            let code = next[Int(length)]
            next[Int(length)] += 1
            for bit in 0..<Int(length) where code >> bit & 1 == 1 { reversed |= 1 << (Int(length) - 1 - bit) }
            for place in stride(from: reversed, to: 1 << 15, by: 1 << Int(length)) {
                entries[place] = UInt16(symbol) << 4 | UInt16(length)
            }
        }
        self.entries = entries
    }
}

/// Base and extra bits of deflate's length codes 257… and distance codes 0….
let deflateLengths: [(base: Int, bits: Int)] = {
    var table: [(base: Int, bits: Int)] = []
    var base = 3
    for code in 0..<28 {
        let bits = code < 8 ? 0 : (code - 4) / 4
        table.append((base, bits))
        base += 1 << bits
    }
    return table + [(258, 0)]
}()

let deflateDistances: [(base: Int, bits: Int)] = {
    var table: [(base: Int, bits: Int)] = []
    var base = 1
    for code in 0..<30 {
        let bits = code < 4 ? 0 : (code - 2) / 2
        table.append((base, bits))
        base += 1 << bits
    }
    return table
}()
