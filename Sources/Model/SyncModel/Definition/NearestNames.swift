/// The names most like `name`, for "did you mean …": best first, at most `limit`, none that is unlike.
package func nearestNames(to name: String, among names: some Sequence<String>, limit: Int = 3) -> [String] {
    let wanted = Array(name.lowercased().unicodeScalars)
    let tolerance = max(2, wanted.count / 3)
    let ranked = names.compactMap { candidate -> (name: String, distance: Int)? in
        let scalars = Array(candidate.lowercased().unicodeScalars)
        let distance = editDistance(wanted, scalars)
        if distance <= tolerance, distance < max(wanted.count, scalars.count) {
            return (candidate, distance)
        }
        // `id` for `account_id`, `account_name` for `name`.
        let holds = wanted.count >= 2 && scalars.count >= 2 && (contains(scalars, wanted) || contains(wanted, scalars))
        return holds ? (candidate, tolerance + distance) : nil
    }
    return ranked.sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }.prefix(limit).map(\.name)
}

private func contains(_ text: [Unicode.Scalar], _ part: [Unicode.Scalar]) -> Bool {
    guard part.count <= text.count else { return false }
    return (0...(text.count - part.count)).contains { text[$0...].starts(with: part) }
}

/// Single scalars added, dropped, exchanged, and neighbours swapped.
private func editDistance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...b.count)
    for i in a.indices {
        var row = [i + 1]
        for j in b.indices {
            var best = min(last[j] + (a[i] == b[j] ? 0 : 1), last[j + 1] + 1, row[j] + 1)
            if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
                best = min(best, beforeLast[j - 1] + 1)
            }
            row.append(best)
        }
        beforeLast = last
        last = row
    }
    return last[b.count]
}
