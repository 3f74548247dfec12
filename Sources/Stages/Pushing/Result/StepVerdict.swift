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
            reason = "\(counts.rejected) of \(Self.attempted(tried)) rows were rejected, \(bound)"
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

    /// The bound that was passed, in words.
    private static func passed(_ counts: StepCounts, _ bound: SyncDefinition.Bound?) -> String? {
        let attempted = attempted(counts)
        switch bound {
        case .rows(let rows): return counts.rejected > rows ? "more than the \(rows) of `max_rejected`" : nil
        case .share(let share):
            return isMore(counts.rejected, share, attempted) ? "more than the \(percent(share)) of `max_rejected`" : nil
        case nil:
            guard counts.rejected >= spared, isMore(counts.rejected, defaultShare, attempted) else { return nil }
            return "more than the 10% that `max_rejected` is unless written"
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
