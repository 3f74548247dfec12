/// `state verify`: what a look at the whole state has found.
package struct StateAnswer: Codable, Sendable, Equatable {
    package var schema = ControlCoding.schema
    package var state: StateFindings

    package init(state: StateFindings) {
        self.state = state
    }
}

/// What was looked at, and what is wrong with it.
package struct StateFindings: Codable, Sendable, Equatable {
    /// Every promise holds.
    package var sound: Bool
    /// Promises that are broken, each in words.
    package var faults: [String]
    /// What is as it may be, and worth knowing.
    package var notices: [String]
    package var runs: Int
    package var outcomes: Int
    /// Calls whose outcome is not known yet.
    package var openIntents: Int
    package var snapshots: Int
    /// Rows that the snapshots know; of them, those that are owed, and those that are in doubt.
    package var entries: Int
    package var owed: Int
    package var inDoubt: Int
    package var spools: Int

    package init(
        faults: [String],
        notices: [String],
        runs: Int,
        outcomes: Int,
        openIntents: Int,
        snapshots: Int,
        entries: Int,
        owed: Int,
        inDoubt: Int,
        spools: Int
    ) {
        sound = faults.isEmpty
        self.faults = faults
        self.notices = notices
        self.runs = runs
        self.outcomes = outcomes
        self.openIntents = openIntents
        self.snapshots = snapshots
        self.entries = entries
        self.owed = owed
        self.inDoubt = inDoubt
        self.spools = spools
    }
}
