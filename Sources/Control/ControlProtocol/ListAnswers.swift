/// `list sequences`.
package struct SequenceListAnswer: Codable, Sendable, Equatable {
    package struct Entry: Codable, Sendable, Equatable {
        package var name: String
        @OrNull package var description: String?
        /// In the order of the file.
        package var syncs: [String]
        /// As written: `calendar: …`, `every: …`, `cron: …`, `manual`.
        package var schedule: String
        package var state: String
        package var paused: Bool

        package init(name: String, description: String?, syncs: [String], schedule: String, state: String, paused: Bool)
        {
            self.name = name
            self.description = description
            self.syncs = syncs
            self.schedule = schedule
            self.state = state
            self.paused = paused
        }
    }

    package var schema = ControlCoding.schema
    package var sequences: [Entry]

    package init(sequences: [Entry]) {
        self.sequences = sequences
    }
}

/// `list syncs`.
package struct SyncListAnswer: Codable, Sendable, Equatable {
    package struct Entry: Codable, Sendable, Equatable {
        package var name: String
        @OrNull package var description: String?
        package var model: String
        package var destination: String
        package var object: String
        package var mode: String
        /// The sequences that it is part of.
        package var sequences: [String]
        /// Rows that are owed: rejected, held, unmatched, unsent.
        package var owed: Int
        package var inDoubt: Int

        package init(
            name: String,
            description: String?,
            model: String,
            destination: String,
            object: String,
            mode: String,
            sequences: [String],
            owed: Int = 0,
            inDoubt: Int = 0
        ) {
            self.name = name
            self.description = description
            self.model = model
            self.destination = destination
            self.object = object
            self.mode = mode
            self.sequences = sequences
            self.owed = owed
            self.inDoubt = inDoubt
        }
    }

    package var schema = ControlCoding.schema
    package var syncs: [Entry]

    package init(syncs: [Entry]) {
        self.syncs = syncs
    }
}

/// `list schedules`: soonest first, those that never elapse last.
package struct ScheduleListAnswer: Codable, Sendable, Equatable {
    package struct Entry: Codable, Sendable, Equatable {
        package var sequence: String
        package var schedule: String
        @OrNull package var timezone: String?
        @OrNull package var next: String?
        /// When it last fired.
        @OrNull package var last: String?
        package var paused: Bool

        package init(sequence: String, schedule: String, timezone: String?, next: String?, last: String?, paused: Bool)
        {
            self.sequence = sequence
            self.schedule = schedule
            self.timezone = timezone
            self.next = next
            self.last = last
            self.paused = paused
        }
    }

    package var schema = ControlCoding.schema
    package var schedules: [Entry]

    package init(schedules: [Entry]) {
        self.schedules = schedules
    }
}

/// `list destinations`.
package struct DestinationListAnswer: Codable, Sendable, Equatable {
    package struct Entry: Codable, Sendable, Equatable {
        package var name: String
        @OrNull package var description: String?
        package var loginUrl: String
        package var apiVersion: String
        package var flow: String
        /// Whether it could be reached when it was last asked; null: not asked yet.
        @OrNull package var reached: Bool?
        @OrNull package var lastAsked: String?
        /// Why it was not reached.
        @OrNull package var reason: String?

        package init(name: String, description: String?, loginURL: String, apiVersion: String, flow: String) {
            self.name = name
            self.description = description
            loginUrl = loginURL
            self.apiVersion = apiVersion
            self.flow = flow
            reached = nil
            lastAsked = nil
            reason = nil
        }
    }

    package var schema = ControlCoding.schema
    package var destinations: [Entry]

    package init(destinations: [Entry]) {
        self.destinations = destinations
    }
}
