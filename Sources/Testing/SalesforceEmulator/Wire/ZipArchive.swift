/// Why an archive can't be read.
struct ZipFault: Error {
    var message: String
}

/// Reads one file of a ZIP archive, stored or deflated, by the directory at its end.
struct ZipArchive {
    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The file's content; nil when the archive has no file of this name.
    func file(_ name: String, limit: Int) throws(ZipFault) -> [UInt8]? {
        let end = try endOfDirectory()
        var place = Int(number(end + 16, 4))
        for _ in 0..<number(end + 10, 2) {
            guard place + 46 <= end, number(place, 4) == 0x0201_4B50 else { throw damaged }
            let nameLength = Int(number(place + 28, 2))
            guard place + 46 + nameLength <= end else { throw damaged }
            if bytes[place + 46..<place + 46 + nameLength].elementsEqual(name.utf8) {
                return try content(at: place, limit: limit)
            }
            place += 46 + nameLength + Int(number(place + 30, 2)) + Int(number(place + 32, 2))
        }
        return nil
    }

    // MARK: - Implementation

    private var damaged: ZipFault { ZipFault(message: "the zip content is malformed") }

    /// The directory's end record: the last thing in the archive but for a comment.
    private func endOfDirectory() throws(ZipFault) -> Int {
        var place = bytes.count - 22
        let first = max(0, place - 65_535)
        while place >= first {
            if number(place, 4) == 0x0605_4B50 { return place }
            place -= 1
        }
        throw damaged
    }

    private func content(at entry: Int, limit: Int) throws(ZipFault) -> [UInt8] {
        let start = Int(number(entry + 42, 4))
        let packed = Int(number(entry + 20, 4))
        guard start + 30 <= bytes.count, number(start, 4) == 0x0403_4B50 else { throw damaged }
        let from = start + 30 + Int(number(start + 26, 2)) + Int(number(start + 28, 2))
        guard from <= bytes.count, packed <= bytes.count - from else { throw damaged }
        let plain: [UInt8]?
        switch number(entry + 10, 2) {
        case 0: plain = packed <= limit ? Array(bytes[from..<from + packed]) : nil
        case 8: plain = inflatedBlocks(bytes[from..<from + packed], limit: limit)
        default: throw ZipFault(message: "the zip content is compressed in a way that is not supported")
        }
        guard let plain else { throw ZipFault(message: "the zip content is malformed or too large") }
        guard crc32(plain) == number(entry + 16, 4) else { throw damaged }
        return plain
    }

    /// A number of some bytes, the lowest first; 0 beyond the end.
    private func number(_ place: Int, _ count: Int) -> UInt32 {
        guard place >= 0, place + count <= bytes.count else { return 0 }
        return (0..<count).reduce(0) { $0 | UInt32(bytes[place + $1]) << UInt32(8 * $1) }
    }
}
