package import Fingerprinting
internal import Glibc
package import SyncModel

/// Reads a base file block by block, in key order, with a short log folded in; every section that is read is checked.
package final class SnapshotReader {
    private let file: SnapshotDescriptor
    private let index: SnapshotIndex
    package let fieldCount: Int
    /// What the log has and the base has not.
    private let changes: SortedChanges
    private var next = 0
    private var scratch: [UInt8] = []
    /// Of the block read last, if changes were folded into it.
    private var baseKeys: [Hash128] = []

    init(path: String, fieldCount: Int, changes: SortedChanges? = nil) throws {
        file = try SnapshotDescriptor(path: path, flags: O_RDONLY)
        let (header, length) = try SnapshotHeader.read(file)
        guard header.fields.count == fieldCount else {
            throw SnapshotError(
                .damaged,
                path: path,
                reason: "it has \(header.fields.count) fields an entry, not \(fieldCount)"
            )
        }
        index = try SnapshotIndex.read(file, headerLength: length)
        self.fieldCount = fieldCount
        self.changes = changes ?? SortedChanges(fieldCount: fieldCount)
    }

    /// As many entries at most.
    package var entryCount: Int { index.entryCount + changes.count }

    /// A block of the right shape for `readBlock`.
    package func makeBlock() -> SnapshotBlock { SnapshotBlock(fieldCount: fieldCount) }

    /// Begins again with the first block.
    package func rewind() { next = 0 }

    /// Fills `block` with the next entries' keys, raws and flags, and if `prints` with shaped and fields too; false at the end.
    package func readBlock(into block: inout SnapshotBlock, prints: Bool) throws -> Bool {
        guard next < blockCount else { return false }
        if index.blocks.isEmpty {
            block.removeAll()
        } else {
            try fill(&block, from: index.blocks[next], prints: prints)
        }
        let own = changes(in: next)
        if !own.isEmpty {
            baseKeys = block.keys
            block.take(changes, own, prints: prints)
        }
        next += 1
        return true
    }

    /// Fills in the texts of the block that was read last.
    package func readTexts(into block: inout SnapshotBlock) throws {
        guard next > 0 else { return }
        let own = changes(in: next - 1)
        guard !own.isEmpty else { return try fillTexts(&block, from: index.blocks[next - 1]) }
        var base = makeBlock()
        if !index.blocks.isEmpty { try fillTexts(&base, from: index.blocks[next - 1]) }
        block.takeTexts(of: base, baseKeys: baseKeys, changes, own)
    }

    /// What is known of one key.
    package func entry(for key: Hash128) throws -> SnapshotEntry? {
        var (low, high) = (0, index.blocks.count)
        while low < high {
            let middle = (low + high) / 2
            if key < index.blocks[middle].firstKey { high = middle } else { low = middle + 1 }
        }
        var block = makeBlock()
        next = max(0, low - 1)
        guard try readBlock(into: &block, prints: true) else { return nil }
        return block.keys.firstIndex(of: key).map { block.entry(at: $0) }
    }

    // MARK: - Implementation

    /// Changes need a block, though the base has none.
    private var blockCount: Int { changes.count > 0 ? max(1, index.blocks.count) : index.blocks.count }

    /// The changes of the keys from a block's first to the next one's; before all, to the first block.
    private func changes(in block: Int) -> Range<Int> {
        guard changes.count > 0 else { return 0..<0 }
        let start = block == 0 ? 0 : changes.position(of: index.blocks[block].firstKey)
        let end =
            block + 1 < index.blocks.count ? changes.position(of: index.blocks[block + 1].firstKey) : changes.count
        return start..<end
    }

    private func fillTexts(_ block: inout SnapshotBlock, from place: SnapshotIndex.Block) throws {
        let count = Int(place.count)
        try load(place.text, at: Int(place.offset) + Int(place.front) + Int(place.back), hash: place.textHash)
        let endsLength = 8 * count
        guard scratch.count >= endsLength else { throw damaged("a block's texts are too short") }
        let bytesLength = scratch.count - endsLength
        block.textEnds.resize(to: 2 * count, filling: 0)
        block.textBytes.resize(to: bytesLength, filling: 0)
        copy(0..<endsLength, into: &block.textEnds)
        copy(endsLength..<scratch.count, into: &block.textBytes)
        var end: UInt32 = 0
        for next in block.textEnds {
            guard next >= end, next <= UInt32(bytesLength) else { throw damaged("a block's texts have wrong ends") }
            end = next
        }
    }

    private func fill(_ block: inout SnapshotBlock, from place: SnapshotIndex.Block, prints: Bool) throws {
        let count = Int(place.count)
        guard Int(place.front) == 25 * count, Int(place.back) == (8 + 2 * fieldCount) * count else {
            throw damaged("a block has a wrong length")
        }
        try load(place.front, at: Int(place.offset), hash: place.frontHash)
        block.keys.resize(to: count, filling: Hash128(high: 0, low: 0))
        block.raws.resize(to: count, filling: 0)
        block.flags.resize(to: count, filling: 0)
        block.textEnds.removeAll(keepingCapacity: true)
        block.textBytes.removeAll(keepingCapacity: true)
        copy(0..<16 * count, into: &block.keys)
        copy(16 * count..<24 * count, into: &block.raws)
        copy(24 * count..<25 * count, into: &block.flags)
        guard prints else {
            block.shaped.removeAll(keepingCapacity: true)
            block.fields.removeAll(keepingCapacity: true)
            return
        }
        try load(place.back, at: Int(place.offset) + Int(place.front), hash: place.backHash)
        block.shaped.resize(to: count, filling: 0)
        block.fields.resize(to: count * fieldCount, filling: 0)
        copy(0..<8 * count, into: &block.shaped)
        copy(8 * count..<(8 + 2 * fieldCount) * count, into: &block.fields)
    }

    private func copy<Element>(_ range: Range<Int>, into column: inout [Element]) {
        scratch.withUnsafeBytes { source in
            column.withUnsafeMutableBytes { $0.copyMemory(from: UnsafeRawBufferPointer(rebasing: source[range])) }
        }
    }

    private func load(_ length: UInt32, at offset: Int, hash: UInt64) throws {
        scratch.resize(to: Int(length), filling: 0)
        let found = try scratch.withUnsafeMutableBytes { buffer in
            try file.read(into: buffer, at: offset)
            return Fingerprint.hash64(UnsafeRawBufferPointer(buffer))
        }
        guard found == hash else { throw damaged("the checksum of a block at byte \(offset) is wrong") }
    }

    private func damaged(_ reason: String) -> SnapshotError {
        SnapshotError(.damaged, path: file.path, reason: reason)
    }
}

extension Array {
    /// Makes the array this long; what is there already may stay as it is.
    mutating func resize(to count: Int, filling element: Element) {
        if self.count > count {
            removeLast(self.count - count)
        } else if self.count < count {
            append(contentsOf: repeatElement(element, count: count - self.count))
        }
    }
}
