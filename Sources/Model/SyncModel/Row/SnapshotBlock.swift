package import Fingerprinting

/// Some thousands of snapshot entries in key order, column by column: how the snapshot hands them to the diff.
///
/// A block is filled, looked at, and filled again; it keeps its room.
package struct SnapshotBlock: Sendable {
    /// Field hashes an entry.
    package let fieldCount: Int
    package var keys: [Hash128] = []
    package var raws: [UInt64] = []
    /// Raw values of `SnapshotEntry.Flags`.
    package var flags: [UInt8] = []
    /// Empty unless asked for.
    package var shaped: [UInt64] = []
    /// `fieldCount` an entry; empty unless asked for.
    package var fields: [UInt16] = []
    /// Two ends an entry, of its key's text and of its match value's text, in `textBytes`; empty unless asked for.
    package var textEnds: [UInt32] = []
    package var textBytes: [UInt8] = []

    package init(fieldCount: Int) {
        self.fieldCount = fieldCount
    }

    package var count: Int { keys.count }

    /// The entry at a position, as a value of its own.
    package func entry(at index: Int) -> SnapshotEntry {
        SnapshotEntry(
            key: keys[index],
            raw: raws[index],
            shaped: shaped.isEmpty ? 0 : shaped[index],
            flags: SnapshotEntry.Flags(rawValue: flags[index]),
            fields: fields.isEmpty ? [] : Array(fields[index * fieldCount..<(index + 1) * fieldCount])
        )
    }

    /// Where the text of an entry's key lies in `textBytes`; empty when the text is not known.
    package func keyText(at index: Int) -> Range<Int> {
        textEnds.isEmpty ? 0..<0 : (index == 0 ? 0 : Int(textEnds[2 * index - 1]))..<Int(textEnds[2 * index])
    }

    /// Where the text of an entry's match value lies in `textBytes`; empty when there is none.
    package func matchText(at index: Int) -> Range<Int> {
        textEnds.isEmpty ? 0..<0 : Int(textEnds[2 * index])..<Int(textEnds[2 * index + 1])
    }
}
