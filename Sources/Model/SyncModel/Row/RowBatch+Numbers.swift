extension RowBatch {
    /// Adds a cell: a whole number in plain digits.
    package mutating func append(integer: Int64) {
        appendDigits(of: integer.magnitude, negative: integer < 0)
        endCell()
    }

    /// Adds a cell: the shortest decimal that reads back as the same number, never with an exponent; `NaN` and `Infinity` as words.
    package mutating func append(real: Double) {
        // Of at most 15 digits there is one decimal only that reads back as this number, so that it is the shortest.
        let scaled = (real * 10_000).rounded()
        if abs(scaled) < 1e15, scaled / 10_000 == real {
            let whole = Int64(scaled)
            appendDigits(of: whole.magnitude / 10_000, negative: whole < 0)
            appendFraction(Int(whole.magnitude % 10_000))
            endCell()
        } else if real.isFinite {
            var text = real.description
            if text.hasSuffix(".0") {
                text.removeLast(2)
            }
            text.withUTF8 { append(decimal: UnsafeRawBufferPointer($0)) }
        } else {
            var word = real.isNaN ? "NaN" : real < 0 ? "-Infinity" : "Infinity"
            word.withUTF8 { append(UnsafeRawBufferPointer($0)) }
        }
    }

    /// Adds a cell: a number's text (`-1.5e-7`), its exponent written out (`-0.00000015`).
    ///
    /// Text of another shape stays as it is.
    package mutating func append(decimal text: UnsafeRawBufferPointer) {
        guard let parts = DecimalParts(text) else { return append(text) }
        if parts.isNegative {
            appendByte(UInt8(ascii: "-"))
        }
        let zero = UInt8(ascii: "0")
        let point = UInt8(ascii: ".")
        let count = parts.whole.count + parts.fraction.count
        // Of all digits, how many stand before the point.
        let before = parts.whole.count + parts.exponent
        if before <= 0 {
            appendByte(zero)
            appendByte(point)
            for _ in before..<0 { appendByte(zero) }
        }
        for place in 0..<count {
            if place == before, place > 0 { appendByte(point) }
            appendByte(parts.digit(place))
        }
        if before > count {
            for _ in count..<before { appendByte(zero) }
        }
        endCell()
    }

    // MARK: - Implementation

    private mutating func appendDigits(of magnitude: UInt64, negative: Bool) {
        var digits: InlineArray<21, UInt8> = InlineArray(repeating: 0)
        var index = 21
        var rest = magnitude
        repeat {
            index -= 1
            digits[index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        } while rest > 0
        if negative {
            index -= 1
            digits[index] = UInt8(ascii: "-")
        }
        digits.span.withUnsafeBytes { appendPart(UnsafeRawBufferPointer(rebasing: $0[index...])) }
    }

    /// `parts` is in ten thousandths.
    private mutating func appendFraction(_ parts: Int) {
        var rest = parts
        var unit = 1_000
        if rest > 0 {
            appendByte(UInt8(ascii: "."))
        }
        while rest > 0 {
            appendByte(UInt8(ascii: "0") + UInt8(rest / unit))
            rest %= unit
            unit /= 10
        }
    }
}
