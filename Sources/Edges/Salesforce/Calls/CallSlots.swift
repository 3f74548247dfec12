import Synchronization

/// Bounds how many calls are under way; those that wait go in the order in which they came.
final class CallSlots: Sendable {
    private struct State {
        var free: Int
        var nextTicket: UInt64 = 0
        var waiting: [(ticket: UInt64, continuation: CheckedContinuation<Void, any Error>)] = []
        /// Tickets that have not come to wait yet.
        var coming: Set<UInt64> = []
        /// Tickets that were cancelled before they came to wait.
        var cancelledEarly: Set<UInt64> = []
    }

    private let state: Mutex<State>

    init(count: Int) {
        state = Mutex(State(free: count))
    }

    /// Runs `body` as one of the calls under way.
    ///
    /// - Throws: what `body` throws, and `CancellationError` while it waits.
    nonisolated(nonsending) func withSlot<Result>(_ body: () async throws -> Result) async throws -> Result {
        try await take()
        defer { giveBack() }
        return try await body()
    }

    // MARK: - Implementation

    private func take() async throws {
        try Task.checkCancellation()
        let ticket: UInt64? = state.withLock { state in
            if state.free > 0 {
                state.free -= 1
                return nil
            }
            state.nextTicket += 1
            state.coming.insert(state.nextTicket)
            return state.nextTicket
        }
        guard let ticket else { return }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                enum Outcome {
                    case waits
                    case granted
                    case cancelled
                }
                let outcome: Outcome = state.withLock { state in
                    state.coming.remove(ticket)
                    if state.cancelledEarly.remove(ticket) != nil { return .cancelled }
                    if state.free > 0 {
                        state.free -= 1
                        return .granted
                    }
                    state.waiting.append((ticket, continuation))
                    return .waits
                }
                switch outcome {
                case .waits: break
                case .granted: continuation.resume()
                case .cancelled: continuation.resume(throwing: CancellationError())
                }
            }
        } onCancel: {
            let continuation: CheckedContinuation<Void, any Error>? = state.withLock { state in
                guard let index = state.waiting.firstIndex(where: { $0.ticket == ticket }) else {
                    if state.coming.contains(ticket) { state.cancelledEarly.insert(ticket) }
                    return nil
                }
                return state.waiting.remove(at: index).continuation
            }
            continuation?.resume(throwing: CancellationError())
        }
    }

    private func giveBack() {
        let next: CheckedContinuation<Void, any Error>? = state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.free += 1
                return nil
            }
            return state.waiting.removeFirst().continuation
        }
        next?.resume()
    }
}
