/// The order in which rows of one object go that refer to one another: roots first, a row after its parent.
package struct Waves: Sendable, Equatable {
    /// What is known of a row: the hashes that shaping gave it.
    package struct Row: Sendable, Equatable {
        /// `ShapedRow.own`.
        package var own: UInt64
        /// `ShapedRow.selfParent`; 0: none.
        package var parent: UInt64
        /// `ShapedRow.otherParents`.
        package var otherParents: [UInt64]

        package init(own: UInt64, parent: UInt64, otherParents: [UInt64] = []) {
            self.own = own
            self.parent = parent
            self.otherParents = otherParents
        }
    }

    /// For each row, the wave in which it goes, from 0.
    package private(set) var waves: [UInt32]
    /// How many waves there are.
    package private(set) var count: Int
    /// Rows that refer to one another in a circle, each circle from its row of the lowest place.
    ///
    /// That row goes without its links, in a wave before the others, and once more with them when all waves are through;
    /// where a link may not be null, the rows of the circle are refused.
    package private(set) var cycles: [[Int]]

    /// Works the waves out.
    ///
    /// A parent that is not among the rows is no reason to wait.
    package init(_ rows: [Row]) {
        var places: [UInt64: Int] = [:]
        places.reserveCapacity(rows.count)
        for (index, row) in rows.enumerated() where row.own != 0 { places[row.own] = index }
        let unknown = UInt32.max
        let onPath = UInt32.max - 1
        var waves = [UInt32](repeating: unknown, count: rows.count)
        var cycles: [[Int]] = []
        // From a row up to its roots, one parent after the other.
        var path: [Visit] = []
        for start in rows.indices where waves[start] == unknown {
            path.append(Visit(row: start))
            waves[start] = onPath
            while let visit = path.last {
                let last = path.count - 1
                guard visit.next <= rows[visit.row].otherParents.count else {
                    waves[visit.row] = visit.wave
                    path.removeLast()
                    if last > 0 { path[last - 1].wave = max(path[last - 1].wave, visit.wave + 1) }
                    continue
                }
                path[last].next += 1
                let name = visit.next == 0 ? rows[visit.row].parent : rows[visit.row].otherParents[visit.next - 1]
                guard name != 0, let parent = places[name] else { continue }
                if waves[parent] == onPath {
                    let circle = Self.rotated(path[(path.firstIndex { $0.row == parent } ?? 0)...].map(\.row))
                    cycles.append(circle)
                    // Its first row waits for nobody; those above it on the path are looked at once more.
                    let cut = path.lastIndex { $0.row == circle[0] } ?? last
                    for visit in path[(cut + 1)...] { waves[visit.row] = unknown }
                    path.removeLast(last - cut)
                    path[cut].wave = 0
                    path[cut].next = .max
                } else if waves[parent] == unknown {
                    waves[parent] = onPath
                    path.append(Visit(row: parent))
                } else {
                    path[last].wave = max(path[last].wave, waves[parent] + 1)
                }
            }
        }
        self.waves = waves
        self.cycles = cycles
        count = waves.max().map { Int($0) + 1 } ?? 0
    }

    /// A row on the path, which of its parents comes next, and its wave as far as that is known.
    private struct Visit {
        var row: Int
        var next = 0
        var wave: UInt32 = 0
    }

    private static func rotated(_ circle: [Int]) -> [Int] {
        let lowest = circle.indices.min { circle[$0] < circle[$1] } ?? 0
        return Array(circle[lowest...] + circle[..<lowest])
    }
}
