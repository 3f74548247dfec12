internal import Fingerprinting

/// Writing fixed-width numbers as bytes, little end first.
extension [UInt8] {
    mutating func put<Number: FixedWidthInteger>(_ number: Number) {
        Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
    }

    mutating func put(_ key: Hash128) {
        put(key.high)
        put(key.low)
    }
}

/// Reads numbers and slices one after the other; what lies behind the end reads as nil.
struct SpoolByteReader {
    let bytes: UnsafeRawBufferPointer
    private(set) var offset = 0

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    mutating func number<Number: FixedWidthInteger>(_ type: Number.Type = Number.self) -> Number? {
        guard bytes.count - offset >= MemoryLayout<Number>.size else { return nil }
        defer { offset += MemoryLayout<Number>.size }
        return Number(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Number.self))
    }

    mutating func key() -> Hash128? {
        guard let high = number(UInt64.self), let low = number(UInt64.self) else { return nil }
        return Hash128(high: high, low: low)
    }

    mutating func slice(_ count: Int) -> UnsafeRawBufferPointer? {
        guard count >= 0, bytes.count - offset >= count else { return nil }
        defer { offset += count }
        return UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count])
    }

    mutating func numbers(_ count: Int) -> [UInt16]? {
        guard let bytes = slice(2 * count) else { return nil }
        return [UInt16](unsafeUninitializedCapacity: count) { numbers, filled in
            UnsafeMutableRawBufferPointer(numbers).copyMemory(from: bytes)
            filled = count
        }
    }
}
