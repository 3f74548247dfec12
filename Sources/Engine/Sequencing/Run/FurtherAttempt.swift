internal import Ledger
internal import SyncModel

/// A step's work once more within its run, after what stopped it may have passed.
///
/// Nothing of the first attempt is believed: what it left open is settled, the snapshot takes what was accepted, and the
/// model is read again, so that only what is still to do is done.
struct FurtherAttempt: Sendable {
    let context: RunContext
    let sync: SyncDefinition

    /// What is still to do.
    ///
    /// - Throws: `StoppedOnRequest`; `EngineError` when the model can't be read.
    func diff() async throws -> DiffResult {
        guard try await Recovery(context).finishOpenJobs(of: [sync]) == .done else { throw StoppedOnRequest() }
        try await context.forgetLeftovers(of: sync.name)
        let conductor = RunConductor(context)
        let requests = try await conductor.readings(of: [sync], await context.book.run)
        guard let read = try await conductor.read(requests)[sync.name] else { throw StoppedOnRequest() }
        return try read.diff.get()
    }
}

extension RunContext {
    /// Rows of a sync that stayed behind in this run are looked at again, and counted again.
    func forgetLeftovers(of sync: String) async throws {
        let counts = await book.counts(of: sync)
        guard counts.unmatched + counts.held + counts.rejected + counts.unsent > 0 else { return }
        try await ledger.supersedeUndelivered(run: runID, sync: sync)
        await book.count(sync) { counts in
            counts.unmatched = 0
            counts.held = 0
            counts.rejected = 0
            counts.unsent = 0
        }
    }
}
