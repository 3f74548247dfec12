/// One value of a record.
enum Value: Equatable, Sendable {
    case null
    case bool(Bool)
    case number(Double)
    case text(String)
    /// Days since 1970.
    case date(Int32)
    /// Milliseconds since 1970.
    case dateTime(Int64)
    /// Milliseconds after midnight.
    case time(Int32)
    case reference(RecordID)

    var isNull: Bool {
        if case .null = self { true } else { false }
    }

    var reference: RecordID? {
        if case .reference(let id) = self { id } else { nil }
    }
}

/// A double as Java writes it: `300.0`, `3.5E8`; an integer field's without a fraction.
func numberText(_ number: Double, whole: Bool) -> String {
    if whole || number == 0 { return whole ? String(Int64(number)) : "0.0" }
    if (1e-3..<1e7).contains(number.magnitude) { return number.description }
    let exponent = Int(number.magnitude.logarithm10Floor)
    var written = number.description
    if written.contains("e") {
        written = written.replacing("e+", with: "E").replacing("e", with: "E")
        return written.contains(".") ? written : written.replacing("E", with: ".0E")
    }
    var digits = written.filter(\.isNumber).drop { $0 == "0" }
    while digits.last == "0" { digits.removeLast() }
    let rest = digits.dropFirst()
    return "\(number < 0 ? "-" : "")\(digits.prefix(1)).\(rest.isEmpty ? "0" : String(rest))E\(exponent)"
}

extension Double {
    fileprivate var logarithm10Floor: Double {
        var power = 1.0
        var exponent = 0.0
        while power * 10 <= self {
            power *= 10
            exponent += 1
        }
        while power > self {
            power /= 10
            exponent -= 1
        }
        return exponent
    }
}

/// Text made comparable without regard to case.
func folded(_ text: String) -> String {
    text.utf8.allSatisfy { $0 < 0x80 && !(65...90).contains($0) } ? text : text.lowercased()
}

/// The hash by which a unique value is looked up: FNV-1a over its bytes, folded where case does not count.
func lookupHash(_ value: Value, caseSensitive: Bool) -> UInt64 {
    switch value {
    case .text(let text): textHash(text, caseSensitive: caseSensitive)
    case .number(let number): mixed(number.bitPattern)
    case .reference(let id): mixed(id.bits)
    case .date(let day): mixed(UInt64(bitPattern: Int64(day)))
    case .dateTime(let moment): mixed(UInt64(bitPattern: moment))
    case .time(let time): mixed(UInt64(bitPattern: Int64(time)))
    case .bool(let bool): bool ? 2 : 1
    case .null: 0
    }
}

func sameKey(_ left: Value, _ right: Value, caseSensitive: Bool) -> Bool {
    guard case .text(let one) = left, case .text(let other) = right else { return left == right }
    return one == other || (!caseSensitive && folded(one) == folded(other))
}

private func textHash(_ text: String, caseSensitive: Bool) -> UInt64 {
    var text = text
    return text.withUTF8 { bytes -> UInt64 in
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in bytes {
            if byte >= 0x80, !caseSensitive {
                var lower = String(decoding: bytes, as: UTF8.self).lowercased()
                return lower.withUTF8 { fnv($0) }
            }
            let plain = !caseSensitive && (65...90).contains(byte) ? byte + 32 : byte
            hash = (hash ^ UInt64(plain)) &* 0x100_0000_01b3
        }
        return mixed(hash)
    }
}

private func fnv(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return mixed(hash)
}

private func mixed(_ bits: UInt64) -> UInt64 {
    var hash = bits
    hash = (hash ^ (hash >> 33)) &* 0xff51_afd7_ed55_8ccd
    hash = (hash ^ (hash >> 33)) &* 0xc4ce_b9fe_1a85_ec53
    return hash ^ (hash >> 33)
}
