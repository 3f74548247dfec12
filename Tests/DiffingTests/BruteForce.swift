import Diffing
import Fingerprinting
import SyncModel

/// What a diff should say, worked out row by row in dictionaries.
struct BruteForce {
    var counts = ChangeCounts()
    var travelling: [String: ChangeClass] = [:]
    /// Sorted: a row may be refused more than once.
    var refused: [String] = []
    var refreshes: Set<String> = []

    /// `columns`: the key is column 0, the match value column `match`.
    init(
        _ rows: [ModelRow],
        known: [String: MemorySnapshot.Known],
        match: Int?,
        caseSensitive: Bool,
        removes: Bool,
        fullResync: Bool,
        reshapes: Bool,
        keys: Set<String>?,
        raw: (ModelRow) throws -> UInt64
    ) throws {
        counts.read = rows.count
        func folded(_ text: String) -> String {
            let trimmed = text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
            return caseSensitive ? String(trimmed) : String(trimmed).lowercased()
        }
        func isInside(_ key: String) -> Bool { keys?.contains(key) ?? true }
        let keyed = rows.filter { !$0[0].isEmpty }
        for row in rows where row[0].isEmpty && keys == nil {
            counts.refused += 1
            refused.append("NULL_KEY \(row[0])")
        }
        let byKey = Dictionary(grouping: keyed) { $0[0] }
        let byMatch = match.map { match in
            Dictionary(grouping: keyed.filter { !folded($0[match]).isEmpty }) { folded($0[match]) }
        }
        for row in keyed where isInside(row[0]) {
            let key = row[0]
            var refusal: RefusalCode?
            if byKey[key, default: []].count > 1 {
                refusal = .doubledKey
            } else if let match, folded(row[match]).isEmpty {
                refusal = .nullMatchValue
            } else if let match, let byMatch, byMatch[folded(row[match]), default: []].count > 1 {
                refusal = .duplicateValue
            }
            if let refusal {
                counts.refused += 1
                refused.append("\(refusal.rawValue) \(key)")
                refreshes.insert("owed \(key)")
                continue
            }
            classify(row, known[key], fullResync: fullResync, reshapes: reshapes, raw: try raw(row))
        }
        for (key, gone) in known where byKey[key] == nil {
            let flags = gone.entry.flags
            guard flags.contains(.delivered) else {
                if !flags.contains(.inDoubt), isInside(key) { refreshes.insert("forgotten \(key)") }
                continue
            }
            if !flags.contains(.absent) { refreshes.insert("absent \(key)") }
            guard isInside(key) else { continue }
            if removes || !flags.contains(.absent) { counts.removed += 1 }
            if removes { travelling[key] = .removed }
        }
        counts.unselected = known.filter { !isInside($0.key) && $0.value.entry.flags.contains(.delivered) }.count
        refused.sort()
    }

    private mutating func classify(
        _ row: ModelRow,
        _ known: MemorySnapshot.Known?,
        fullResync: Bool,
        reshapes: Bool,
        raw: UInt64
    ) {
        let key = row[0]
        guard let flags = known?.entry.flags else {
            counts.added += 1
            travelling[key] = .added
            return
        }
        if flags.contains(.inDoubt) {
            counts.owed += 1
            counts.inDoubt += 1
        } else if flags.contains(.owed) {
            counts.owed += 1
            travelling[key] = .owed
        } else if known?.entry.raw == raw, !fullResync, !reshapes {
            counts.unchanged += 1
            if flags != .delivered { refreshes.insert("present \(key)") }
        } else {
            counts.changed += 1
            travelling[key] = .changed
        }
    }
}
