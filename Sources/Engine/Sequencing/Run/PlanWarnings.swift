internal import Salesforce
internal import SyncModel

/// What a person should know of a plan beside its counts.
struct PlanWarnings: Sendable {
    let sync: SyncDefinition
    let diff: DiffResult

    /// Why rows are looked at or sent that did not change, or are not tried.
    var causes: [String] { changes + resting }

    /// Why rows are looked at or sent that did not change: what a run says of itself, too.
    var changes: [String] {
        var causes: [String] = []
        if diff.isMappingChanged {
            causes.append(
                "the mapping of \(sync.name) was changed since the last delivery: every row is shaped once, and sent where its payload differs"
            )
        }
        if diff.isDescribeChanged {
            causes.append(
                "fields of \(sync.objectLabel) that \(sync.name) writes were changed in Salesforce: every row is shaped once, and sent where its payload differs"
            )
        }
        return causes
    }

    private var resting: [String] {
        let resting = diff.counts.resting
        if resting == 0 { return [] }
        return [
            "\(resting) \(resting == 1 ? "row rests" : "rows rest"): rejected again and again, tried once a day; `--keys` or `retry --rejected` tries them now"
        ]
    }

    /// What the deletions of this plan take along (describe's `cascadeDelete`), or run into.
    func cascades(_ client: SalesforceClient) async throws -> [String] {
        let isArchive = sync.mode == .archive && diff.counts.travelling > 0
        guard isArchive || (sync.whenRemoved == .delete && diff.counts.removed > 0) else { return [] }
        var warnings: [String] = []
        for object in sync.objects {
            let relationships = try await client.describe(object).childRelationships
            func names(_ chosen: (SObjectChildRelationship) -> Bool) -> String {
                Set(relationships.filter(chosen).map { "\($0.object) (\($0.field))" }).sorted().joined(separator: ", ")
            }
            let taken = names(\.cascadeDelete)
            if !taken.isEmpty {
                warnings.append("deleting records of \(object) deletes those that refer to them: \(taken)")
            }
            let kept = names { $0.restrictedDelete && !$0.cascadeDelete }
            if !kept.isEmpty { warnings.append("records of \(object) that are referred to can't be deleted: \(kept)") }
        }
        return warnings
    }
}
