/// The order in which rows of one object go that refer to one another: roots first, a row after its parent.
package struct Waves: Sendable, Equatable {
    /// What is known of a row: the hashes that shaping gave it.
    package struct Row: Sendable, Equatable {
        /// `ShapedRow.match`.
        package var match: UInt64
        /// `ShapedRow.selfParent`; 0: none.
        package var parent: UInt64

        package init(match: UInt64, parent: UInt64) {
            self.match = match
            self.parent = parent
        }
    }

    /// For each row, the wave in which it goes, from 0.
    package private(set) var waves: [UInt32]
    /// How many waves there are.
    package private(set) var count: Int
    /// Rows that refer to one another in a circle, each circle from its row of the lowest place.
    ///
    /// That row goes without its link, in a wave before the others, and once more with it when all waves are through;
    /// where the link may not be null, the rows of the circle are refused.
    package private(set) var cycles: [[Int]]

    /// Works the waves out.
    ///
    /// A parent that is not among the rows is no reason to wait.
    package init(_ rows: [Row]) {
        var places: [UInt64: Int] = [:]
        places.reserveCapacity(rows.count)
        for (index, row) in rows.enumerated() where row.match != 0 { places[row.match] = index }
        let parents = rows.map { $0.parent == 0 ? nil : places[$0.parent] }
        let unknown = UInt32.max
        let onPath = UInt32.max - 1
        var waves = [UInt32](repeating: unknown, count: rows.count)
        var cycles: [[Int]] = []
        var path: [Int] = []
        for start in rows.indices where waves[start] == unknown {
            path.removeAll(keepingCapacity: true)
            var row = start
            var depth: UInt32?
            // Up to a root, to a row whose wave is known, or to one that was passed on this way: a circle.
            while true {
                if waves[row] == onPath {
                    let circle = Self.rotated(Array(path[(path.firstIndex(of: row) ?? 0)...]))
                    cycles.append(circle)
                    // Upwards the circle is child to parent, so the rows after the first one follow in reverse.
                    waves[circle[0]] = 0
                    for (distance, member) in circle.dropFirst().reversed().enumerated() {
                        waves[member] = UInt32(distance + 1)
                    }
                    break
                }
                if waves[row] != unknown {
                    depth = waves[row]
                    break
                }
                waves[row] = onPath
                path.append(row)
                guard let parent = parents[row] else { break }
                row = parent
            }
            for member in path.reversed() {
                if waves[member] == onPath {
                    let wave = depth.map { $0 + 1 } ?? 0
                    waves[member] = wave
                }
                depth = waves[member]
            }
        }
        self.waves = waves
        self.cycles = cycles
        count = waves.max().map { Int($0) + 1 } ?? 0
    }

    private static func rotated(_ circle: [Int]) -> [Int] {
        let lowest = circle.indices.min { circle[$0] < circle[$1] } ?? 0
        return Array(circle[lowest...] + circle[..<lowest])
    }
}
