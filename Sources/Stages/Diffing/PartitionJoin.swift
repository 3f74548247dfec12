internal import Fingerprinting
internal import SyncModel

/// Joins the rows that were not settled with the snapshot, partition by partition in key order, and says what each row is.
struct PartitionJoin {
    private let plan: DiffPlan
    private let rows: ScratchRecords
    private let refusals: ScratchRecords
    private let front: SnapshotFront?
    private let snapshot: any SnapshotReading
    private let sink: any DiffSink
    private let columns: Int
    private(set) var counts: ChangeCounts

    /// Keys of the partition at hand, and what is known of each.
    private var index = HashIndex()
    private var states: [KeyState] = []
    private var known: [KnownPrints] = []
    private var knownFields: [UInt16] = []
    private var otherTexts: [UInt8] = []

    /// Where the walk through the snapshot is.
    private var block: SnapshotBlock
    private var position = 0
    private var blockStart = 0
    private var hasTexts = false
    private var isAtEnd = false

    /// `settled`: how many rows were settled while they were read.
    init(
        _ plan: DiffPlan,
        rows: ScratchRecords,
        refusals: ScratchRecords,
        front: SnapshotFront?,
        snapshot: any SnapshotReading,
        sink: any DiffSink,
        counts: ChangeCounts
    ) {
        self.plan = plan
        self.rows = rows
        self.refusals = refusals
        self.front = front
        self.snapshot = snapshot
        self.sink = sink
        self.counts = counts
        columns = plan.columns.names.count
        block = SnapshotBlock(fieldCount: snapshot.fieldCount)
    }

    mutating func run() throws {
        snapshot.rewind()
        for partition in 0..<plan.partitions {
            try gatherKeys(partition)
            try gatherRefusals(partition)
            try walkSnapshot(to: partition)
            try classify(partition)
        }
    }

    // MARK: - Implementation

    private struct KeyState {
        var rows: UInt32 = 1
        /// An earlier row with this key was settled.
        var isSettled = false
        var isReported = false
        /// Position in `known`.
        var known: Int32 = -1
        var others: UInt32 = 0
        var other: Range<Int> = 0..<0
    }

    private func isInside(_ key: Hash128) -> Bool {
        plan.keys?.contains(key) ?? true
    }

    private mutating func gatherKeys(_ partition: Int) throws {
        index.removeAll()
        states.removeAll(keepingCapacity: true)
        known.removeAll(keepingCapacity: true)
        knownFields.removeAll(keepingCapacity: true)
        otherTexts.removeAll(keepingCapacity: true)
        guard !rows.isEmpty(partition) else { return }
        try rows.forEach(partition) { record in
            let (number, isNew) = index.insert(ReadRow.key(record))
            if isNew { states.append(KeyState()) } else { states[number].rows += 1 }
        }
    }

    private mutating func gatherRefusals(_ partition: Int) throws {
        guard !refusals.isEmpty(partition) else { return }
        try refusals.forEach(partition) { record in
            let refusal = MatchRefusal(record)
            if let number = index.find(refusal.key) {
                let start = otherTexts.count
                otherTexts.append(contentsOf: refusal.otherText)
                states[number].others = UInt32(refusal.others)
                states[number].other = start..<otherTexts.count
            } else if refusal.isSettled, isInside(refusal.key) {
                counts.unchanged -= 1
                let keyText = String(decoding: refusal.keyText, as: UTF8.self)
                try refuse(
                    .duplicateValue,
                    refusal.key,
                    keyText,
                    Self.sharedMessage(refusal.otherText, others: refusal.others)
                )
            }
        }
    }

    /// Passes all entries of the partition: those of its rows are noted, those that no row has are removed or forgotten.
    private mutating func walkSnapshot(to partition: Int) throws {
        while !isAtEnd {
            if position == block.count {
                blockStart += block.count
                position = 0
                hasTexts = false
                guard try snapshot.readBlock(into: &block, prints: true) else {
                    isAtEnd = true
                    return
                }
            }
            while position < block.count {
                let key = block.keys[position]
                guard plan.partition(of: key.high) <= partition else { return }
                try pass(key)
                position += 1
            }
        }
    }

    private mutating func pass(_ key: Hash128) throws {
        let isSettled = front?.isSeen(blockStart + position) ?? false
        if !isSettled, !isInside(key),
            SnapshotEntry.Flags(rawValue: block.flags[position]).contains(.delivered)
        {
            counts.unselected += 1
        }
        guard let number = index.find(key) else {
            if !isSettled { try passAbsent(key) }
            return
        }
        states[number].isSettled = isSettled
        states[number].known = Int32(known.count)
        known.append(
            KnownPrints(
                raw: block.raws[position],
                shaped: block.shaped[position],
                flags: SnapshotEntry.Flags(rawValue: block.flags[position])
            )
        )
        let fields = block.fieldCount
        knownFields.append(contentsOf: block.fields[position * fields..<(position + 1) * fields])
    }

    private mutating func passAbsent(_ key: Hash128) throws {
        let flags = SnapshotEntry.Flags(rawValue: block.flags[position])
        guard flags.contains(.delivered) else {
            // What is in doubt waits for a person.
            if !flags.contains(.inDoubt), isInside(key) { try sink.refreshes(.forgotten(key)) }
            return
        }
        if !flags.contains(.absent) { try sink.refreshes(.absent(key)) }
        guard isInside(key) else { return }
        if plan.removes || !flags.contains(.absent) { counts.removed += 1 }
        guard plan.removes else { return }
        if !hasTexts {
            try snapshot.readTexts(into: &block)
            hasTexts = true
        }
        let fields = block.fieldCount
        let prints = KnownPrints(raw: block.raws[position], shaped: block.shaped[position], flags: flags)
        try block.textBytes.withUnsafeBytes { texts in
            try block.fields.withUnsafeBufferPointer { all in
                try sink.travels(
                    TravellingRow(
                        changeClass: .removed,
                        key: key,
                        raw: 0,
                        keyText: UnsafeRawBufferPointer(rebasing: texts[block.keyText(at: position)]),
                        matchText: UnsafeRawBufferPointer(rebasing: texts[block.matchText(at: position)]),
                        known: prints,
                        knownFields: UnsafeBufferPointer(rebasing: all[position * fields..<(position + 1) * fields]),
                        cellEnds: UnsafeBufferPointer(start: nil, count: 0),
                        cells: UnsafeRawBufferPointer(start: nil, count: 0)
                    )
                )
            }
        }
    }

