package import Ledger
package import SyncModel
internal import Synchronization

/// Tells those who listen that something was stored: the journal, followers of the event stream, waiting clients.
package final class EventHub: Sendable {
    /// What one event was about, with the run as it stood then.
    package struct Announcement: Sendable {
        package var event: LedgerEvent
        package var run: RunRecord?
    }

    private struct State {
        var next = 0
        var listeners: [Int: AsyncStream<Announcement>.Continuation] = [:]
        var onStanding: (@Sendable () -> Void)?
        var isFinished = false
    }

    private let state = Mutex(State())
    /// Lit with every announcement, and at the end.
    private let beacon = Beacon()

    package init() {}

    /// A stream of what is announced from now on; a listener that does not keep up loses the oldest.
    package func announcements(keeping limit: Int = 1_024) -> AsyncStream<Announcement> {
        AsyncStream(bufferingPolicy: .bufferingNewest(limit)) { continuation in
            let id = state.withLock { state in
                state.next += 1
                state.listeners[state.next] = continuation
                return state.next
            }
            continuation.onTermination = { [weak self] _ in
                _ = self?.state.withLock { $0.listeners.removeValue(forKey: id) }
            }
        }
    }

    package func announce(_ event: LedgerEvent, run: RunRecord?) {
        let listeners = state.withLock { Array($0.listeners.values) }
        for listener in listeners { listener.yield(Announcement(event: event, run: run)) }
        beacon.light()
    }

    /// How often something was announced.
    var changes: Int { beacon.changes }

    /// Waits until more was announced than was seen, or the task is cancelled.
    ///
    /// - Returns: false when nothing will be announced any more.
    func wait(beyond seen: Int) async -> Bool {
        if state.withLock(\.isFinished) { return false }
        await beacon.wait(beyond: seen)
        return state.withLock { !$0.isFinished }
    }

    /// Has somebody told when how things stand has changed without an event: when a sequence is due next.
    package func onStanding(_ body: @escaping @Sendable () -> Void) {
        state.withLock { $0.onStanding = body }
    }

    func standingChanged() { state.withLock { $0.onStanding }?() }

    /// Ends every stream.
    package func finish() {
        let listeners = state.withLock { state in
            state.isFinished = true
            return Array(state.listeners.values)
        }
        for listener in listeners { listener.finish() }
        beacon.light()
    }
}
