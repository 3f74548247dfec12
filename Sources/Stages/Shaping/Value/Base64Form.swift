/// Binary values as base64; PostgreSQL's `\x` form is turned into it.
enum Base64Form {
    static func append(_ input: UnsafeRawBufferPointer, to output: inout [UInt8]) -> ValueFault? {
        let start = output.count
        let isRight =
            input.count >= 2 && input[0] == UInt8(ascii: "\\") && input[1] == UInt8(ascii: "x")
            ? appendHexadecimal(UnsafeRawBufferPointer(rebasing: input[2...]), to: &output)
            : appendBase64(input, to: &output)
        if isRight { return nil }
        output.removeLast(output.count - start)
        return .notBase64
    }

    // MARK: - Implementation

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    private static func appendBase64(_ input: UnsafeRawBufferPointer, to output: inout [UInt8]) -> Bool {
        var digits = 0
        var padding = 0
        for byte in input {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"):
                guard padding == 0 else { return false }
                digits += 1
            case UInt8(ascii: "="): padding += 1
            // Line breaks within, as MIME writes them.
            case 0x0A, 0x0D: continue
            default: return false
            }
            output.append(byte)
        }
        return padding <= 2 && (digits + padding) % 4 == 0
    }

    private static func appendHexadecimal(_ input: UnsafeRawBufferPointer, to output: inout [UInt8]) -> Bool {
        guard input.count % 2 == 0 else { return false }
        var bits: UInt32 = 0
        var held = 0
        for index in stride(from: 0, to: input.count, by: 2) {
            guard let high = nibble(input[index]), let low = nibble(input[index + 1]) else { return false }
            bits = bits << 8 | UInt32(high << 4 | low)
            held += 1
            if held == 3 {
                for shift in [18, 12, 6, 0] as [UInt32] { output.append(alphabet[Int(bits >> shift & 63)]) }
                (bits, held) = (0, 0)
            }
        }
        if held == 1 {
            output.append(alphabet[Int(bits >> 2 & 63)])
            output.append(alphabet[Int(bits << 4 & 63)])
            output.append(contentsOf: "==".utf8)
        } else if held == 2 {
            for shift in [10, 4] as [UInt32] { output.append(alphabet[Int(bits >> shift & 63)]) }
            output.append(alphabet[Int(bits << 2 & 63)])
            output.append(UInt8(ascii: "="))
        }
        return true
    }

    private static func nibble(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - 0x30
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - 0x57
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - 0x37
        default: nil
        }
    }
}
