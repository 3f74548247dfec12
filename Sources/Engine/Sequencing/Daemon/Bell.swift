internal import Synchronization

/// Wakes one sleeper before its time.
final class Bell: Sendable {
    private let state = Mutex((rung: false, sleeper: CheckedContinuation<Void, Never>?.none))

    func ring() {
        let sleeper = state.withLock { state in
            defer { state.sleeper = nil }
            state.rung = state.sleeper == nil
            return state.sleeper
        }
        sleeper?.resume()
    }

    /// Returns when it was rung, at once if it was since the last time; or when the task is cancelled.
    func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isRung = state.withLock { state in
                    if state.rung || Task.isCancelled {
                        state.rung = false
                        return true
                    }
                    state.sleeper = continuation
                    return false
                }
                if isRung { continuation.resume() }
            }
        } onCancel: {
            ring()
        }
    }
}
