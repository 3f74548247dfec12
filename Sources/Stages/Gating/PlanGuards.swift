package import SyncModel

/// Holds the guards of a sync against the counts of a plan (syncs.md, Guards and approval).
package struct PlanGuards: Sendable {
    private let sync: SyncDefinition
    private let counts: ChangeCounts
    /// Rows of the model at the last success; nil: there was none.
    private let lastRead: Int?
    /// The mapping or the object has changed, so that every row counts as changed until it is shaped.
    private let isLookedAtAnew: Bool

    package init(sync: SyncDefinition, counts: ChangeCounts, lastRead: Int?, isLookedAtAnew: Bool = false) {
        self.sync = sync
        self.counts = counts
        self.lastRead = lastRead
        self.isLookedAtAnew = isLookedAtAnew
    }

    /// Every guard that is written, and the one that always is; each says whether the plan passes it.
    package var findings: [GuardFinding] {
        [deletes, changes, shrinking, emptiness].compactMap(\.self)
    }

    /// A guard on a count that is known only later, such as the values that a picklist would lose.
    ///
    /// - Returns: nil where `max_deletes` is not written.
    package static func deletes(of sync: SyncDefinition, count: Int, whole: Int) -> GuardFinding? {
        sync.guard.maxDeletes.map { bound in
            finding(sync.name, .maxDeletes, bound, count, of: whole) {
                "\(count.words) would be removed, the guard max_deletes lets \($0) pass"
            }
        }
    }

    // MARK: - Implementation

    /// What the snapshot knows of, whatever keys the plan is about.
    private var known: Int { counts.unchanged + counts.changed + counts.removed + counts.unselected }

    private var removals: Int {
        if sync.mode == .archive { return counts.added + counts.changed + counts.owed }
        return sync.whenRemoved == .nothing ? 0 : counts.removed
    }

    private var deletes: GuardFinding? {
        Self.deletes(of: sync, count: removals, whole: sync.mode == .archive ? max(known, counts.read) : known)
    }

    private var changes: GuardFinding? {
        sync.guard.maxChanged.map { bound in
            Self.finding(sync.name, .maxChanged, bound, counts.changed, of: known) {
                "\(counts.changed.words) of \(known.grouped) that were delivered \(isLookedAtAnew ? mayChange : "would be changed"), "
                    + "the guard max_changed lets \($0) pass"
            }
        }
    }

    private var mayChange: String { "may be changed, since the mapping or the object's fields have" }

    private var shrinking: GuardFinding? {
        sync.guard.maxShrink.flatMap { bound in
            guard let before = lastRead else { return nil }
            return Self.finding(sync.name, .maxShrink, bound, max(0, before - counts.read), of: before) {
                "the model has \(counts.read.words), and had \(before.grouped) at the last success; "
                    + "the guard max_shrink lets it lose \($0)"
            }
        }
    }

    private var emptiness: GuardFinding? {
        guard counts.read == 0, removals > 0 else { return nil }
        return GuardFinding(
            sync: sync.name,
            name: .emptyModel,
            limit: "0",
            actual: removals,
            isExceeded: true,
            words: "the model has no rows at all, and \(removals.words) would be removed"
        )
    }

    private static func finding(
        _ sync: String,
        _ name: GuardFinding.Name,
        _ bound: SyncDefinition.Bound,
        _ count: Int,
        of whole: Int,
        _ words: (String) -> String
    ) -> GuardFinding {
        let isExceeded: Bool
        let limit: String
        switch bound {
        case .rows(let rows):
            isExceeded = count > rows
            limit = rows == 0 ? "none" : rows.grouped
        case .share(let share):
            isExceeded = Double(count) > share.fraction * Double(whole)
            limit = "\(share.percentText) of \(whole.grouped)"
        }
        return GuardFinding(
            sync: sync,
            name: name,
            limit: bound.text,
            actual: count,
            isExceeded: isExceeded,
            words: words(limit)
        )
    }
}

extension SyncDefinition.Bound {
    /// As written in the definition.
    package var text: String {
        switch self {
        case .rows(let rows): String(rows)
        case .share(let share): share.percentText
        }
    }
}

extension Share {
    fileprivate var percentText: String {
        let percent = fraction * 100
        return percent == percent.rounded() ? "\(Int(percent))%" : "\(percent)%"
    }
}

extension Int {
    /// `10,000`, as people read it.
    fileprivate var grouped: String {
        var digits = Array(String(magnitude))
        var place = digits.count - 3
        while place > 0 {
            digits.insert(",", at: place)
            place -= 3
        }
        return (self < 0 ? "-" : "") + String(digits)
    }

    fileprivate var words: String { self == 1 ? "1 row" : "\(grouped) rows" }
}
