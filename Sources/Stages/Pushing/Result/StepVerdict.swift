package import SyncModel

/// What the rows of a step have come to (sequences.md, Order).
package struct StepVerdict: Sendable, Equatable {
    package var state: StepState
    package var reason: String?

    /// Below so many refused rows the default bound stops nothing.
    package static let spared = 50
    package static let defaultShare = Share(fraction: 0.1)

    /// Judges a step by its counts.
    ///
    /// `inDoubtBefore`: rows in doubt that an earlier run left behind; this one tried none of them.
    package init(counts: StepCounts, maxRejected: SyncDefinition.Bound?, inDoubtBefore: Int = 0) {
        var tried = counts
        tried.inDoubt = max(0, counts.inDoubt - inDoubtBefore)
        if let bound = Self.passed(tried, maxRejected) {
            state = .failed
            reason = bound
        } else {
            let left = counts.rejected + counts.held + counts.inDoubt + counts.unsent + counts.resting
            state = left > 0 ? .partial : .succeeded
            reason = left > 0 ? Self.leftovers(counts) : nil
        }
    }

    /// Rows that were sent, or refused before; held, unmatched and unsent rows do not count.
    package static func attempted(_ counts: StepCounts) -> Int {
        counts.created + counts.updated + counts.deleted + counts.merged + counts.published + counts.rejected
            + counts.inDoubt
    }

    // MARK: - Implementation

    /// How many were rejected and which bound that passes, in words; nil: none.
    private static func passed(_ counts: StepCounts, _ bound: SyncDefinition.Bound?) -> String? {
        let attempted = attempted(counts)
        let words = "\(counts.rejected) of \(attempted) rows were rejected, more than the"
        switch bound {
        case .rows(let rows): return counts.rejected > rows ? "\(words) \(rows) of `max_rejected`" : nil
        case .share(let share):
            return isMore(counts.rejected, share, attempted) ? "\(words) \(percent(share)) of `max_rejected`" : nil
        case nil:
            // What stays refused from run to run says nothing of the rows of this one: a few changes beside it are no wave.
            let before = min(counts.rejectedBefore, counts.rejected)
            let fresh = counts.rejected - before
            guard fresh >= spared, isMore(fresh, defaultShare, attempted - before) else { return nil }
            let beside = before == 0 ? "" : "; \(before) more were rejected before, and do not count"
            return
                "\(fresh) of \(attempted - before) rows were rejected, more than the 10% that `max_rejected` is unless written"
                + beside
        }
    }

    private static func isMore(_ rejected: Int, _ share: Share, _ attempted: Int) -> Bool {
        rejected > 0 && Double(rejected) > share.fraction * Double(attempted) + 1e-9
    }

    private static func percent(_ share: Share) -> String {
        let percent = share.fraction * 100
        return percent == percent.rounded() ? "\(Int(percent))%" : "\(percent)%"
    }

    private static func leftovers(_ counts: StepCounts) -> String {
        [
            (counts.rejected, "rejected"), (counts.held, "held"), (counts.inDoubt, "in doubt"),
            (counts.unsent, "not sent"), (counts.resting, "resting"),
        ]
        .filter { $0.0 > 0 }
        .map { "\($0.0) \($0.1)" }
        .joined(separator: ", ")
    }
}
