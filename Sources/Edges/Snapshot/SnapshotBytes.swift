internal import Fingerprinting

/// Writing and reading fixed-width numbers as bytes, little end first.
extension [UInt8] {
    mutating func put<Number: FixedWidthInteger>(_ number: Number) {
        Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
    }

    mutating func put(_ key: Hash128) {
        put(key.high)
        put(key.low)
    }

    mutating func put(text: String) {
        put(UInt32(text.utf8.count))
        append(contentsOf: text.utf8)
    }
}

/// Reads numbers and texts one after the other; what lies behind the end reads as nil.
struct SnapshotByteReader {
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

    mutating func text() -> String? {
        guard let count = number(UInt32.self), let bytes = slice(Int(count)) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    mutating func texts() -> [String]? {
        guard let count = number(UInt32.self) else { return nil }
        var texts: [String] = []
        for _ in 0..<count {
            guard let text = text() else { return nil }
            texts.append(text)
        }
        return texts
    }
}
