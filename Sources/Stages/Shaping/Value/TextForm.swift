internal import SyncModel

/// Text of a bounded length.
///
/// Length is counted in UTF-16 units, as Java's strings are: describe gives `byteLength` = 3 × `length` (reference
/// 02-rest, 3.4), which holds for every text only if a character beyond U+FFFF (four bytes) counts as two.
struct TextForm: Sendable, Equatable {
    /// UTF-16 units; 0: not bounded.
    var length: Int
    var truncates: Bool

    func append(_ input: UnsafeRawBufferPointer, to output: inout [UInt8]) -> ValueFault? {
        // No text is longer in UTF-16 units than in bytes.
        if Self.isASCII(input), length == 0 || input.count <= length {
            output.append(contentsOf: input)
            return nil
        }
        guard let measure = Self.measure(input, limit: length == 0 ? .max : length) else { return .notUTF8 }
        guard measure.isCut else {
            output.append(contentsOf: input)
            return nil
        }
        guard truncates else { return .tooLong(limit: length) }
        let cut = UnsafeRawBufferPointer(rebasing: input[..<measure.bytes])
        output.append(contentsOf: MatchFolding.trimmed(cut))
        return nil
    }

    static func isASCII(_ input: UnsafeRawBufferPointer) -> Bool {
        var index = 0
        while index + 8 <= input.count {
            if input.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 != 0 { return false }
            index += 8
        }
        while index < input.count {
            if input[index] >= 0x80 { return false }
            index += 1
        }
        return true
    }

    /// How many bytes hold as many whole characters as fit the limit; nil: not UTF-8.
    static func measure(_ input: UnsafeRawBufferPointer, limit: Int) -> (bytes: Int, isCut: Bool)? {
        var index = 0
        var units = 0
        var fitting = 0
        while index < input.count {
            guard let width = scalarWidth(input, at: index) else { return nil }
            index += width
            units += width == 4 ? 2 : 1
            if units <= limit { fitting = index }
        }
        return (fitting, units > limit)
    }

    /// The bytes of the scalar that begins here; nil: not well-formed (Unicode, table 3-7).
    private static func scalarWidth(_ input: UnsafeRawBufferPointer, at index: Int) -> Int? {
        let lead = input[index]
        if lead < 0x80 { return 1 }
        let rest = input.count - index - 1
        func isContinuation(_ offset: Int, _ low: UInt8 = 0x80, _ high: UInt8 = 0xBF) -> Bool {
            offset <= rest && input[index + offset] >= low && input[index + offset] <= high
        }
        switch lead {
        case 0xC2...0xDF: return isContinuation(1) ? 2 : nil
        case 0xE0: return isContinuation(1, 0xA0) && isContinuation(2) ? 3 : nil
        case 0xED: return isContinuation(1, 0x80, 0x9F) && isContinuation(2) ? 3 : nil
        case 0xE1...0xEF: return isContinuation(1) && isContinuation(2) ? 3 : nil
        case 0xF0: return isContinuation(1, 0x90) && isContinuation(2) && isContinuation(3) ? 4 : nil
        case 0xF1...0xF3: return isContinuation(1) && isContinuation(2) && isContinuation(3) ? 4 : nil
        case 0xF4: return isContinuation(1, 0x80, 0x8F) && isContinuation(2) && isContinuation(3) ? 4 : nil
        default: return nil
        }
    }
}

/// E-mail addresses, in small letters as Salesforce stores them (reference 02-rest, 3.5).
struct EmailForm: Sendable, Equatable {
    var text: TextForm

    /// Refuses only what no mail system would take; the finer points are left to Salesforce.
    func append(_ input: UnsafeRawBufferPointer, checked: Bool, to output: inout [UInt8]) -> ValueFault? {
        let start = output.count
        if let fault = text.append(input, to: &output) { return fault }
        output.withUnsafeMutableBufferPointer { bytes in
            for index in start..<bytes.count { bytes[index] = MatchFolding.lowered(bytes[index]) }
        }
        let isAddress = output.withUnsafeBytes { Self.isAddress(UnsafeRawBufferPointer(rebasing: $0[start...])) }
        return checked && !isAddress ? .badEmail : nil
    }

    static func isAddress(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var at: Int?
        var dots = 0
        var previous = UInt8(ascii: ".")
        for index in bytes.indices {
            let byte = bytes[index]
            guard byte > 0x20, byte != 0x7F else { return false }
            if byte == UInt8(ascii: "@") {
                guard at == nil, index > 0 else { return false }
                at = index
                // A domain begins with a label, not with a point.
                previous = UInt8(ascii: ".")
                continue
            }
            if at != nil, byte == UInt8(ascii: ".") {
                guard previous != byte else { return false }
                dots += 1
            }
            previous = byte
        }
        return at != nil && dots > 0 && previous != UInt8(ascii: ".")
    }
}
