internal import Fingerprinting
internal import SyncModel

extension SnapshotBlock {
    /// Folds changes in, of which every key belongs in this block; texts are left alone.
    mutating func take(_ changes: SortedChanges, _ range: Range<Int>, prints: Bool) {
        var entry = FoldedEntry(fieldCount: fieldCount)
        changes.forEachKey(in: range) { key, group in
            let index = position(of: key)
            let isThere = index < count && keys[index] == key
            entry.begin(isThere ? self : nil, index)
            changes.fold(group, into: &entry)
            switch (isThere, entry.isKnown) {
            case (true, true): replace(index, with: entry, prints: prints)
            case (true, false): remove(index, prints: prints)
            case (false, true):
                insert(key, at: index, prints: prints)
                replace(index, with: entry, prints: prints)
            case (false, false): break
            }
        }
    }

    /// Fills in the texts: of each key those of `base`, whose keys were `baseKeys`, with the changes folded in.
    mutating func takeTexts(
        of base: borrowing SnapshotBlock,
        baseKeys: [Hash128],
        _ changes: SortedChanges,
        _ range: Range<Int>
    ) {
        textEnds.removeAll(keepingCapacity: true)
        textBytes.removeAll(keepingCapacity: true)
        var entry = FoldedEntry(fieldCount: fieldCount)
        var groups: [Hash128: Range<Int>] = [:]
        changes.forEachKey(in: range) { groups[$0] = $1 }
        var index = 0
        for key in keys {
            while index < baseKeys.count, baseKeys[index] < key { index += 1 }
            let isThere = index < baseKeys.count && baseKeys[index] == key
            entry.begin(
                texts: isThere
                    ? (base.textBytes[base.keyText(at: index)], base.textBytes[base.matchText(at: index)]) : nil
            )
            if let group = groups[key] { changes.fold(group, into: &entry) }
            textBytes.append(contentsOf: entry.keyText)
            textEnds.append(UInt32(textBytes.count))
            textBytes.append(contentsOf: entry.matchText)
            textEnds.append(UInt32(textBytes.count))
        }
    }

    // MARK: - Implementation

    /// Where a key is, or would go.
    private func position(of key: Hash128) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if keys[middle] < key { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private mutating func replace(_ index: Int, with entry: FoldedEntry, prints: Bool) {
        raws[index] = entry.raw
        flags[index] = entry.flags.rawValue
        guard prints else { return }
        shaped[index] = entry.shaped
        for field in 0..<fieldCount { fields[index * fieldCount + field] = entry.fields[field] }
    }

    private mutating func insert(_ key: Hash128, at index: Int, prints: Bool) {
        keys.insert(key, at: index)
        raws.insert(0, at: index)
        flags.insert(0, at: index)
        guard prints else { return }
        shaped.insert(0, at: index)
        fields.insert(contentsOf: repeatElement(0, count: fieldCount), at: index * fieldCount)
    }

    private mutating func remove(_ index: Int, prints: Bool) {
        keys.remove(at: index)
        raws.remove(at: index)
        flags.remove(at: index)
        guard prints else { return }
        shaped.remove(at: index)
        fields.removeSubrange(index * fieldCount..<(index + 1) * fieldCount)
    }
}
