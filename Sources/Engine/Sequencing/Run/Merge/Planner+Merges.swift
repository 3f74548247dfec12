internal import Salesforce
internal import Shaping
internal import Spool
internal import SyncModel

extension Planner {
    /// Says what would be merged, and what only the merged records have.
    func merges(_ plan: inout SyncPlan, _ merges: MergeDelivery, _ preparation: MergeDelivery.Preparation) async throws
    {
        var pairs: [(parent: MergeRow, child: MergeRow)] = []
        for group in preparation.roles.groups {
            for child in group.children where preparation.victims[child.key] != nil {
                pairs.append((group.parent, child))
            }
        }
        plan.warnings += preparation.roles.notes.prefix(20)
        for course in preparation.roles.courses.values {
            if case .left(.rejected, let code, let message) = course, code == "MERGED_ELSEWHERE" {
                if plan.warnings.count < 20, !plan.warnings.contains(message) { plan.warnings.append(message) }
            }
        }
        guard !pairs.isEmpty else { return }
        let parents = Set(pairs.map(\.parent.key)).count
        let records = pairs.count == 1 ? "1 record" : "\(pairs.count) records"
        plan.warnings.append("\(records) would be merged into \(parents); a merge can't be undone")
        // Two a request, 200 requests a call, and the look for their parents.
        plan.apiCalls += (pairs.count + 399) / 400 + 1
        plan.warnings += try await losses(of: Array(pairs.prefix(10)), merges, preparation)
        if pairs.count > 10 { plan.warnings.append("what the other \(pairs.count - 10) would lose was not looked at") }
    }

    /// What a merged record has, its parent has not, and no field of the mapping says.
    private func losses(
        of pairs: [(parent: MergeRow, child: MergeRow)],
        _ merges: MergeDelivery,
        _ preparation: MergeDelivery.Preparation
    ) async throws -> [String] {
        let mapped = Set(merges.delivery.sync.fields.map { $0.field.lowercased() })
        let fields = try merges.delivery.objects.object(merges.object).fieldsByFoldedName.values.filter { field in
            field.isUpdateable && !mapped.contains(field.name.lowercased()) && field.type != .address
                && field.type != .location && field.type != .base64
                && field.name.lowercased() != merges.delivery.sync.match?.field.lowercased()
        }.map(\.name).sorted()
        let ids = Set(
            pairs.compactMap { preparation.victims[$0.child.key] }
                + pairs.compactMap { preparation.parents[$0.parent.key] }
        )
        guard !fields.isEmpty, !ids.isEmpty else { return [] }
        let read = try await merges.delivery.client.retrieveCollection(
            merges.object,
            ids: ids.sorted(),
            fields: ["Id"] + fields
        )
        let records = Dictionary(read.compactMap { record in record?.id.map { ($0, record) } }) { first, _ in first }
        return pairs.compactMap { pair in
            guard let victim = preparation.victims[pair.child.key].flatMap({ records[$0] ?? nil }) else { return nil }
            let parent = preparation.parents[pair.parent.key].flatMap { records[$0] ?? nil }
            let lost = fields.filter { field in
                guard let value = victim.text(field), value != "false" else { return false }
                return parent?.text(field) == nil
            }
            guard !lost.isEmpty else { return nil }
            return "merging \(pair.child.keyText) into \(pair.parent.keyText) loses \(lost.joined(separator: ", ")) of"
                + " \(pair.child.keyText): map what is to stay"
        }
    }
}
