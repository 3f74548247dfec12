/// The cells of one row, one behind the other in one buffer, which is filled again for the next row.
package struct ChangeCells: Sendable, Equatable {
    @usableFromInline var bytes: [UInt8] = []
    /// Where each cell ends.
    @usableFromInline var ends: [UInt32] = []

    package init() {}

    package init(_ cells: [[UInt8]]) {
        for cell in cells { append(cell) }
    }

    package mutating func append(_ cell: some Collection<UInt8>) {
        bytes.append(contentsOf: cell)
        ends.append(UInt32(bytes.count))
    }

    package mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
    }

    /// Takes the place of what was there: `ends` are numbers of 4 bytes, little end first.
    ///
    /// - Returns: whether the ends are in order and within the bytes.
    package mutating func replace(ends newEnds: UnsafeRawBufferPointer, bytes newBytes: UnsafeRawBufferPointer) -> Bool
    {
        let count = newEnds.count / 4
        // Most rows have as many cells as the one before, and no more bytes than the longest.
        if ends.count != count { ends = [UInt32](repeating: 0, count: count) }
        bytes.removeAll(keepingCapacity: true)
        bytes.append(contentsOf: newBytes)
        return ends.withUnsafeMutableBufferPointer { ends in
            var last: UInt32 = 0
            for index in 0..<count {
                let end = UInt32(littleEndian: newEnds.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self))
                guard end >= last, end <= newBytes.count else { return false }
                ends[index] = end
                last = end
            }
            return true
        }
    }

    /// Puts another cell in the place of one.
    package mutating func replace(_ index: Int, with cell: [UInt8]) {
        let old = range(index)
        bytes.replaceSubrange(old, with: cell)
        for later in index..<ends.count { ends[later] = UInt32(Int(ends[later]) + cell.count - old.count) }
    }

    /// Lends the bytes of a cell for the length of the call.
    @inlinable
    package func withCell<Result>(_ index: Int, _ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        let range = range(index)
        return try bytes.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[range])) }
    }

    /// Lends all ends and all bytes for the length of the call.
    @inlinable
    package func withAll<Result>(
        _ body: (_ ends: UnsafeBufferPointer<UInt32>, _ bytes: UnsafeRawBufferPointer) throws -> Result
    ) rethrows -> Result {
        try ends.withUnsafeBufferPointer { ends in try bytes.withUnsafeBytes { try body(ends, $0) } }
    }

    @inlinable
    func range(_ index: Int) -> Range<Int> {
        (index == 0 ? 0 : Int(ends[index - 1]))..<Int(ends[index])
    }
}

extension ChangeCells: RandomAccessCollection {
    package var startIndex: Int { 0 }
    package var endIndex: Int { ends.count }
    package subscript(index: Int) -> ArraySlice<UInt8> { bytes[range(index)] }
}

extension ChangeCells: ExpressibleByArrayLiteral {
    package init(arrayLiteral cells: [UInt8]...) { self.init(cells) }
}
