internal import Ledger
internal import SyncModel

extension Conductor {
    /// Ends a run that takes the daemon down whenever it is tried, before it does so again.
    ///
    /// - Returns: whether it was ended.
    func endPoisoned(
        _ book: RunBook,
        _ run: RunRecord,
        _ pausing: (_ sequence: String, _ reason: String) async throws -> Void
    ) async throws -> Bool {
        // One that waited did nothing that could take a daemon down.
        if run.state == .waiting { return false }
        let crashes = try await parts.ledger.crashed(run.id)
        guard crashes >= Self.crashesAllowed else { return false }
        let reason = "the daemon went away \(crashes) times in a row while it was on, with nothing delivered in between"
        // First the pause: without it the next elapse would begin the same again.
        try await pausing(run.sequence, "run \(run.id): \(reason)")
        try await book.happened(.interrupted, reason: reason)
        try await book.happened(.requeued, reason: reason)
        try await fail(book, reason)
        return true
    }

    /// Ends a queued run of which no definition says any more what it is to do.
    ///
    /// One that had begun before the daemon stopped has failed; one that had not is cancelled, which is all that is lost of it.
    func endUndefined(_ run: RunRecord) async throws {
        let reason = "\(run.sequence) is not defined any more"
        if run.started == nil {
            _ = try await cancel(run, reason)
        } else {
            _ = try await end(run) { book in try await fail(book, reason) }
        }
    }

    // MARK: - Implementation

    private static let crashesAllowed = 3

    private func fail(_ book: RunBook, _ reason: String) async throws {
        let run = await book.run
        for step in run.steps where !step.state.hasEnded {
            try await book.step(step.sync, is: step.started == nil ? .skipped : .failed, reason: reason)
        }
        try await book.happened(.finished, result: .failed, reason: reason)
        try await parts.ledger.landed(run.id)
    }
}
