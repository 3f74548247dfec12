/// Packs rows into batches, rows of one parent into one batch as far as its size allows.
struct BatchPacker {
    struct Bin {
        /// Positions of rows that follow one another.
        var runs: [Range<Int>]
        var rowCount: Int
        var byteCount: Int
    }

    private(set) var bins: [Bin] = []
    private let rows: Int
    private let bytes: Int
    /// Indexes of bins that still have room, the fullest last.
    private var open: [Int] = []
    /// So many half-full batches are kept open for groups that may still fit.
    private static let openLimit = 8

    init(rows: Int, bytes: Int) {
        self.rows = rows
        self.bytes = bytes
    }

    /// Rows come sorted by parent; those without one come first and are used last, to fill what is left.
    mutating func pack(_ entries: ArraySlice<PayloadEntry>) {
        let firstWithParent = entries.firstIndex { $0.parent != 0 } ?? entries.endIndex
        var start = firstWithParent
        while start < entries.endIndex {
            var end = start
            var size = 0
            while end < entries.endIndex, entries[end].parent == entries[start].parent {
                size += Int(entries[end].byteCount)
                end += 1
            }
            place(start..<end, size: size, entries)
            start = end
        }
        for index in entries.startIndex..<firstWithParent {
            put(index..<index + 1, size: Int(entries[index].byteCount))
        }
    }

    // MARK: - Implementation

    /// A group that no batch can hold fills batches of its own; the rest of it is a group again.
    private mutating func place(_ group: Range<Int>, size: Int, _ entries: ArraySlice<PayloadEntry>) {
        var rest = group
        var restSize = size
        while rest.count > rows || restSize > bytes {
            var end = rest.lowerBound
            var taken = 0
            while end < rest.upperBound, end - rest.lowerBound < rows, taken + Int(entries[end].byteCount) <= bytes {
                taken += Int(entries[end].byteCount)
                end += 1
            }
            if end == rest.lowerBound {
                // A row that is larger than a batch never gets here; were it to, it would travel alone.
                taken = Int(entries[end].byteCount)
                end += 1
            }
            bins.append(Bin(runs: [rest.lowerBound..<end], rowCount: end - rest.lowerBound, byteCount: taken))
            restSize -= taken
            rest = end..<rest.upperBound
            if rest.isEmpty { return }
        }
        put(rest, size: restSize)
    }

    private mutating func put(_ run: Range<Int>, size: Int) {
        if let position = open.firstIndex(where: {
            bins[$0].rowCount + run.count <= rows && bins[$0].byteCount + size <= bytes
        }) {
            let index = open[position]
            if let last = bins[index].runs.last, last.upperBound == run.lowerBound {
                bins[index].runs[bins[index].runs.count - 1] = last.lowerBound..<run.upperBound
            } else {
                bins[index].runs.append(run)
            }
            bins[index].rowCount += run.count
            bins[index].byteCount += size
            if bins[index].rowCount == rows { open.remove(at: position) }
            return
        }
        bins.append(Bin(runs: [run], rowCount: run.count, byteCount: size))
        guard run.count < rows else { return }
        open.append(bins.count - 1)
        if open.count > Self.openLimit {
            let fullest = open.indices.max { bins[open[$0]].rowCount < bins[open[$1]].rowCount } ?? 0
            open.remove(at: fullest)
        }
    }
}
