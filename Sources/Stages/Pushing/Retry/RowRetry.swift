package import SyncModel

/// What is done about a row that failed.
package enum RowRetry: Sendable, Equatable {
    /// Refused for this run.
    case final
    /// Sent again with others that failed.
    case again(after: Duration)
    /// Sent again when the quota's window frees.
    case whenWindowFrees

    /// Decides for a row that was tried `attempts` times (the first sending counts).
    ///
    /// `codeLimit` is the most that its code is worth, where the catalogue says so (UNKNOWN_EXCEPTION: 2).
    package static func decide(
        retryClass: RetryClass,
        attempts: Int,
        retry: SyncDefinition.Retry,
        codeLimit: Int? = nil,
        backoff: Backoff = Backoff(),
        randomness: Double
    ) -> RowRetry {
        switch retryClass {
        case .data, .configuration, .bug: return .final
        case .window: return .whenWindowFrees
        case .transient, .shape, .auth:
            guard retry.split, attempts < min(retry.attempts, codeLimit ?? .max) else { return .final }
            return .again(after: backoff.pause(attempt: attempts, randomness: randomness))
        }
    }
}
