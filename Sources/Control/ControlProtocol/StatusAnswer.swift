/// What a thing waits for, and until when.
package struct WaitingReport: Codable, Sendable, Equatable {
    package var reason: String
    /// RFC 3339; null where the end is not known.
    @OrNull package var until: String?

    package init(reason: String, until: String?) {
        self.reason = reason
        self.until = until
    }
}

/// `status [NAME…]`.
package struct StatusAnswer: Codable, Sendable, Equatable {
    package var schema = ControlCoding.schema
    package var daemon: DaemonReport
    package var sequences: [SequenceStatus]

    package init(daemon: DaemonReport, sequences: [SequenceStatus]) {
        self.daemon = daemon
        self.sequences = sequences
    }
}

/// The daemon itself, as `status` and `version` show it.
package struct DaemonReport: Codable, Sendable, Equatable {
    package var version: String
    package var pid: Int
    package var started: String
    /// Counts up with every accepted reload.
    package var generation: Int
    /// When the definitions in force were read.
    package var loaded: String
    /// The line that systemd shows.
    package var status: String
    /// What a person should know of: an old time zone file, a refused reload, a resting row.
    package var warnings: [String]

    package init(
        version: String,
        pid: Int,
        started: String,
        generation: Int,
        loaded: String,
        status: String,
        warnings: [String] = []
    ) {
        self.version = version
        self.pid = pid
        self.started = started
        self.generation = generation
        self.loaded = loaded
        self.status = status
        self.warnings = warnings
    }
}

/// One sequence in `status`.
package struct SequenceStatus: Codable, Sendable, Equatable {
    package var name: String
    /// `idle`, `queued`, `waiting`, `running` or `stopping`.
    package var state: String
    /// The run that is under way or queued.
    @OrNull package var run: String?
    /// The last run that ended.
    @OrNull package var last: RunSummary?
    /// The next elapse.
    @OrNull package var next: String?
    @OrNull package var waiting: WaitingReport?
    package var paused: Bool
    @OrNull package var pausedReason: String?
    @OrNull package var pausedUntil: String?

    package init(
        name: String,
        state: String,
        run: String? = nil,
        last: RunSummary? = nil,
        next: String? = nil,
        waiting: WaitingReport? = nil,
        paused: Bool = false,
        pausedReason: String? = nil,
        pausedUntil: String? = nil
    ) {
        self.name = name
        self.state = state
        self.run = run
        self.last = last
        self.next = next
        self.waiting = waiting
        self.paused = paused
        self.pausedReason = pausedReason
        self.pausedUntil = pausedUntil
    }
}

/// `version`, and `GET /v1/version`.
package struct VersionAnswer: Codable, Sendable, Equatable {
    package var schema = ControlCoding.schema
    package var version: String
    /// The major version of the paths.
    package var api = 1

    package init(version: String) {
        self.version = version
    }
}

/// `GET /v1/health`: the daemon answers.
package struct HealthAnswer: Codable, Sendable, Equatable {
    package var schema = ControlCoding.schema
    package var healthy: Bool
    /// `viewer`, `operator`, `admin`, or null: what the caller may do.
    @OrNull package var role: String?

    package init(healthy: Bool, role: String?) {
        self.healthy = healthy
        self.role = role
    }
}
