internal import CivilTime
internal import Fingerprinting
internal import Foundation
internal import Ledger
internal import Spool
internal import SyncModel

/// What a run's reading found, kept beside its spooled rows: a start after a crash goes on from it.
///
/// It is used again only if nothing was recorded of its syncs since, so nothing of it was sent.
struct StoredPlan: Codable, Sendable {
    struct Part: Codable, Sendable {
        var counts: ChangeCounts
        var matchRule: MatchRule
        /// Of the definition that the rows were read for.
        var print: UInt64
        /// The newest outcome of the sync when they were read.
        var outcome: Int64
    }

    var read: Timestamp
    var parts: [String: Part]

    /// Writes the plan behind the rows that it is about; durable when this returns.
    ///
    /// - Throws: `EngineError` when it can't be written.
    static func store(_ reads: [String: ReadSync], at read: Timestamp, _ context: RunContext) async throws {
        var parts: [String: Part] = [:]
        for (name, sync) in reads {
            // A run of which one model could not be read reads all of them again: they belong to one moment.
            guard case .success(let diff) = sync.diff else { return }
            // The rows of a picklist have an order, which only their reading knows.
            if diff.picklist != nil { return }
            parts[name] = Part(
                counts: diff.counts,
                matchRule: diff.matchRule,
                print: Self.print(sync.sync, sync.model),
                outcome: try await context.ledger.lastOutcome(of: name)
            )
        }
        let path = Self.path(context)
        do {
            let bytes = try JSONEncoder().encode(StoredPlan(read: read, parts: parts))
            try bytes.write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw EngineError(code: .state, subject: path, detail: error.localizedDescription)
        }
    }

    /// The plan of an earlier start of this run, if it can be used still.
    static func reusable(for requests: [ModelReader.Request], _ context: RunContext) async throws -> [String: ReadSync]?
    {
        // Without a plan, or with one that was not written to its end, the models are read anew.
        guard let bytes = try? Data(contentsOf: URL(fileURLWithPath: path(context))),
            let plan = try? JSONDecoder().decode(StoredPlan.self, from: bytes),
            Set(plan.parts.keys) == Set(requests.map(\.sync.name)),
            plan.read <= context.clock.now, context.clock.now - plan.read <= context.definitions.settings.planAge,
            try await !context.ledger.hasIntents(context.runID)
        else { return nil }
        var reads: [String: ReadSync] = [:]
        for request in requests {
            let sync = request.sync
            guard let part = plan.parts[sync.name], part.print == Self.print(sync, request.model),
                try await context.ledger.lastOutcome(of: sync.name) == part.outcome
            else { return nil }
            let diff = DiffResult(
                counts: part.counts,
                paths: DiffPaths(path: context.spoolFolder(context.runID) + "/" + sync.name),
                matchRule: part.matchRule
            )
            guard diff.isWhole else { return nil }
            reads[sync.name] = ReadSync(
                sync: sync,
                model: request.model,
                columns: MappedColumns(sync: sync, model: request.model),
                diff: .success(diff),
                triesResting: !request.rests
            )
        }
        return reads
    }

    /// Has the models read again, whatever was stored: a person has approved what they have then.
    static func drop(_ context: RunContext) {
        // One that stays is a plan that was shown, and no older than `plan_age`.
        try? FileManager.default.removeItem(atPath: path(context))
    }

    // MARK: - Implementation

    private static func print(_ sync: SyncDefinition, _ model: ModelDefinition) -> UInt64 {
        Fingerprint.hash64("\(sync.mappingPrint)|\(sync.whenRemoved)|\(model)")
    }

    private static func path(_ context: RunContext) -> String { context.spoolFolder(context.runID) + "/plan.json" }
}
