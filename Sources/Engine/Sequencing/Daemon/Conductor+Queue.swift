internal import Ledger
internal import Logging
internal import SyncModel

extension Conductor {
    /// Takes a run that has not begun out of its queue, and ends it as cancelled.
    ///
    /// - Throws: `LedgerError`; it stays queued then.
    func cancel(_ run: RunRecord, _ reason: String) async throws -> RunRecord {
        try await end(run) { book in
            for step in run.steps where !step.state.hasEnded {
                try await book.step(step.sync, is: .cancelled, reason: reason)
            }
            try await book.happened(.stopRequested, reason: reason)
        }
    }

    /// Takes a run out of its queue, and has its end stored.
    ///
    /// - Throws: `LedgerError`; it stays queued then.
    func end(_ run: RunRecord, _ store: (RunBook) async throws -> Void) async throws -> RunRecord {
        // First, so that nothing begins it meanwhile.
        queues[run.sequence]?.removeAll { $0.id == run.id }
        let book = RunBook(run: run, ledger: parts.ledger, clock: parts.clock, events: parts.events)
        do {
            try await store(book)
        } catch {
            queues[run.sequence, default: []].append(run)
            // Ids count up.
            queues[run.sequence]?.sort { $0.id.rawValue < $1.id.rawValue }
            throw error
        }
        await reserved.removeValue(forKey: run.id)?.release()
        return await book.run
    }

    /// Ends queued runs of sequences and syncs that are not defined any more: nothing would ever begin them.
    func endUndefined() async {
        for (sequence, queue) in queues where definition(of: sequence) == nil {
            // One that is not stored yet is looked at by who stores it.
            for run in queue where !unstored.contains(run.id) {
                do {
                    try await endUndefined(run)
                } catch {
                    // The next reload or start takes it up.
                    Logger.current.error(
                        "Run could not be ended",
                        metadata: ["sequenced.run": "\(run.id)", "error": "\(error)"]
                    )
                }
            }
        }
    }

    /// The steps of a queued run under the definition that is in force now: what it has counted stays.
    func steps(of run: RunRecord, _ definition: SequenceDefinition) -> [StepRecord] {
        let known = Dictionary(run.steps.map { ($0.sync, $0) }) { first, _ in first }
        let present = definition.syncs.map { sync in
            known[sync] ?? StepRecord(sync: sync, object: definitions.syncs[sync]?.objectLabel ?? "")
        }
        return present + run.steps.filter { $0.started != nil && !definition.syncs.contains($0.sync) }
    }

    /// Keeps the objects of a run that was interrupted while it wrote from everybody else.
    ///
    /// - Returns: nil when nothing of it is open.
    func reserve(for run: RunRecord) async throws -> ReservedObjects? {
        var open: [SyncDefinition] = []
        for step in run.steps {
            guard let sync = definitions.syncs[step.sync],
                try await parts.ledger.openIntents(of: sync.name).contains(where: { $0.run == run.id })
            else { continue }
            open.append(sync)
        }
        var leaves: [ReservedObjects.Leave] = []
        for (org, syncs) in try await parts.ledger.byOrg(open) {
            let objects = await orgs.leave(ofOrg: org)
            leaves.append((objects, await objects.ask(for: syncs.flatMap(\.objects), holder: run.sequence)))
        }
        return leaves.isEmpty ? nil : ReservedObjects(leaves)
    }
}
