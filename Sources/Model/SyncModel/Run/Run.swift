package import CivilTime

/// Names one run; opaque to everyone but the ledger.
///
/// Sorts by time of creation.
package struct RunID: Hashable, Sendable, Codable, RawRepresentable, CustomStringConvertible {
    package var rawValue: String

    package init(rawValue: String) {
        self.rawValue = rawValue
    }

    package var description: String { rawValue }

    package init(from decoder: any Decoder) throws {
        rawValue = try decoder.singleValueContainer().decode(String.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}

/// The life of a run (sequences.md, A run's life).
package enum RunState: String, Sendable, Codable, CaseIterable {
    case queued
    case waiting
    case running
    case stopping
    case interrupted
    case succeeded
    case partial
    case failed
    case timedOut = "timed-out"
    case cancelled
    case skipped
    case missed

    package var hasEnded: Bool {
        switch self {
        case .queued, .waiting, .running, .stopping, .interrupted: false
        case .succeeded, .partial, .failed, .timedOut, .cancelled, .skipped, .missed: true
        }
    }
}

/// The life of one sync within a run.
package enum StepState: String, Sendable, Codable, CaseIterable {
    case pending
    case waiting
    case reading
    case planning
    case awaitingApproval = "awaiting-approval"
    case pushing
    case collecting
    case succeeded
    case partial
    case failed
    case timedOut = "timed-out"
    case cancelled
    case skipped

    package var hasEnded: Bool {
        switch self {
        case .pending, .waiting, .reading, .planning, .awaitingApproval, .pushing, .collecting: false
        case .succeeded, .partial, .failed, .timedOut, .cancelled, .skipped: true
        }
    }
}

package enum RunTrigger: String, Sendable, Codable, CaseIterable {
    case schedule
    case catchUp = "catch-up"
    case manual
    case api
    case retry
}

/// Who asked for a run or a change: the kernel's word, and the name that goes with it.
package struct Actor: Sendable, Equatable, Codable {
    package var uid: UInt32
    package var name: String

    package init(uid: UInt32, name: String) {
        self.uid = uid
        self.name = name
    }
}

/// What happened to the rows of a step, and what it cost.
package struct StepCounts: Sendable, Equatable, Codable {
    package var read = 0
    package var added = 0
    package var changed = 0
    package var removed = 0
    package var unchanged = 0
    package var owed = 0
    package var created = 0
    package var updated = 0
    package var deleted = 0
    package var merged = 0
    package var published = 0
    package var unmatched = 0
    package var held = 0
    package var rejected = 0
    package var unsent = 0
    package var inDoubt = 0
    package var batches = 0
    package var retries = 0
    package var apiCalls = 0
    package var bulkRows = 0
    /// nil in records of versions that knew of none.
    private var restingRows: Int?
    private var refusedAgain: Int?
    private var bulkBatchesSpent: Int?

    package init() {}

    /// Owed rows that were not tried, for they rest.
    package var resting: Int {
        get { restingRows ?? 0 }
        set { restingRows = newValue == 0 ? nil : newValue }
    }

    /// Batches of the Bulk APIs, as Salesforce counts them: 10,000 rows of Bulk 2.0 are one.
    package var bulkBatches: Int {
        get { bulkBatchesSpent ?? (bulkRows + 9_999) / 10_000 }
        set { bulkBatchesSpent = newValue == 0 ? nil : newValue }
    }

    /// Of the rejected rows, those that the run before was refused for the same reason.
    package var rejectedBefore: Int {
        get { refusedAgain ?? 0 }
        set { refusedAgain = newValue == 0 ? nil : newValue }
    }
}

/// One sync within a run, as the ledger keeps it.
package struct StepRecord: Sendable, Equatable, Codable {
    package var sync: String
    package var object: String
    package var state: StepState
    package var reason: String?
    package var counts: StepCounts
    /// How its rows went at last; nil: nothing was sent.
    package var pressure: StepPressure?
    package var started: Timestamp?
    /// When it first pushed.
    package var pushing: Timestamp?
    /// Microseconds that it waited since then.
    package var waited: Int64?
    package var ended: Timestamp?

    package init(sync: String, object: String, state: StepState = .pending) {
        self.sync = sync
        self.object = object
        self.state = state
        counts = StepCounts()
    }
}

/// By which API the rows of a step went, how large its batches were and how many at a time.
package struct StepPressure: Sendable, Equatable, Codable {
    package var api: String
    package var size: Int
    package var parallel: Int
    package var isSerial: Bool

    package init(api: String, size: Int, parallel: Int, isSerial: Bool) {
        self.api = api
        self.size = size
        self.parallel = parallel
        self.isSerial = isSerial
    }
}

/// How a run was asked for, beyond the sequence's name.
package struct StartRequest: Sendable, Equatable, Codable {
    /// Begins at the step with this sync.
    package var from: String?
    /// Only the step with this sync.
    package var only: String?
    /// Only the rows with these keys.
    package var keys: [String]?
    /// Every present row counts as changed.
    package var fullResync: Bool
    package var overrideWindow: String?
    package var overrideReason: String?
    /// Only the rows refused in `retryOf`.
    package var rejectedOnly: Bool
    package var retryOf: RunID?
    /// Sends nothing, and takes the present rows as delivered.
    package var adopts: Adopts?

    package enum Adopts: String, Sendable, Equatable, Codable {
        case all
        /// Only rows that Salesforce holds as they are.
        case checked
    }

    package init(
        from: String? = nil,
        only: String? = nil,
        keys: [String]? = nil,
        fullResync: Bool = false,
        overrideWindow: String? = nil,
        overrideReason: String? = nil,
        rejectedOnly: Bool = false,
        retryOf: RunID? = nil,
        adopts: Adopts? = nil
    ) {
        self.from = from
        self.only = only
        self.keys = keys
        self.fullResync = fullResync
        self.overrideWindow = overrideWindow
        self.overrideReason = overrideReason
        self.rejectedOnly = rejectedOnly
        self.retryOf = retryOf
        self.adopts = adopts
    }
}

extension StartRequest {
    /// Whether a sync's whole model is looked at, not chosen rows of it.
    package var isWhole: Bool { keys == nil && !rejectedOnly }

    /// Whether a person has said that what is remembered of other records may go.
    package var forgets: Bool { isWhole && (fullResync || adopts != nil) }
}

/// A run as the ledger keeps it.
package struct RunRecord: Sendable, Equatable, Codable {
    package var id: RunID
    package var sequence: String
    package var state: RunState
    package var reason: String?
    package var trigger: RunTrigger
    package var request: StartRequest
    package var actor: Actor?
    package var idempotencyKey: String?
    /// The elapse that asked for it, of scheduled runs.
    package var occurrence: Occurrence?
    package var created: Timestamp
    package var started: Timestamp?
    package var ended: Timestamp?
    /// Microseconds that it has run, waits not counted; what a restart must not forget of `timeout`.
    package var ran: Int64?
    /// Since when it waits at a gate; what a restart must not forget of `max_wait`.
    package var waitingSince: Timestamp?
    package var warnings: [String]
    package var steps: [StepRecord]
    /// What its guards asked for; nil: nothing.
    package var approval: RunApproval?

    package init(
        id: RunID,
        sequence: String,
        state: RunState = .queued,
        trigger: RunTrigger,
        request: StartRequest = StartRequest(),
        actor: Actor? = nil,
        idempotencyKey: String? = nil,
        occurrence: Occurrence? = nil,
        created: Timestamp,
        steps: [StepRecord]
    ) {
        self.id = id
        self.sequence = sequence
        self.state = state
        self.trigger = trigger
        self.request = request
        self.actor = actor
        self.idempotencyKey = idempotencyKey
        self.occurrence = occurrence
        self.created = created
        warnings = []
        self.steps = steps
    }
}

/// One elapse of a schedule.
///
/// Named by its local time and fold, so that a restart inside a repeated hour changes nothing.
package struct Occurrence: Sendable, Hashable, Codable {
    package var instant: Timestamp
    /// The wall clock of the schedule's zone: `2026-10-25T01:30:00`, with `+1` behind it in the second pass of a repeated hour.
    package var localTime: String

    package init(instant: Timestamp, localTime: String) {
        self.instant = instant
        self.localTime = localTime
    }
}

/// The gate's answer.
package enum Clearance: Sendable, Equatable {
    case open
    case closed([Closure])
}

/// One reason why a gate is closed.
package struct Closure: Sendable, Equatable {
    package enum Cause: Sendable, Equatable {
        case quietWindow(name: String)
        case hold(id: String)
        case discovered(name: String)
        case quota(name: String)
    }

    package var cause: Cause
    /// Objects it is about; empty: the whole org.
    package var objects: [String]
    package var until: Timestamp?
    package var reason: String?
    /// What becomes of a step that is pushing.
    package var running: WindowBehaviour

    package init(cause: Cause, objects: [String], until: Timestamp?, reason: String?, running: WindowBehaviour = .pause)
    {
        self.cause = cause
        self.objects = objects
        self.until = until
        self.reason = reason
        self.running = running
    }
}
