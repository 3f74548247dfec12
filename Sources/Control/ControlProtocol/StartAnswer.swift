/// `start SEQUENCE or SYNC`: the body of `POST /v1/start`.
package struct StartCommand: Codable, Sendable, Equatable {
    /// A sequence or a sync; `sync/NAME` says which.
    package var target: String
    @OrNull package var from: String? = nil
    @OrNull package var only: String? = nil
    @OrNull package var keys: [String]? = nil
    @OrNull package var fullResync: Bool? = nil
    @OrNull package var overrideWindow: String? = nil
    @OrNull package var reason: String? = nil
    /// `manual` or `api` (the default): what `trigger` will say.
    @OrNull package var trigger: String? = nil

    package init(target: String) {
        self.target = target
    }
}

/// `start`, `retry`: the run, and whether it is one that was already queued.
package struct StartAnswer: Codable, Sendable, Equatable {
    package var schema = ControlCoding.schema
    package var run: String
    package var coalesced: Bool
    /// What the person should know at once: the sequence is paused, a window is closed.
    package var notices: [String]

    package init(run: String, coalesced: Bool, notices: [String] = []) {
        self.run = run
        self.coalesced = coalesced
        self.notices = notices
    }
}
