internal import Shaping
internal import Spool

/// How many rows of each spool go at a time when they go in waves: what a plan has to pay for.
struct WaveTrains {
    /// For each spool, the rows of each wave that has any.
    let rows: [[Int]]

    /// Nil: no row refers to another one, so all go at once.
    init?(_ ready: [ReadySpool]) {
        let relations = ready.flatMap(\.relations)
        guard relations.contains(where: { $0.parent != 0 }) else { return nil }
        let waves = Waves(relations)
        // The first row of a circle goes alone, and once more at the end.
        let firsts = Set(waves.cycles.map { $0[0] })
        var first = 0
        rows = ready.map { spool in
            let places = first..<first + spool.spool.count
            first = places.upperBound
            let broken = places.count { firsts.contains($0) }
            let rest = Dictionary(
                places.lazy.filter { !firsts.contains($0) }.map { (waves.waves[$0], 1) },
                uniquingKeysWith: +
            )
            return rest.sorted { $0.key < $1.key }.map(\.value) + [broken, broken].filter { $0 > 0 }
        }
    }
}
