internal import Salesforce
internal import Shaping
internal import SyncModel

extension Planner {
    /// What a run would make of a picklist: the values that come, and those that go.
    ///
    /// `asked`: calls that were made for it already.
    func picklist(
        _ plan: SyncPlan,
        _ diff: DiffResult,
        _ picklist: PicklistDelivery,
        asked: Int
    ) async throws -> SyncPlan {
        var plan = plan
        let rows = try PicklistDelivery.rows(of: diff, picklist.delivery.sync)
        let comparison = try await picklist.compare(rows)
        let change = comparison.plan
        plan.api = "tooling"
        plan.rejected += change.refused.count
        plan.counts.removed = change.deactivated.count
        plan.guards.removeAll { $0.name == .maxDeletes }
        if let finding = PicklistDelivery.finding(change, picklist.delivery.sync) { plan.guards.append(finding) }
        // Find the field, read its values, write them.
        plan.apiCalls += asked + 4 + (change.isChanged ? 1 : 0)
        let present = Dictionary(comparison.set.values.map { ($0.valueName, $0) }) { first, _ in first }
        for (names, changeClass) in [
            (change.deactivated, ChangeClass.removed), (change.added, .added), (change.reactivated, .changed),
            (change.relabelled, .changed),
        ] {
            for name in names.prefix(samples) {
                let old = present[name].map { "\($0.label)\($0.isActive ? "" : " (inactive)")" }
                let entry = change.entries.first { $0.name == name }
                let new = entry.map { "\($0.label)\($0.isActive ? "" : " (inactive)")" }
                plan.samples.append(
                    SyncPlan.Sample(
                        key: name,
                        changeClass: changeClass,
                        fields: [picklist.target.field: SyncPlan.Values(old: old, new: new)]
                    )
                )
            }
        }
        if !change.deactivated.isEmpty {
            let names = change.deactivated.prefix(20).joined(separator: ", ")
            let more = change.deactivated.count > 20 ? " and \(change.deactivated.count - 20) more" : ""
            let values = change.deactivated.count == 1 ? "1 value" : "\(change.deactivated.count) values"
            plan.warnings.append("\(values) of \(picklist.target.field) would become inactive: \(names)\(more)")
        }
        return plan
    }
}
