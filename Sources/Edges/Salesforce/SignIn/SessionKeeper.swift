import Synchronization

/// Holds the one session of all callers and has it renewed once, however many calls find it ended.
///
/// The caller that comes first signs in, in its own task; the others wait for it. Is it cancelled, one of them goes on.
final class SessionKeeper: Sendable {
    /// A session and which one it is, counted from 1.
    struct Held: Sendable {
        var session: Session
        var number: Int
    }

    private enum Step {
        case use(Held)
        case signIn(number: Int)
        case wait(ticket: UInt64)
    }

    private struct State {
        var held: Held?
        var lastNumber = 0
        var isSigningIn = false
        var nextTicket: UInt64 = 0
        var waiting: [UInt64: CheckedContinuation<Void, any Error>] = [:]
        /// Tickets whose wait was over before it began.
        var settledEarly: [UInt64: Result<Void, any Error>] = [:]
        var tickets: Set<UInt64> = []
    }

    private let state = Mutex(State())

    /// The session in hand, else the one that `signIn` gets.
    ///
    /// - Throws: what `signIn` throws, to everybody who waited for it.
    func session(signIn: () async throws -> Session) async throws -> Held {
        while true {
            try Task.checkCancellation()
            let step: Step = state.withLock { state in
                if let held = state.held { return .use(held) }
                if state.isSigningIn {
                    state.nextTicket += 1
                    state.tickets.insert(state.nextTicket)
                    return .wait(ticket: state.nextTicket)
                }
                state.isSigningIn = true
                return .signIn(number: state.lastNumber + 1)
            }
            switch step {
            case .use(let held): return held
            case .wait(let ticket): try await wait(ticket)
            case .signIn(let number):
                do {
                    let held = Held(session: try await signIn(), number: number)
                    finish(with: held, outcome: .success(()))
                    return held
                } catch let cancellation as CancellationError {
                    // Only this caller gives up; the next in line takes over.
                    finish(with: nil, outcome: .success(()))
                    throw cancellation
                } catch {
                    finish(with: nil, outcome: .failure(error))
                    throw error
                }
            }
        }
    }

    /// Forgets the session with this number; a later one stays.
    func end(_ number: Int) {
        state.withLock { state in
            if state.held?.number == number { state.held = nil }
        }
    }

    // MARK: - Implementation

    private func finish(with held: Held?, outcome: Result<Void, any Error>) {
        let continuations: [CheckedContinuation<Void, any Error>] = state.withLock { state in
            state.isSigningIn = false
            if let held {
                state.held = held
                state.lastNumber = held.number
            }
            for ticket in state.tickets where state.waiting[ticket] == nil { state.settledEarly[ticket] = outcome }
            state.tickets.removeAll()
            defer { state.waiting.removeAll() }
            return Array(state.waiting.values)
        }
        for continuation in continuations { continuation.resume(with: outcome) }
    }

    private func wait(_ ticket: UInt64) async throws {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let settled: Result<Void, any Error>? = state.withLock { state in
                    if let settled = state.settledEarly.removeValue(forKey: ticket) { return settled }
                    state.waiting[ticket] = continuation
                    return nil
                }
                if let settled { continuation.resume(with: settled) }
            }
        } onCancel: {
            let continuation: CheckedContinuation<Void, any Error>? = state.withLock { state in
                guard state.tickets.remove(ticket) != nil else { return nil }
                if let waiting = state.waiting.removeValue(forKey: ticket) { return waiting }
                state.settledEarly[ticket] = .failure(CancellationError())
                return nil
            }
            continuation?.resume(throwing: CancellationError())
        }
    }
}
