/// `show NAME`: a definition as it is in force.
package struct ShowAnswer: Codable, Sendable, Equatable {
    package var schema = ControlCoding.schema
    package var definition: DefinitionReport

    package init(definition: DefinitionReport) {
        self.definition = definition
    }
}

/// A definition with its present state.
package struct DefinitionReport: Codable, Sendable, Equatable {
    /// `sequence`, `sync`, `window`, `model`, `source` or `destination`.
    package var kind: String
    package var name: String
    @OrNull package var description: String?
    /// The file, relative to the folder of definitions.
    package var file: String
    /// Every key in force, defaults included, as text, in the order of the documentation; secrets by name only.
    package var settings: [Setting]
    /// Of a sequence.
    @OrNull package var status: SequenceStatus?
    /// What uses it, and what it uses: `sequence/crm`, `model/accounts`.
    package var usedBy: [String]
    package var uses: [String]
    package var warnings: [String]

    package struct Setting: Codable, Sendable, Equatable {
        package var key: String
        package var value: String
        /// False: the default.
        package var written: Bool

        package init(key: String, value: String, written: Bool) {
            self.key = key
            self.value = value
            self.written = written
        }
    }

    package init(kind: String, name: String, description: String?, file: String, settings: [Setting]) {
        self.kind = kind
        self.name = name
        self.description = description
        self.file = file
        self.settings = settings
        status = nil
        usedBy = []
        uses = []
        warnings = []
    }
}
