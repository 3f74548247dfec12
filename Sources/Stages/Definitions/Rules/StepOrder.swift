internal import SyncModel

/// What the steps of a sequence say of their own order.
enum StepOrder {
    /// Fills in `after` as indexes, its default included; repeated syncs, foreign names and circles are faults.
    static func resolve(_ written: [CheckedMapping], in steps: inout [StepDefinition], findings: inout Findings) {
        var stepOfSync: [String: Int] = [:]
        for (index, step) in written.enumerated() {
            for entry in step.list("sync") ?? [] {
                guard case .text(let sync) = entry.value else { continue }
                if let first = stepOfSync[sync] {
                    let line = written[first].place.line
                    findings.fault(
                        entry.place,
                        "steps.sync",
                        "sync `\(sync)` is in this sequence already, in the step of line \(line)"
                    )
                } else {
                    stepOfSync[sync] = index
                }
            }
        }
        for (index, step) in written.enumerated() {
            guard let names = step.list("after") else {
                steps[index].after = index > 0 && !step.isWritten("after") ? [index - 1] : []
                continue
            }
            for entry in names {
                guard case .text(let name) = entry.value else { continue }
                if let other = stepOfSync[name], other != index {
                    if !steps[index].after.contains(other) { steps[index].after.append(other) }
                } else if stepOfSync[name] == index {
                    findings.fault(
                        entry.place,
                        "steps.after",
                        "a step cannot come after itself: `\(name)` is its own sync"
                    )
                } else {
                    findings.fault(
                        entry.place,
                        "steps.after",
                        "`steps.after` expects a sync of another step, found \(Findings.quoted(name)), which no step of this sequence has",
                        suggestion: nearestName(to: name, among: stepOfSync.keys.filter { stepOfSync[$0] != index })
                    )
                }
            }
        }
        reportCircle(written, steps, findings: &findings)
    }

    /// The steps that have ended before each step begins.
    static func predecessors(of steps: [StepDefinition]) -> [Set<Int>] {
        steps.indices.map { index in
            var found: Set<Int> = []
            var open = steps[index].after
            while let next = open.popLast() {
                guard steps.indices.contains(next), found.insert(next).inserted else { continue }
                open.append(contentsOf: steps[next].after)
            }
            return found
        }
    }

    // MARK: - Implementation

    private static func reportCircle(_ written: [CheckedMapping], _ steps: [StepDefinition], findings: inout Findings) {
        let before = predecessors(of: steps)
        guard let start = steps.indices.first(where: { before[$0].contains($0) }) else { return }
        var circle = [start]
        while let last = circle.last {
            guard let next = steps[last].after.first(where: { before[$0].contains(start) || $0 == start }),
                next != start,
                !circle.contains(next)
            else { break }
            circle.append(next)
        }
        let names = (circle + [start]).map { steps[$0].syncs.first ?? "?" }.joined(separator: " after ")
        findings.fault(
            written[start].keyPlace("after"),
            "steps.after",
            "the steps wait for one another in a circle: \(names)"
        )
    }
}
