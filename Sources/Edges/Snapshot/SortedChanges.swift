internal import Fingerprinting

/// Changes of the log in memory, by key, and those of one key in the order in which they were applied.
struct SortedChanges: Sendable {
    let fieldCount: Int
    private var bytes: [UInt8] = []
    private var places: [Place] = []

    private struct Place: Sendable {
        var key: Hash128
        var offset: Int
    }

    init(fieldCount: Int) {
        self.fieldCount = fieldCount
    }

    /// All of a log.
    init(_ log: SnapshotLog, fieldCount: Int) throws {
        self.init(fieldCount: fieldCount)
        try log.forEachPayload { add($0) }
        sort()
    }

    var count: Int { places.count }

    mutating func add(_ payload: UnsafeRawBufferPointer) {
        bytes.append(contentsOf: payload)
    }

    /// To be called once, when all is added.
    mutating func sort() {
        bytes.withUnsafeBytes { all in
            var reader = SnapshotByteReader(all)
            while reader.offset < all.count {
                let start = reader.offset
                guard let change = SnapshotChange(from: &reader, fieldCount: fieldCount) else { return }
                places.append(Place(key: change.key, offset: start))
            }
        }
        places.sort { $0.key != $1.key ? $0.key < $1.key : $0.offset < $1.offset }
    }

    /// The changes before this key.
    func position(of key: Hash128) -> Int {
        var (low, high) = (0, places.count)
        while low < high {
            let middle = (low + high) / 2
            if places[middle].key < key { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Calls `body` with each key among some changes, and with its own changes.
    func forEachKey(in range: Range<Int>, _ body: (Hash128, Range<Int>) throws -> Void) rethrows {
        var position = range.lowerBound
        while position < range.upperBound {
            let start = position
            while position < range.upperBound, places[position].key == places[start].key { position += 1 }
            try body(places[start].key, start..<position)
        }
    }

    func fold(_ changes: Range<Int>, into entry: inout FoldedEntry, fieldMap: [Int?]? = nil) {
        bytes.withUnsafeBytes { all in
            for place in places[changes] {
                var reader = SnapshotByteReader(UnsafeRawBufferPointer(rebasing: all[place.offset...]))
                if let change = SnapshotChange(from: &reader, fieldCount: fieldCount) {
                    entry.fold(change, fieldMap: fieldMap)
                }
            }
        }
    }
}
