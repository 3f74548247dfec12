internal import Fingerprinting
internal import Glibc
internal import SyncModel

/// Merges a log into its base, by partitions of the key range, so that memory does not grow with either.
package struct SnapshotCompaction {
    /// Bytes of changes that are sorted at a time.
    package static let partitionBytes = 8 << 20
    /// Bytes of changes that are folded in while reading, at most.
    static let foldedBytes = 2 << 20

    let basePath: String
    let newPath: String
    let scratchPath: String
    let oldFields: [String]
    let header: SnapshotHeader
    let mergeBytes: Int

    /// Writes the new base; the caller puts it in place.
    func run(_ log: SnapshotLog) throws {
        let reader = try SnapshotReader(path: basePath, fieldCount: oldFields.count)
        let logBytes = log.end - SnapshotLog.headerLength
        var bits = 0
        while bits < 10, logBytes >> bits > mergeBytes { bits += 1 }
        var writer = try SnapshotWriter(path: newPath, header: header)
        var cursor = try BaseCursor(reader, fieldMap: fieldMap)
        if bits == 0 {
            let changes = try SortedChanges(log, fieldCount: oldFields.count)
            try changes.merge(into: &writer, from: &cursor, below: nil, fieldMap: fieldMap)
        } else {
            try runPartitioned(log, bits: bits, into: &writer, from: &cursor)
        }
        try cursor.copyRest(into: &writer)
        try writer.finish()
    }

    // MARK: - Implementation

    /// For each new field, where its hash is in an old entry.
    private var fieldMap: [Int?]? {
        oldFields == header.fields ? nil : header.fields.map { oldFields.firstIndex(of: $0) }
    }

    private func runPartitioned(
        _ log: SnapshotLog,
        bits: Int,
        into writer: inout SnapshotWriter,
        from cursor: inout BaseCursor
    ) throws {
        let partitions = 1 << bits
        let room = 64 << 10
        var buffers = [[UInt8]](repeating: [], count: partitions)
        var pieces = [[Range<Int>]](repeating: [], count: partitions)
        let scratch = try SnapshotDescriptor(path: scratchPath, flags: O_RDWR | O_CREAT | O_TRUNC)
        // Nobody else has to see it, and a crash leaves nothing behind.
        try SnapshotDescriptor.remove(scratchPath)
        var end = 0
        func flush(_ partition: Int) throws {
            try buffers[partition].withUnsafeBytes { try scratch.write($0, at: end) }
            pieces[partition].append(end..<end + buffers[partition].count)
            end += buffers[partition].count
            buffers[partition].removeAll(keepingCapacity: true)
        }
        try log.forEachPayload { payload in
            var reader = SnapshotByteReader(payload)
            while reader.offset < payload.count {
                let start = reader.offset
                guard let change = SnapshotChange(from: &reader, fieldCount: oldFields.count) else {
                    throw damagedLog(log)
                }
                let partition = Int(change.key.high >> UInt64(64 - bits))
                buffers[partition].append(contentsOf: payload[start..<reader.offset])
                if buffers[partition].count >= room { try flush(partition) }
            }
        }
        for partition in 0..<partitions {
            try flush(partition)
            buffers[partition] = []
            var changes = SortedChanges(fieldCount: oldFields.count)
            for piece in pieces[partition] {
                var bytes = [UInt8](repeating: 0, count: piece.count)
                try bytes.withUnsafeMutableBytes { try scratch.read(into: $0, at: piece.lowerBound) }
                bytes.withUnsafeBytes { changes.add($0) }
            }
            changes.sort()
            let next = partition + 1 < partitions ? UInt64(partition + 1) << UInt64(64 - bits) : nil
            try changes.merge(into: &writer, from: &cursor, below: next, fieldMap: fieldMap)
        }
    }

    private func damagedLog(_ log: SnapshotLog) -> SnapshotError {
        SnapshotError(.damaged, path: log.file.path, reason: "a batch holds a change that makes no sense")
    }
}

extension SortedChanges {
    /// Writes the base's entries up to `limit` with these changes folded in.
    fileprivate func merge(
        into writer: inout SnapshotWriter,
        from cursor: inout BaseCursor,
        below limit: UInt64?,
        fieldMap: [Int?]?
    ) throws {
        var entry = FoldedEntry(fieldCount: fieldMap?.count ?? fieldCount)
        try forEachKey(in: 0..<count) { key, group in
            try cursor.copy(below: key, into: &writer)
            try cursor.take(key, into: &entry)
            fold(group, into: &entry, fieldMap: fieldMap)
            if entry.isKnown { try writer.append(key, entry) }
        }
        if let limit { try cursor.copy(below: Hash128(high: limit, low: 0), into: &writer) }
    }
}

/// Where a merge is in the base.
private struct BaseCursor {
    private let reader: SnapshotReader
    private let fieldMap: [Int?]?
    private var source: SnapshotBlock
    private var block: SnapshotBlock
    private var position = 0
    private var isAtEnd = false

    init(_ reader: SnapshotReader, fieldMap: [Int?]?) throws {
        self.reader = reader
        self.fieldMap = fieldMap
        source = reader.makeBlock()
        block = SnapshotBlock(fieldCount: fieldMap?.count ?? reader.fieldCount)
        try advance()
    }

    /// Copies the entries before this key.
    mutating func copy(below key: Hash128, into writer: inout SnapshotWriter) throws {
        while !isAtEnd {
            var end = position
            while end < block.count, block.keys[end] < key { end += 1 }
            if end > position { try writer.append(block, position..<end) }
            position = end
            guard position == block.count else { return }
            try advance()
        }
    }

    mutating func copyRest(into writer: inout SnapshotWriter) throws {
        while !isAtEnd {
            if position < block.count { try writer.append(block, position..<block.count) }
            try advance()
        }
    }

    /// Begins `entry` with what the base has of this key, and passes it.
    mutating func take(_ key: Hash128, into entry: inout FoldedEntry) throws {
        guard !isAtEnd, position < block.count, block.keys[position] == key else { return entry.begin(nil, 0) }
        entry.begin(block, position)
        position += 1
    }

    private mutating func advance() throws {
        position = 0
        guard try reader.readBlock(into: &source, prints: true) else {
            isAtEnd = true
            return
        }
        try reader.readTexts(into: &source)
        guard let fieldMap else {
            swap(&source, &block)
            return
        }
        var fields: [UInt16] = []
        for entry in 0..<source.count {
            for old in fieldMap { fields.append(old.map { source.fields[entry * source.fieldCount + $0] } ?? 0) }
        }
        block.keys = source.keys
        block.raws = source.raws
        block.flags = source.flags
        block.shaped = source.shaped
        block.fields = fields
        block.textEnds = source.textEnds
        block.textBytes = source.textBytes
    }
}
