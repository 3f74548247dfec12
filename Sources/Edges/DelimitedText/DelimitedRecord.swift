/// One record of delimited text, lent for the length of a call: its cells as bytes, without their quotes.
package struct DelimitedRecord: ~Copyable {
    let bytes: UnsafePointer<UInt8>
    let cells: UnsafeBufferPointer<DelimitedCell>
    /// As long as the record; a cell with doubled quotes is written plain here, at its own place, when it is asked for.
    let plain: UnsafeMutablePointer<UInt8>?
    /// The line of the text on which the record begins, from 1.
    package let line: Int

    init(
        bytes: UnsafePointer<UInt8>,
        cells: UnsafeBufferPointer<DelimitedCell>,
        plain: UnsafeMutablePointer<UInt8>?,
        line: Int,
        length: Int
    ) {
        self.bytes = bytes
        self.cells = cells
        self.plain = plain
        self.line = line
        self.length = length
    }

    /// The record's bytes, quotes and delimiters included.
    let length: Int

    /// How many cells the record has; at least one.
    package var count: Int { cells.count }

    /// The bytes of a cell, valid until the call that lent the record returns.
    ///
    /// `index` must be below `count`.
    package subscript(_ index: Int) -> UnsafeRawBufferPointer {
        precondition(index >= 0 && index < cells.count, "a cell of the record")
        return self[unchecked: index]
    }

    @inline(__always)
    subscript(unchecked index: Int) -> UnsafeRawBufferPointer {
        let cell = cells[index]
        if cell.isEscaped, let plain {
            return unescaped(cell, into: plain)
        }
        return UnsafeRawBufferPointer(start: bytes + Int(cell.start), count: cell.count)
    }

    /// The text of a cell: for headers, messages and tests.
    package func text(_ index: Int) -> String {
        String(decoding: self[index], as: UTF8.self)
    }

    // MARK: - Implementation

    @inline(never)
    private func unescaped(_ cell: DelimitedCell, into plain: UnsafeMutablePointer<UInt8>) -> UnsafeRawBufferPointer {
        let quote = UInt8(ascii: "\"")
        let start = Int(cell.start)
        let end = start + cell.count
        var from = start
        var to = start
        while from < end {
            let byte = bytes[from]
            plain[to] = byte
            to += 1
            from += byte == quote ? 2 : 1
        }
        return UnsafeRawBufferPointer(start: plain + start, count: to - start)
    }
}

/// Where a cell lies, from its record's first byte on.
struct DelimitedCell {
    let start: UInt32
    /// Bytes; the top bit says that the cell has doubled quotes.
    private let length: UInt32

    @inline(__always)
    init(start: Int, end: Int, isEscaped: Bool) {
        self.start = UInt32(truncatingIfNeeded: start)
        length = UInt32(truncatingIfNeeded: end &- start) | (isEscaped ? 1 << 31 : 0)
    }

    @inline(__always) var count: Int { Int(length & ~(1 << 31)) }
    @inline(__always) var isEscaped: Bool { length >> 31 != 0 }
}
