internal import Fingerprinting
package import SyncModel

/// One diff: takes every batch of a model, then says of each row in which class it is.
///
/// Linear time, flat memory.
package final class DiffCourse {
    private let plan: DiffPlan
    private let snapshot: any SnapshotReading
    private let sink: any DiffSink
    /// Made when the first rows come, so that their reading goes on meanwhile.
    private var front: SnapshotFront?
    private var needsFront: Bool
    private let scratch: ScratchEnd
    private let rows: ScratchRecords
    private let matches: MatchCheck?
    private var printer: RowPrinter
    private var counts = ChangeCounts()
    private var settled: [Bool] = []
    private var keyText: [UInt8] = []

    package init(_ plan: DiffPlan, snapshot: any SnapshotReading, scratch: any ScratchSpace, sink: any DiffSink) {
        self.plan = plan
        self.snapshot = snapshot
        self.sink = sink
        self.scratch = ScratchEnd(scratch)
        needsFront =
            plan.settles && !plan.fullResync && !plan.reshapes && !plan.carriesUnchanged && snapshot.entryCount > 0
            && snapshot.entryCount <= plan.entriesInMemory
        rows = ScratchRecords(self.scratch, partitions: plan.partitions, room: 32 << 10)
        matches = plan.columns.match == nil ? nil : MatchCheck(plan, scratch: self.scratch)
        printer = RowPrinter(plan)
    }

    /// Takes the next rows; their cells are those of `MappedColumns.names`.
    package func take(_ batch: borrowing RowBatch) throws {
        precondition(batch.columnCount == plan.columns.names.count, "a batch has the cells of the mapped columns")
        guard batch.rowCount > 0 else { return }
        if needsFront {
            needsFront = false
            front = try SnapshotFront(snapshot, seed: plan.seed)
        }
        printer.print(batch)
        if let front {
            printer.keys.withUnsafeBufferPointer { keys in
                printer.raws.withUnsafeBufferPointer { front.settle(keys, $0, into: &settled) }
            }
        }
        try batch.ends.withUnsafeBufferPointer { ends in
            try batch.bytes.withUnsafeBytes { bytes in
                var start = 0
                for row in 0..<batch.rowCount {
                    let rowEnds = UnsafeBufferPointer(
                        rebasing: ends[row * batch.columnCount..<(row + 1) * batch.columnCount]
                    )
                    let end = Int(rowEnds[batch.columnCount - 1])
                    try take(row, bytes, rowEnds, start..<end)
                    start = end
                }
            }
        }
    }

    /// Puts every row in its class; the sink has been told everything when this returns.
    package func finish() throws -> ChangeCounts {
        if rows.isEmpty, front?.hasSeenAll ?? (snapshot.entryCount == 0) { return counts }
        let refusals = ScratchRecords(scratch, partitions: plan.partitions, room: 4 << 10)
        try matches?.resolve(into: refusals)
        var join = PartitionJoin(
            plan,
            rows: rows,
            refusals: refusals,
            front: front,
            snapshot: snapshot,
            sink: sink,
            counts: counts
        )
        try join.run()
        return join.counts
    }

    // MARK: - Implementation

    @inline(__always)
    private func take(
        _ row: Int,
        _ bytes: UnsafeRawBufferPointer,
        _ ends: UnsafeBufferPointer<UInt32>,
        _ range: Range<Int>
    ) throws {
        counts.read += 1
        let isSettled = front != nil && settled[row]
        let fault = printer.faults[row]
        // A settled row has a key and a match value: it was delivered as it is.
        if isSettled, matches == nil {
            countSettled(isInside: plan.keys?.contains(printer.keys[row]) ?? true)
            return
        }
        if fault == RowPrinter.Fault.nullKey {
            return try refuseWithoutKey(bytes, ends, range.lowerBound)
        }
        let key = printer.keys[row]
        let isInside = plan.keys?.contains(key) ?? true
        try withKeyText(bytes, ends, range.lowerBound) { text in
            if isSettled {
                countSettled(isInside: isInside)
                try matches?.settle(printer.matches[row], keyText: text)
                return
            }
            let length = ReadRow.length(columns: ends.count, keyText: text.count, cells: range.count)
            ReadRow.write(
                key: key,
                raw: printer.raws[row],
                fault: fault,
                isOutside: !isInside,
                keyText: text,
                ends: ends,
                start: range.lowerBound,
                cells: UnsafeRawBufferPointer(rebasing: bytes[range]),
                at: try rows.begin(plan.partition(of: key.high), length: length)
            )
            if let matches, fault != RowPrinter.Fault.nullMatch {
                try matches.claim(printer.matches[row], key: key, keyText: text)
            }
        }
    }

    @inline(__always)
    private func countSettled(isInside: Bool) {
        if isInside { counts.unchanged += 1 } else { counts.unselected += 1 }
    }

    @inline(__always)
    private func withKeyText(
        _ bytes: UnsafeRawBufferPointer,
        _ ends: UnsafeBufferPointer<UInt32>,
        _ start: Int,
        _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        if plan.columns.key.count == 1 {
            let column = plan.columns.key[0]
            let from = column == 0 ? start : Int(ends[column - 1])
            return try body(UnsafeRawBufferPointer(rebasing: bytes[from..<Int(ends[column])]))
        }
        keyText.removeAll(keepingCapacity: true)
        for (position, column) in plan.columns.key.enumerated() {
            let from = column == 0 ? start : Int(ends[column - 1])
            let cell = UnsafeRawBufferPointer(rebasing: bytes[from..<Int(ends[column])])
            RowKey.appendElement(cell, isFirst: position == 0, to: &keyText)
        }
        keyText.append(UInt8(ascii: "]"))
        try keyText.withUnsafeBytes { try body($0) }
    }

    private func refuseWithoutKey(
        _ bytes: UnsafeRawBufferPointer,
        _ ends: UnsafeBufferPointer<UInt32>,
        _ start: Int
    ) throws {
        // It is none of those that were asked for.
        guard plan.keys == nil else { return }
        counts.refused += 1
        var text = ""
        try withKeyText(bytes, ends, start) { text = String(decoding: $0, as: UTF8.self) }
        let names = plan.columns.key.map { plan.columns.names[$0] }.joined(separator: ", ")
        try sink.refused(
            RefusedReading(
                code: .nullKey,
                key: nil,
                keyText: text,
                message: "row \(counts.read), as read, has no primary key: \(names) must not be null"
            )
        )
    }
}
