internal import Synchronization

/// What those outside a run must know of it at once, without asking its book.
package final class RunProgress: Sendable {
    private struct State {
        var hasBegun = false
        var expiry: String?
        var hasTimedOut = false
    }

    private let state = Mutex(State())

    package init() {}

    /// Whether it has begun to read; one that only waits for its first gate may answer for later starts, too.
    package var hasBegun: Bool { state.withLock { $0.hasBegun } }

    /// Why it waited longer than `max_wait`, if it did.
    var expiry: String? { state.withLock { $0.expiry } }

    /// Whether it ran longer than `timeout`.
    var hasTimedOut: Bool { state.withLock { $0.hasTimedOut } }

    func begin() { state.withLock { $0.hasBegun = true } }
    func expire(_ reason: String) { state.withLock { $0.expiry = $0.expiry ?? reason } }
    func timeOut() { state.withLock { $0.hasTimedOut = true } }
}
