/// Some thousands of rows as one contiguous buffer of text bytes, and where each cell ends.
///
/// A cell is the text of its value as the source writes it; an empty cell is a null, from every source. A batch is
/// filled, handed on, and filled again: `removeAll()` keeps its room.
package struct RowBatch: Sendable {
    package let columnCount: Int
    @usableFromInline package internal(set) var rowCount = 0
    /// The bytes of all cells, one after the other, row by row.
    @usableFromInline package internal(set) var bytes: [UInt8] = []
    /// For each cell, row by row, the offset in `bytes` behind its last byte.
    @usableFromInline package internal(set) var ends: [UInt32] = []

    package init(columnCount: Int, capacity: Int = 0) {
        self.columnCount = columnCount
        bytes.reserveCapacity(capacity)
        ends.reserveCapacity(capacity / 8)
    }

    package var isEmpty: Bool { rowCount == 0 }
    package var byteCount: Int { bytes.count }

    /// Adds the bytes of the next cell; `endRow()` follows the last cell of a row.
    @inlinable
    package mutating func append(_ cell: UnsafeRawBufferPointer) {
        bytes.append(contentsOf: cell)
        ends.append(UInt32(truncatingIfNeeded: bytes.count))
    }

    /// Adds bytes to the cell under way, which `endCell()` ends.
    @inlinable
    package mutating func appendPart(_ part: UnsafeRawBufferPointer) {
        bytes.append(contentsOf: part)
    }

    @inlinable
    package mutating func appendByte(_ byte: UInt8) {
        bytes.append(byte)
    }

    @inlinable
    package mutating func endCell() {
        ends.append(UInt32(truncatingIfNeeded: bytes.count))
    }

    /// Ends a row.
    ///
    /// The cells added since the row before must be `columnCount`.
    @inlinable
    package mutating func endRow() {
        rowCount += 1
        precondition(ends.count == rowCount * columnCount, "a row has as many cells as there are columns")
    }

    package mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
        rowCount = 0
    }

    /// Where the bytes of a cell lie in `bytes`.
    @inlinable
    package func range(row: Int, column: Int) -> Range<Int> {
        let cell = row * columnCount + column
        return (cell == 0 ? 0 : Int(ends[cell - 1]))..<Int(ends[cell])
    }

    @inlinable
    package func withCell<Result>(
        row: Int,
        column: Int,
        _ body: (UnsafeRawBufferPointer) throws -> Result
    ) rethrows -> Result {
        let range = range(row: row, column: column)
        return try bytes.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[range])) }
    }

    /// The text of a cell; nil is a null.
    ///
    /// For messages and tests: the hot path stays with bytes.
    package func text(row: Int, column: Int) -> String? {
        let range = range(row: row, column: column)
        return range.isEmpty ? nil : String(decoding: bytes[range], as: UTF8.self)
    }
}
