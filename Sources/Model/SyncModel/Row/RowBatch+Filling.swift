extension RowBatch {
    /// Bytes that the rows take up, their ends included: what a reader holds against the size wanted of a batch.
    @inlinable package var footprint: Int { bytes.count &+ ends.count &* MemoryLayout<UInt32>.size }

    /// Adds a whole row at once: cheaper than cell by cell.
    ///
    /// - Parameters:
    ///   - room: at least as many bytes as the row's cells have together.
    ///   - cell: the bytes of a column's cell.
    @inlinable
    package mutating func appendRow(room: Int, _ cell: (Int) -> UnsafeRawBufferPointer) {
        let columns = columnCount
        let start = bytes.count
        ends.append(addingCapacity: columns) { (ends: inout OutputSpan<UInt32>) in
            bytes.append(addingCapacity: room) { (bytes: inout OutputSpan<UInt8>) in
                bytes.withUnsafeMutableBufferPointer { target, count in
                    let before = count
                    for column in 0..<columns {
                        let source = cell(column)
                        precondition(source.count <= target.count &- count, "room for the row's cells")
                        if let from = source.baseAddress, let base = target.baseAddress {
                            UnsafeMutableRawPointer(base + count).copyMemory(from: from, byteCount: source.count)
                        }
                        count &+= source.count
                        ends.append(UInt32(truncatingIfNeeded: start &+ count &- before))
                    }
                }
            }
        }
        rowCount += 1
    }

    /// Hands the rows to `deliver`, which may take the batch away and leave an empty one, and is empty afterwards.
    package mutating func handOver(to deliver: (inout RowBatch) throws -> Void) rethrows {
        let columns = columnCount
        try deliver(&self)
        precondition(columnCount == columns, "a batch of the same columns was left in exchange")
        removeAll()
    }
}
