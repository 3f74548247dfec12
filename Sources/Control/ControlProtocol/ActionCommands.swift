/// `stop RUN or SEQUENCE [--now]`.
package struct StopCommand: Codable, Sendable, Equatable {
    package var target: String
    @OrNull package var now: Bool? = nil

    package init(target: String, now: Bool = false) {
        self.target = target
        self.now = now
    }
}

/// `pause SEQUENCE [--until T] --reason R`.
package struct PauseCommand: Codable, Sendable, Equatable {
    package var sequence: String
    /// RFC 3339.
    @OrNull package var until: String? = nil
    @OrNull package var reason: String? = nil

    package init(sequence: String, until: String? = nil, reason: String? = nil) {
        self.sequence = sequence
        self.until = until
        self.reason = reason
    }
}

/// `resume SEQUENCE`.
package struct ResumeCommand: Codable, Sendable, Equatable {
    package var sequence: String

    package init(sequence: String) {
        self.sequence = sequence
    }
}

/// `retry RUN [--rejected]`.
package struct RetryCommand: Codable, Sendable, Equatable {
    package var run: String
    /// Only the rows that were rejected.
    @OrNull package var rejected: Bool? = nil

    package init(run: String, rejected: Bool = false) {
        self.run = run
        self.rejected = rejected
    }
}

/// `approve RUN [--reason R]`.
package struct ApproveCommand: Codable, Sendable, Equatable {
    package var run: String
    @OrNull package var reason: String? = nil

    package init(run: String, reason: String? = nil) {
        self.run = run
        self.reason = reason
    }
}

/// `adopt SYNC [--check] [--as-of-backup]`.
package struct AdoptCommand: Codable, Sendable, Equatable {
    package var sync: String
    /// Asks Salesforce whether the records are there, before they count as delivered.
    @OrNull package var check: Bool? = nil
    @OrNull package var asOfBackup: Bool? = nil

    package init(sync: String, check: Bool = false, asOfBackup: Bool = false) {
        self.sync = sync
        self.check = check
        self.asOfBackup = asOfBackup
    }
}

/// `resolve RUN KEY… --as delivered·not-delivered --reason R`.
package struct ResolveCommand: Codable, Sendable, Equatable {
    package var run: String
    package var keys: [String]
    /// `delivered` or `not-delivered`.
    package var outcome: String
    package var reason: String
    /// Of a run with several syncs that share a key.
    @OrNull package var sync: String? = nil

    package init(run: String, keys: [String], outcome: String, reason: String, sync: String? = nil) {
        self.run = run
        self.keys = keys
        self.outcome = outcome
        self.reason = reason
        self.sync = sync
    }
}

/// `state backup PATH`, `state restore PATH`.
package struct StateFileCommand: Codable, Sendable, Equatable {
    package var path: String

    package init(path: String) {
        self.path = path
    }
}

/// `state forget SYNC KEY`.
package struct ForgetCommand: Codable, Sendable, Equatable {
    package var sync: String
    package var key: String

    package init(sync: String, key: String) {
        self.sync = sync
        self.key = key
    }
}

/// What an act did: stop, pause, resume, approve, resolve, adopt, forget, window end, logout, state.
package struct ActionAnswer: Codable, Sendable, Equatable {
    package var schema = ControlCoding.schema
    /// The thing as the daemon names it: a run's id, a sequence's name.
    package var target: String
    /// What it is now: `stopping`, `paused`, `ended` …; of a thing that was so already, too.
    package var state: String
    /// False where nothing had to be done.
    package var changed: Bool
    /// One sentence for people.
    package var message: String
    /// How many rows or things it was about, where that says something.
    @OrNull package var count: Int?

    package init(target: String, state: String, changed: Bool = true, message: String, count: Int? = nil) {
        self.target = target
        self.state = state
        self.changed = changed
        self.message = message
        self.count = count
    }
}
