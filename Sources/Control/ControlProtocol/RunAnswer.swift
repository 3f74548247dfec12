/// A run in one line: `list runs`, and `last` in `status`.
package struct RunSummary: Codable, Sendable, Equatable {
    package var id: String
    package var sequence: String
    package var state: String
    @OrNull package var reason: String?
    package var trigger: String
    package var created: String
    @OrNull package var started: String?
    @OrNull package var ended: String?

    package init(
        id: String,
        sequence: String,
        state: String,
        reason: String? = nil,
        trigger: String,
        created: String,
        started: String? = nil,
        ended: String? = nil
    ) {
        self.id = id
        self.sequence = sequence
        self.state = state
        self.reason = reason
        self.trigger = trigger
        self.created = created
        self.started = started
        self.ended = ended
    }
}

/// `list runs`: newest first.
package struct RunListAnswer: Codable, Sendable, Equatable {
    package var schema = ControlCoding.schema
    package var runs: [RunSummary]

    package init(runs: [RunSummary]) {
        self.runs = runs
    }
}

/// `show RUN`, and `start … --wait`.
package struct RunAnswer: Codable, Sendable, Equatable {
    package var schema = ControlCoding.schema
    package var run: RunReport

    package init(run: RunReport) {
        self.run = run
    }
}

/// Who asked for something.
package struct ActorReport: Codable, Sendable, Equatable {
    package var uid: UInt32
    package var name: String

    package init(uid: UInt32, name: String) {
        self.uid = uid
        self.name = name
    }
}

/// One run with everything that is known of it.
package struct RunReport: Codable, Sendable, Equatable {
    package var id: String
    package var sequence: String
    /// The bare word of a run's life: `queued` … `missed`.
    package var state: String
    @OrNull package var reason: String?
    /// `schedule`, `catch-up`, `manual`, `api` or `retry`.
    package var trigger: String
    @OrNull package var actor: ActorReport?
    /// The elapse that asked for it.
    @OrNull package var scheduled: String?
    @OrNull package var retryOf: String?
    package var created: String
    @OrNull package var started: String?
    @OrNull package var ended: String?
    @OrNull package var waiting: WaitingReport?
    package var request: RunRequestReport
    package var warnings: [String]
    /// One a sync, in the order of the file.
    package var steps: [StepReport]

    package init(
        id: String,
        sequence: String,
        state: String,
        trigger: String,
        created: String,
        steps: [StepReport] = []
    ) {
        self.id = id
        self.sequence = sequence
        self.state = state
        self.trigger = trigger
        self.created = created
        self.steps = steps
        request = RunRequestReport()
        warnings = []
        reason = nil
        actor = nil
        scheduled = nil
        retryOf = nil
        started = nil
        ended = nil
        waiting = nil
    }
}

/// What was asked of a run beyond its sequence.
package struct RunRequestReport: Codable, Sendable, Equatable {
    @OrNull package var from: String? = nil
    @OrNull package var only: String? = nil
    @OrNull package var keys: [String]? = nil
    package var fullResync = false
    package var rejectedOnly = false
    @OrNull package var overrideWindow: String? = nil
    @OrNull package var overrideReason: String? = nil

    package init() {}
}

/// One sync within a run.
package struct StepReport: Codable, Sendable, Equatable {
    package var sync: String
    package var object: String
    /// The bare word of a step's life: `pending` … `skipped`.
    package var state: String
    @OrNull package var reason: String?
    @OrNull package var waiting: WaitingReport?
    package var read = 0
    package var added = 0
    package var changed = 0
    package var removed = 0
    package var unchanged = 0
    package var owed = 0
    /// `created`, `updated`, `deleted` count records.
    package var created = 0
    package var updated = 0
    package var deleted = 0
    package var merged = 0
    package var published = 0
    package var unmatched = 0
    package var held = 0
    package var rejected = 0
    package var unsent = 0
    /// Owed rows that were not tried, for they rest.
    package var resting = 0
    package var inDoubt = 0
    package var batches = 0
    package var retries = 0
    package var apiCalls = 0
    package var bulkBatches = 0
    package var bulkRows = 0
    /// Seconds in each phase: `reading`, `planning`, `waiting`, `pushing`, `collecting`.
    package var phases: [String: Double] = [:]
    /// How large and how many at a time the batches were at last.
    @OrNull package var pressure: PressureReport?
    @OrNull package var started: String?
    @OrNull package var ended: String?

    package init(sync: String, object: String, state: String) {
        self.sync = sync
        self.object = object
        self.state = state
        reason = nil
        waiting = nil
        pressure = nil
        started = nil
        ended = nil
    }
}

/// The adaptive settings of a step.
package struct PressureReport: Codable, Sendable, Equatable {
    package var api: String
    package var size: Int
    package var parallel: Int
    package var serial: Bool

    package init(api: String, size: Int, parallel: Int, serial: Bool) {
        self.api = api
        self.size = size
        self.parallel = parallel
        self.serial = serial
    }
}
