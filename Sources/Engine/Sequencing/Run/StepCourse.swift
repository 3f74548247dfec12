internal import SyncModel

/// Which syncs of one step may begin, and which have to wait for others of it.
///
/// They run side by side, but for two cases: those that write one object go one after the other, and a child goes when the records
/// that it looks up are written.
struct StepCourse: Sendable {
    private let waits: [String: Set<String>]
    private let needs: [LookupNeed]
    private let onFailure: StepDefinition.FailureBehaviour
    private var open: [String]
    private var endings: [String: StepGraph.Ending] = [:]

    /// `objects`: what each sync writes, with its org.
    init(_ step: StepDefinition, needs all: [LookupNeed], objects: [String: Set<String>]) {
        let needs = all.filter { step.syncs.contains($0.child) && step.syncs.contains($0.parent) }
        // Of syncs that look one another up, each goes at once: no order would do.
        let order = LookupNeed.order(of: step.syncs, needs)
        self.needs = order == nil ? [] : needs
        onFailure = step.onFailure
        open = order ?? step.syncs
        var waits: [String: Set<String>] = [:]
        for (place, sync) in open.enumerated() {
            waits[sync] = Set(
                open[..<place].filter { earlier in
                    !(objects[earlier] ?? []).isDisjoint(with: objects[sync] ?? [])
                        || order != nil && needs.contains { $0.child == sync && $0.parent == earlier }
                }
            )
        }
        self.waits = waits
    }

    /// What is done with a sync whose turn it is.
    enum Turn: Equatable {
        case begins(String)
        /// Never: a parent's end stops the sequence.
        case skipped(String, because: String)
    }

    /// The syncs whose turn it is now.
    mutating func turns() -> [Turn] {
        var turns: [Turn] = []
        var place = 0
        while place < open.count {
            let sync = open[place]
            guard (waits[sync] ?? []).allSatisfy({ endings[$0] != nil }) else {
                place += 1
                continue
            }
            open.remove(at: place)
            let parents = needs.filter { $0.child == sync }.map(\.parent)
            guard let parent = parents.first(where: { onFailure.stops(endings[$0] ?? .passed) }) else {
                turns.append(.begins(sync))
                continue
            }
            // Whoever looks up this one's records waits in vain, too.
            endings[sync] = endings[parent]
            turns.append(.skipped(sync, because: parent))
            place = 0
        }
        return turns
    }

    /// A sync that had begun is at its end.
    mutating func ended(_ sync: String, _ ending: StepGraph.Ending) { endings[sync] = ending }

    /// The ending of the step: that of its worst.
    var ending: StepGraph.Ending { endings.values.reduce(.passed) { $0.worse($1) } }
}

extension StepGraph.Ending {
    fileprivate func worse(_ other: Self) -> Self {
        let order: [Self] = [.fatal, .cancelled, .tooManyRejected, .passed]
        return order.first { $0 == self || $0 == other } ?? self
    }
}
