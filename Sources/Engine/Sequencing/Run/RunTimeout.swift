internal import CivilTime
internal import SyncModel

/// Ends a run that has run, waits not counted, for longer than its `timeout`.
struct RunTimeout: Sendable {
    let context: RunContext
    let limit: Duration

    /// Looks until the limit has passed, then has the run stop: open jobs are aborted, what was sent is accounted for.
    ///
    /// - Throws: `CancellationError` when the run has ended before.
    func watch() async throws {
        while true {
            let left = limit - (await context.book.ran)
            if left <= .zero { break }
            // While it waits the time does not go on, and the next look is as far off again.
            try await context.clock.sleep(for: max(left, .milliseconds(10)))
        }
        context.progress.timeOut()
        context.signal.ask(.abort, reason: "timeout: it ran longer than \(limit.roughText)")
    }
}
