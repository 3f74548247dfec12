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
    /// - Throws: `StoppedOnRequest`; `EngineError` when the model can't be read, or passes a guard that it did not pass before.
    func diff() async throws -> DiffResult {
        guard try await Recovery(context).finishOpenJobs(of: [sync]) == .done else { throw StoppedOnRequest() }
        try await context.forgetLeftovers(of: sync.name)
        let conductor = RunConductor(context)
        let requests = try await conductor.readings(of: [sync], await context.book.run)
        guard let read = try await conductor.read(requests)[sync.name] else { throw StoppedOnRequest() }
        let diff = try read.diff.get()
        let open = try await ApprovalWait(context).open([sync.name: read])
        guard open.isEmpty else {
            throw EngineError(
                code: .notNow,
                subject: "go on with \(sync.name)",
                detail: "its model has changed since the first attempt: \(open.map(\.words).joined(separator: "; "))",
                hint: "start the sequence again: it asks before it sends that"
            )
        }
        return diff
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
            counts.rejectedBefore = 0
            counts.unsent = 0
        }
    }
}
