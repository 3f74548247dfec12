package import CivilTime

/// One guard held against a plan: what it allows, and what the plan has.
package struct GuardFinding: Sendable, Equatable, Codable {
    package enum Name: String, Sendable, Codable, CaseIterable {
        case maxDeletes = "max_deletes"
        case maxChanged = "max_changed"
        case maxShrink = "max_shrink"
        /// Not written anywhere: a model of no rows removes nothing unasked.
        case emptyModel = "empty-model"
    }

    package var sync: String
    package var name: Name
    /// As written in the definition.
    package var limit: String
    /// The rows that the guard counts.
    package var actual: Int
    package var isExceeded: Bool
    /// A sentence for the person who is asked.
    package var words: String

    package init(sync: String, name: Name, limit: String, actual: Int, isExceeded: Bool, words: String) {
        self.sync = sync
        self.name = name
        self.limit = limit
        self.actual = actual
        self.isExceeded = isExceeded
        self.words = words
    }
}

/// What a run has asked a person to approve, and whether somebody did.
package struct RunApproval: Sendable, Equatable, Codable {
    /// Somebody's word, for as many rows as the guards counted then.
    package struct Grant: Sendable, Equatable, Codable {
        package var findings: [GuardFinding]
        package var actor: Actor?
        package var reason: String?
        package var time: Timestamp

        package init(findings: [GuardFinding], actor: Actor?, reason: String?, time: Timestamp) {
            self.findings = findings
            self.actor = actor
            self.reason = reason
            self.time = time
        }
    }

    /// The guards that the plan passes.
    package var asked: [GuardFinding]
    package var since: Timestamp
    package var granted: Grant?
    /// What somebody granted before the run asked anew; nil: nothing.
    package var earlier: [GuardFinding]?

    package init(asked: [GuardFinding], since: Timestamp, granted: Grant? = nil, earlier: [GuardFinding]? = nil) {
        self.asked = asked
        self.since = since
        self.granted = granted
        self.earlier = earlier
    }

    /// All that was granted, whenever.
    package var grants: [GuardFinding] { (granted?.findings ?? []) + (earlier ?? []) }

    /// Whether what was granted holds for a plan as it is now: equal or smaller in every guarded count.
    package func covers(_ exceeded: [GuardFinding]) -> Bool {
        exceeded.allSatisfy { now in
            grants.contains { $0.sync == now.sync && $0.name == now.name && $0.actual >= now.actual }
        }
    }
}
