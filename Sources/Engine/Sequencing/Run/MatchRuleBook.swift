internal import Ledger
internal import Salesforce
internal import SyncModel

/// How the match field of a sync compares: asked of the org once, kept in the ledger, renewed with each describe.
struct MatchRuleBook: Sendable {
    let ledger: Ledger
    let sync: SyncDefinition

    /// As it was last found out; nil when it never was, for this field.
    func known() async throws -> MatchRule? {
        guard let match = sync.match else { return .folded }
        if match.field.lowercased() == "id" { return .recordID }
        guard let kept = try await ledger.value(key), kept.hasPrefix(place + "=") else { return nil }
        return UInt8(kept.dropFirst(place.count + 1)).flatMap(MatchRule.init)
    }

    /// Keeps what a describe says of it.
    func keep(_ objects: DescribedObjects) async throws {
        guard let match = sync.match, match.field.lowercased() != "id", let name = sync.objects.first,
            let field = try objects.object(name).field(match.field)
        else { return }
        let rule = MatchRule(field)
        if try await known() != rule { try await ledger.setValue("\(place)=\(rule.rawValue)", for: key) }
    }

    private var key: String { "match-rule:\(sync.name)" }
    private var place: String { "\(sync.objectLabel).\(sync.match?.field ?? "")" }
}

extension RunConductor {
    /// How match values are compared while a model is read; the first time, the org is asked.
    func matchRule(of sync: SyncDefinition, _ run: RunRecord) async throws -> MatchRule {
        let book = MatchRuleBook(ledger: context.ledger, sync: sync)
        if let known = try await book.known() { return known }
        let destination = try context.destination(of: sync)
        let org = await context.orgs.org(destination)
        var bare = sync
        bare.fields = []
        bare.only = [:]
        let alone = bare
        return try await CallLabel.$current.withValue(CallJournal.label(run: run.id, sync: sync.name)) {
            try await context.reaching(at: destination) {
                do {
                    try await book.keep(DescribedObjects(alone, org.client()))
                } catch is MissingObject {
                    return .folded
                } catch let error as SalesforceError where error.kind == .salesforce && !error.isWorthRetrying {
                    // An object that is not there is its own step's matter, not that of the whole reading.
                    return .folded
                }
                return try await book.known() ?? .folded
            }
        }
    }
}
