internal import Synchronization

/// Wakes everybody who waits for a change, as often as there is one.
///
/// Who waits says which change it has seen already, so that none is missed between looking and waiting.
final class Beacon: Sendable {
    private struct State {
        var changes = 0
        var next = 0
        var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
    }

    private let state = Mutex(State())

    /// How many changes there were.
    var changes: Int { state.withLock { $0.changes } }

    func light() {
        let waiting = state.withLock { state in
            defer { state.waiting = [:] }
            state.changes += 1
            return Array(state.waiting.values)
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Returns when there were more changes than those that were seen, or when the task is cancelled.
    func wait(beyond seen: Int) async {
        let number = state.withLock { state in
            state.next += 1
            return state.next
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.changes > seen || Task.isCancelled { return true }
                    state.waiting[number] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: number) }?.resume()
        }
    }
}

extension EngineClock {
    /// Waits a span, or until one of the beacons was lit since it was last looked at.
    ///
    /// - Throws: `CancellationError`.
    func wait(_ span: Duration, beacons: [(beacon: Beacon, seen: Int)]) async throws {
        if span <= .zero { return try Task.checkCancellation() }
        await withTaskGroup(of: Void.self) { group in
            // An early end is as good as being woken.
            group.addTask { try? await self.sleep(for: span) }
            for (beacon, seen) in beacons { group.addTask { await beacon.wait(beyond: seen) } }
            await group.next()
            group.cancelAll()
        }
        try Task.checkCancellation()
    }
}
