internal import SyncModel

/// Whether a sequence's order agrees with what its syncs look up: parents first.
struct LookupOrder {
    /// Tells of each child whose step comes before its parent's; `root` is the sequence as written, for the places.
    static func check(
        _ sequence: SequenceDefinition,
        _ root: CheckedMapping,
        syncs: [String: SyncDefinition],
        findings: inout Findings
    ) {
        var stepOfSync: [String: Int] = [:]
        for (index, step) in sequence.steps.enumerated() {
            for sync in step.syncs where stepOfSync[sync] == nil { stepOfSync[sync] = index }
        }
        let needs = LookupNeed.all(among: sequence.syncs.compactMap { syncs[$0] })
        guard !needs.isEmpty else { return }
        let before = StepOrder.predecessors(of: sequence.steps)
        let places = places(in: root)
        let order = LookupNeed.order(of: sequence.syncs, needs)?.map { "`\($0)`" }
        for need in needs {
            guard let child = stepOfSync[need.child], let parent = stepOfSync[need.parent] else { continue }
            let place = places[need.child] ?? root.place
            let fact =
                "`\(need.child)` looks up \(need.object) by \(need.objectField) for its \(need.field), which `\(need.parent)` writes"
            if before[child].contains(parent) { continue }
            let whereabouts =
                child == parent
                ? "side by side with it" : before[parent].contains(child) ? "in a later step" : "in a step beside it"
            if let circle = circle(through: need, needs) {
                findings.fault(
                    place,
                    "steps.sync",
                    "\(fact) \(whereabouts), and no order would do: \(circle). Take `\(need.field)` out of `\(need.child)` and "
                        + "write it by a sync of its own (`mode: update`) in a step after `\(need.parent)`"
                )
            } else if child == parent {
                findings.notice(
                    place,
                    "steps.sync",
                    "\(fact) side by side with it: it begins when `\(need.parent)` has ended"
                )
            } else if before[parent].contains(child) {
                let words = order.map { $0.joined(separator: ", ") } ?? ""
                findings.fault(
                    place,
                    "steps.sync",
                    "\(fact) in a later step: parents come first. The right order: \(words)"
                )
            } else {
                findings.fault(
                    place,
                    "steps.sync",
                    "\(fact) in a step beside it: parents come first. Write `after: [\(need.parent)]` for the step of `\(need.child)`"
                )
            }
        }
    }

    // MARK: - Implementation

    /// `contacts.AccountId → accounts, accounts.Owner__c → contacts`, or nil if the need is on no circle.
    private static func circle(through need: LookupNeed, _ needs: [LookupNeed]) -> String? {
        var ways: [String: [LookupNeed]] = [need.parent: [need]]
        var open = [need.parent]
        while !open.isEmpty {
            let sync = open.removeFirst()
            let way = ways[sync] ?? []
            if sync == need.child {
                return way.map { "\($0.child).\($0.field) → \($0.parent)" }.joined(separator: ", ")
            }
            for next in needs where next.child == sync && ways[next.parent] == nil {
                ways[next.parent] = way + [next]
                open.append(next.parent)
            }
        }
        return nil
    }

    private static func places(in root: CheckedMapping) -> [String: Place] {
        var places: [String: Place] = [:]
        for entry in root.list("steps") ?? [] {
            guard case .mapping(let step) = entry.value else { continue }
            for sync in step.list("sync") ?? [] {
                if case .text(let name) = sync.value, places[name] == nil { places[name] = sync.place }
            }
        }
        return places
    }
}
