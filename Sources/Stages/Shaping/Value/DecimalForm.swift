/// Numbers as plain decimal text: rounded half away from zero on the digits themselves, never through a binary fraction.
struct DecimalForm: Sendable, Equatable {
    enum Bounds: Sendable, Equatable {
        /// Digits before the point at most.
        case integerDigits(Int)
        case int32
        case int64
    }

    /// Digits behind the point at most; nil: all of them.
    var scale: Int?
    var bounds: Bounds

    /// Digits before the point that a double holds at all.
    static let widest = 309

    func append(_ input: UnsafeRawBufferPointer, to output: inout [UInt8]) -> ValueFault? {
        let start = output.count
        if let fault = appendPlain(input, to: &output) {
            output.removeLast(output.count - start)
            return fault
        }
        return nil
    }

    // MARK: - Implementation

    private func appendPlain(_ input: UnsafeRawBufferPointer, to output: inout [UInt8]) -> ValueFault? {
        let start = output.count
        guard let read = Self.appendDigits(input, to: &output) else { return .notANumber }
        var point = read.point
        if let scale { Self.round(&output, from: start, keeping: point + scale, point: &point) }
        while output.count > start, output.count - start > max(point, 0), output.last == UInt8(ascii: "0") {
            output.removeLast()
        }
        if output.count == start {
            output.append(UInt8(ascii: "0"))
            return nil
        }
        let limit =
            switch bounds {
            case .integerDigits(let digits): digits
            case .int32: 10
            case .int64: 19
            }
        guard point <= limit else { return .outsideRange }
        Self.placePoint(&output, from: start, point: point)
        if read.isNegative { output.insert(UInt8(ascii: "-"), at: start) }
        switch bounds {
        case .integerDigits: return nil
        case .int32: return Self.fits(Int32.self, output[start...]) ? nil : .outsideRange
        case .int64: return Self.fits(Int64.self, output[start...]) ? nil : .outsideRange
        }
    }

    /// Appends the digits without zeros in front; `point` is how many of them stand before the point.
    private static func appendDigits(
        _ input: UnsafeRawBufferPointer,
        to output: inout [UInt8]
    ) -> (point: Int, isNegative: Bool)? {
        var cursor = ByteCursor(input)
        let start = output.count
        let isNegative = cursor.take(UInt8(ascii: "-"))
        if !isNegative { _ = cursor.take(UInt8(ascii: "+")) }
        var hasDigits = false
        while let byte = cursor.peek, byte &- 0x30 < 10 {
            hasDigits = true
            if output.count > start || byte != 0x30 { output.append(byte) }
            cursor.position += 1
        }
        var point = output.count - start
        if cursor.take(UInt8(ascii: ".")) {
            while let byte = cursor.peek, byte &- 0x30 < 10 {
                hasDigits = true
                if output.count > start || byte != 0x30 { output.append(byte) } else { point -= 1 }
                cursor.position += 1
            }
        }
        guard hasDigits else { return nil }
        if cursor.take(UInt8(ascii: "e")) || cursor.take(UInt8(ascii: "E")) {
            let isBelow = cursor.take(UInt8(ascii: "-"))
            if !isBelow { _ = cursor.take(UInt8(ascii: "+")) }
            var exponent = 0
            guard cursor.peek != nil else { return nil }
            while let byte = cursor.peek, byte &- 0x30 < 10 {
                exponent = min(exponent * 10 + Int(byte &- 0x30), 1_000_000)
                cursor.position += 1
            }
            point += isBelow ? -exponent : exponent
        }
        guard cursor.isAtEnd else { return nil }
        return (point, isNegative)
    }

    /// Leaves `keeping` digits, the last of them rounded; a carry may add one in front.
    private static func round(_ output: inout [UInt8], from start: Int, keeping: Int, point: inout Int) {
        guard keeping < output.count - start else { return }
        guard keeping >= 0 else {
            output.removeLast(output.count - start)
            return
        }
        let roundsUp = output[start + keeping] >= UInt8(ascii: "5")
        output.removeLast(output.count - start - keeping)
        guard roundsUp else { return }
        var index = output.count - 1
        while index >= start {
            if output[index] != UInt8(ascii: "9") {
                output[index] += 1
                return
            }
            output[index] = UInt8(ascii: "0")
            index -= 1
        }
        output.insert(UInt8(ascii: "1"), at: start)
        point += 1
    }

    /// Puts the point, and the zeros that it needs, among the digits.
    private static func placePoint(_ output: inout [UInt8], from start: Int, point: Int) {
        let count = output.count - start
        if point >= count {
            for _ in 0..<point - count { output.append(UInt8(ascii: "0")) }
        } else if point > 0 {
            output.insert(UInt8(ascii: "."), at: start + point)
        } else {
            // What lies further behind the point than a double reaches was rounded away, or is cut off here.
            let zeros = min(-point, 400)
            output.insert(contentsOf: repeatElement(UInt8(ascii: "0"), count: zeros + 2), at: start)
            output[start + 1] = UInt8(ascii: ".")
        }
    }

    private static func fits<Number: FixedWidthInteger>(_ type: Number.Type, _ text: ArraySlice<UInt8>) -> Bool {
        var value: Number = 0
        let isNegative = text.first == UInt8(ascii: "-")
        for byte in isNegative ? text.dropFirst() : text {
            let (shifted, overflow) = value.multipliedReportingOverflow(by: 10)
            let digit = Number(byte &- 0x30)
            let (next, overflowToo) =
                isNegative ? shifted.subtractingReportingOverflow(digit) : shifted.addingReportingOverflow(digit)
            if overflow || overflowToo { return false }
            value = next
        }
        return true
    }
}
