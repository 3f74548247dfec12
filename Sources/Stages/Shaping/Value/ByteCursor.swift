/// Reads bytes from front to back.
struct ByteCursor {
    let bytes: UnsafeRawBufferPointer
    var position = 0

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { position == bytes.count }

    var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    /// Takes exactly this many digits.
    mutating func digits(_ count: Int) -> Int? {
        guard bytes.count - position >= count else { return nil }
        var value = 0
        for index in position..<position + count {
            let digit = bytes[index] &- 0x30
            guard digit < 10 else { return nil }
            value = value * 10 + Int(digit)
        }
        position += count
        return value
    }

    /// Takes the byte if it is next.
    mutating func take(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }
}

extension [UInt8] {
    /// Appends a number as digits, with zeros in front up to the width.
    mutating func appendDigits(_ value: Int, width: Int) {
        if width > 2 {
            appendDigits(value / 100, width: width - 2)
        }
        let rest = UInt8(truncatingIfNeeded: value % 100)
        if width > 1 { append(0x30 &+ rest / 10) }
        append(0x30 &+ rest % 10)
    }
}

/// Whether the bytes are this text, ASCII case folded; the text is in small letters.
func isText(_ bytes: UnsafeRawBufferPointer, _ text: StaticString) -> Bool {
    guard bytes.count == text.utf8CodeUnitCount else { return false }
    for index in 0..<bytes.count {
        let byte = bytes[index]
        let lowered = byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
        if lowered != text.utf8Start[index] { return false }
    }
    return true
}
