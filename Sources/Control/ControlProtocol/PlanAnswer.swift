/// `plan SYNC, SEQUENCE or RUN`.
package struct PlanAnswer: Codable, Sendable, Equatable {
    package var schema = ControlCoding.schema
    /// Of a single sync; null of a sequence or run.
    @OrNull package var plan: PlanReport?
    /// All of them, in the order in which they would run; of a single sync, that one.
    package var plans: [PlanReport]
    /// What a person should know before it runs.
    package var warnings: [String]

    package init(plan: PlanReport) {
        self.plan = plan
        plans = [plan]
        warnings = []
    }

    package init(plans: [PlanReport], warnings: [String] = []) {
        plan = nil
        self.plans = plans
        self.warnings = warnings
    }
}

/// What a run would do with one sync.
package struct PlanReport: Codable, Sendable, Equatable {
    package var sync: String
    /// Its step in the sequence, from 1 on: those of one step run side by side; null of a single sync.
    @OrNull package var step: Int?
    package var object: String
    package var mode: String
    package var added = 0
    package var changed = 0
    package var removed = 0
    package var unchanged = 0
    package var owed = 0
    /// Rows that would be refused before anything is sent.
    package var rejected = 0
    package var api: String
    package var apiCalls = 0
    package var bulkBatches = 0
    package var bulkRows = 0
    package var publishedEvents = 0
    package var guards: [GuardReport] = []
    package var gates: [GateReport] = []
    package var samples: [PlanSample] = []
    /// Why every row is shaped anew, cascading deletions, and the like.
    package var warnings: [String] = []

    package init(sync: String, object: String, mode: String, api: String) {
        self.sync = sync
        self.object = object
        self.mode = mode
        self.api = api
        step = nil
    }
}

/// A guard, what it allows and what the plan has.
package struct GuardReport: Codable, Sendable, Equatable {
    /// `max_deletes`, `max_changed`, `max_shrink` or `empty-model`.
    package var name: String
    /// As written in the definition.
    package var limit: String
    package var actual: Int
    package var exceeded: Bool
    package var message: String

    package init(name: String, limit: String, actual: Int, exceeded: Bool, message: String) {
        self.name = name
        self.limit = limit
        self.actual = actual
        self.exceeded = exceeded
        self.message = message
    }
}

/// Something that keeps a step from writing, or will.
package struct GateReport: Codable, Sendable, Equatable {
    /// `window`, `hold`, `discovered`, `quota`, `queue`, `pause`, `approval` or `recovery`.
    package var kind: String
    package var name: String
    package var objects: [String]
    package var closed: Bool
    @OrNull package var from: String?
    @OrNull package var until: String?
    @OrNull package var reason: String?

    package init(kind: String, name: String, objects: [String] = [], closed: Bool) {
        self.kind = kind
        self.name = name
        self.objects = objects
        self.closed = closed
        from = nil
        until = nil
        reason = nil
    }
}

/// One row of a plan, by example.
package struct PlanSample: Codable, Sendable, Equatable {
    package struct FieldChange: Codable, Sendable, Equatable {
        @OrNull package var old: String?
        @OrNull package var new: String?

        package init(old: String?, new: String?) {
            self.old = old
            self.new = new
        }
    }

    package var key: String
    /// `added`, `changed`, `removed`, `owed` or `rejected`.
    package var `class`: String
    /// What Salesforce holds now, and what would be there.
    package var fields: [String: FieldChange]
    /// What was last sent of it, by field, where that is still kept.
    @OrNull package var sent: [String: OrNull<String>]?

    package init(key: String, class: String, fields: [String: FieldChange]) {
        self.key = key
        self.class = `class`
        self.fields = fields
        sent = nil
    }
}
