import Foundation
internal import GRDB
internal import Synchronization

/// Lets changes that come in while one is being made durable share the next commit.
///
/// Each change is whole for itself: one that fails takes none of its neighbours along. None returns before it is durable.
final class GroupCommit: Sendable {
    private typealias Answer = @Sendable ((any Error)?) -> Void

    /// One change, and who waits for it.
    private struct Change: Sendable {
        /// Makes the change; what it returns tells the waiting one how it went, given the commit's own fault.
        var make: @Sendable (Database) -> Answer
        var fail: @Sendable (any Error) -> Void
    }

    private struct State {
        var waiting: [Change] = []
        var isAtWork = false
        var fault: (any Error)?
    }

    private let pool: DatabasePool
    private let state = Mutex(State())

    init(_ pool: DatabasePool) {
        self.pool = pool
    }

    /// Why the last commit was not made durable; nil when it was.
    var fault: (any Error)? { state.withLock { $0.fault } }

    /// Makes a change and returns when it is durable.
    ///
    /// A task that is cancelled meanwhile does not undo it. Changes are made in the order of these calls.
    nonisolated(nonsending) func write<Result: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            let change = Change(
                make: { database in
                    let result = Swift.Result<Result, any Error> {
                        var made: Result?
                        try database.inSavepoint {
                            made = try body(database)
                            return .commit
                        }
                        guard let made else { throw DatabaseError(resultCode: .SQLITE_ABORT) }
                        return made
                    }
                    return { fault in
                        switch (result, fault) {
                        case (.failure(let error), _): continuation.resume(throwing: error)
                        case (.success, let fault?): continuation.resume(throwing: fault)
                        case (.success(let value), nil): continuation.resume(returning: value)
                        }
                    }
                },
                fail: { continuation.resume(throwing: $0) }
            )
            enqueue(change)
        }
    }

    // MARK: - Implementation

    /// So that a long queue does not make the first of it wait for the last.
    private static let together = 256

    private func enqueue(_ change: Change) {
        let begins = state.withLock { state in
            state.waiting.append(change)
            defer { state.isAtWork = true }
            return !state.isAtWork
        }
        guard begins else { return }
        pool.asyncWriteWithoutTransaction { database in
            while let changes = self.next() { self.commit(changes, database) }
        }
    }

    private func next() -> [Change]? {
        state.withLock { state in
            if state.waiting.isEmpty {
                state.isAtWork = false
                return nil
            }
            let changes = Array(state.waiting.prefix(Self.together))
            state.waiting.removeFirst(changes.count)
            return changes
        }
    }

    private func commit(_ changes: [Change], _ database: Database) {
        var answers: [Answer] = []
        do {
            try database.inTransaction(.immediate) {
                for change in changes {
                    answers.append(change.make(database))
                    // A full disk takes the whole transaction back by itself.
                    guard database.isInsideTransaction else { throw DatabaseError(resultCode: .SQLITE_FULL) }
                }
                return .commit
            }
            state.withLock { $0.fault = nil }
            for answer in answers { answer(nil) }
        } catch {
            state.withLock { $0.fault = error }
            // Nothing of it is durable; those who were not asked yet fail for the same cause.
            for answer in answers { answer(error) }
            for change in changes.dropFirst(answers.count) { change.fail(error) }
        }
    }
}
