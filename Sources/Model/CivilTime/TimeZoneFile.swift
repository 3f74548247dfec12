/// Reads TZif, the compiled form of a zone (RFC 9636), version 2 and later.
package struct TimeZoneFile {
    /// Why bytes are no zone that we can use.
    package enum Fault: Error, Equatable {
        case notTZif
        /// Version 1 has no 64-bit times and no rule for the years after its table.
        case versionOne
        case truncated
        case inconsistent
        /// `right/` zones count leap seconds, and civil time here does not.
        case leapSeconds
        case badFooter(String)
    }

    /// The last year for which transitions are worked out; calendar events end with 2199.
    static let lastYear = 2_200

    /// Some files begin with a change at the beginning of the world; here that is about the year -1200.
    private static let earliest: Int64 = -100_000_000_000
    private static let latest: Int64 = 100_000_000_000

    private let bytes: [UInt8]
    private var position = 0

    /// Makes a zone of the file's bytes.
    package static func rules(named name: String, from bytes: [UInt8]) throws(Fault) -> TimeZoneRules {
        var file = TimeZoneFile(bytes: bytes)
        return try file.read(name)
    }

    // MARK: - Implementation

    private struct Header {
        var version: UInt8
        var utcIndicators: Int
        var standardIndicators: Int
        var leaps: Int
        var times: Int
        var types: Int
        var characters: Int
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    private mutating func read(_ name: String) throws(Fault) -> TimeZoneRules {
        let first = try header()
        guard first.version >= UInt8(ascii: "2") else { throw .versionOne }
        try skip(
            first.times * 5 + first.types * 6 + first.characters + first.leaps * 8 + first.standardIndicators
                + first.utcIndicators
        )
        let second = try header()
        guard second.leaps == 0 else { throw .leapSeconds }
        guard second.types > 0 else { throw .inconsistent }
        var times: [Int64] = []
        times.reserveCapacity(second.times)
        for _ in 0..<second.times { times.append(try integer(8)) }
        guard zip(times, times.dropFirst()).allSatisfy({ $0 < $1 }), times.last ?? 0 <= Self.latest else {
            throw .inconsistent
        }
        var indexes: [Int] = []
        for _ in 0..<second.times { indexes.append(Int(try integer(1) & 0xFF)) }
        var offsets: [Int] = []
        for _ in 0..<second.types {
            let offset = Int(try integer(4))
            // RFC 9636 allows -25 to +26 hours.
            guard (-93_599...97_199).contains(offset) else { throw .inconsistent }
            offsets.append(offset)
            try skip(2)
        }
        guard indexes.allSatisfy({ $0 < offsets.count }) else { throw .inconsistent }
        try skip(second.characters + second.standardIndicators + second.utcIndicators)
        let footer = try footer()
        var changes = zip(times, indexes).map { (at: max($0, Self.earliest), offset: offsets[$1]) }
        if !footer.isEmpty {
            guard let rule = TimeZoneFooter(footer) else { throw .badFooter(footer) }
            let start = times.last ?? .min
            let firstYear =
                times.last.map { max(1_900, WallTime(microseconds: max($0, Self.earliest) * 1_000_000).date.year) }
                ?? 1_970
            if firstYear <= Self.lastYear {
                changes += rule.changes(from: firstYear, through: Self.lastYear).filter { $0.at > start }
            }
        }
        return TimeZoneRules(name: name, firstOffset: offsets[0], transitions: changes)
    }

    private mutating func header() throws(Fault) -> Header {
        guard bytes.count >= position + 44, bytes[position..<position + 4].elementsEqual("TZif".utf8) else {
            throw position == 0 ? .notTZif : .truncated
        }
        let version = bytes[position + 4]
        position += 20
        var counts: [Int] = []
        for _ in 0..<6 {
            let count = Int(try integer(4))
            // A table of more than a million entries is no zone.
            guard (0...1_000_000).contains(count) else { throw .inconsistent }
            counts.append(count)
        }
        return Header(
            version: version,
            utcIndicators: counts[0],
            standardIndicators: counts[1],
            leaps: counts[2],
            times: counts[3],
            types: counts[4],
            characters: counts[5]
        )
    }

    private mutating func footer() throws(Fault) -> String {
        guard position < bytes.count, bytes[position] == 0x0A else { throw .truncated }
        guard let end = bytes[(position + 1)...].firstIndex(of: 0x0A) else { throw .truncated }
        return String(decoding: bytes[position + 1..<end], as: UTF8.self)
    }

    private mutating func skip(_ count: Int) throws(Fault) {
        guard bytes.count - position >= count else { throw .truncated }
        position += count
    }

    /// Big-endian, signed.
    private mutating func integer(_ width: Int) throws(Fault) -> Int64 {
        guard bytes.count - position >= width else { throw .truncated }
        var value: Int64 = bytes[position] & 0x80 == 0 ? 0 : -1
        for byte in bytes[position..<position + width] { value = value << 8 | Int64(byte) }
        position += width
        return value
    }
}
