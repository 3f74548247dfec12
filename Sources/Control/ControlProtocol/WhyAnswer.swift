/// `why NAME`: why it waits, or will wait: every gate, with its end.
package struct WhyAnswer: Codable, Sendable, Equatable {
    package struct Subject: Codable, Sendable, Equatable {
        /// The sequence, sync or step that waits or will.
        package var name: String
        /// `sequence`, `sync` or `run`.
        package var kind: String
        package var state: String
        /// When it would begin if nothing held it.
        @OrNull package var next: String?
        package var gates: [GateReport]
        /// In words, one sentence each.
        package var sentences: [String]

        package init(name: String, kind: String, state: String, next: String?, gates: [GateReport], sentences: [String])
        {
            self.name = name
            self.kind = kind
            self.state = state
            self.next = next
            self.gates = gates
            self.sentences = sentences
        }
    }

    package var schema = ControlCoding.schema
    package var subjects: [Subject]

    package init(subjects: [Subject]) {
        self.subjects = subjects
    }
}
