/// A fault in a definition, with its place.
package struct FaultReport: Codable, Sendable, Equatable {
    /// Relative to the folder of definitions.
    package var file: String
    @OrNull package var line: Int?
    @OrNull package var column: Int?
    @OrNull package var key: String?
    package var message: String
    @OrNull package var suggestion: String?

    package init(file: String, line: Int?, column: Int?, key: String?, message: String, suggestion: String?) {
        self.file = file
        self.line = line
        self.column = column
        self.key = key
        self.message = message
        self.suggestion = suggestion
    }
}

/// `check [--live]`.
package struct CheckAnswer: Codable, Sendable, Equatable {
    package var schema = ControlCoding.schema
    package var valid: Bool
    package var faults: [FaultReport]
    /// What is allowed, and should be known.
    package var notices: [FaultReport]

    package init(faults: [FaultReport], notices: [FaultReport] = []) {
        valid = faults.isEmpty
        self.faults = faults
        self.notices = notices
    }
}

/// `reload`: all or nothing.
package struct ReloadAnswer: Codable, Sendable, Equatable {
    package var schema = ControlCoding.schema
    package var accepted: Bool
    /// Of the definitions that are in force now.
    package var generation: Int
    /// False where the folder holds what is in force already.
    package var changed: Bool
    package var faults: [FaultReport]
    package var notices: [FaultReport]
    /// Present when it was refused.
    @OrNull package var error: ErrorReport?

    package init(
        accepted: Bool,
        generation: Int,
        changed: Bool,
        faults: [FaultReport] = [],
        notices: [FaultReport] = []
    ) {
        self.accepted = accepted
        self.generation = generation
        self.changed = changed
        self.faults = faults
        self.notices = notices
        error = nil
        guard !accepted else { return }
        let count = faults.count == 1 ? "1 fault" : "\(faults.count) faults"
        error = ErrorReport(
            ControlFault(
                .definitionsInvalid,
                "cannot reload the definitions: \(count); those in force stay as they are",
                hint: "sequencectl check names each with its place"
            )
        )
    }
}

/// `GET /v1/definitions`: the files that are in force, for `diff`.
package struct DefinitionFilesAnswer: Codable, Sendable, Equatable {
    package struct File: Codable, Sendable, Equatable {
        /// Relative to the folder.
        package var file: String
        package var text: String

        package init(file: String, text: String) {
            self.file = file
            self.text = text
        }
    }

    package var schema = ControlCoding.schema
    package var folder: String
    package var generation: Int
    package var loaded: String
    package var files: [File]

    package init(folder: String, generation: Int, loaded: String, files: [File]) {
        self.folder = folder
        self.generation = generation
        self.loaded = loaded
        self.files = files
    }
}
