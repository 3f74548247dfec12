package import CivilTime
package import SyncModel

/// What a step wants to know of the gate.
package struct GateQuestion: Sendable, Equatable {
    package enum Phase: Sendable, Equatable {
        /// The step has not begun to push; windows are closed to it from their `lead` on.
        ///
        /// `expected` is how long it will take, for `lead: auto`; nil: not known, and then `auto` is no lead.
        case beginning(expected: Duration?)
        /// The step is pushing and asks for its next batch.
        case pushing
    }

    package var destination: String
    /// API names, in whatever case.
    package var objects: [String]
    package var phase: Phase
    /// Names of windows, ids of holds, names of discovered windows that an operator overrode for this run.
    package var overridden: Set<String>
    /// Whether there is something to send; discovered windows and the quota are asked only then.
    package var hasRowsToSend: Bool

    package init(
        destination: String,
        objects: [String],
        phase: Phase,
        overridden: Set<String> = [],
        hasRowsToSend: Bool = true
    ) {
        self.destination = destination
        self.objects = objects
        self.phase = phase
        self.overridden = overridden
        self.hasRowsToSend = hasRowsToSend
    }
}

/// A quiet time that a person asked for by hand; it ends by itself.
package struct GateHold: Sendable, Equatable {
    package var id: String
    package var destination: String
    /// nil: the whole org.
    package var objects: [String]?
    package var from: Timestamp
    package var until: Timestamp
    package var reason: String?
    package var askedBy: String?
    package var running: WindowBehaviour

    package init(
        id: String,
        destination: String,
        objects: [String]?,
        from: Timestamp,
        until: Timestamp,
        reason: String?,
        askedBy: String? = nil,
        running: WindowBehaviour = .pause
    ) {
        self.id = id
        self.destination = destination
        self.objects = objects
        self.from = from
        self.until = until
        self.reason = reason
        self.askedBy = askedBy
        self.running = running
    }
}

/// Work of the org itself: a scheduled job's next time, or one that is running now.
package struct DiscoveredWindow: Sendable, Equatable {
    /// `job:Nightly account scoring`, `apex:NightlyScore`.
    package var name: String
    package var destination: String
    package var objects: [String]
    package var from: Timestamp
    /// nil: it runs, and nobody knows for how long.
    package var until: Timestamp?
    package var reason: String?

    package init(
        name: String,
        destination: String,
        objects: [String],
        from: Timestamp,
        until: Timestamp?,
        reason: String?
    ) {
        self.name = name
        self.destination = destination
        self.objects = objects
        self.from = from
        self.until = until
        self.reason = reason
    }
}

/// A limit of the org, or of ours, that has no room for what is to be sent.
package struct QuotaShortage: Sendable, Equatable {
    /// `api requests`, `bulk batches`, `bulk rows`, `published events`.
    package var name: String
    package var destination: String
    /// When there is room again; nil: not known.
    package var until: Timestamp?
    package var reason: String?

    package init(name: String, destination: String, until: Timestamp?, reason: String?) {
        self.name = name
        self.destination = destination
        self.until = until
        self.reason = reason
    }
}
