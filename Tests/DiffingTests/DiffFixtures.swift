import Diffing
import Fingerprinting
import SyncModel

/// Scratch space in memory.
final class MemoryScratch: ScratchSpace {
    private var bytes: [UInt8] = []

    func write(_ new: UnsafeRawBufferPointer, at offset: Int) {
        if bytes.count < offset + new.count {
            bytes.append(contentsOf: repeatElement(0, count: offset + new.count - bytes.count))
        }
        bytes.replaceSubrange(offset..<offset + new.count, with: new)
    }

    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) {
        bytes.withUnsafeBytes {
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[offset..<offset + buffer.count]))
        }
    }
}

/// A snapshot in memory, given in small blocks so that they end anywhere.
final class MemorySnapshot: SnapshotReading {
    struct Known {
        var entry: SnapshotEntry
        var keyText: String
        var matchText: String
    }

    let fieldCount: Int
    private let entries: [Known]
    private let blockSize: Int
    private var next = 0
    private var last = 0..<0

    init(_ known: some Sequence<Known>, fieldCount: Int, blockSize: Int) {
        entries = known.sorted { $0.entry.key < $1.entry.key }
        self.fieldCount = fieldCount
        self.blockSize = blockSize
    }

    var entryCount: Int { entries.count }

    func rewind() { next = 0 }

    func readBlock(into block: inout SnapshotBlock, prints: Bool) -> Bool {
        guard next < entries.count else { return false }
        last = next..<min(next + blockSize, entries.count)
        next = last.upperBound
        let part = entries[last].map(\.entry)
        block = SnapshotBlock(fieldCount: fieldCount)
        block.keys = part.map(\.key)
        block.raws = part.map(\.raw)
        block.flags = part.map(\.flags.rawValue)
        guard prints else { return true }
        block.shaped = part.map(\.shaped)
        block.fields = part.flatMap(\.fields)
        return true
    }

    func readTexts(into block: inout SnapshotBlock) {
        for known in entries[last] {
            block.textBytes.append(contentsOf: known.keyText.utf8)
            block.textEnds.append(UInt32(block.textBytes.count))
            block.textBytes.append(contentsOf: known.matchText.utf8)
            block.textEnds.append(UInt32(block.textBytes.count))
        }
    }
}

/// Remembers what a diff finds.
final class RecordingSink: DiffSink {
    private(set) var changes: [Change] = []
    private(set) var refused: [RefusedReading] = []
    private(set) var refreshes: [SnapshotRefresh] = []

    func travels(_ row: TravellingRow) {
        var start = 0
        let cells = row.cellEnds.map { end in
            defer { start = Int(end) }
            return Array(row.cells[start..<Int(end)])
        }
        var change = Change(
            changeClass: row.changeClass,
            key: row.key,
            keyText: String(decoding: row.keyText, as: UTF8.self),
            raw: row.raw,
            known: row.known.map {
                SnapshotEntry(
                    key: row.key,
                    raw: $0.raw,
                    shaped: $0.shaped,
                    flags: $0.flags,
                    fields: Array(row.knownFields)
                )
            },
            cells: ChangeCells(cells)
        )
        change.matchText = String(decoding: row.matchText, as: UTF8.self)
        changes.append(change)
    }

    func refused(_ row: RefusedReading) { refused.append(row) }

    func refreshes(_ refresh: SnapshotRefresh) { refreshes.append(refresh) }
}

/// Numbers that look random and are the same each time.
struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

typealias ModelRow = [String]

/// Rows as batches of a few.
func batches(_ rows: [ModelRow], columns: Int, size: Int) -> [RowBatch] {
    stride(from: 0, to: rows.count, by: size).map { start in
        var batch = RowBatch(columnCount: columns)
        for row in rows[start..<min(start + size, rows.count)] {
            for var cell in row { cell.withUTF8 { batch.append(UnsafeRawBufferPointer($0)) } }
            batch.endRow()
        }
        return batch
    }
}

/// The mapped columns of a sync over a model with these columns: the first ones are the key, the match column may follow them.
func mappedColumns(_ names: [String], keys: Int = 1, match: Int?) -> MappedColumns {
    var sync = SyncDefinition(name: "s", model: "m", destination: "d", target: .object("Account"), mode: .upsert)
    sync.match = match.map { SyncDefinition.Match(column: names[$0], field: "External__c") }
    sync.fields = names.map { FieldMapping(field: "\($0)__c", value: .column($0)) }
    let model = ModelDefinition(name: "m", source: "s", reading: .table("t"), primaryKey: Array(names.prefix(keys)))
    return MappedColumns(sync: sync, model: model)
}
