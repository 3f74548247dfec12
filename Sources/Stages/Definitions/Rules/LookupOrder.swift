internal import SyncModel

/// Whether a sequence's order agrees with what its syncs look up: parents first.
struct LookupOrder {
    /// One field of a child that names records which another sync of the sequence writes.
    struct Need: Equatable {
        var child: String
        var field: String
        var object: String
        var objectField: String
        var parent: String
    }

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
        let needs = needs(among: sequence.syncs.compactMap { syncs[$0] })
        guard !needs.isEmpty else { return }
        let before = StepOrder.predecessors(of: sequence.steps)
        let places = places(in: root)
        let order = order(of: sequence.syncs, needs: needs)
        for need in needs {
            guard let child = stepOfSync[need.child], let parent = stepOfSync[need.parent] else { continue }
            let place = places[need.child] ?? root.place
            let fact =
                "`\(need.child)` looks up \(need.object) by \(need.objectField) for its \(need.field), which `\(need.parent)` writes"
            if before[parent].contains(child), !before[child].contains(parent) {
                if let circle = circle(through: need, needs) {
                    findings.fault(
                        place,
                        "steps.sync",
                        "\(fact) in a later step, and no order would do: \(circle). Take `\(need.field)` out of `\(need.child)` and "
                            + "write it by a sync of its own (`mode: update`) in a step after `\(need.parent)`"
                    )
                } else {
                    let words = order.map { $0.joined(separator: ", ") } ?? ""
                    findings.fault(
                        place,
                        "steps.sync",
                        "\(fact) in a later step: parents come first. The right order: \(words)"
                    )
                }
            } else if !before[child].contains(parent) {
                findings.notice(
                    place,
                    "steps.sync",
                    "\(fact) side by side with it: rows whose parent is created by the same run may be refused by Salesforce, and go "
                        + "out with the next run. A step `after: \(need.parent)` would wait"
                )
            }
        }
    }

    // MARK: - Implementation

    /// Children and parents of one destination, each pair with each field.
    private static func needs(among syncs: [SyncDefinition]) -> [Need] {
        var writers: [String: [SyncDefinition]] = [:]
        for sync in syncs {
            for field in writtenFields(of: sync) { writers["\(sync.destination)/\(field)", default: []].append(sync) }
        }
        var needs: [Need] = []
        for child in syncs {
            for mapping in child.fields + child.only.sorted(by: { $0.key < $1.key }).flatMap(\.value) {
                guard case .lookup(let lookup) = mapping.value else { continue }
                // A lookup into the object itself is pushed in waves, roots first.
                if child.objects.contains(where: { $0.lowercased() == lookup.object.lowercased() }) { continue }
                let wanted = "\(child.destination)/\(lookup.object.lowercased()).\(lookup.field.lowercased())"
                for parent in writers[wanted] ?? [] where parent.name != child.name {
                    let need = Need(
                        child: child.name,
                        field: mapping.field,
                        object: lookup.object,
                        objectField: lookup.field,
                        parent: parent.name
                    )
                    if !needs.contains(need) { needs.append(need) }
                }
            }
        }
        return needs
    }

    /// `object.field` in lower case, of all that the sync gives a value to.
    private static func writtenFields(of sync: SyncDefinition) -> Set<String> {
        guard [.insert, .update, .upsert].contains(sync.mode) else { return [] }
        var written: Set<String> = []
        for object in sync.objects {
            let only = sync.only.filter { $0.key.lowercased() == object.lowercased() }.flatMap(\.value)
            for mapping in sync.fields + only { written.insert("\(object).\(mapping.field)".lowercased()) }
            // An update finds records by its match field; it does not give them that value.
            if sync.mode != .update, let match = sync.match { written.insert("\(object).\(match.field)".lowercased()) }
        }
        return written
    }

    /// Parents first, else as they stand; nil if there is a circle.
    private static func order(of syncs: [String], needs: [Need]) -> [String]? {
        var open = syncs
        var ordered: [String] = []
        while !open.isEmpty {
            guard
                let next = open.firstIndex(where: { sync in
                    !needs.contains { $0.child == sync && open.contains($0.parent) }
                })
            else { return nil }
            ordered.append(open.remove(at: next))
        }
        return ordered.map { "`\($0)`" }
    }

    /// `contacts.AccountId → accounts, accounts.Owner__c → contacts`, or nil if the need is on no circle.
    private static func circle(through need: Need, _ needs: [Need]) -> String? {
        var ways: [String: [Need]] = [need.parent: [need]]
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
