internal import CivilTime
internal import Synchronization

/// Asks one run to stop; the run looks at it before every batch and while it waits.
package final class StopSignal: Sendable {
    package enum Request: Int, Sendable, Comparable {
        /// Nobody asked.
        case none
        /// No new batch; results of what was sent are collected.
        case drain
        /// The open jobs are aborted, too.
        case abort
        /// The daemon ends: no new call; jobs that Salesforce has are left to it.
        case shutdown

        package static func < (left: Request, right: Request) -> Bool { left.rawValue < right.rawValue }
    }

    private let state = Mutex((request: Request.none, reason: String?.none))

    package init() {}

    /// Asks; a stronger request replaces a weaker one.
    package func ask(_ request: Request, reason: String? = nil) {
        state.withLock { if request > $0.request { $0 = (request, reason) } }
    }

    package var request: Request { state.withLock { $0.request } }
    package var reason: String? { state.withLock { $0.reason } }
    package var isAsked: Bool { request != .none }

    /// Waits a span, or until somebody asks.
    ///
    /// - Returns: whether somebody asked.
    /// - Throws: `CancellationError`.
    package func wait(_ span: Duration, on clock: EngineClock, patience: Request = .none) async throws -> Bool {
        let end = clock.now + span
        while request <= patience {
            let left = end - clock.now
            if left <= .zero { return false }
            // A run under way may look up a few times a second; an idle daemon never does.
            try await clock.sleep(for: min(left, .microseconds(Int64(200_000 * clock.rate))))
        }
        return true
    }
}
