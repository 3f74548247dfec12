internal import Fingerprinting
internal import SyncModel

/// Fingerprints the rows of a batch in place.
struct RowPrinter {
    enum Fault {
        static let none: UInt8 = 0
        static let nullKey: UInt8 = 1
        static let nullMatch: UInt8 = 2
    }

    private let columnCount: Int
    private let keyColumns: [Int]
    private let matchColumn: Int?
    private let matchRule: MatchRule
    private var canonical: [UInt8] = []
    /// One a row of the batch printed last.
    private(set) var keys: [Hash128] = []
    private(set) var raws: [UInt64] = []
    private(set) var faults: [UInt8] = []
    /// Empty without a match column.
    private(set) var matches: [Hash128] = []
    private var lengths: [UInt32]
    private var composed: [UInt8] = []
    private var folded: [UInt8] = []

    init(_ plan: DiffPlan) {
        columnCount = plan.columns.names.count
        keyColumns = plan.columns.key
        matchColumn = plan.columns.match
        matchRule = plan.matchRule
        lengths = [UInt32](repeating: 0, count: columnCount)
    }

    mutating func print(_ batch: borrowing RowBatch) {
        let rows = batch.rowCount
        keys.removeAll(keepingCapacity: true)
        raws.removeAll(keepingCapacity: true)
        faults.removeAll(keepingCapacity: true)
        matches.removeAll(keepingCapacity: true)
        keys.reserveCapacity(rows)
        raws.reserveCapacity(rows)
        faults.reserveCapacity(rows)
        if matchColumn != nil { matches.reserveCapacity(rows) }
        batch.ends.withUnsafeBufferPointer { ends in
            batch.bytes.withUnsafeBytes { bytes in
                var start = 0
                for row in 0..<rows {
                    let rowEnds = UnsafeBufferPointer(rebasing: ends[row * columnCount..<(row + 1) * columnCount])
                    start = printRow(bytes, rowEnds, start)
                }
            }
        }
    }

    // MARK: - Implementation

    /// Prints one row and returns where the next begins.
    @inline(__always)
    private mutating func printRow(
        _ bytes: UnsafeRawBufferPointer,
        _ ends: UnsafeBufferPointer<UInt32>,
        _ start: Int
    ) -> Int {
        func cell(_ column: Int) -> UnsafeRawBufferPointer {
            let from = column == 0 ? start : Int(ends[column - 1])
            return UnsafeRawBufferPointer(rebasing: bytes[from..<Int(ends[column])])
        }
        let end = Int(ends[columnCount - 1])
        for column in 0..<columnCount { lengths[column] = ends[column] &- UInt32(truncatingIfNeeded: start) }
        let content = Fingerprint.hash64(UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
        let shape = lengths.withUnsafeBytes { Fingerprint.hash64($0) }
        raws.append(content ^ (shape &* 0x9E37_79B9_7F4A_7C15))

        var fault = Fault.none
        if keyColumns.count == 1 {
            let key = cell(keyColumns[0])
            if key.isEmpty { fault = Fault.nullKey }
            keys.append(Fingerprint.hash128(key))
        } else {
            composed.removeAll(keepingCapacity: true)
            for column in keyColumns {
                let part = cell(column)
                if part.isEmpty { fault = Fault.nullKey }
                RowKey.append(part, to: &composed)
            }
            keys.append(composed.withUnsafeBytes { Fingerprint.hash128($0) })
        }
        if let matchColumn {
            let value = MatchFolding.trimmed(cell(matchColumn))
            if value.isEmpty, fault == Fault.none { fault = Fault.nullMatch }
            matches.append(matchHash(value))
        }
        faults.append(fault)
        return end
    }

    /// As `MatchFolding` folds: ASCII here, in a loop that the compiler makes wide; all else there.
    @inline(__always)
    private mutating func matchHash(_ value: UnsafeRawBufferPointer) -> Hash128 {
        switch matchRule {
        case .folded: break
        case .exact: return Fingerprint.hash128(value)
        case .number, .recordID:
            canonical.removeAll(keepingCapacity: true)
            matchRule.append(value, to: &canonical)
            return canonical.withUnsafeBytes { Fingerprint.hash128($0) }
        }
        if folded.count < value.count { folded.append(contentsOf: repeatElement(0, count: value.count - folded.count)) }
        var seen: UInt8 = 0
        let hash = folded.withUnsafeMutableBytes { folded in
            for position in 0..<value.count {
                let byte = value[position]
                seen |= byte
                folded[position] = byte &- 0x41 < 26 ? byte | 0x20 : byte
            }
            return Fingerprint.hash128(UnsafeRawBufferPointer(rebasing: folded[..<value.count]))
        }
        if seen < 0x80 { return hash }
        var text: [UInt8] = []
        MatchFolding.folded(value, caseSensitive: false, into: &text)
        return text.withUnsafeBytes { Fingerprint.hash128($0) }
    }
}
