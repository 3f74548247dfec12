internal import SyncModel

/// A row as `COPY … TO STDOUT` sends it: cells parted by tabs, ended by a line feed, `\N` for a null, backslash escapes.
struct CopyText {
    /// Which columns are floating-point numbers: an exponent in them is written out.
    private let isReal: [Bool]
    private let hasReals: Bool
    private let checksUTF8: Bool

    enum Fault: Error {
        case wrongCellCount
        case notUTF8(column: Int)
    }

    init(types: [UInt32], checksUTF8: Bool) {
        isReal = types.map { $0 == 700 || $0 == 701 }
        hasReals = isReal.contains(true)
        self.checksUTF8 = checksUTF8
    }

    /// Adds the row to the batch.
    func append(_ line: UnsafeRawBufferPointer, to batch: inout RowBatch) throws {
        let end = line.last == UInt8(ascii: "\n") ? line.count - 1 : line.count
        var start = 0
        var place = 0
        var column = 0
        var partStart = 0
        while true {
            place = nextMark(in: line, from: place, to: end)
            if place < end, line[place] == UInt8(ascii: "\\"), place + 1 < end {
                appendPart(line, partStart..<place, to: &batch)
                if let plain = Self.plain(line[place + 1]) { batch.appendByte(plain) }
                place += 2
                partStart = place
                continue
            }
            try endCell(line, start: start, partStart: partStart, end: place, column: column, to: &batch)
            column += 1
            if place >= end { break }
            place += 1
            start = place
            partStart = place
        }
        guard column == batch.columnCount else { throw Fault.wrongCellCount }
        batch.endRow()
    }

    // MARK: - Implementation

    private static let highBits: UInt64 = 0x8080_8080_8080_8080
    private static let tabs = UInt64(UInt8(ascii: "\t")) &* 0x0101_0101_0101_0101
    private static let backslashes = UInt64(UInt8(ascii: "\\")) &* 0x0101_0101_0101_0101

    /// The next tab or backslash, else the end.
    @inline(__always)
    private func nextMark(in line: UnsafeRawBufferPointer, from start: Int, to end: Int) -> Int {
        var place = start
        while place &+ 8 <= end {
            let word = UInt64(littleEndian: line.loadUnaligned(fromByteOffset: place, as: UInt64.self))
            let others = differs(word, Self.tabs) & differs(word, Self.backslashes)
            let hits = ~others & Self.highBits
            if hits != 0 { return place &+ hits.trailingZeroBitCount &>> 3 }
            place &+= 8
        }
        while place < end, line[place] != UInt8(ascii: "\t"), line[place] != UInt8(ascii: "\\") { place &+= 1 }
        return place
    }

    /// The top bit of each byte is set where the two differ; the other bits mean nothing.
    @inline(__always)
    private func differs(_ word: UInt64, _ other: UInt64) -> UInt64 {
        let difference = word ^ other
        return ((difference & ~Self.highBits) &+ ~Self.highBits) | difference
    }

    @inline(__always)
    private func endCell(
        _ line: UnsafeRawBufferPointer,
        start: Int,
        partStart: Int,
        end: Int,
        column: Int,
        to batch: inout RowBatch
    ) throws {
        let part = UnsafeRawBufferPointer(rebasing: line[partStart..<end])
        if checksUTF8, !isUTF8(UnsafeRawBufferPointer(rebasing: line[start..<end])) {
            throw Fault.notUTF8(column: column)
        }
        if hasReals, column < isReal.count, isReal[column] {
            batch.append(decimal: part)
        } else {
            batch.append(part)
        }
    }

    @inline(__always)
    private func appendPart(_ line: UnsafeRawBufferPointer, _ range: Range<Int>, to batch: inout RowBatch) {
        batch.appendPart(UnsafeRawBufferPointer(rebasing: line[range]))
    }

    /// What stands behind a backslash; nothing for the N of a null.
    private static func plain(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "N"): nil
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        case UInt8(ascii: "v"): 0x0B
        default: byte
        }
    }
}
