/// Where a text stops being UTF-8; nil when all of it is.
func firstFaultOfUTF8(in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    var position = 0
    while position < bytes.count {
        // Eight letters of ASCII at a time: most texts are nothing else.
        if position + 8 <= bytes.count,
            UnsafeRawBufferPointer(bytes).loadUnaligned(fromByteOffset: position, as: UInt64.self)
                & 0x8080_8080_8080_8080 == 0
        {
            position += 8
            continue
        }
        let first = bytes[position]
        if first < 0x80 {
            position += 1
            continue
        }
        // What the second byte may be says whether the sequence is overlong, a surrogate, or beyond Unicode.
        let (length, second): (Int, ClosedRange<UInt8>) =
            switch first {
            case 0xC2...0xDF: (2, 0x80...0xBF)
            case 0xE0: (3, 0xA0...0xBF)
            case 0xED: (3, 0x80...0x9F)
            case 0xE1...0xEF: (3, 0x80...0xBF)
            case 0xF0: (4, 0x90...0xBF)
            case 0xF1...0xF3: (4, 0x80...0xBF)
            case 0xF4: (4, 0x80...0x8F)
            default: (0, 0x80...0xBF)
            }
        guard length > 0, position + length <= bytes.count, second.contains(bytes[position + 1]) else {
            return position
        }
        for index in position + 2..<position + max(length, 2) where bytes[index] & 0xC0 != 0x80 { return position }
        position += length
    }
    return nil
}

/// The text with U+FFFD where it was no UTF-8, as Salesforce stores what came in another charset.
func repairedUTF8(_ bytes: [UInt8]) -> [UInt8] {
    guard bytes.withUnsafeBufferPointer({ firstFaultOfUTF8(in: $0) }) != nil else { return bytes }
    return Array(String(decoding: bytes, as: UTF8.self).utf8)
}
