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
    /// Lit with every request.
    let beacon = Beacon()

    package init() {}

    /// Asks; a stronger request replaces a weaker one.
    package func ask(_ request: Request, reason: String? = nil) {
        state.withLock { if request > $0.request { $0 = (request, reason) } }
        beacon.light()
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
        while true {
            let seen = beacon.changes
            if request > patience { return true }
            let left = end - clock.now
            if left <= .zero { return false }
            // Bounded, so that a clock that was set meanwhile is noticed.
            try await clock.wait(min(left, .seconds(60 * clock.rate)), beacons: [(beacon, seen)])
        }
    }
}
