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

/// One job of the original Bulk API: the batches' house, closed as soon as the last one is in.
package struct BulkJobMachine: ~Copyable {
    package enum Action: Sendable, Equatable {
        case create
        /// Batches may be posted.
        case admit(job: String)
        case close(job: String)
        case abort(job: String)
        /// List the job's batches.
        case poll(job: String, after: Duration)
        case end(Ending)
    }

    package enum Ending: Sendable, Equatable {
        /// Every batch has come to an end.
        case finished
        case nothingSent(code: String)
        /// Batches are still under way, or their listing was not had.
        case pending(code: String)
    }

    private enum State {
        case idle
        case creating
        case open(job: String)
        case closing(job: String)
        case aborting(job: String)
        case polling(job: String)
        case ended
    }

    private var state = State.idle
    private var pace: PollPace
    private var failures = 0
    private static let failureLimit = 5

    package init(rows: Int, rowsPerSecond: Double? = nil) {
        pace = PollPace(rows: rows, rowsPerSecond: rowsPerSecond)
    }

    package var rowsPerSecond: Double? { pace.rowsPerSecond }

    package mutating func start() -> Action {
        guard case .idle = state else { preconditionFailure("a job is started once") }
        state = .creating
        return .create
    }

    package mutating func created(job: String) -> Action {
        guard case .creating = state else { preconditionFailure("no job was asked for") }
        failures = 0
        state = .open(job: job)
        return .admit(job: job)
    }

    /// The last batch is in, or no more are to come: a window opens, a stop, a fence.
    package mutating func closeDoor() -> Action {
        guard case .open(let job) = state else { preconditionFailure("the job is not open") }
        state = .closing(job: job)
        return .close(job: job)
    }

    package mutating func abort() -> Action? {
        switch state {
        case .open(let job), .polling(let job):
            state = .aborting(job: job)
            return .abort(job: job)
        case .idle, .creating, .closing, .aborting, .ended: return nil
        }
    }

    /// The job is closed, was closed before, or is aborted.
    package mutating func closed() -> Action {
        switch state {
        case .closing(let job), .aborting(let job):
            failures = 0
            state = .polling(job: job)
            return .poll(job: job, after: pace.next(processed: 0))
        case .idle, .creating, .open, .polling, .ended: preconditionFailure("the job was not closed")
        }
    }

    /// The listing: how many batches are not at their end, and rows processed in all.
    package mutating func polled(unfinished: Int, processed: Int) -> Action {
        guard case .polling(let job) = state else { preconditionFailure("the job was not asked") }
        failures = 0
        if unfinished > 0 { return .poll(job: job, after: pace.next(processed: processed)) }
        state = .ended
        return .end(.finished)
    }

    package mutating func failed(_ failure: CallFailure) -> Action {
        failures += 1
        let again = failures < Self.failureLimit && (failure.retryClass == .transient || failure.mayHaveActed)
        switch state {
        case .idle, .open, .ended: preconditionFailure("nothing was asked")
        case .creating:
            if again { return .create }
            state = .ended
            return .end(.nothingSent(code: failure.code))
        case .closing(let job) where again: return .close(job: job)
        case .aborting(let job) where again: return .abort(job: job)
        case .polling(let job) where again:
            return .poll(job: job, after: min(PollPace.shortest * (1 << failures), PollPace.longest))
        case .closing, .aborting, .polling:
            state = .ended
            return .end(.pending(code: failure.code))
        }
    }
}