    private mutating func classify(_ partition: Int) throws {
        guard !rows.isEmpty(partition) else { return }
        let columns = columns
        try rows.forEach(partition) { record in
            let row = ReadRow(record, columns: columns)
            guard !row.isOutside, let number = index.find(row.key) else { return }
            try classify(row, number)
        }
    }

    private mutating func classify(_ row: ReadRow, _ number: Int) throws {
        let state = states[number]
        let prints = state.known < 0 ? nil : known[Int(state.known)]
        let wasOwed = prints.map { $0.flags.contains(.owed) } ?? false
        let rows = Int(state.rows) + (state.isSettled ? 1 : 0)
        if rows > 1 {
            let text = String(decoding: row.keyText, as: UTF8.self)
            let message = "\(rows) rows of the model have this primary key; none of them is sent until it is unique"
            if state.isSettled, !state.isReported {
                counts.unchanged -= 1
                try refuse(.doubledKey, row.key, text, message, wasOwed: wasOwed, refreshes: false)
            }
            try refuse(.doubledKey, row.key, text, message, wasOwed: wasOwed, refreshes: !state.isReported)
            states[number].isReported = true
            return
        }
        if row.fault == RowPrinter.Fault.nullMatch {
            return try refuse(
                .nullMatchValue,
                row.key,
                String(decoding: row.keyText, as: UTF8.self),
                "the row has no match value: column \(matchColumnName) is empty",
                wasOwed: wasOwed
            )
        }
        if state.others > 0 {
            let message = otherTexts.withUnsafeBytes {
                Self.sharedMessage(UnsafeRawBufferPointer(rebasing: $0[state.other]), others: Int(state.others))
            }
            let text = String(decoding: row.keyText, as: UTF8.self)
            return try refuse(.duplicateValue, row.key, text, message, wasOwed: wasOwed)
        }
        guard let changeClass = try changeClass(of: row, prints) else { return }
        let fields = snapshot.fieldCount
        try knownFields.withUnsafeBufferPointer { all in
            let place = max(0, Int(state.known)) * fields
            try sink.travels(
                TravellingRow(
                    changeClass: changeClass,
                    key: row.key,
                    raw: row.raw,
                    keyText: row.keyText,
                    matchText: UnsafeRawBufferPointer(start: nil, count: 0),
                    known: prints,
                    knownFields: prints == nil
                        ? UnsafeBufferPointer(start: nil, count: 0)
                        : UnsafeBufferPointer(rebasing: all[place..<place + fields]),
                    cellEnds: row.cellEnds,
                    cells: row.cells
                )
            )
        }
    }

    /// Counts a row, and says as what it travels; nil when it does not.
    private mutating func changeClass(of row: ReadRow, _ known: KnownPrints?) throws -> ChangeClass? {
        guard let known else {
            counts.added += 1
            return .added
        }
        if known.flags.contains(.inDoubt) {
            counts.owed += 1
            counts.inDoubt += 1
            return nil
        }
        // Before what is owed: a row that was delivered and refused later, for its key was doubled, exists all the same.
        if plan.createsOnly, known.flags.contains(.delivered), !plan.fullResync { return try unchanged(row, known) }
        if known.flags.contains(.owed) || !known.flags.contains(.delivered) {
            if plan.rests, known.flags.isSuperset(of: [.owed, .marked]) {
                let refusal = RefusalMark(rawValue: known.raw)
                if refusal.rests, refusal.isOf(raw: row.raw) {
                    counts.resting += 1
                    return nil
                }
            }
            counts.owed += 1
            return .owed
        }
        if known.raw == row.raw, !plan.fullResync {
            if plan.reshapes {
                counts.changed += 1
                return .changed
            }
            return try unchanged(row, known)
        }
        counts.changed += 1
        return .changed
    }

    private mutating func unchanged(_ row: ReadRow, _ known: KnownPrints) throws -> ChangeClass? {
        if !known.flags.isDisjoint(with: [.absent, .removalOwed]) { try sink.refreshes(.present(row.key)) }
        counts.unchanged += 1
        return plan.carriesUnchanged ? .unchanged : nil
    }

    private var matchColumnName: String {
        plan.columns.match.map { plan.columns.names[$0] } ?? ""
    }

    private mutating func refuse(
        _ code: RefusalCode,
        _ key: Hash128,
        _ keyText: String,
        _ message: String,
        wasOwed: Bool = false,
        refreshes: Bool = true
    ) throws {
        counts.refused += 1
        try sink.refused(
            RefusedReading(code: code, key: key, keyText: keyText, message: message, wasOwed: wasOwed)
        )
        if refreshes { try sink.refreshes(.owed(key, keyText: keyText)) }
    }

    private static func sharedMessage(_ other: UnsafeRawBufferPointer, others: Int) -> String {
        let first = "the match value is shared with the row of key \(String(decoding: other, as: UTF8.self))"
        return others == 1 ? first : "\(first) and \(others - 1) more"
    }
}
