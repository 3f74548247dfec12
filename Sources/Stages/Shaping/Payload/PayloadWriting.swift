/// Cells and values, appended byte for byte.
enum PayloadWriting {
    /// A cell of comma-separated text, in quotes only where it needs them (reference 03-bulk-v1, 4).
    static func appendCell(_ value: UnsafeRawBufferPointer, to payload: inout [UInt8]) {
        var needsQuotes = false
        for byte in value where byte <= 0x2C {
            if byte == 0x2C || byte == 0x22 || byte == 0x0A || byte == 0x0D { needsQuotes = true }
        }
        guard needsQuotes else {
            payload.append(contentsOf: value)
            return
        }
        payload.append(0x22)
        var start = 0
        for index in 0..<value.count where value[index] == 0x22 {
            payload.append(contentsOf: UnsafeRawBufferPointer(rebasing: value[start...index]))
            start = index
        }
        payload.append(contentsOf: UnsafeRawBufferPointer(rebasing: value[start...]))
        payload.append(0x22)
    }

    /// A JSON string, its quotes included.
    static func appendString(_ value: UnsafeRawBufferPointer, to payload: inout [UInt8]) {
        payload.append(0x22)
        var start = 0
        for index in 0..<value.count {
            let byte = value[index]
            guard byte < 0x20 || byte == 0x22 || byte == 0x5C else { continue }
            payload.append(contentsOf: UnsafeRawBufferPointer(rebasing: value[start..<index]))
            start = index + 1
            payload.append(0x5C)
            switch byte {
            case 0x22, 0x5C: payload.append(byte)
            case 0x0A: payload.append(UInt8(ascii: "n"))
            case 0x0D: payload.append(UInt8(ascii: "r"))
            case 0x09: payload.append(UInt8(ascii: "t"))
            default:
                payload.append(contentsOf: "u00".utf8)
                payload.append(byte < 0x10 ? UInt8(ascii: "0") : UInt8(ascii: "1"))
                let low = byte & 0x0F
                payload.append(low < 10 ? UInt8(ascii: "0") + low : UInt8(ascii: "A") + low - 10)
            }
        }
        payload.append(contentsOf: UnsafeRawBufferPointer(rebasing: value[start...]))
        payload.append(0x22)
    }

    /// A JSON string, its quotes included.
    static func quoted(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        Array(text.utf8).withUnsafeBytes { appendString($0, to: &bytes) }
        return bytes
    }
}

/// The text that clears a field in Bulk CSV.
let nullCell: [UInt8] = Array("#N/A".utf8)
