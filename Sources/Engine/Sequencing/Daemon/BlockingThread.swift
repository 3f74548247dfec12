internal import Foundation
internal import Synchronization

/// Runs blocking work (libpq, SQLite, big files) on a thread of its own, never on the shared pool.
///
/// So many at a time: a thousand sequences that are due in one second take turns.
package enum BlockingThread {
    /// Waits, without holding a pool thread, until `work` has run on a new thread.
    package static func run<Result: Sendable>(
        named name: String,
        _ work: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        await turns.take()
        defer { turns.give() }
        return try await withCheckedThrowingContinuation { continuation in
            let thread = Thread {
                continuation.resume(with: Swift.Result { try work() })
            }
            thread.name = String(name.prefix(15))
            // Row batches live on the heap; parsers recurse little.
            thread.stackSize = 4 << 20
            thread.start()
        }
    }

    // MARK: - Implementation

    /// The service's bound on threads is 128, and a diff has a second one.
    private static let turns = Turns(count: 24)
}

/// Lets so many go on at a time, in the order of asking.
private final class Turns: Sendable {
    private struct State {
        var free: Int
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>

    init(count: Int) {
        state = Mutex(State(free: count))
    }

    func take() async {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                if state.free > 0 {
                    state.free -= 1
                    return true
                }
                state.waiting.append(continuation)
                return false
            }
            if isFree { continuation.resume() }
        }
    }

    func give() {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            if !state.waiting.isEmpty { return state.waiting.removeFirst() }
            state.free += 1
            return nil
        }
        next?.resume()
    }
}
