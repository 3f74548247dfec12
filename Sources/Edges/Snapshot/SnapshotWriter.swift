internal import Fingerprinting
internal import Glibc
internal import SyncModel

/// Writes a base file: entries in key order, in blocks; whole and durable after `finish`.
struct SnapshotWriter {
    private let file: SnapshotDescriptor
    private let headerLength: Int
    private let fieldCount: Int
    private var block: SnapshotBlock
    private var index = SnapshotIndex()
    private var output: [UInt8] = []
    private var written: Int

    init(path: String, header: SnapshotHeader) throws {
        file = try SnapshotDescriptor(path: path, flags: O_RDWR | O_CREAT | O_TRUNC)
        fieldCount = header.fields.count
        block = SnapshotBlock(fieldCount: fieldCount)
        output = header.encoded()
        headerLength = output.count
        written = 0
    }

    /// Copies entries of another file's block, which has all its columns.
    mutating func append(_ other: borrowing SnapshotBlock, _ range: Range<Int>) throws {
        var rest = range
        while !rest.isEmpty {
            let part = rest.prefix(SnapshotIndex.blockSize - block.count)
            block.keys.append(contentsOf: other.keys[part])
            block.raws.append(contentsOf: other.raws[part])
            block.flags.append(contentsOf: other.flags[part])
            block.shaped.append(contentsOf: other.shaped[part])
            block.fields.append(contentsOf: other.fields[part.lowerBound * fieldCount..<part.upperBound * fieldCount])
            let from = other.keyText(at: part.lowerBound).lowerBound
            let to = other.matchText(at: part.upperBound - 1).upperBound
            let moved = block.textBytes.count - from
            block.textBytes.append(contentsOf: other.textBytes[from..<to])
            for end in other.textEnds[2 * part.lowerBound..<2 * part.upperBound] {
                block.textEnds.append(UInt32(Int(end) + moved))
            }
            rest = part.upperBound..<rest.upperBound
            try flushFullBlock()
        }
    }

    mutating func append(_ key: Hash128, _ entry: FoldedEntry) throws {
        block.keys.append(key)
        block.raws.append(entry.raw)
        block.flags.append(entry.flags.rawValue)
        block.shaped.append(entry.shaped)
        block.fields.append(contentsOf: entry.fields)
        block.textBytes.append(contentsOf: entry.keyText)
        block.textEnds.append(UInt32(block.textBytes.count))
        block.textBytes.append(contentsOf: entry.matchText)
        block.textEnds.append(UInt32(block.textBytes.count))
        try flushFullBlock()
    }

    mutating func finish() throws {
        try flushBlock()
        let end = written + output.count
        output.append(contentsOf: index.encoded(at: end))
        try flushOutput()
        try file.synchronize()
    }

    // MARK: - Implementation

    private mutating func flushFullBlock() throws {
        if block.count == SnapshotIndex.blockSize { try flushBlock() }
    }

    private mutating func flushBlock() throws {
        guard block.count > 0 else { return }
        let start = output.count
        block.keys.withUnsafeBytes { output.append(contentsOf: $0) }
        block.raws.withUnsafeBytes { output.append(contentsOf: $0) }
        output.append(contentsOf: block.flags)
        let back = output.count
        block.shaped.withUnsafeBytes { output.append(contentsOf: $0) }
        block.fields.withUnsafeBytes { output.append(contentsOf: $0) }
        let text = output.count
        block.textEnds.withUnsafeBytes { output.append(contentsOf: $0) }
        output.append(contentsOf: block.textBytes)
        let end = output.count
        let hashes = output.withUnsafeBytes { bytes in
            [start..<back, back..<text, text..<end].map {
                Fingerprint.hash64(UnsafeRawBufferPointer(rebasing: bytes[$0]))
            }
        }
        index.blocks.append(
            SnapshotIndex.Block(
                offset: UInt64(written + start),
                count: UInt32(block.count),
                front: UInt32(back - start),
                back: UInt32(text - back),
                text: UInt32(end - text),
                frontHash: hashes[0],
                backHash: hashes[1],
                textHash: hashes[2],
                firstKey: block.keys[0]
            )
        )
        index.entryCount += block.count
        block.removeAll()
        if output.count >= 1 << 20 { try flushOutput() }
    }

    private mutating func flushOutput() throws {
        try output.withUnsafeBytes { try file.write($0, at: written) }
        written += output.count
        output.removeAll(keepingCapacity: true)
    }
}

extension SnapshotBlock {
    mutating func removeAll() {
        keys.removeAll(keepingCapacity: true)
        raws.removeAll(keepingCapacity: true)
        flags.removeAll(keepingCapacity: true)
        shaped.removeAll(keepingCapacity: true)
        fields.removeAll(keepingCapacity: true)
        textEnds.removeAll(keepingCapacity: true)
        textBytes.removeAll(keepingCapacity: true)
    }
}
