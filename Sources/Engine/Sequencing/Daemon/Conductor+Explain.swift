internal import Diffing
internal import SyncModel

extension Conductor {
    /// The life of one row of a sync.
    ///
    /// - Throws: `EngineError` for a sync that is not there, or a text that is no key of its model.
    package func explain(_ name: String, key: String) async throws -> RowLife {
        let sync = try sync(named: name)
        let model = try model(of: sync)
        guard let hash = RowKey.hash(ofText: key, columns: model.primaryKey.count) else {
            throw EngineError(
                code: .unknownName,
                subject: "key \(key) in model \(model.name)",
                detail:
                    "its key has \(model.primaryKey.count) columns (\(model.primaryKey.joined(separator: ", "))), "
                    + #"write it as a JSON array of texts, as '["a","b"]'"#
            )
        }
        let sequence = SequenceDefinition(
            name: "sync/\(sync.name)",
            steps: [StepDefinition(syncs: [sync.name], after: [])]
        )
        let context = planContext(sequence, StartRequest(keys: [key], fullResync: true))
        return try await RowExplanation(context: context, sync: sync, model: model, key: key, hash: hash).life()
    }

    /// A sync by its name, with or without `sync/` before it.
    func sync(named name: String) throws -> SyncDefinition {
        let plain = name.hasPrefix("sync/") ? String(name.dropFirst(5)) : name
        if let sync = definitions.syncs[plain] { return sync }
        throw EngineError(
            code: .unknownName,
            subject: "sync \(plain)",
            detail: KnownNames.words(definitions.syncs.keys.sorted(), near: plain)
        )
    }

    func model(of sync: SyncDefinition) throws -> ModelDefinition {
        if let model = definitions.models[sync.model] { return model }
        throw EngineError(code: .unknownName, subject: "model \(sync.model)", detail: "sync \(sync.name) names it")
    }
}
