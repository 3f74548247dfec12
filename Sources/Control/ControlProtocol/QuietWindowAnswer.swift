/// A time in which objects are left alone, as `list windows` and `window list` show it.
package struct QuietWindowReport: Codable, Sendable, Equatable {
    /// `scoring`, `hold-7`, `job:Nightly account scoring`, `apex:NightlyScore`.
    package var name: String
    /// `file`, `hold` or `discovered`.
    package var kind: String
    package var destination: String
    /// Empty: the whole org.
    package var objects: [String]
    /// Whether it is closed for writing now.
    package var closed: Bool
    /// The beginning of the present one, else of the next.
    @OrNull package var from: String?
    @OrNull package var until: String?
    @OrNull package var reason: String?
    /// Who asked for it, of holds.
    @OrNull package var actor: ActorReport?

    package init(name: String, kind: String, destination: String, objects: [String], closed: Bool) {
        self.name = name
        self.kind = kind
        self.destination = destination
        self.objects = objects
        self.closed = closed
        from = nil
        until = nil
        reason = nil
        actor = nil
    }
}

/// `window list`, `list windows`.
package struct QuietWindowListAnswer: Codable, Sendable, Equatable {
    package var schema = ControlCoding.schema
    package var windows: [QuietWindowReport]

    package init(windows: [QuietWindowReport]) {
        self.windows = windows
    }
}

/// `window test --at T`.
package struct QuietWindowTestAnswer: Codable, Sendable, Equatable {
    package struct Closed: Codable, Sendable, Equatable {
        package var window: String
        package var objects: [String]
        package var destination: String
        @OrNull package var until: String?
        @OrNull package var reason: String?

        package init(window: String, objects: [String], destination: String, until: String?, reason: String?) {
            self.window = window
            self.objects = objects
            self.destination = destination
            self.until = until
            self.reason = reason
        }
    }

    package var schema = ControlCoding.schema
    package var closed: [Closed]

    package init(closed: [Closed]) {
        self.closed = closed
    }
}

/// `window add --object O… --for SPAN --reason R`.
package struct QuietWindowAddCommand: Codable, Sendable, Equatable {
    /// nil: the only destination there is.
    @OrNull package var destination: String? = nil
    /// Empty: the whole org.
    package var objects: [String]
    /// RFC 3339; nil: now.
    @OrNull package var from: String? = nil
    /// RFC 3339; one of `until` and `seconds`.
    @OrNull package var until: String? = nil
    @OrNull package var seconds: Double? = nil
    package var reason: String

    package init(objects: [String], reason: String) {
        self.objects = objects
        self.reason = reason
    }
}

/// `window add`: the hold that was made.
package struct QuietWindowAddAnswer: Codable, Sendable, Equatable {
    package var schema = ControlCoding.schema
    package var window: QuietWindowReport
    /// What whoever added it should know: an object that no sync writes.
    @OrNull package var notice: String?

    package init(window: QuietWindowReport, notice: String? = nil) {
        self.window = window
        self.notice = notice
    }
}

/// `window end NAME`.
package struct QuietWindowEndCommand: Codable, Sendable, Equatable {
    package var window: String

    package init(window: String) {
        self.window = window
    }
}
