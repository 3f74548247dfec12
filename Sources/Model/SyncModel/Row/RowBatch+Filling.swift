extension RowBatch {
    /// Bytes that the rows take up, their ends included: what a reader holds against the size wanted of a batch.
    @inlinable package var footprint: Int { bytes.count &+ ends.count &* MemoryLayout<UInt32>.size }

    /// Hands the rows to `deliver`, which may take the batch away and leave an empty one, and is empty afterwards.
    package mutating func handOver(to deliver: (inout RowBatch) throws -> Void) rethrows {
        let columns = columnCount
        try deliver(&self)
        precondition(columnCount == columns, "a batch of the same columns was left in exchange")
        removeAll()
    }
}
