package import Fingerprinting

/// What a primary key is: its hash, which the snapshot is kept by, and its text, which people see.
///
/// Of one column, the text is the cell's and the hash is of its bytes. Of several, the text is a JSON array's, and the hash is of
/// every cell behind its length, so that ("a", "bc") is not ("ab", "c").
package enum RowKey {
    package static func hash(of cells: [[UInt8]]) -> Hash128 {
        if cells.count == 1 { return cells[0].withUnsafeBytes { Fingerprint.hash128($0) } }
        var bytes: [UInt8] = []
        for cell in cells { cell.withUnsafeBytes { append($0, to: &bytes) } }
        return bytes.withUnsafeBytes { Fingerprint.hash128($0) }
    }

    package static func text(of cells: [[UInt8]]) -> String {
        if cells.count == 1 { return String(decoding: cells[0], as: UTF8.self) }
        var bytes: [UInt8] = []
        for (position, cell) in cells.enumerated() {
            cell.withUnsafeBytes { appendElement($0, isFirst: position == 0, to: &bytes) }
        }
        bytes.append(UInt8(ascii: "]"))
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The hash of a key that a person has typed, as it is written in messages; nil when it is no key of so many columns.
    package static func hash(ofText text: String, columns: Int) -> Hash128? {
        guard columns > 1 else { return text.isEmpty ? nil : Fingerprint.hash128(text) }
        var parser = KeyTextParser(Array(text.utf8))
        guard let cells = parser.cells(), cells.count == columns, !cells.contains(where: \.isEmpty) else { return nil }
        return hash(of: cells)
    }

    // MARK: - Implementation

    /// A cell of a key of several columns, as it is hashed.
    static func append(_ cell: UnsafeRawBufferPointer, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: UInt32(truncatingIfNeeded: cell.count).littleEndian) { bytes.append(contentsOf: $0) }
        bytes.append(contentsOf: cell)
    }

    /// A cell of a key of several columns, as it is written; an empty one is a null.
    ///
    /// The caller closes the array.
    static func appendElement(_ cell: UnsafeRawBufferPointer, isFirst: Bool, to bytes: inout [UInt8]) {
        bytes.append(isFirst ? UInt8(ascii: "[") : UInt8(ascii: ","))
        guard !cell.isEmpty else { return bytes.append(contentsOf: "null".utf8) }
        let digits = Array("0123456789abcdef".utf8)
        bytes.append(UInt8(ascii: "\""))
        for byte in cell {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0..<0x20:
                bytes.append(contentsOf: "\\u00".utf8)
                bytes.append(digits[Int(byte >> 4)])
                bytes.append(digits[Int(byte & 15)])
            default:
                bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}

/// Reads a JSON array of strings.
private struct KeyTextParser {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func cells() -> [[UInt8]]? {
        guard takes("[") else { return nil }
        var cells: [[UInt8]] = []
        repeat {
            guard let cell = string() else { return nil }
            cells.append(cell)
        } while takes(",")
        guard takes("]") else { return nil }
        skipBlanks()
        return position == bytes.count ? cells : nil
    }

    private mutating func string() -> [UInt8]? {
        guard takes("\"") else { return nil }
        var cell: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return cell
            case UInt8(ascii: "\\"):
                guard let escaped = escape() else { return nil }
                cell.append(contentsOf: escaped)
            default: cell.append(byte)
            }
        }
        return nil
    }

    private mutating func escape() -> [UInt8]? {
        guard position < bytes.count else { return nil }
        defer { position += 1 }
        switch bytes[position] {
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "u"):
            guard position + 4 < bytes.count,
                let code = UInt32(String(decoding: bytes[position + 1...position + 4], as: UTF8.self), radix: 16),
                let scalar = Unicode.Scalar(code)
            else { return nil }
            position += 4
            return Array(String(Character(scalar)).utf8)
        case let other: return [other]
        }
    }

    private mutating func takes(_ character: Unicode.Scalar) -> Bool {
        skipBlanks()
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func skipBlanks() {
        while position < bytes.count, bytes[position] == 0x20 || bytes[position] == 0x09 { position += 1 }
    }
}
