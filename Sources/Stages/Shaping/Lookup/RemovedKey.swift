/// The match value of a row that left the model, out of its key's text.
enum RemovedKey {
    /// The value of key column `index` (the match column; nil: it is none of them), nil when the key does not hold it.
    ///
    /// The key's text is that of one column its value, of several a JSON array.
    static func matchValue(keyText: String, keyColumns: Int, index: Int?) -> [UInt8]? {
        guard let index else { return nil }
        if keyColumns == 1 { return Array(keyText.utf8) }
        let parts = parts(Array(keyText.utf8))
        return parts.count == keyColumns ? parts[index] : nil
    }

    // MARK: - Implementation

    /// The elements of a JSON array of texts and numbers; empty when it is not one.
    private static func parts(_ bytes: [UInt8]) -> [[UInt8]] {
        var rest = bytes[...]
        func skipBlanks() { rest = rest.drop { $0 == 0x20 } }
        var parts: [[UInt8]] = []
        guard rest.popFirst() == UInt8(ascii: "[") else { return [] }
        while true {
            skipBlanks()
            if rest.first == UInt8(ascii: "\"") {
                rest.removeFirst()
                guard let text = text(&rest) else { return [] }
                parts.append(text)
            } else {
                let plain = rest.prefix { $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: "]") && $0 != 0x20 }
                parts.append(Array(plain))
                rest = rest.dropFirst(plain.count)
            }
            skipBlanks()
            switch rest.popFirst() {
            case UInt8(ascii: ","): continue
            case UInt8(ascii: "]"): return rest.isEmpty ? parts : []
            default: return []
            }
        }
    }

    /// A JSON string's text, from behind its opening quote to behind its closing one.
    private static func text(_ rest: inout ArraySlice<UInt8>) -> [UInt8]? {
        var units: [UInt8] = []
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\""): return units
            case UInt8(ascii: "\\"):
                guard let escaped = rest.popFirst() else { return nil }
                switch escaped {
                case UInt8(ascii: "n"): units.append(0x0A)
                case UInt8(ascii: "r"): units.append(0x0D)
                case UInt8(ascii: "t"): units.append(0x09)
                case UInt8(ascii: "b"): units.append(0x08)
                case UInt8(ascii: "f"): units.append(0x0C)
                case UInt8(ascii: "u"):
                    guard let scalar = scalar(&rest) else { return nil }
                    units.append(contentsOf: Array(String(scalar).utf8))
                default: units.append(escaped)
                }
            default: units.append(byte)
            }
        }
        return nil
    }

    /// The scalar of `\uXXXX`, or of a pair of them, from behind the first `u`.
    private static func scalar(_ rest: inout ArraySlice<UInt8>) -> Character? {
        guard let first = unit(&rest) else { return nil }
        guard (0xD800...0xDBFF).contains(first) else { return Unicode.Scalar(first).map(Character.init) }
        guard rest.popFirst() == UInt8(ascii: "\\"), rest.popFirst() == UInt8(ascii: "u"), let second = unit(&rest),
            (0xDC00...0xDFFF).contains(second)
        else { return nil }
        return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)).map(Character.init)
    }

    private static func unit(_ rest: inout ArraySlice<UInt8>) -> UInt32? {
        let digits = rest.prefix(4)
        rest = rest.dropFirst(4)
        guard digits.count == 4 else { return nil }
        return UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
    }
}
