/// A record's id: key prefix and number.
///
/// 15 characters on the wire, 18 with the suffix (reference 08 Part C).
struct RecordID: Hashable, Sendable {
    /// Three ASCII characters, most significant first, then 40 bits of number.
    let bits: UInt64

    init(prefix: KeyPrefix, number: Int) {
        bits = UInt64(prefix.bits) << 40 | UInt64(truncatingIfNeeded: number) & 0xFF_FFFF_FFFF
    }

    var prefix: KeyPrefix { KeyPrefix(bits: UInt32(bits >> 40)) }
    var number: Int { Int(bits & 0xFF_FFFF_FFFF) }
}

/// The first three characters of an id: the object's mark.
struct KeyPrefix: Hashable, Sendable, CustomStringConvertible {
    let bits: UInt32

    init(bits: UInt32) { self.bits = bits }

    init(_ text: String) {
        var bits: UInt32 = 0
        for byte in text.utf8.prefix(3) { bits = bits << 8 | UInt32(byte) }
        self.bits = bits
    }

    var description: String {
        String(
            decoding: [
                UInt8(truncatingIfNeeded: bits >> 16), UInt8(truncatingIfNeeded: bits >> 8),
                UInt8(truncatingIfNeeded: bits),
            ],
            as: UTF8.self
        )
    }
}

/// What a text that should be an id turned out to be.
enum IDReading: Equatable {
    case id(RecordID)
    /// Right in form, but of another org: it can't exist here.
    case foreign(KeyPrefix)
    case malformed
}

private let digits62 = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)
private let suffixes = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ012345".utf8)
private let instance = Array("5g00000".utf8)

private let values62: [UInt8] = {
    var values = [UInt8](repeating: 255, count: 256)
    for (value, byte) in digits62.enumerated() { values[Int(byte)] = UInt8(value) }
    return values
}()

extension RecordID {
    /// Writes the 18 characters.
    func write(into out: inout [UInt8]) {
        let start = out.count
        let prefix = self.prefix.bits
        out.append(UInt8(truncatingIfNeeded: prefix >> 16))
        out.append(UInt8(truncatingIfNeeded: prefix >> 8))
        out.append(UInt8(truncatingIfNeeded: prefix))
        out.append(contentsOf: instance)
        var rest = number
        var places: (UInt8, UInt8, UInt8, UInt8, UInt8) = (0, 0, 0, 0, 0)
        places.4 = digits62[rest % 62]
        rest /= 62
        places.3 = digits62[rest % 62]
        rest /= 62
        places.2 = digits62[rest % 62]
        rest /= 62
        places.1 = digits62[rest % 62]
        rest /= 62
        places.0 = digits62[rest % 62]
        out.append(places.0)
        out.append(places.1)
        out.append(places.2)
        out.append(places.3)
        out.append(places.4)
        for block in 0..<3 { out.append(suffix(of: out, from: start + block * 5)) }
    }

    var long: String {
        var out: [UInt8] = []
        out.reserveCapacity(18)
        write(into: &out)
        return String(decoding: out, as: UTF8.self)
    }

    var short: String { String(long.prefix(15)) }

    static func read(_ text: String) -> IDReading {
        var text = text
        return text.withUTF8 { read($0) }
    }

    static func read(_ bytes: UnsafeBufferPointer<UInt8>) -> IDReading {
        guard bytes.count == 15 || bytes.count == 18 else { return .malformed }
        for index in 0..<15 where values62[Int(bytes[index])] == 255 { return .malformed }
        if bytes.count == 18 {
            for block in 0..<3 where suffix(of: bytes, from: block * 5) != upper(bytes[15 + block]) {
                return .malformed
            }
        }
        let prefix = KeyPrefix(bits: UInt32(bytes[0]) << 16 | UInt32(bytes[1]) << 8 | UInt32(bytes[2]))
        for (index, byte) in instance.enumerated() where bytes[3 + index] != byte { return .foreign(prefix) }
        var number = 0
        for index in 10..<15 { number = number * 62 + Int(values62[Int(bytes[index])]) }
        return .id(RecordID(prefix: prefix, number: number))
    }
}

private func upper(_ byte: UInt8) -> UInt8 { (97...122).contains(byte) ? byte - 32 : byte }

private func suffix(of bytes: some RandomAccessCollection<UInt8>, from start: Int) -> UInt8 {
    var mask = 0
    var bit = 1
    var index = bytes.index(bytes.startIndex, offsetBy: start)
    for _ in 0..<5 {
        if (65...90).contains(bytes[index]) { mask |= bit }
        bit <<= 1
        index = bytes.index(after: index)
    }
    return suffixes[mask]
}
