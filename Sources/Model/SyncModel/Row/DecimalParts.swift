/// A number's text with an exponent, taken apart: sign, digits before and behind the point, exponent.
struct DecimalParts {
    let isNegative: Bool
    let whole: Slice<UnsafeRawBufferPointer>
    let fraction: Slice<UnsafeRawBufferPointer>
    let exponent: Int

    /// Nil for text without an exponent, text that is no number, and exponents that no binary64 has.
    init?(_ text: UnsafeRawBufferPointer) {
        guard let mark = text.lastIndex(where: { $0 | 0x20 == UInt8(ascii: "e") }), mark > 0 else { return nil }
        guard let exponent = Int(String(decoding: text[(mark + 1)...], as: UTF8.self)), abs(exponent) <= 400 else {
            return nil
        }
        var mantissa = text[..<mark]
        isNegative = mantissa.first == UInt8(ascii: "-")
        if isNegative { mantissa = mantissa.dropFirst() }
        let point = mantissa.firstIndex(of: UInt8(ascii: ".")) ?? mantissa.endIndex
        whole = mantissa[..<point]
        fraction = mantissa[point...].dropFirst()
        self.exponent = exponent
        guard !whole.isEmpty, whole.allSatisfy(Self.isDigit), fraction.allSatisfy(Self.isDigit) else { return nil }
    }

    /// A digit, counted from the left without the point.
    func digit(_ place: Int) -> UInt8 {
        place < whole.count ? whole[whole.startIndex + place] : fraction[fraction.startIndex + place - whole.count]
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }
}
