internal import Ledger
internal import SyncModel

extension RunConductor {
    /// Settles what earlier runs left open, then waits at the gate; other runs may have syncs meanwhile.
    ///
    /// - Returns: false when the run is over, or was interrupted, before it began.
    func mayBegin(_ syncs: [SyncDefinition], _ run: RunRecord) async throws -> Bool {
        guard try await isSettled(syncs) else { return false }
        await context.reserved?.release()
        // An adoption writes nothing: no gate is asked.
        guard run.request.adopts == nil, let first = syncs.first else { return true }
        let takes = syncs.map { context.claims.takes(of: $0.name) }
        do {
            guard try await context.waitAtGate(for: [first], giving: syncs) else {
                signal.request == .shutdown ? try await interrupt() : try await conclude()
                return false
            }
        } catch let error as WaitedTooLong {
            context.progress.expire(error.reason)
            try await conclude()
            return false
        }
        // Another run that had a sync in between may have left something open itself.
        if takes == syncs.map({ context.claims.takes(of: $0.name) }) { return true }
        return try await isSettled(syncs)
    }

    private func isSettled(_ syncs: [SyncDefinition]) async throws -> Bool {
        guard try await Recovery(context).finishOpenJobs(of: syncs) == .interrupted else { return true }
        try await interrupt()
        return false
    }
}
