/// `sequences/NAME.yaml`: syncs in order, on a schedule.
package struct SequenceDefinition: Sendable, Equatable {
    package enum CatchUp: String, Sendable, CaseIterable {
        case once
        case none
    }

    package enum Overlap: String, Sendable, CaseIterable {
        case queueOne = "queue-one"
        case skip
    }

    package var name: String
    package var description: String?
    package var steps: [StepDefinition]
    package var schedule: ScheduleDefinition
    package var randomizedDelay: Duration
    package var catchUp: CatchUp
    /// nil: half the time between the missed elapse and the one after it.
    package var catchUpDeadline: Duration?
    package var overlap: Overlap
    package var timeout: Duration?
    package var maxWait: Duration
    package var pauseAfterFailures: Int?
    package var notify: [NotificationDefinition]

    package init(name: String, steps: [StepDefinition], schedule: ScheduleDefinition = ScheduleDefinition()) {
        self.name = name
        self.steps = steps
        self.schedule = schedule
        randomizedDelay = .zero
        catchUp = .once
        overlap = .queueOne
        maxWait = .seconds(12 * 3_600)
        notify = []
    }

    /// All syncs, in the order of the file.
    package var syncs: [String] { steps.flatMap(\.syncs) }
}

package struct StepDefinition: Sendable, Equatable {
    package enum FailureBehaviour: String, Sendable, CaseIterable {
        case stop
        case stopOnFatal = "stop-on-fatal"
        case `continue`
    }

    /// One or several that run side by side.
    package var syncs: [String]
    /// Indexes, in the sequence's `steps`, of the steps that must have ended before; `after:` resolved, its default included.
    package var after: [Int]
    package var onFailure: FailureBehaviour
    /// nil: the default, 10 % and never for fewer than 50 rows.
    package var maxRejected: SyncDefinition.Bound?
    package var attempts: Int

    package init(
        syncs: [String],
        after: [Int],
        onFailure: FailureBehaviour = .stop,
        maxRejected: SyncDefinition.Bound? = nil,
        attempts: Int = 1
    ) {
        self.syncs = syncs
        self.after = after
        self.onFailure = onFailure
        self.maxRejected = maxRejected
        self.attempts = attempts
    }
}

/// When a sequence is due.
package struct ScheduleDefinition: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        case manual
        /// systemd calendar events; several are a union.
        case calendar([String])
        case every(Duration)
        case cron(String)
    }

    package enum Gap: String, Sendable, CaseIterable {
        case next
        case skip
    }

    package enum Fold: String, Sendable, CaseIterable {
        case auto
        case first
        case both
    }

    package var kind: Kind
    /// The zone written here; nil: that of the settings.
    ///
    /// Where neither says one, UTC. A zone in an expression holds over both.
    package var timezone: String?
    package var except: [String]
    package var gap: Gap
    package var fold: Fold

    package init(
        kind: Kind = .manual,
        timezone: String? = nil,
        except: [String] = [],
        gap: Gap = .next,
        fold: Fold = .auto
    ) {
        self.kind = kind
        self.timezone = timezone
        self.except = except
        self.gap = gap
        self.fold = fold
    }
}

package enum WindowBehaviour: String, Sendable, Codable, CaseIterable {
    case pause
    case abort
    case drain
}

/// One entry of `notify:`.
package struct NotificationDefinition: Sendable, Equatable {
    package enum Event: String, Sendable, CaseIterable {
        case failed
        case rejected
        case recovered
        case late
        case missed
        case overrun
        case awaitingApproval = "awaiting-approval"
        case inDoubt = "in-doubt"
    }

    package enum Way: Sendable, Equatable {
        case command([String])
        case webhook(String)
    }

    package var events: [Event]
    package var way: Way

    package init(events: [Event], way: Way) {
        self.events = events
        self.way = way
    }
}
