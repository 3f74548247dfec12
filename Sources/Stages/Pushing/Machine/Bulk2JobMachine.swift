internal import SyncModel

/// What Salesforce says of a Bulk 2.0 job.
package struct Bulk2JobInfo: Sendable, Equatable {
    package enum State: Sendable, Equatable {
        case open
        case uploadComplete
        case inProgress
        case complete
        case failed(message: String)
        case aborted
        /// Deleted, or past its seven days.
        case gone
    }

    package var state: State
    /// Failed ones included.
    package var processed: Int
    package var failed: Int

    package init(state: State, processed: Int = 0, failed: Int = 0) {
        self.state = state
        self.processed = processed
        self.failed = failed
    }
}

/// The three files in which a job reports its rows.
package enum Bulk2Result: Sendable, Equatable, CaseIterable {
    case successful
    case failed
    case unprocessed
}

/// How a job's rows stand when its machine is done.
package enum Bulk2JobEnd: Sendable, Equatable {
    /// Every result that there is was read.
    case collected
    /// No data were taken: the rows are unsent.
    case nothingSent(String)
    /// Salesforce has the data and the results were not had: the job is taken up again later.
    case resultsPending(String)
    /// Its results are no longer kept: rows that are not accounted for are in doubt.
    case resultsGone
}

