internal import SyncModel

/// Where Salesforce says that a batch of the original Bulk API stands (reference 03-bulk-v1, 3.3).
package enum BulkBatchState: Sendable, Equatable {
    case queued
    case inProgress
    case completed
    case failed(message: String, processed: Int)
    case notProcessed
}

/// How a batch's rows stand when its machine is done.
package enum BulkBatchEnd: Sendable, Equatable {
    /// Every row has its result.
    case collected
    /// No row was taken.
    case nothingSent(code: String)
    /// So many rows have results, those behind them were not processed.
    case partly(results: Int, code: String)
    /// Salesforce has the batch and its result was not had: taken up again later.
    case resultsPending(code: String)
}

/// One batch of the original Bulk API, whose results have the places of its rows.
package struct BulkBatchMachine: ~Copyable {
    package enum Action: Sendable, Equatable {
        case post(after: Duration)
        /// The answer was lost: close the job, list its batches, compare those that are not known with the payload.
        case fence
        /// Not found behind the fence.
        case postIntoNewJob
        /// Known to Salesforce; the job's listing tells how it stands.
        case wait(batch: String)
        case readResult(batch: String, after: Duration)
        case end(BulkBatchEnd)
    }

    private enum State {
        case idle
        case posting(failures: Int)
        case fencing
        case waiting(batch: String)
        case reading(batch: String, failures: Int, code: String?)
        case ended
    }

    private var state = State.idle
    private let rows: Int
    private let backoff: Backoff
    private static let failureLimit = 5

    package init(rows: Int, backoff: Backoff = Backoff()) {
        self.rows = rows
        self.backoff = backoff
    }

    package mutating func start() -> Action {
        guard case .idle = state else { preconditionFailure("a batch is started once") }
        state = .posting(failures: 0)
        return .post(after: .zero)
    }

    /// Takes up a batch of an earlier life of the daemon: with its id, or with the intent alone.
    package mutating func resume(batch: String?) -> Action {
        guard case .idle = state else { preconditionFailure("a batch is started once") }
        guard let batch else {
            state = .fencing
            return .fence
        }
        state = .waiting(batch: batch)
        return .wait(batch: batch)
    }

    package mutating func posted(batch: String) -> Action {
        guard case .posting = state else { preconditionFailure("no batch was sent") }
        state = .waiting(batch: batch)
        return .wait(batch: batch)
    }

    /// What was found behind the fence.
    package mutating func fenced(found batch: String?) -> Action {
        guard case .fencing = state else { preconditionFailure("no fence was put up") }
        guard let batch else {
            state = .posting(failures: 0)
            return .postIntoNewJob
        }
        state = .waiting(batch: batch)
        return .wait(batch: batch)
    }

    package mutating func polled(_ info: BulkBatchState) -> Action {
        guard case .waiting(let batch) = state else { preconditionFailure("the batch was not waited for") }
        switch info {
        case .queued, .inProgress: return .wait(batch: batch)
        case .completed: return read(batch, code: nil)
        case .failed(let message, let processed):
            let code = Self.code(of: message)
            // Rows that were processed are committed; the result says which.
            return processed > 0 ? read(batch, code: code) : end(.nothingSent(code: code))
        case .notProcessed: return end(.nothingSent(code: "NotProcessed"))
        }
    }

    /// The result has so many rows.
    package mutating func resultRead(rows count: Int) -> Action {
        guard case .reading(_, _, let code) = state else { preconditionFailure("no result was read") }
        return end(count >= rows ? .collected : .partly(results: count, code: code ?? "InvalidBatch"))
    }

    /// A call failed.
    ///
    /// `randomness` is in 0 ..< 1.
    package mutating func failed(_ failure: CallFailure, randomness: Double) -> Action {
        switch state {
        case .idle, .waiting, .ended: preconditionFailure("nothing was asked")
        case .posting(let failures):
            if failure.mayHaveActed {
                state = .fencing
                return .fence
            }
            guard isWorthwhile(failure, failures) else { return end(.nothingSent(code: failure.code)) }
            state = .posting(failures: failures + 1)
            return .post(after: backoff.pause(attempt: failures + 1, randomness: randomness))
        case .fencing: return end(.resultsPending(code: failure.code))
        case .reading(let batch, let failures, let code):
            guard isWorthwhile(failure, failures) else { return end(.resultsPending(code: failure.code)) }
            state = .reading(batch: batch, failures: failures + 1, code: code)
            return .readResult(batch: batch, after: backoff.pause(attempt: failures + 1, randomness: randomness))
        }
    }

    /// The exception code of a batch's message: `TooManyLockFailure : …`.
    package static func code(of message: String) -> String {
        let code = message.prefix { $0 != ":" }
        return code.isEmpty ? "Unknown" : String(code.reversed().drop { $0 == " " }.reversed())
    }

    // MARK: - Implementation

    private func isWorthwhile(_ failure: CallFailure, _ failures: Int) -> Bool {
        failures + 1 < Self.failureLimit && (failure.retryClass == .transient || failure.mayHaveActed)
    }

    private mutating func read(_ batch: String, code: String?) -> Action {
        state = .reading(batch: batch, failures: 0, code: code)
        return .readResult(batch: batch, after: .zero)
    }

    private mutating func end(_ end: BulkBatchEnd) -> Action {
        state = .ended
        return .end(end)
    }
}