/// One job of Bulk 2.0, from its creation to its results.
///
/// The intent before each action is the caller's to store.
package struct Bulk2JobMachine: ~Copyable {
    package enum Action: Sendable, Equatable {
        case create
        case upload(job: String)
        case close(job: String)
        case poll(job: String, after: Duration)
        case readResults(job: String, [Bulk2Result])
        case abort(job: String)
        case end(Bulk2JobEnd)
    }

    /// Where the ledger says that a job of an earlier life of the daemon stands.
    package enum Resumption: Sendable, Equatable {
        /// Created, or data being put: still open, it is aborted and made anew.
        case beforeClose(job: String)
        /// Closed, or about to be: it is asked, and closed again if it is still open.
        case closing(job: String)
    }

    private enum State {
        case idle
        case creating
        case uploading(job: String)
        case closing(job: String)
        case polling(job: String)
        case reading(job: String, [Bulk2Result])
        case aborting(job: String, then: AfterAbort)
        case ended
    }

    private enum AfterAbort {
        case makeAnew
        case nothingSent(String)
        /// Aborted in flight: rows may have been processed.
        case collect
    }

    private var state = State.idle
    private var pace: PollPace
    private let rows: Int
    private var failures = 0
    private var made = 0
    private var reads = 0
    private var closes = 0
    private var isStopping = false

    /// So often one call fails before the machine gives up.
    private static let failureLimit = 5
    /// So often a job is made for the same rows.
    private static let makeLimit = 3

    package init(rows: Int, rowsPerSecond: Double? = nil) {
        self.rows = rows
        pace = PollPace(rows: rows, rowsPerSecond: rowsPerSecond)
    }

    /// Rows a second that the job has shown; for the next one's patience.
    package var rowsPerSecond: Double? { pace.rowsPerSecond }

    package mutating func start() -> Action {
        guard case .idle = state else { preconditionFailure("a job is started once") }
        return create()
    }

    package mutating func resume(_ resumption: Resumption) -> Action {
        guard case .idle = state else { preconditionFailure("a job is started once") }
        switch resumption {
        case .beforeClose(let job):
            state = .aborting(job: job, then: .makeAnew)
            return .abort(job: job)
        case .closing(let job):
            state = .polling(job: job)
            return .poll(job: job, after: .zero)
        }
    }

    package mutating func created(job: String) -> Action {
        guard case .creating = state else { preconditionFailure("no job was asked for") }
        failures = 0
        if isStopping {
            state = .aborting(job: job, then: .nothingSent("stopped"))
            return .abort(job: job)
        }
        state = .uploading(job: job)
        return .upload(job: job)
    }

    package mutating func uploaded() -> Action {
        guard case .uploading(let job) = state else { preconditionFailure("no data were put") }
        failures = 0
        if isStopping {
            state = .aborting(job: job, then: .nothingSent("stopped"))
            return .abort(job: job)
        }
        return close(job)
    }

    package mutating func closed() -> Action {
        guard case .closing(let job) = state else { preconditionFailure("no job was closed") }
        failures = 0
        state = .polling(job: job)
        return .poll(job: job, after: pace.next(processed: 0))
    }

    package mutating func polled(_ info: Bulk2JobInfo) -> Action {
        guard case .polling(let job) = state else { preconditionFailure("no job was asked") }
        failures = 0
        switch info.state {
        case .open: return closes < 3 ? close(job) : end(.resultsPending("job \(job) does not close"))
        case .uploadComplete, .inProgress: return .poll(job: job, after: pace.next(processed: info.processed))
        case .complete:
            var results: [Bulk2Result] = []
            if info.processed > info.failed || info.processed < rows { results.append(.successful) }
            if info.failed > 0 || info.processed < rows { results.append(.failed) }
            if info.processed < rows { results.append(.unprocessed) }
            return read(job, results)
        case .failed, .aborted: return read(job, Bulk2Result.allCases)
        case .gone: return end(.resultsGone)
        }
    }

    /// All results that were asked for are read and their sum came out.
    package mutating func resultsRead() -> Action {
        guard case .reading = state else { preconditionFailure("no results were read") }
        return end(.collected)
    }

    /// The results that were asked for did not account for every row: all of them are read, once.
    package mutating func resultsIncomplete() -> Action {
        guard case .reading(let job, _) = state else { preconditionFailure("no results were read") }
        reads += 1
        return reads <= 1 ? .readResults(job: job, Bulk2Result.allCases) : end(.collected)
    }

    package mutating func aborted() -> Action {
        guard case .aborting(let job, let then) = state else { preconditionFailure("no job was aborted") }
        failures = 0
        switch then {
        case .makeAnew: return isStopping ? end(.nothingSent("stopped")) : create()
        case .nothingSent(let reason): return end(.nothingSent(reason))
        case .collect:
            state = .polling(job: job)
            return .poll(job: job, after: .zero)
        }
    }

    /// An abort was refused since the job is no longer open: so it is asked.
    package mutating func abortRefused() -> Action {
        guard case .aborting(let job, _) = state else { preconditionFailure("no job was aborted") }
        state = .polling(job: job)
        return .poll(job: job, after: .zero)
    }

    package mutating func failed(_ failure: CallFailure) -> Action {
        failures += 1
        let isWorthwhile = failure.retryClass == .transient || failure.mayHaveActed
        let again = isWorthwhile && failures < Self.failureLimit
        switch state {
        case .idle, .ended: preconditionFailure("nothing was asked")
        case .creating:
            // A job of which no id came holds no data and is left to expire.
            return again && !isStopping ? create() : end(.nothingSent(failure.code))
        case .uploading(let job):
            // Data are never put twice into one job.
            state = .aborting(job: job, then: again ? .makeAnew : .nothingSent(failure.code))
            return .abort(job: job)
        case .closing(let job):
            if again {
                state = .polling(job: job)
                return .poll(job: job, after: PollPace.shortest)
            }
            return end(.resultsPending(failure.code))
        case .polling(let job):
            return again ? .poll(job: job, after: pause) : end(.resultsPending(failure.code))
        case .reading(let job, let results):
            return again ? .readResults(job: job, results) : end(.resultsPending(failure.code))
        case .aborting(let job, let then):
            if again { return .abort(job: job) }
            switch then {
            // Open and without UploadComplete: it expires, and nothing of it was looked at.
            case .makeAnew, .nothingSent: return end(.nothingSent(failure.code))
            case .collect: return end(.resultsPending(failure.code))
            }
        }
    }

    /// No new work: what Salesforce has not taken yet is withdrawn, the rest collected; nil: the present action goes on.
    package mutating func drain() -> Action? {
        isStopping = true
        guard case .idle = state else { return nil }
        return end(.nothingSent("stopped"))
    }

    /// Aborts a job that is being worked on, then collects what was done of it; nil: the present action goes on.
    package mutating func abort() -> Action? {
        isStopping = true
        switch state {
        case .idle: return end(.nothingSent("stopped"))
        case .polling(let job):
            state = .aborting(job: job, then: .collect)
            return .abort(job: job)
        case .creating, .uploading, .closing, .reading, .aborting, .ended: return nil
        }
    }

    // MARK: - Implementation

    private var pause: Duration { min(PollPace.shortest * (1 << failures), PollPace.longest) }

    private mutating func create() -> Action {
        made += 1
        guard made <= Self.makeLimit else {
            return end(.nothingSent("the job was made \(Self.makeLimit) times and never took its data"))
        }
        state = .creating
        return .create
    }

    private mutating func close(_ job: String) -> Action {
        closes += 1
        state = .closing(job: job)
        return .close(job: job)
    }

    private mutating func read(_ job: String, _ results: [Bulk2Result]) -> Action {
        state = .reading(job: job, results)
        return .readResults(job: job, results)
    }

    private mutating func end(_ end: Bulk2JobEnd) -> Action {
        state = .ended
        return .end(end)
    }
}
